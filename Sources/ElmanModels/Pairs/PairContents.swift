import ElmanFiles
import ElmanText

/// The texts of some pairs and their numbers in the data, counted from 0.
func pairContents(of numbers: [Int], in pairs: EncodedPairs) -> JSONObject {
    func texts(_ lists: TokenLists) -> JSONValue {
        .array(numbers.map { .string(lists.tokens(of: $0).joined(separator: " ")) })
    }
    return [
        "pair_numbers": .array(numbers.map { JSONValue($0) }), "sources": texts(pairs.texts.sources),
        "targets": texts(pairs.texts.targets),
    ]
}

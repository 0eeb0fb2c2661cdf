import ElmanFiles
import ElmanText

/// What a new model takes over from pretrained ones, and what it does not.
public struct TransferAudit: Sendable, Hashable {
    /// How much of a parameter is taken over.
    public enum Extent: String, Sendable, Hashable, CaseIterable {
        /// All of it.
        case loaded
        /// Some of its columns, or of its rows where they belong to words.
        case partial
        /// Nothing: it begins with random values.
        case fresh
    }

    /// A parameter of the new model.
    public struct Item: Sendable, Hashable {
        /// Its name.
        public let name: String
        /// How much of it is taken over.
        public let extent: Extent
        /// Its numbers.
        public let numbers: Int
        /// Those taken over.
        public let loadedNumbers: Int
    }

    /// The words of the new model, or the tokens of its training text, by how they were found in the pretrained vocabulary.
    public struct Coverage: Sendable, Hashable {
        /// Spelled alike.
        public var exact = 0
        /// By their lower case.
        public var lowerCase = 0
        /// Alike in lower case.
        public var anyCase = 0
        /// Not found.
        public var new = 0

        /// All of them.
        public var total: Int { matched + new }
        /// Those that were found.
        public var matched: Int { exact + lowerCase + anyCase }

        mutating func add(_ kind: VocabularyMatch.Kind, _ count: Int) {
            switch kind {
            case .exact: exact += count
            case .lowerCase: lowerCase += count
            case .anyCase: anyCase += count
            case .new: new += count
            }
        }

        var json: JSONValue {
            [
                "exact": JSONValue(exact), "lower_case": JSONValue(lowerCase), "any_case": JSONValue(anyCase),
                "new": JSONValue(new),
            ]
        }
    }

    /// The parameters, in the model's order.
    public let items: [Item]
    /// The words of the training text.
    public let types: Coverage
    /// The tokens of the training text, those that the model reads as unknown words left out.
    public let tokens: Coverage
    /// Tokens of the training text that the model reads as unknown words.
    public let unknownTokens: Int
    /// Words that the model knows from the pretrained vocabulary alone.
    public let addedTypes: Int
    /// What is to be known beside the numbers.
    public let notes: [String]

    /// The parameters of an extent.
    public func items(_ extent: Extent) -> [Item] { items.filter { $0.extent == extent } }

    /// As it is kept in `config.json`.
    public var json: JSONObject {
        var object: JSONObject = [:]
        for extent in Extent.allCases { object[extent.rawValue] = .array(items(extent).map { .string($0.name) }) }
        object["types"] = types.json
        object["tokens"] = tokens.json
        object["unknown_tokens"] = JSONValue(unknownTokens)
        object["added_types"] = JSONValue(addedTypes)
        object["notes"] = .array(notes.map { .string($0) })
        return object
    }

    /// For people, a line each.
    public var lines: [String] {
        let parameters = Extent.allCases.map { extent -> String in
            let items = items(extent), numbers = items.reduce(0) { $0 + $1.numbers }
            return "\(items.count) \(extent.rawValue) (\(numbers) numbers)"
        }
        let partial = items(.partial).map { "\($0.name) \(percent(Double($0.loadedNumbers) / Double($0.numbers))) %" }
        return ["pretrained: parameters " + parameters.joined(separator: ", ")]
            + (partial.isEmpty ? [] : ["  partial: " + partial.joined(separator: ", ")])
            + ["  fresh: " + items(.fresh).map(\.name).joined(separator: ", ")]
            + [
                "  words: \(Self.text(types, "types")), \(Self.text(tokens, "tokens"))"
                    + (unknownTokens > 0 ? ", \(unknownTokens) tokens unknown" : "")
                    + (addedTypes > 0 ? "; \(addedTypes) words of the pretrained vocabulary alone" : "")
            ] + notes.map { "  " + $0 }
    }

    private static func text(_ coverage: Coverage, _ noun: String) -> String {
        let share = coverage.total == 0 ? 1 : Double(coverage.matched) / Double(coverage.total)
        let cased = coverage.lowerCase + coverage.anyCase
        return "\(coverage.matched) of \(coverage.total) \(noun) known (\(percent(share)) %"
            + (cased > 0 ? ", \(cased) in another case)" : ")")
    }
}

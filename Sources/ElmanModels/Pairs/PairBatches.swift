import ElmanFiles
import ElmanText

/// The pairs that a task learns, in batches that are drawn anew for every epoch, with rare tokens read as unknown now and then.
struct PairBatches: Sendable {
    let pairs: EncodedPairs
    private(set) var batches: EpochBatches
    private let rareTokens: RarePairTokens

    init(
        _ pairs: EncodedPairs, _ vocabularies: PairVocabularies, _ preparation: PairPreparation, _ plan: EpochBatches.Plan,
        seed: UInt64
    ) {
        self.pairs = pairs
        batches = EpochBatches(plan, sides: [pairs.sources.lengths, pairs.targets.lengths], seed: seed)
        rareTokens = RarePairTokens(pairs, vocabularies, rate: preparation.unknownRate, seed: seed)
    }

    /// Draws the batches of an epoch; gives the number of updates.
    mutating func begin(_ epoch: Int) -> Int { batches.begin(epoch) }

    /// Sources and targets of an update, as its epoch reads them.
    func pairs(ofUpdate update: Int) -> [(source: [Int32], target: [Int32])] {
        batches[update].map { rareTokens.masking($0, of: pairs, epoch: batches.epoch) }
    }

    /// The texts of an update's pairs and their numbers in the data, counted from 0.
    func contents(ofUpdate update: Int) -> JSONObject {
        func texts(_ lists: TokenLists) -> JSONValue {
            .array(batches[update].map { .string(lists.tokens(of: $0).joined(separator: " ")) })
        }
        return [
            "pair_numbers": .array(batches[update].map { JSONValue($0) }), "sources": texts(pairs.texts.sources),
            "targets": texts(pairs.texts.targets),
        ]
    }
}

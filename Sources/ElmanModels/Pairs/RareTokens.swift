import ElmanTensor
import ElmanText

/// The tokens that occur once in the training texts. Some of them are read as the unknown token, so that it is learned.
struct RareTokens: Sendable {
    private let isRare: [Bool]
    private let unknown: Int32
    private let rate: Double

    init(_ texts: EncodedLists, _ side: PairSide, rate: Float) {
        var counts = [Int](repeating: 0, count: side.vocabulary.count)
        for token in texts.tokens { counts[Int(token)] += 1 }
        isRare = counts.map { $0 == 1 }
        unknown = side.unknown
        self.rate = Double(rate)
    }

    /// A text with every rare token replaced by the unknown one with the given probability.
    func masking(_ text: ArraySlice<Int32>, using generator: inout RandomGenerator) -> [Int32] {
        guard rate > 0 else { return Array(text) }
        return text.map { isRare[Int($0)] && generator.uniform() < rate ? unknown : $0 }
    }
}

/// The rare tokens of both sides, drawn anew for every epoch and pair.
struct RarePairTokens: Sendable {
    private let source: RareTokens, target: RareTokens
    private let seed: UInt64

    init(_ pairs: EncodedPairs, _ vocabularies: PairVocabularies, rate: Float, seed: UInt64) {
        source = RareTokens(pairs.sources, vocabularies.source, rate: rate)
        target = RareTokens(pairs.targets, vocabularies.target, rate: rate)
        self.seed = seed
    }

    /// Source and target of a pair as an epoch reads them.
    func masking(_ pair: Int, of pairs: EncodedPairs, epoch: Int) -> (source: [Int32], target: [Int32]) {
        let ofEpoch = RandomGenerator(seed: seed, stream: UInt64(epoch) &+ 0x7261_7265_0000).state
        var generator = RandomGenerator(seed: ofEpoch, stream: UInt64(pair))
        let masked = source.masking(pairs.sources[pair], using: &generator)
        return (masked, target.masking(pairs.targets[pair], using: &generator))
    }
}

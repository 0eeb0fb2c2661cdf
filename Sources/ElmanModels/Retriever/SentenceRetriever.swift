import ElmanFiles
import ElmanGraph
import ElmanLayers
import ElmanTensor
import ElmanText

/// A model that finds the counterpart of a text among many: an encoder for each side of the pairs gives every text a vector, and
/// those of a pair are to be alike.
///
///     let retriever = try SentenceRetriever(contentsOf: "runs/ja-en")
///     let index = try retriever.index(lines)                              // once
///     let hits = try retriever.query(["彼 は 笑っ た 。"], in: index)[0]     // best first
///
/// It is a value of handles and may be used by many threads at once, as long as none of them trains it.
public struct SentenceRetriever: Sendable {
    /// What it is made of.
    public let configuration: RetrieverConfiguration
    /// The tokens it knows on either side.
    public let vocabularies: PairVocabularies
    /// All its parameters: `source/…`, `target/…`.
    public let parameters: ParameterCollection
    private let source: TextVectorEncoder
    private let target: TextVectorEncoder

    /// A model with new parameters, drawn from `seed`. Throws `.configuration` where the settings do not fit together.
    public init(
        _ configuration: RetrieverConfiguration, vocabularies: PairVocabularies, seed: UInt64 = 1
    ) throws(DataError) {
        try self.init(configuration, vocabularies: vocabularies, in: ParameterCollection(seed: seed))
    }

    init(
        _ configuration: RetrieverConfiguration, vocabularies: PairVocabularies, in parameters: ParameterCollection
    ) throws(DataError) {
        try configuration.validate()
        self.configuration = configuration
        self.vocabularies = vocabularies
        self.parameters = parameters
        source = TextVectorEncoder(
            configuration, tokenCount: vocabularies.source.vocabulary.count, in: parameters.scope("source"))
        target = TextVectorEncoder(
            configuration, tokenCount: vocabularies.target.vocabulary.count, in: parameters.scope("target"))
    }

    /// The vector of a text of one side, `[vectorSize]`.
    public func vector(
        of tokens: some Collection<Int32>, as side: PairedText, in graph: ComputationGraph, isTraining: Bool = false
    ) -> Expression {
        (side == .source ? source : target).vector(of: tokens, in: graph, isTraining: isTraining)
    }

    /// The loss of a batch of pairs, summed. Each pair is compared with the others, so a batch of one costs nothing.
    public func loss(
        of pairs: [(source: [Int32], target: [Int32])], in graph: ComputationGraph, isTraining: Bool = false
    ) -> Expression {
        let sources = pairs.map { vector(of: $0.source, as: .source, in: graph, isTraining: isTraining) }
        let targets = pairs.map { vector(of: $0.target, as: .target, in: graph, isTraining: isTraining) }
        // Column i: the scores of all targets for source i.
        let product = transposed(concatenateColumns(targets)) * concatenateColumns(sources)
        let scores = configuration.scale == 1 ? product : product * configuration.scale
        let found = Self.loss(of: scores, count: pairs.count, configuration)
        return configuration.isSymmetric ? found + Self.loss(of: transposed(scores), count: pairs.count, configuration) : found
    }

    private static func loss(of scores: Expression, count: Int, _ configuration: RetrieverConfiguration) -> Expression {
        switch configuration.loss {
        case .hinge: sum(hinge(scores, Array(0..<count), dimension: 0, margin: configuration.margin))
        case .softmax: sumOverBatch(pickNegativeLogSoftmax(scores.columnsToBatch(), Array(0..<count)))
        }
    }
}

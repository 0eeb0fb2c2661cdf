import ElmanFiles
import ElmanGraph
import ElmanLayers
import ElmanTensor
import ElmanText
import ElmanTraining

/// How the text is cut into updates.
public enum LanguageModelBatches: Sendable, Hashable {
    /// So many sentences an update, in an order shuffled for each epoch; 1 is the lecture's way. The objective is the sum of
    /// the sentences' losses.
    case sentences(Int)
    /// Sentences that are about as long, so many that they would have at most this many tokens, end marks included, if they were
    /// padded; a longer one is learnt alone. Shuffled for each epoch.
    case tokens(Int)
    /// So many parallel streams, read in segments of so many steps with the state carried along. The objective is the loss
    /// summed over steps and averaged over streams (Zaremba et al. 2014).
    case streams(count: Int, steps: Int)
    /// So many parallel streams of whole documents (`DocumentStreams`), read in segments of so many steps with the state carried along
    /// within a document; documents are shuffled for each epoch. The objective is that of streams.
    case documents(count: Int, steps: Int)
}

/// What a language model learns by: how the losses of an update become one number.
public enum LanguageModelObjective: String, Sendable, Hashable, CaseIterable {
    /// Their sum over tokens; of parallel streams, averaged over the streams (Zaremba et al. 2014).
    case sum
    /// Their mean over tokens.
    case mean
}

/// Training of a language model.
public final class LanguageModelTask: BatchedTask {
    /// What is trained.
    public let model: LanguageModel
    /// The model's parameters.
    public var parameters: ParameterCollection { model.parameters }
    /// The network's state at the end of the last segment; nil where sentences are independent.
    public var carriedState: [[Tensor]]?
    /// Bytes that the graph of an update may take. Longer updates are learnt in segments, with the same bits. Nil: no limit.
    public var graphBytes: Int?
    let training: EncodedCorpus
    private let development: EncodedCorpus?
    let plan: LanguageModelBatches
    let objective: LanguageModelObjective
    /// Segments of streams vary in length.
    private let variesSegments: Bool
    private let seed: UInt64
    package private(set) var batches: EpochBatches
    private(set) var streams: StreamBatcher?
    private(set) var documents: DocumentStreams?
    /// Where the texts of the present update stand at its end: in its graph, or the values, where it had several graphs.
    private var readingsAfter: [LanguageModelReading] = []
    var valuesAfter: [[[Tensor]]] = []
    private var presentUpdate = 0
    private(set) lazy var graphCost = GraphCost(
        model.configuration, network: model.network, output: model.output)

    /// Training on a corpus, evaluated on another.
    /// - Parameter variesSegments: the segments of streams vary in length, anew in each epoch (`SegmentLengths`). Under a mean
    ///   objective the learning rate of an update is multiplied by its share of the usual length, as Merity, Keskar and Socher
    ///   (2018) do; a sum has grown or shrunk with the length already.
    public init(
        _ model: LanguageModel, training: EncodedCorpus, development: EncodedCorpus?, batches: LanguageModelBatches,
        objective: LanguageModelObjective = .sum, variesSegments: Bool = false, seed: UInt64
    ) {
        self.model = model
        self.training = training
        self.development = development
        plan = batches
        self.objective = objective
        self.variesSegments = variesSegments
        self.seed = seed
        self.batches = Self.sentenceBatches(batches, training.lengths, seed: seed)
    }

    /// Shuffles the sentences for an epoch, or goes back to the start of the streams; gives the number of updates.
    public func beginEpoch(_ epoch: Int) -> Int {
        switch plan {
        case .sentences, .tokens: return batches.begin(epoch)
        case .streams(let count, let steps):
            let variation = RandomGenerator(seed: seed, stream: UInt64(epoch) &+ 0x6C6D_0000_0000)
            let kept = variesSegments ? nil : streams
            let batcher =
                kept
                ?? StreamBatcher(
                    training.tokens, streams: count, steps: steps, boundary: model.boundary,
                    variation: variesSegments ? variation : nil)
            streams = batcher
            return batcher.count
        case .documents(let count, let steps):
            let places = (0..<training.documentCount).map { training.tokens(ofDocument: $0) }
            let dealt = DocumentStreams(
                places, streams: count, steps: steps, seed: EpochBatches.seed(ofEpoch: epoch, seed))
            documents = dealt
            return dealt.count
        }
    }

    /// The sentences of each update, where they are not read as streams.
    static func sentenceBatches(_ plan: LanguageModelBatches, _ lengths: [Int], seed: UInt64) -> EpochBatches {
        switch plan {
        case .sentences(let size): EpochBatches(.examples(size), sides: [lengths], seed: seed)
        case .tokens(let budget): EpochBatches(.tokens(budget), sides: [lengths], seed: seed)
        case .streams, .documents: EpochBatches(.examples(1), sides: [], seed: seed)
        }
    }

    /// What an update of the present epoch is to predict: its sentences, or a piece of each stream.
    public func targets(ofUpdate update: Int) -> [[Int32]] {
        switch plan {
        case .sentences, .tokens: return batches[update].map { Array(training[$0]) }
        case .streams:
            guard let segment = streams?[update] else { return [] }
            return (0..<segment.streamCount).map { stream in
                (0..<segment.stepCount).map { segment.targets[$0 * segment.streamCount + stream] }
            }
        case .documents:
            return documents?[update].map { runs in runs.flatMap { training.tokens[$0.tokens] } } ?? []
        }
    }

    /// The texts of an update, and for sentences their numbers in the corpus, counted from 0.
    public func contents(ofUpdate update: Int) -> JSONObject {
        let texts = targets(ofUpdate: update).map {
            JSONValue.string(model.vocabulary.text(of: $0, unit: model.configuration.unit))
        }
        if carriesState { return ["streams": .array(texts)] }
        return ["sentence_numbers": .array(batches[update].map { JSONValue($0) }), "sentences": .array(texts)]
    }

    /// The loss of a batch of sentences or of a segment of the streams.
    public func loss(ofUpdate update: Int, in graph: ComputationGraph) -> TrainingLoss {
        let pieces = pieces(ofUpdate: update)
        let (loss, readings) = pieces.computation(model).loss(in: graph)
        readingsAfter = readings
        presentUpdate = update
        return TrainingLoss(
            objective: loss.objective, total: loss.total, unitCount: pieces.tokenCount, rateFactor: rateFactor(pieces))
    }

    /// Goes back through an update in segments, where all of it would not fit into `graphBytes`.
    public func backpropagateInSegments(_ update: Int, in graph: ComputationGraph) -> SegmentedLoss? {
        let pieces = pieces(ofUpdate: update)
        guard let graphBytes, let plan = graphCost.plan(MemoryEstimate.Update(pieces), bytes: graphBytes) else { return nil }
        let loss = pieces.computation(model).backpropagate(in: graph, plan)
        valuesAfter = states(of: loss.carriedValues)
        presentUpdate = update
        return SegmentedLoss(
            total: Double(loss.total), unitCount: pieces.tokenCount, rateFactor: rateFactor(pieces))
    }

    private func rateFactor(_ pieces: UpdatePieces) -> Double {
        guard case .streams(_, let usualSteps) = plan, variesSegments, objective == .mean else { return 1 }
        return Double(pieces.stepCount) / Double(usualSteps)
    }

    /// Keeps the state that the next segment goes on from.
    public func finishUpdate() {
        guard carriesState else { return }
        let values = readingsAfter.isEmpty ? valuesAfter : readingsAfter.map(\.state.values)
        carriedState = carried(values, afterUpdate: presentUpdate)
        readingsAfter = []
        valuesAfter = []
    }

    /// Whether values have the shapes of the network's state, one for each stream.
    public func fits(carriedState: [[Tensor]]) -> Bool {
        guard let members = carriedMemberCount else { return false }
        let expected = model.initialState(in: ComputationGraph(keepsForBackward: false)).values
        return expected.count == carriedState.count
            && zip(expected, carriedState).allSatisfy { expected, given in
                expected.count == given.count
                    && zip(expected, given).allSatisfy {
                        $0.shape.hasSameDimensions(as: $1.shape) && $1.shape.batchSize == members
                    }
            }
    }

    /// The perplexity of the development corpus.
    public func evaluate() -> Evaluation? {
        guard let development else { return nil }
        var scorer = LanguageModelScorer(model)
        let metrics = scorer.metrics(of: development)
        var others = [Evaluation.Measure("dev_loss", metrics.meanNegativeLogLikelihood)]
        if model.configuration.unit == .char { others.append(.init("dev_bits_per_character", metrics.bitsPerToken)) }
        return Evaluation("dev_perplexity", metrics.perplexity, isLowerBetter: true, others: others)
    }
}

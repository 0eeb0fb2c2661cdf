import ElmanFiles
import ElmanGraph
import ElmanLayers
import ElmanOptimizers
import ElmanTensor
import ElmanText

/// Dynamic evaluation of a language model.
public struct DynamicEvaluationOptions: Sendable, Hashable {
    /// How weights follow the text.
    public var rule: DynamicRule
    /// Tokens after which they do; at least 1.
    public var segment: Int

    /// Options. Fails for a segment of no tokens.
    public init(rule: DynamicRule, segment: Int = 5) {
        guard segment >= 1 else { fail("a segment of dynamic evaluation has at least one token, not \(segment)") }
        self.rule = rule
        self.segment = segment
    }
}

/// Scores a text as one stream under a language model that adapts to it: with a cache of what was read last, or by learning from what
/// was read (dynamic evaluation), or both. Every token is scored before anything is learnt from it.
///
/// Dynamic evaluation changes the parameters of the model that is given, until `restore()`: nobody else should use them meanwhile.
/// The same tokens get the same bits in whatever pieces they come, and with any number of threads.
public final class AdaptiveScorer {
    private let model: LanguageModel
    private var cache: ContinuousCache?
    private let dynamic: DynamicEvaluationOptions?
    private let updater: DynamicUpdater?
    private let graph: ComputationGraph
    private var previous: Int32
    /// The network's state at the end of the last segment, and within the present one.
    private var carried: [[Tensor]]?
    private var state: (any RecurrentNetworkState)?
    /// Losses of the present segment, its tokens, and the one before them.
    private var losses: [Expression] = []
    private var segment: [Int32] = []
    private var beforeSegment: Int32 = 0

    /// Tokens of a segment where nothing is learnt.
    private static let tokensAtOnce = 256
    /// Parallel streams of the statistics, as Krause et al. have them.
    private static let statisticsStreams = 100

    /// A scorer of a text's beginning.
    public init(_ model: LanguageModel, cache: ContinuousCacheOptions? = nil, dynamic: DynamicEvaluationOptions? = nil) {
        self.model = model
        self.cache = cache.map { ContinuousCache($0, outputSize: model.network.hiddenSize) }
        self.dynamic = dynamic
        updater = dynamic.map { DynamicUpdater(model.parameters, rule: $0.rule) }
        graph = ComputationGraph(keepsForBackward: dynamic != nil)
        previous = model.boundary
    }

    /// Whether `collectStatistics` is needed first.
    public var needsStatistics: Bool { updater.map { !$0.isReady } ?? false }

    /// Gathers the sizes of gradients on the training text that dynamic evaluation by `rms` goes by: of the mean loss of segments of
    /// 100 parallel streams. Throws `.badData` where there is no text.
    public func collectStatistics(on corpus: EncodedCorpus) throws(DataError) {
        guard let updater, let dynamic else { return }
        let batcher = StreamBatcher(
            corpus.tokens, streams: Self.statisticsStreams, steps: dynamic.segment, boundary: model.boundary)
        guard !batcher.isEmpty else { throw DataError(.badData, "the text that gradients are measured on is empty") }
        var values: [[Tensor]]?
        for segment in batcher {
            graph.renew()
            var state = values.map { model.state(from: $0, in: graph) } ?? model.initialState(in: graph)
            let steps = model.steps(of: segment, from: &state, in: graph, isTraining: false)
            (sum(steps.losses) * (1 / Float(segment.targets.count))).backward()
            values = state.values
            updater.addStatistics()
        }
        updater.finishStatistics()
    }

    /// The log-probabilities of the tokens that come next.
    public func logProbabilities(of tokens: [Int32]) -> [Float] {
        var result: [Float] = [], rest = tokens[...]
        while !rest.isEmpty {
            let room = (dynamic?.segment ?? Self.tokensAtOnce) - losses.count
            result += score(rest.prefix(room))
            rest = rest.dropFirst(room)
        }
        return result
    }

    /// The metrics of a corpus whose sentences come next.
    public func metrics(of corpus: EncodedCorpus) -> LanguageModelMetrics {
        var metrics = LanguageModelMetrics(sentences: corpus.sentenceCount, tokens: corpus.tokens.count)
        for value in logProbabilities(of: corpus.tokens) { metrics.negativeLogLikelihood -= Double(value) }
        if let unknown = model.vocabulary.unknown { metrics.unknown = corpus.tokens.count { Int($0) == unknown } }
        return metrics
    }

    /// Puts the model's parameters back as they were, and goes back to a text's beginning. The cache is emptied; statistics stay.
    public func restore() {
        updater?.restore()
        if let old = cache { cache = ContinuousCache(old.options, outputSize: model.network.hiddenSize) }
        beginSegment()
        carried = nil
        previous = model.boundary
    }

    /// Scores tokens that belong to one segment, and learns from it at its end.
    private func score(_ piece: ArraySlice<Int32>) -> [Float] {
        if state == nil {
            beforeSegment = previous
            state = stateBeforeSegment()
        }
        let steps = model.steps(of: piece, after: previous, from: &state!, in: graph, isTraining: false)
        _ = sum(steps.losses).value
        losses += steps.losses
        segment += piece
        previous = piece.last ?? previous
        let scores = steps.losses.map { -$0.value.scalar }
        let mixed = cache?.mix(scores, of: piece, outputs: steps.outputs.map(\.value.scalars))
        if losses.count >= dynamic?.segment ?? Self.tokensAtOnce { finishSegment(inOnePiece: piece.count == losses.count) }
        return mixed ?? scores
    }

    private func stateBeforeSegment() -> any RecurrentNetworkState {
        graph.renew()
        return carried.map { model.state(from: $0, in: graph) } ?? model.initialState(in: graph)
    }

    private func finishSegment(inOnePiece isOnePiece: Bool) {
        let values = state?.values
        if let updater {
            // Gradients of what was computed piece by piece would be summed in another order.
            if !isOnePiece {
                var state = stateBeforeSegment()
                losses = model.steps(of: segment, after: beforeSegment, from: &state, in: graph, isTraining: false).losses
                _ = sum(losses).value
            }
            (sum(losses) * (1 / Float(losses.count))).backward()
            updater.update()
        }
        carried = values
        beginSegment()
    }

    private func beginSegment() {
        losses = []
        segment = []
        state = nil
    }
}

import ElmanGraph
import ElmanLayers
import ElmanTensor

/// Reads tokens one at a time and says what may come next, in constant memory however long the text is.
///
/// It is a value of plain numbers: a copy is a branch, and it may be handed to another thread.
public struct LanguageModelReader: Sendable {
    private let model: LanguageModel
    /// The state's values, or nil before the first token.
    private var values: [[Tensor]]?
    /// Natural logarithms of the probabilities of all tokens, given what was read so far.
    public private(set) var logProbabilities: [Float] = []
    /// Of a model that was trained by noise-contrastive estimation: the natural logarithm of what its probabilities would sum to if
    /// they were not normalised; nil for others.
    public private(set) var logNormalizer: Float?

    /// A reader that has read the mark before a sentence and nothing else.
    public init(_ model: LanguageModel) { self.init(model, in: ComputationGraph(keepsForBackward: false)) }

    /// As `init(_:)`, with a graph whose memory serves many readings.
    init(_ model: LanguageModel, in graph: ComputationGraph) {
        self.model = model
        read(model.boundary, in: graph)
    }

    /// Reads a token.
    public mutating func read(_ token: Int32) { read(token, in: ComputationGraph(keepsForBackward: false)) }

    /// Reads a token, with a graph whose memory serves many readings.
    mutating func read(_ token: Int32, in graph: ComputationGraph) {
        graph.renew()
        var state = values.map { model.state(from: $0, in: graph) } ?? model.initialState(in: graph)
        state.addInput(model.embeddings[Int(token), in: graph])
        let all = model.output.logProbabilities(state.output)
        if let layer = model.output as? NoiseContrastiveEstimation {
            let normalizer = layer.logNormalizers(state.output)
            logNormalizer = normalizer.value.scalar
        }
        logProbabilities = all.value.scalars
        values = state.values
    }

    /// Forgets what was read, as before a new sentence.
    mutating func reset(in graph: ComputationGraph) {
        values = nil
        read(model.boundary, in: graph)
    }
}

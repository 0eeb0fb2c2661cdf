import ElmanFiles
import ElmanGraph
import ElmanLayers
import ElmanTensor
import ElmanText

/// A language model: it reads tokens one by one and predicts the next, recurrent or, from the last few alone, feed-forward.
///
///     let model = try LanguageModel(contentsOf: "runs/shakespeare")
///     let text = try model.generate(prompt: "to be or not", GenerationOptions(length: 40))
///
/// It is a value of handles and may be used by many threads at once, as long as none of them trains it.
public struct LanguageModel: Sendable {
    /// What it is made of.
    public let configuration: LanguageModelConfiguration
    /// The tokens it knows.
    public let vocabulary: Vocabulary
    /// All its parameters: `embeddings`, `rnn/<layer>/…` or of a feed-forward model `hidden/…`, `scores/…`.
    public let parameters: ParameterCollection
    /// How often each entry of the vocabulary occurs in the training text, where the output layer goes by it.
    public let counts: [Int]?
    /// From the network's output to the probabilities of all tokens.
    public let output: any OutputLayer
    package let embeddings: LookupParameter
    package let network: any RecurrentNetwork

    /// A model with new parameters, drawn from `seed`. Throws `.configuration` where the settings do not fit together.
    /// - Parameter counts: how often each entry of the vocabulary occurs, for output layers that go by it; where it is nil, counts fall
    ///   as the vocabulary goes on (Zipf).
    public init(
        _ configuration: LanguageModelConfiguration, vocabulary: Vocabulary, counts: [Int]? = nil, seed: UInt64 = 1
    ) throws(DataError) {
        try self.init(configuration, vocabulary: vocabulary, counts: counts, in: ParameterCollection(seed: seed))
    }

    /// As above, with its parameters in an empty collection.
    package init(
        _ configuration: LanguageModelConfiguration, vocabulary: Vocabulary, counts: [Int]? = nil,
        in parameters: ParameterCollection
    ) throws(DataError) {
        try configuration.validate()
        try configuration.output.validate(vocabularySize: vocabulary.count)
        guard counts.map({ $0.count == vocabulary.count }) ?? true else {
            throw DataError(.configuration, "\(counts!.count) counts are given for a vocabulary of \(vocabulary.count) entries")
        }
        guard vocabulary.boundary != nil else {
            throw DataError(.configuration, "the vocabulary of a language model needs an end mark of sentences")
        }
        self.configuration = configuration
        self.vocabulary = vocabulary
        self.counts = counts
        self.parameters = parameters
        let uniform = configuration.initialRange.map { Initializer.uniform($0) }
        embeddings = parameters.addLookup(
            count: vocabulary.count, size: configuration.embeddingSize, named: "embeddings",
            initializer: uniform ?? (configuration.tiesEmbeddings ? .uniform(0.1) : .glorot()))
        network = Self.makeNetwork(configuration, embeddings, boundary: vocabulary.boundary!, in: parameters)
        output = Self.makeOutput(
            configuration, inputSize: network.hiddenSize, vocabularySize: vocabulary.count, counts: counts, embeddings,
            in: parameters)
    }

    /// The layer on the network's output.
    static func makeOutput(
        _ configuration: LanguageModelConfiguration, inputSize: Int, vocabularySize: Int, counts: [Int]?,
        _ embeddings: LookupParameter, in parameters: ParameterCollection
    ) -> any OutputLayer {
        configuration.output.makeLayer(
            inputSize: inputSize, counts: counts ?? WordClasses.zipf(wordCount: vocabularySize),
            tiedTo: configuration.tiesEmbeddings ? embeddings : nil,
            uniform: configuration.initialRange.map { Initializer.uniform($0) }, in: parameters.scope("scores"))
    }

    /// The network that reads the tokens.
    static func makeNetwork(
        _ configuration: LanguageModelConfiguration, _ embeddings: LookupParameter, boundary: Int,
        in parameters: ParameterCollection
    ) -> any RecurrentNetwork {
        let uniform = configuration.initialRange.map { Initializer.uniform($0) }
        switch configuration.architecture {
        case .feedForward:
            return WindowNetwork(
                contextCount: configuration.order - 1, unitCount: configuration.hiddenSize,
                hasDirectConnections: configuration.hasDirectConnections, embeddings: embeddings, boundary: boundary,
                initializer: uniform, in: parameters.scope("hidden"))
        case .recurrent:
            var options = NetworkOptions(isResidual: configuration.isResidual, initializer: uniform)
            options.initialForgetBias = configuration.initialForgetBias
            return ElmanLayers.makeNetwork(
                kind: configuration.cell, inputSize: configuration.embeddingSize, hiddenSizes: configuration.layerSizes,
                options: options, in: parameters.scope("rnn"))
        }
    }

    /// Turns lines into indices as the training text was read.
    public var encoder: SentenceEncoder {
        SentenceEncoder(
            vocabulary: vocabulary, unit: configuration.unit, normalization: configuration.normalization,
            isReversed: configuration.isBackward)
    }

    /// The index of the end mark, which also stands before every sentence.
    public var boundary: Int32 { Int32(vocabulary.boundary!) }

    /// What is lost at tokens after an output of the network: in training what is minimised, else negative log-probabilities.
    func losses(_ output: Expression, _ tokens: [Int], isTraining: Bool) -> Expression {
        isTraining ? self.output.trainingLosses(output, tokens) : self.output.losses(output, tokens)
    }
}

// MARK: Losses

extension LanguageModel {
    /// The network's dropout.
    private func recurrentDropout(_ isTraining: Bool) -> RecurrentDropout {
        isTraining ? configuration.recurrentDropout : .none
    }

    /// The state before a sentence.
    func initialState(in graph: ComputationGraph, isTraining: Bool = false) -> any RecurrentNetworkState {
        network.start(in: graph, dropout: recurrentDropout(isTraining))
    }

    /// A state that goes on from values kept of an earlier graph.
    func state(from values: [[Tensor]], in graph: ComputationGraph, isTraining: Bool = false) -> any RecurrentNetworkState {
        network.start(from: values, in: graph, dropout: recurrentDropout(isTraining))
    }

    /// The negative log-probabilities of the tokens of a sentence that ends with the end mark: one number for each.
    public func losses(
        of sentence: some Collection<Int32>, in graph: ComputationGraph, isTraining: Bool = false
    ) -> [Expression] {
        var state = initialState(in: graph, isTraining: isTraining)
        return steps(of: sentence, after: boundary, from: &state, in: graph, isTraining: isTraining).losses
    }

    /// What is made of tokens that follow `previous` from a state on; the state then has read all of them but the last.
    func steps(
        of tokens: some Collection<Int32>, after previous: Int32, from state: inout any RecurrentNetworkState,
        in graph: ComputationGraph, isTraining: Bool
    ) -> LanguageModelSteps {
        var reading = reading(from: state, in: graph, isTraining: isTraining)
        defer { state = reading.state }
        return steps(of: tokens, after: previous, from: &reading)
    }

    /// What is made of one segment of parallel streams: the losses are summed over the streams. A negative target is left out.
    func steps(
        of segment: StreamBatcher.Segment, from state: inout any RecurrentNetworkState, in graph: ComputationGraph,
        isTraining: Bool
    ) -> LanguageModelSteps {
        var reading = reading(from: state, in: graph, isTraining: isTraining)
        defer { state = reading.state }
        return steps(of: segment, from: &reading)
    }

    /// As above, from where a reading stands.
    func steps(
        of tokens: some Collection<Int32>, after previous: Int32, from reading: inout LanguageModelReading
    ) -> LanguageModelSteps {
        var steps = LanguageModelSteps(), input = previous
        for token in tokens {
            let output = reading.add([Int(input)], embeddings), dropped = reading.masks.dropOutput(output)
            input = token
            let loss = losses(dropped, [Int(token)], isTraining: reading.isTraining)
            steps.append(loss: loss, output: output, dropped: dropped)
        }
        return steps
    }

    /// As above, from where a reading stands.
    func steps(of segment: StreamBatcher.Segment, from reading: inout LanguageModelReading) -> LanguageModelSteps {
        var steps = LanguageModelSteps()
        let count = segment.streamCount
        for step in 0..<segment.stepCount {
            let range = step * count..<(step + 1) * count
            let output = reading.add(segment.inputs[range].map { Int($0) }, embeddings)
            let dropped = reading.masks.dropOutput(output)
            let losses = self.losses(dropped, segment.targets[range].map { Int($0) }, isTraining: reading.isTraining)
            steps.append(loss: sumOverBatch(losses), output: output, dropped: dropped)
        }
        return steps
    }
}

import ElmanFiles
import ElmanGraph
import ElmanLayers
import ElmanTensor
import ElmanText

/// A model that reads a text and writes another: an encoder and a decoder (Sutskever et al. 2014; Cho et al. 2014), with
/// attention where wanted (Bahdanau et al. 2015; Luong et al. 2015). The source is read with an end mark.
///
///     let translator = try Translator(contentsOf: "runs/ja-en")
///     let translation = try translator.translate([["彼", "は", "笑っ", "た", "。"]])[0]
///     print(translation.text)
///
/// It is a value of handles and may be used by many threads at once, as long as none of them trains it.
public struct Translator: Sendable {
    /// What it is made of.
    public let configuration: TranslatorConfiguration
    /// The tokens it knows on either side.
    public let vocabularies: PairVocabularies
    /// All its parameters: `encoder/…`, `bridge/…`, `decoder/…`.
    public let parameters: ParameterCollection
    let encoder: SourceReader
    let decoder: TargetWriter
    private let bridge: StateBridge

    /// A model with new parameters, drawn from `seed`. Throws `.configuration` where the settings do not fit together.
    public init(
        _ configuration: TranslatorConfiguration, vocabularies: PairVocabularies, seed: UInt64 = 1
    ) throws(DataError) {
        try self.init(configuration, vocabularies: vocabularies, in: ParameterCollection(seed: seed))
    }

    init(
        _ configuration: TranslatorConfiguration, vocabularies: PairVocabularies, in parameters: ParameterCollection
    ) throws(DataError) {
        try configuration.validate()
        self.configuration = configuration
        self.vocabularies = vocabularies
        self.parameters = parameters
        encoder = SourceReader(
            configuration, tokenCount: vocabularies.source.vocabulary.count, in: parameters.scope("encoder"))
        decoder = TargetWriter(
            configuration, tokenCount: vocabularies.target.vocabulary.count, in: parameters.scope("decoder"))
        bridge = StateBridge(
            configuration, encoderSizes: encoder.partSizes, decoderSizes: decoder.partSizes, in: parameters.scope("bridge"))
    }

    /// Whether it can say which source token it looks at.
    public var hasAttention: Bool { configuration.attention != .none }

    /// Reads a source without end mark: the decoder's first state, and what it may look at.
    func start(
        after source: some Collection<Int32>, in graph: ComputationGraph, isTraining: Bool
    ) -> (state: TargetState, memory: AttentionMemory?) {
        let reading = encoder.read(Array(source) + [vocabularies.source.boundary], in: graph, isTraining: isTraining)
        let state = decoder.start(from: bridge.parts(for: reading), in: graph, isTraining: isTraining)
        return (state, decoder.memory(of: reading))
    }

    /// The negative log-probabilities of the tokens of a target and of its end, one number for each. Source and target are
    /// given without end marks.
    public func losses(
        of target: some Collection<Int32>, after source: some Collection<Int32>, in graph: ComputationGraph,
        isTraining: Bool = false
    ) -> [Expression] {
        var (state, memory) = start(after: source, in: graph, isTraining: isTraining)
        let rate = isTraining ? configuration.dropout : 0
        // One mask for the sequence, or one a step.
        let mask =
            rate > 0 && configuration.isDropoutVariational ? graph.dropoutMask([configuration.hiddenSize], rate: rate) : nil
        var input = vocabularies.target.boundary
        return (Array(target) + [vocabularies.target.boundary]).map { token in
            decoder.add(input, to: &state, memory, in: graph, isTraining: isTraining)
            input = token
            let output = mask.map { state.attended .* $0 } ?? dropout(state.attended, rate: rate)
            return pickNegativeLogSoftmax(decoder.scores(output), Int(token))
        }
    }
}

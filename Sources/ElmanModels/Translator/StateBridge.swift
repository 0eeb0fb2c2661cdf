import ElmanGraph
import ElmanLayers

/// The way from the encoder's last state to the decoder's first.
///
/// Parameters, where it learns: `<layer>/<part>/weights` and `…/bias`; for `StateHandOver.summary` only `0/0/…`.
struct StateBridge: Sendable {
    private let handOver: StateHandOver
    /// How many parts the state of each layer has.
    private let partCounts: [Int]
    /// For each layer and part; empty where nothing is learned.
    private let layers: [[Linear]]

    /// - Parameter partCounts: how many parts the state of each layer of the decoder has.
    init(_ configuration: TranslatorConfiguration, partCounts: [Int], in parameters: ParameterCollection) {
        handOver = configuration.handOver
        self.partCounts = partCounts
        let (from, to) = (configuration.encoderOutputSize, configuration.hiddenSize)
        guard from != to || handOver == .bridge else {
            layers = []
            return
        }
        let counts = handOver == .summary ? [1] : partCounts
        layers = counts.enumerated().map { layer, count in
            (0..<count).map { part in
                Linear(
                    inputSize: from, outputSize: to, initializer: configuration.uniform ?? .glorot(),
                    biasInitializer: configuration.uniform ?? .zeros,
                    in: parameters.scope("\(layer)").scope("\(part)"))
            }
        }
    }

    /// The parts of the decoder's first state, for each layer: the hidden value first.
    func parts(for reading: SourceReading) -> [[Expression]] {
        switch handOver {
        case .summary:
            let summary = layers.isEmpty ? reading.summary : layers[0][0](reading.summary)
            let hidden = tanh(summary)
            return partCounts.map { count in (0..<count).map { $0 == 0 ? hidden : summary } }
        case .states:
            return layers.isEmpty ? reading.finalParts : projected(reading.finalParts)
        case .bridge:
            return projected(reading.finalParts).map { parts in parts.enumerated().map { $0 == 0 ? tanh($1) : $1 } }
        }
    }

    private func projected(_ parts: [[Expression]]) -> [[Expression]] {
        zip(layers, parts).map { layer, parts in zip(layer, parts).map { $0($1) } }
    }
}

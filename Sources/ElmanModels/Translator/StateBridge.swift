import ElmanGraph
import ElmanLayers

/// The way from the encoder's last state to the decoder's first.
///
/// Parameters, where it learns: `<layer>/<part>/weights` and `…/bias`; for `StateHandOver.summary` only `0/0/…`, and those of parts
/// that have another size than the hidden value.
struct StateBridge: Sendable {
    private let handOver: StateHandOver
    /// For each layer and part; nil where nothing is learned.
    private let layers: [[Linear?]]
    /// What the summary goes through; nil where it has the decoder's size.
    private let summaryLayer: Linear?

    /// - Parameters:
    ///   - encoderSizes: elements of the parts of the encoder's last state, for each layer.
    ///   - decoderSizes: of the parts of the decoder's state.
    init(
        _ configuration: TranslatorConfiguration, encoderSizes: [[Int]], decoderSizes: [[Int]],
        in parameters: ParameterCollection
    ) {
        let handOver = configuration.handOver
        self.handOver = handOver
        let (from, to) = (configuration.encoderOutputSize, configuration.hiddenSize)
        func linear(_ layer: Int, _ part: Int, _ inputSize: Int, _ outputSize: Int) -> Linear {
            Linear(
                inputSize: inputSize, outputSize: outputSize, initializer: configuration.uniform ?? .glorot(),
                biasInitializer: configuration.uniform ?? .zeros, in: parameters.scope("\(layer)").scope("\(part)"))
        }
        summaryLayer = handOver == .summary && from != to ? linear(0, 0, from, to) : nil
        layers = zip(encoderSizes, decoderSizes).enumerated().map { layer, sizes in
            zip(sizes.0, sizes.1).enumerated().map { part, sizes in
                if handOver == .summary { return sizes.1 == to ? nil : linear(layer, part, from, sizes.1) }
                return handOver == .bridge || sizes.0 != sizes.1 ? linear(layer, part, sizes.0, sizes.1) : nil
            }
        }
    }

    /// The parts of the decoder's first state, for each layer: the hidden value first.
    func parts(for reading: SourceReading) -> [[Expression]] {
        switch handOver {
        case .summary:
            let summary = summaryLayer.map { $0(reading.summary) } ?? reading.summary
            let hidden = tanh(summary)
            return layers.map { layer in
                layer.enumerated().map { part, layer in layer.map { $0(reading.summary) } ?? (part == 0 ? hidden : summary) }
            }
        case .states:
            return projected(reading.finalParts)
        case .bridge:
            return projected(reading.finalParts).map { parts in parts.enumerated().map { $0 == 0 ? tanh($1) : $1 } }
        }
    }

    private func projected(_ parts: [[Expression]]) -> [[Expression]] {
        zip(layers, parts).map { layer, parts in zip(layer, parts).map { layer, part in layer.map { $0(part) } ?? part } }
    }
}

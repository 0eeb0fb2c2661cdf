import ElmanGraph
import ElmanTensor

/// The cells that can be chosen by name, as in `--cell lstm`.
public enum CellKind: String, Sendable, Hashable, CaseIterable {
    /// `ElmanCell` with hyperbolic tangent.
    case elman = "rnn"
    /// `ElmanCell` with max(0, x).
    case elmanReLU = "rnn-relu"
    /// `LSTMCell`.
    case lstm
    /// `CoupledLSTMCell`.
    case coupledLSTM = "coupled-lstm"
    /// `LayerNormLSTMCell`.
    case layerNormLSTM = "layernorm-lstm"
    /// `GRUCell` with the reset after the recurrent product.
    case gru
    /// `GRUCell` with the reset before the recurrent product.
    case gruResetBefore = "gru-reset-before"
}

extension CellKind {
    /// The kind of a name: a raw value, or another name in use (`elman`, `simple-rnn`, `gru-reset-after`). Nil for no kind.
    public init?(named name: String) {
        switch name {
        case "elman", "simple-rnn", "rnn-tanh": self = .elman
        case "gru-reset-after": self = .gru
        default:
            guard let kind = CellKind(rawValue: name) else { return nil }
            self = kind
        }
    }

    /// A line about the cell, for lists of choices.
    public var summary: String {
        switch self {
        case .elman: "simple recurrent network with tanh (Elman 1990)"
        case .elmanReLU: "simple recurrent network with max(0, x)"
        case .lstm: "long short-term memory with input, forget and output gate (Gers et al. 2000)"
        case .coupledLSTM: "long short-term memory with forget = 1 - input gate, and peepholes"
        case .layerNormLSTM: "long short-term memory with layer normalisation (Ba et al. 2016)"
        case .gru: "gated recurrent unit, reset after the product as in PyTorch"
        case .gruResetBefore: "gated recurrent unit, reset before the product (Cho et al. 2014)"
        }
    }

    /// Whether the state has a memory beside the hidden value.
    public var hasMemory: Bool {
        switch self {
        case .lstm, .coupledLSTM, .layerNormLSTM: true
        case .elman, .elmanReLU, .gru, .gruResetBefore: false
        }
    }
}

/// A network of one sort of cell, chosen by name. Its parameters are named `0/…`, `1/…` within the collection.
public func makeNetwork(
    kind: CellKind, layerCount: Int = 1, inputSize: Int, hiddenSize: Int, options: NetworkOptions = NetworkOptions(),
    in parameters: ParameterCollection
) -> any RecurrentNetwork {
    makeNetwork(
        kind: kind, options: options,
        shape: StackShape(
            layerCount: layerCount, inputSize: inputSize, hiddenSize: hiddenSize, options: options, parameters: parameters))
}

/// Layers in both directions of one sort of cell, chosen by name. `hiddenSize` is that of one direction. Parameters are named
/// `0/forward/…`, `0/backward/…`, … within the collection.
public func makeBidirectionalNetwork(
    kind: CellKind, layerCount: Int = 1, inputSize: Int, hiddenSize: Int, options: NetworkOptions = NetworkOptions(),
    in parameters: ParameterCollection
) -> any BidirectionalNetwork {
    makeNetwork(
        kind: kind, options: options,
        shape: BidirectionalShape(
            layerCount: layerCount, inputSize: inputSize, hiddenSize: hiddenSize, options: options, parameters: parameters))
}

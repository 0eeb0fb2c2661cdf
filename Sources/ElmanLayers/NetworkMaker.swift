import ElmanGraph
import ElmanTensor

/// How cells of any sort become a network.
protocol NetworkShape {
    associatedtype Network
    func network<Cell: RecurrentCell>(
        _ makeCell: (_ inputSize: Int, _ hiddenSize: Int, _ parameters: ParameterCollection) -> Cell
    ) -> Network
}

/// Layers one upon the other.
struct StackShape: NetworkShape {
    let layerCount: Int, inputSize: Int, hiddenSize: Int
    let options: NetworkOptions
    let parameters: ParameterCollection

    func network<Cell: RecurrentCell>(_ makeCell: (Int, Int, ParameterCollection) -> Cell) -> any RecurrentNetwork {
        RecurrentBuilder(
            layerCount: layerCount, inputSize: inputSize, hiddenSize: hiddenSize, isResidual: options.isResidual,
            learnedInitialState: options.learnedInitialState, in: parameters, makeCell: makeCell)
    }
}

/// Layers of two directions one upon the other.
struct BidirectionalShape: NetworkShape {
    let layerCount: Int, inputSize: Int, hiddenSize: Int
    let options: NetworkOptions
    let parameters: ParameterCollection

    func network<Cell: RecurrentCell>(_ makeCell: (Int, Int, ParameterCollection) -> Cell) -> any BidirectionalNetwork {
        Bidirectional(
            layerCount: layerCount, inputSize: inputSize, hiddenSize: hiddenSize, isResidual: options.isResidual,
            learnedInitialState: options.learnedInitialState, in: parameters, makeCell: makeCell)
    }
}

/// The network of a shape whose cells are of a kind.
func makeNetwork<Shape: NetworkShape>(kind: CellKind, options: NetworkOptions, shape: Shape) -> Shape.Network {
    let weights = options.initializer ?? .glorot(), biases = options.initializer ?? .zeros
    let forgetBias = options.forgetBias ?? 1
    switch kind {
    case .elman, .elmanReLU:
        let activation: ElmanActivation = kind == .elman ? .tanh : .relu
        return shape.network {
            ElmanCell(
                inputSize: $0, hiddenSize: $1, activation: activation, initializer: weights, biasInitializer: biases, in: $2)
        }
    case .lstm:
        return shape.network {
            LSTMCell(
                inputSize: $0, hiddenSize: $1, forgetBias: forgetBias, initializer: weights, biasInitializer: biases, in: $2)
        }
    case .coupledLSTM:
        return shape.network {
            CoupledLSTMCell(
                inputSize: $0, hiddenSize: $1, initializer: options.initializer, biasInitializer: biases, in: $2)
        }
    case .layerNormLSTM:
        return shape.network {
            LayerNormLSTMCell(
                inputSize: $0, hiddenSize: $1, forgetBias: forgetBias, initializer: weights, biasInitializer: biases, in: $2)
        }
    case .gru, .gruResetBefore:
        let position: GRUCell.ResetPosition = kind == .gru ? .afterProduct : .beforeProduct
        return shape.network {
            GRUCell(
                inputSize: $0, hiddenSize: $1, resetPosition: position, initializer: options.initializer,
                biasInitializer: biases, in: $2)
        }
    }
}

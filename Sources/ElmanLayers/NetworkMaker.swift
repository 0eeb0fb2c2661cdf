import ElmanGraph
import ElmanTensor

/// A network of one sort of cell, chosen by name. Its parameters are named `0/…`, `1/…` within the collection.
public func makeNetwork(
    kind: CellKind, layerCount: Int = 1, inputSize: Int, hiddenSize: Int, options: NetworkOptions = NetworkOptions(),
    in parameters: ParameterCollection
) -> any RecurrentNetwork {
    kind.makeStack(
        StackShape(
            layerCount: layerCount, inputSize: inputSize, hiddenSize: hiddenSize, options: options, parameters: parameters))
}

/// Layers in both directions of one sort of cell, chosen by name. `hiddenSize` is that of one direction. Parameters are named
/// `0/forward/…`, `0/backward/…`, … within the collection.
public func makeBidirectionalNetwork(
    kind: CellKind, layerCount: Int = 1, inputSize: Int, hiddenSize: Int, options: NetworkOptions = NetworkOptions(),
    in parameters: ParameterCollection
) -> any BidirectionalNetwork {
    kind.makeBidirectional(
        BidirectionalShape(
            layerCount: layerCount, inputSize: inputSize, hiddenSize: hiddenSize, options: options, parameters: parameters))
}

/// Layers one upon the other.
struct StackShape {
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
struct BidirectionalShape {
    let layerCount: Int, inputSize: Int, hiddenSize: Int
    let options: NetworkOptions
    let parameters: ParameterCollection

    func network<Cell: RecurrentCell>(_ makeCell: (Int, Int, ParameterCollection) -> Cell) -> any BidirectionalNetwork {
        Bidirectional(
            layerCount: layerCount, inputSize: inputSize, hiddenSize: hiddenSize, isResidual: options.isResidual,
            learnedInitialState: options.learnedInitialState, in: parameters, makeCell: makeCell)
    }
}

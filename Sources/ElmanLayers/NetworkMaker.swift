import ElmanGraph
import ElmanTensor

/// A network of one sort of cell, chosen by name. Its parameters are named `0/…`, `1/…` within the collection.
public func makeNetwork(
    kind: CellKind, layerCount: Int = 1, inputSize: Int, hiddenSize: Int, options: NetworkOptions = NetworkOptions(),
    in parameters: ParameterCollection
) -> any RecurrentNetwork {
    guard layerCount >= 1 else { fail("a recurrent network has at least one layer, not \(layerCount)") }
    return makeNetwork(
        kind: kind, inputSize: inputSize, hiddenSizes: Array(repeating: hiddenSize, count: layerCount), options: options,
        in: parameters)
}

/// A network of one sort of cell, chosen by name, whose layers have sizes of their own, lowest first. Fails where there are none,
/// and where layers of different sizes are to be residual.
public func makeNetwork(
    kind: CellKind, inputSize: Int, hiddenSizes: [Int], options: NetworkOptions = NetworkOptions(),
    in parameters: ParameterCollection
) -> any RecurrentNetwork {
    kind.makeStack(StackShape(inputSize: inputSize, hiddenSizes: hiddenSizes, options: options, parameters: parameters))
}

/// Layers in both directions of one sort of cell, chosen by name. `hiddenSize` is that of one direction. Parameters are named
/// `0/forward/…`, `0/backward/…`, … within the collection.
/// - Parameter isOneDirectional: whether sequences are read from their beginning alone: `ForwardReader`, of `0/forward/…` only.
public func makeBidirectionalNetwork(
    kind: CellKind, layerCount: Int = 1, inputSize: Int, hiddenSize: Int, options: NetworkOptions = NetworkOptions(),
    isOneDirectional: Bool = false, in parameters: ParameterCollection
) -> any BidirectionalNetwork {
    kind.makeBidirectional(
        BidirectionalShape(
            layerCount: layerCount, inputSize: inputSize, hiddenSize: hiddenSize, options: options,
            isOneDirectional: isOneDirectional, parameters: parameters))
}

/// Layers one upon the other.
struct StackShape {
    let inputSize: Int, hiddenSizes: [Int]
    let options: NetworkOptions
    let parameters: ParameterCollection

    func network<Cell: RecurrentCell>(_ makeCell: (Int, Int, ParameterCollection) -> Cell) -> any RecurrentNetwork {
        RecurrentBuilder(
            inputSize: inputSize, hiddenSizes: hiddenSizes, isResidual: options.isResidual,
            learnedInitialState: options.learnedInitialState, in: parameters, makeCell: makeCell)
    }
}

/// Layers of two directions one upon the other.
struct BidirectionalShape {
    let layerCount: Int, inputSize: Int, hiddenSize: Int
    let options: NetworkOptions
    let isOneDirectional: Bool
    let parameters: ParameterCollection

    func network<Cell: RecurrentCell>(_ makeCell: (Int, Int, ParameterCollection) -> Cell) -> any BidirectionalNetwork {
        if isOneDirectional {
            return ForwardReader(
                layerCount: layerCount, inputSize: inputSize, hiddenSize: hiddenSize, isResidual: options.isResidual,
                learnedInitialState: options.learnedInitialState, in: parameters, makeCell: makeCell)
        }
        return Bidirectional(
            layerCount: layerCount, inputSize: inputSize, hiddenSize: hiddenSize, isResidual: options.isResidual,
            learnedInitialState: options.learnedInitialState, in: parameters, makeCell: makeCell)
    }
}

import ElmanGraph
import ElmanTensor

/// Layers of one sort of cell that read a sequence from its beginning alone, where otherwise a `Bidirectional` stands: what a
/// language model has learnt fits in as it is. Of a reading, outputs and summary are those of the forward direction.
///
/// Parameters are named as those of the forward direction of `Bidirectional`: `0/forward/…`, `1/forward/…`, ….
public struct ForwardReader<Cell: RecurrentCell>: Sendable {
    /// The layers.
    public let builder: RecurrentBuilder<Cell>

    /// Layers made by `makeCell`, which gets the layer's input size, its hidden size and its scope.
    public init(
        layerCount: Int = 1, inputSize: Int, hiddenSize: Int, isResidual: Bool = false,
        learnedInitialState: Initializer? = nil, in parameters: ParameterCollection,
        makeCell: (_ inputSize: Int, _ hiddenSize: Int, _ parameters: ParameterCollection) -> Cell
    ) {
        guard layerCount >= 1 else { fail("a recurrent network has at least one layer, not \(layerCount)") }
        builder = RecurrentBuilder(
            scopes: (0..<layerCount).map { parameters.scope("\($0)").scope("forward") }, inputSize: inputSize,
            hiddenSizes: Array(repeating: hiddenSize, count: layerCount), isResidual: isResidual,
            learnedInitialState: learnedInitialState, makeCell: makeCell)
    }

    /// Layers of a given size.
    public init(
        layerCount: Int = 1, inputSize: Int, hiddenSize: Int, isResidual: Bool = false,
        learnedInitialState: Initializer? = nil, in parameters: ParameterCollection
    ) {
        self.init(
            layerCount: layerCount, inputSize: inputSize, hiddenSize: hiddenSize, isResidual: isResidual,
            learnedInitialState: learnedInitialState, in: parameters
        ) { Cell(inputSize: $0, hiddenSize: $1, in: $2) }
    }
}

extension ForwardReader: BidirectionalNetwork {
    /// Elements of an input vector.
    public var inputSize: Int { builder.inputSize }

    /// Elements of an output vector: the hidden size.
    public var outputSize: Int { builder.hiddenSize }

    /// The parameters, lowest layer first.
    public var parameters: [Parameter] { builder.parameters }

    /// Shapes of the parts of the states of each layer, lowest first.
    public var stateShapes: [[Shape]] { builder.stateShapes }

    /// Reads a sequence. The graph must be given for an empty one.
    @inlinable
    public func read(_ inputs: [Expression], in graph: ComputationGraph?, dropout: RecurrentDropout) -> BidirectionalReading {
        guard let graph = graph ?? inputs.first?.graph else {
            fail("a sequence without inputs is read outside of a graph; say in which")
        }
        var state = builder.initialState(in: graph, dropout: dropout)
        if state.canRead(inputs) { return read(sequence: concatenateToBatch(inputs), dropout: dropout) }
        let outputs = inputs.map { input in
            state.addInput(input)
            return state.output
        }
        return BidirectionalReading(
            forward: SequenceOutputs(outputs), backward: nil, lastForward: state.output, lastBackward: nil, addends: nil,
            finalStates: state.parts)
    }

    /// Reads a sequence whose steps are the members of a batch: all steps are one node where the cell has one.
    @inlinable
    public func read(sequence: Expression, dropout: RecurrentDropout) -> BidirectionalReading {
        var state = builder.initialState(in: sequence.graph, dropout: dropout)
        let outputs = state.addSequence(sequence, isReversed: false)
        return BidirectionalReading(
            forward: SequenceOutputs(outputs), backward: nil, lastForward: state.output, lastBackward: nil, addends: nil,
            finalStates: state.parts)
    }
}

import ElmanGraph
import ElmanTensor

/// Layers of one sort of cell that read a sequence from both ends (Schuster and Paliwal 1997).
///
///     let reader = Bidirectional({ LSTMBuilder(inputSize: 64, hiddenSize: 64, in: $0) }, in: parameters.scope("reader"))
///     let outputs = reader.transduce(inputs)          // [128] each: forward, then backward
///     let summary = reader.read(inputs).summary       // [128]: the last state of either direction
///
/// Each layer reads both directions of the one below, as in PyTorch. Sequences of their own lengths need no padding; for
/// batches padded by hand there is `read(_:lengths:)`, which never looks at the padding.
public struct Bidirectional<Cell: RecurrentCell>: Sendable {
    /// The two directions of one layer.
    public struct Layer: Sendable {
        /// Reads from the first input on.
        public let forward: RecurrentBuilder<Cell>
        /// Reads from the last input on.
        public let backward: RecurrentBuilder<Cell>

        @usableFromInline var outputSize: Int { forward.hiddenSize + backward.hiddenSize }
    }

    /// The layers, lowest first.
    public let layers: [Layer]
    /// Whether a layer's input is added to its output, from the second layer on.
    public let isResidual: Bool

    /// One layer whose directions are made by `makeBuilder`, in the scopes `forward` and `backward`. Where the builders have
    /// several layers, each direction reads only its own.
    public init(_ makeBuilder: (ParameterCollection) -> RecurrentBuilder<Cell>, in parameters: ParameterCollection) {
        layers = [
            Layer(forward: makeBuilder(parameters.scope("forward")), backward: makeBuilder(parameters.scope("backward")))
        ]
        isResidual = false
    }

    /// Layers of a given size of each direction. Parameters are named `0/forward/…`, `0/backward/…`, `1/forward/…`, ….
    public init(
        layerCount: Int = 1, inputSize: Int, hiddenSize: Int, isResidual: Bool = false,
        learnedInitialState: Initializer? = nil, in parameters: ParameterCollection
    ) {
        self.init(
            layerCount: layerCount, inputSize: inputSize, hiddenSize: hiddenSize, isResidual: isResidual,
            learnedInitialState: learnedInitialState, in: parameters
        ) { Cell(inputSize: $0, hiddenSize: $1, in: $2) }
    }

    /// Layers made by `makeCell`, which gets the layer's input size, its hidden size and its scope.
    public init(
        layerCount: Int = 1, inputSize: Int, hiddenSize: Int, isResidual: Bool = false,
        learnedInitialState: Initializer? = nil, in parameters: ParameterCollection,
        makeCell: (_ inputSize: Int, _ hiddenSize: Int, _ parameters: ParameterCollection) -> Cell
    ) {
        guard layerCount >= 1 else { fail("a bidirectional network has at least one layer, not \(layerCount)") }
        layers = (0..<layerCount).map { layer in
            func direction(_ name: String) -> RecurrentBuilder<Cell> {
                RecurrentBuilder(
                    scopes: [parameters.scope("\(layer)").scope(name)], inputSize: layer == 0 ? inputSize : 2 * hiddenSize,
                    hiddenSizes: [hiddenSize], isResidual: false, learnedInitialState: learnedInitialState, makeCell: makeCell)
            }
            return Layer(forward: direction("forward"), backward: direction("backward"))
        }
        self.isResidual = isResidual
    }

    /// For each input, what both directions say: `[forward.hiddenSize + backward.hiddenSize]`, forward first.
    @inlinable
    public func transduce(_ inputs: [Expression], dropout: RecurrentDropout = .none) -> [Expression] {
        inputs.isEmpty ? [] : read(inputs, dropout: dropout).outputs
    }

    /// As `transduce`, for inputs that are batches padded by hand at their ends: `lengths[b]` inputs are those of member b.
    /// The padding is never looked at; outputs there are zeros.
    public func transduce(
        _ inputs: [Expression], lengths: [Int], dropout: RecurrentDropout = .none
    ) -> [Expression] {
        inputs.isEmpty ? [] : read(inputs, lengths: lengths, dropout: dropout).outputs
    }
}

extension Bidirectional: BidirectionalNetwork {
    /// Elements of an input vector.
    public var inputSize: Int { layers[0].forward.inputSize }

    /// Elements of an output vector: both directions together.
    public var outputSize: Int { layers[layers.count - 1].outputSize }

    /// The parameters: of each layer, lowest first, forward and then backward.
    public var parameters: [Parameter] { layers.flatMap { $0.forward.parameters + $0.backward.parameters } }

    /// Shapes of the parts of the states of each direction of each layer: lowest layer first, forward before backward.
    public var stateShapes: [[Shape]] { layers.flatMap { $0.forward.stateShapes + $0.backward.stateShapes } }

    /// Reads a sequence. The graph must be given for an empty one. Inlinable, so that a cell of one's own runs as fast as one of
    /// the library's.
    @inlinable
    public func read(_ inputs: [Expression], in graph: ComputationGraph?, dropout: RecurrentDropout) -> BidirectionalReading {
        guard let graph = graph ?? inputs.first?.graph else {
            fail("a sequence without inputs is read outside of a graph; say in which")
        }
        if !inputs.isEmpty, reads(inputs, in: graph, dropout) {
            return read(sequence: concatenateToBatch(inputs), dropout: dropout)
        }
        var inputs = inputs
        var finalStates: [[Expression]] = []
        for index in layers.indices {
            let layer = layers[index]
            if index > 0 { inputs = inputs.map { ElmanGraph.dropout($0, rate: dropout.betweenLayers) } }
            var forward = layer.forward.initialState(in: graph, dropout: dropout)
            var backward = layer.backward.initialState(in: graph, dropout: dropout)
            let forwardOutputs = outputs(of: &forward, inputs)
            let first = graph.recording?.mark()
            let backwardOutputs = Array(outputs(of: &backward, inputs.reversed()).reversed())
            if let first { graph.recording?.reverse(since: first) }
            finalStates += forward.parts + backward.parts
            let addends = isResidual && index > 0 ? inputs : nil
            if index == layers.count - 1 {
                return BidirectionalReading(
                    forward: SequenceOutputs(forwardOutputs), backward: SequenceOutputs(backwardOutputs),
                    lastForward: forward.output, lastBackward: backward.output, addends: addends.map { SequenceOutputs($0) },
                    finalStates: finalStates)
            }
            let outputs = zip(forwardOutputs, backwardOutputs).map { concatenate($0, $1) }
            inputs = addends.map { zip(outputs, $0).map { $0 + $1 } } ?? outputs
        }
        fail("a bidirectional network has at least one layer")
    }

    /// Reads a sequence whose steps are the members of a batch: all steps of a direction are one node where the cell has one
    /// (`RecurrentCell.readsSequences`) and no masks hold for the sequence.
    @inlinable
    public func read(sequence: Expression, dropout: RecurrentDropout) -> BidirectionalReading {
        let graph = sequence.graph
        var inputs = sequence
        var finalStates: [[Expression]] = []
        for index in layers.indices {
            if index > 0 { inputs = ElmanGraph.dropout(inputs, rate: dropout.betweenLayers) }
            var forward = layers[index].forward.initialState(in: graph, dropout: dropout)
            var backward = layers[index].backward.initialState(in: graph, dropout: dropout)
            let forwardOutputs = forward.addSequence(inputs)
            let backwardOutputs = backward.addSequence(inputs, isReversed: true)
            finalStates += forward.parts + backward.parts
            let addends = isResidual && index > 0 ? inputs : nil
            if index == layers.count - 1 {
                return BidirectionalReading(
                    forward: SequenceOutputs(forwardOutputs), backward: SequenceOutputs(backwardOutputs),
                    lastForward: forward.output, lastBackward: backward.output, addends: addends.map { SequenceOutputs($0) },
                    finalStates: finalStates)
            }
            let outputs = concatenate(forwardOutputs, backwardOutputs)
            inputs = addends.map { outputs + $0 } ?? outputs
        }
        fail("a bidirectional network has at least one layer")
    }

    /// Whether these inputs are read faster as one sequence.
    @inlinable
    func reads(_ inputs: [Expression], in graph: ComputationGraph, _ dropout: RecurrentDropout) -> Bool {
        for layer in layers {
            guard layer.forward.initialState(in: graph, dropout: dropout).canRead(inputs),
                layer.backward.initialState(in: graph, dropout: dropout).canRead(inputs)
            else { return false }
        }
        return true
    }

    @inlinable
    func outputs(of state: inout RecurrentState<Cell>, _ inputs: [Expression]) -> [Expression] {
        inputs.map { input in
            state.addInput(input)
            return state.output
        }
    }
}

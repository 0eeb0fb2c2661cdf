import ElmanGraph
import ElmanTensor

/// Where a recurrent network stands in a sequence: a value that can be kept, branched and gone on from any number of times.
///
///     var state = builder.initialState(in: graph)
///     state.addInput(x)                       // goes on
///     let other = state.addingInput(y)        // a branch; `state` stays as it is
///
/// The methods of the hot path are inlinable, so that a cell of one's own runs as fast as one of the library's.
public struct RecurrentState<Cell: RecurrentCell> {
    @usableFromInline let builder: RecurrentBuilder<Cell>
    /// The graph it lives in.
    public let graph: ComputationGraph
    /// The state of each layer, lowest first. Replacing one replaces what the next step goes on from.
    public var layers: [Cell.State] {
        didSet { topOutput = nil }
    }
    /// The output of the last step with its residual connections.
    @usableFromInline var topOutput: Expression?
    @usableFromInline let dropout: RecurrentDropout
    /// Masks that hold for the whole sequence; branches share them.
    @usableFromInline var masks: SequenceMasks

    @inlinable
    init(builder: RecurrentBuilder<Cell>, graph: ComputationGraph, layers: [Cell.State], dropout: RecurrentDropout) {
        self.builder = builder
        self.graph = graph
        self.layers = layers
        self.dropout = dropout
        masks = SequenceMasks(dropout)
        if dropout.recurrentWeights > 0 { dropWeights() }
    }

    /// Drops elements of the recurrent matrices for the rest of the graph, unless that was done.
    @usableFromInline
    func dropWeights() {
        for matrix in builder.recurrentMatrices { graph.dropWeights(of: matrix, rate: dropout.recurrentWeights) }
    }

    /// The output of the top layer, `[hiddenSize]`. Before the first input that of the initial state.
    @inlinable public var output: Expression { topOutput ?? hidden(layers.count - 1) }

    /// The output of one layer's cell, without residual connections.
    public func output(ofLayer layer: Int) -> Expression { hidden(layer) }

    /// The hidden value of a layer, `[hiddenSize]`: its cell's output, without residual connections.
    @inlinable
    public func hidden(_ layer: Int) -> Expression { builder.layers[layer].output(of: layers[layer]) }

    /// Goes on with an input of shape `[inputSize]`.
    @inlinable
    public mutating func addInput(_ input: Expression) {
        let output = add(input)
        topOutput = output
    }

    /// The state after an input; this one stays as it is.
    @inlinable
    public func addingInput(_ input: Expression) -> RecurrentState {
        var next = self
        next.addInput(input)
        return next
    }

    /// The states after each of the inputs.
    @inlinable
    public func addingInputs(_ inputs: [Expression]) -> [RecurrentState] {
        var state = self
        return inputs.map { input in
            state.addInput(input)
            return state
        }
    }

    /// The outputs after each of the inputs.
    @inlinable
    public func transduce(_ inputs: [Expression]) -> [Expression] {
        var state = self
        if canRead(inputs) { return state.addSequence(concatenateToBatch(inputs)).members }
        return inputs.map { input in
            state.addInput(input)
            return state.output
        }
    }

    /// Goes on with an input and gives the output of the top layer with its residual connections.
    @inlinable
    mutating func add(_ input: Expression) -> Expression {
        if masks.isNeeded { drawMasks(input) }
        var input = input
        for layer in builder.layers.indices {
            if layer > 0 { input = ElmanGraph.dropout(input, rate: dropout.betweenLayers) }
            step(layer, input)
            let output = hidden(layer)
            input = builder.isResidual && layer > 0 ? output + input : output
        }
        return input
    }

    @inlinable
    mutating func step(_ layer: Int, _ input: Expression) {
        let cell = builder.layers[layer]
        var input = input, state = layers[layer]
        if masks.isNeeded {
            if let mask = masks.input(ofLayer: layer) { input = input .* mask }
            if let mask = masks.state(ofLayer: layer) { state = cell.masked(state, by: mask) }
        }
        layers[layer] = cell.step(input, from: state)
        if graph.intervention != nil { intervene(layer) }
        if graph.recording != nil { note(layer, input, from: state) }
    }

    /// Notes the new state of a layer and the gates that led to it.
    @usableFromInline
    func note(_ layer: Int, _ input: Expression, from state: Cell.State) {
        guard let recording = graph.recording else { return }
        let cell = builder.layers[layer], name = builder.layerNames[layer]
        if recording.includesGates {
            for gate in cell.gates(input, from: state) { recording.note("\(name)/\(gate.name)", gate.value) }
        }
        let partNames = Cell.State.partNames, parts = layers[layer].expressions
        for (index, part) in parts.enumerated() where index < partNames.count {
            recording.note("\(name)/\(partNames[index].lowercased())", part)
        }
        // A state that does not begin with the output has it beside its parts.
        if partNames.first != "Hidden" { recording.note("\(name)/hidden", cell.output(of: layers[layer])) }
    }

    /// Holds units of the new state of a layer where the graph's intervention says so.
    @usableFromInline
    mutating func intervene(_ layer: Int) {
        guard let intervention = graph.intervention else { return }
        let name = builder.layerNames[layer], partNames = Cell.State.partNames
        let parts = layers[layer].expressions.enumerated().map { index, part in
            index < partNames.count ? intervention.changed(part, named: "\(name)/\(partNames[index].lowercased())") : part
        }
        layers[layer] = Cell.State(expressions: intervention.stateReplacement?(parts, name) ?? parts)
    }

    @usableFromInline
    func drawMasks(_ input: Expression) {
        let ofState = layers.map { $0.expressions.reduce(1) { max($0, $1.shape.batchSize) } }
        masks.draw(
            inputSizes: builder.layers.map(\.inputSize), hiddenSizes: builder.layers.map(\.hiddenSize),
            batchSize: ofState.reduce(input.shape.batchSize, max), in: graph)
    }
}

// MARK: Parts

extension RecurrentState: RecurrentNetworkState {
    /// The parts of the state: for each layer, lowest first, those of its cell in the cell's order. Replacing them replaces
    /// what the next step goes on from.
    public var parts: [[Expression]] {
        @inlinable get { layers.map { $0.expressions } }
        set {
            guard newValue.count == layers.count else { fail("\(newValue.count) states are given for \(layers.count) layers") }
            layers = zip(newValue, layers).map { parts, old in
                let count = old.expressions.count
                guard parts.count == count else { fail("a state of \(count) parts cannot be made of \(parts.count)") }
                return Cell.State(expressions: parts)
            }
        }
    }

    /// Goes on from another hidden value of a layer: the first part of its state.
    public mutating func setHidden(_ hidden: Expression, layer: Int) {
        var parts = layers[layer].expressions
        parts[0] = hidden
        layers[layer] = Cell.State(expressions: parts)
    }

    /// A state that goes on from stored values, with new masks.
    public init(
        builder: RecurrentBuilder<Cell>, values: [[Tensor]], in graph: ComputationGraph, dropout: RecurrentDropout = .none
    ) {
        builder.check(values)
        let layers = values.map { parts in Cell.State(expressions: parts.map { graph.input($0) }) }
        self.init(builder: builder, graph: graph, layers: layers, dropout: dropout)
    }

    /// A state that goes on from stored values, with new masks.
    public func restarted(from values: [[Tensor]], in graph: ComputationGraph) -> RecurrentState {
        RecurrentState(builder: builder, values: values, in: graph, dropout: dropout)
    }
}

// MARK: Long sequences

extension RecurrentState: CarriedState {
    /// The parts of all layers.
    public var carriedValues: [Expression] { layers.flatMap(\.expressions) }

    /// The masks that hold for the whole sequence.
    public var carriedConstants: [Expression] { masks.expressions }

    /// A state of the same masks and parts as other expressions.
    public func carrying(_ values: [Expression], constants: [Expression], in graph: ComputationGraph) -> RecurrentState {
        var rest = values[...]
        let parts = layers.map { layer in
            let count = layer.expressions.count
            defer { rest = rest.dropFirst(count) }
            return Cell.State(expressions: Array(rest.prefix(count)))
        }
        var state = RecurrentState(builder: builder, graph: graph, layers: parts, dropout: dropout)
        state.masks = masks.replaced(by: constants)
        return state
    }
}

extension RecurrentState where Cell.State == LSTMState {
    /// The memory of a layer, `[hiddenSize]`.
    public func cell(_ layer: Int) -> Expression { layers[layer].cell }

    /// Goes on from another memory of a layer.
    public mutating func setCell(_ cell: Expression, layer: Int) { layers[layer].cell = cell }
}

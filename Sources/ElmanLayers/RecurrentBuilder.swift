import ElmanGraph
import ElmanTensor

/// Layers of one sort of cell, each fed with the outputs of the one below.
///
/// The parameters are made once; every sentence begins with `initialState(in:)` and goes on with `addInput`.
public struct RecurrentBuilder<Cell: RecurrentCell>: Sendable {
    /// The layers, lowest first.
    public let layers: [Cell]
    /// Whether a layer's input is added to its output, from the second layer on (He et al. 2016).
    public let isResidual: Bool
    /// The learned parts of each layer's initial state; empty where the cell says what it is.
    public let initialParts: [[Parameter]]
    /// Shapes of the parts of the state, for each layer in the cell's order.
    public let stateShapes: [[Shape]]
    /// The parameters of the scope it was made in, lowest layer first; empty for a builder of given layers.
    public let parameters: [Parameter]
    /// What recordings call each layer: the path of its parameters, or its number.
    public let layerNames: [String]

    /// Layers of a given size. Parameters are named `0/…`, `1/…` within the collection.
    /// - Parameter learnedInitialState: how an initial state that is learned (`0/initialHidden`, …) is drawn; nil: the
    ///   cell's own, zeros as a rule.
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
        guard layerCount >= 1 else { fail("a recurrent network has at least one layer, not \(layerCount)") }
        self.init(
            inputSize: inputSize, hiddenSizes: Array(repeating: hiddenSize, count: layerCount), isResidual: isResidual,
            learnedInitialState: learnedInitialState, in: parameters, makeCell: makeCell)
    }

    /// Layers of sizes of their own, lowest first, made by `makeCell`. Fails where there are none, and where layers of different
    /// sizes are to be residual.
    public init(
        inputSize: Int, hiddenSizes: [Int], isResidual: Bool = false, learnedInitialState: Initializer? = nil,
        in parameters: ParameterCollection,
        makeCell: (_ inputSize: Int, _ hiddenSize: Int, _ parameters: ParameterCollection) -> Cell
    ) {
        guard !hiddenSizes.isEmpty else { fail("a recurrent network has at least one layer") }
        self.init(
            scopes: hiddenSizes.indices.map { parameters.scope("\($0)") }, inputSize: inputSize, hiddenSizes: hiddenSizes,
            isResidual: isResidual, learnedInitialState: learnedInitialState, makeCell: makeCell)
    }

    /// One layer in each scope.
    init(
        scopes: [ParameterCollection], inputSize: Int, hiddenSizes: [Int], isResidual: Bool, learnedInitialState: Initializer?,
        makeCell: (_ inputSize: Int, _ hiddenSize: Int, _ parameters: ParameterCollection) -> Cell
    ) {
        guard inputSize >= 1, hiddenSizes.allSatisfy({ $0 >= 1 }) else {
            fail("a recurrent network has at least one input and one unit, not \(inputSize) and \(hiddenSizes)")
        }
        if isResidual, let first = hiddenSizes.first, hiddenSizes.contains(where: { $0 != first }) {
            fail("layers of \(hiddenSizes) units cannot be residual; make them equal")
        }
        let layers = scopes.indices.map { makeCell($0 == 0 ? inputSize : hiddenSizes[$0 - 1], hiddenSizes[$0], scopes[$0]) }
        self.layers = layers
        self.isResidual = isResidual
        let shapes = Self.stateShapes(of: layers)
        stateShapes = shapes
        initialParts = learnedInitialState.map { Self.addInitialParts(shapes, $0, in: scopes) } ?? []
        self.parameters = scopes.flatMap(\.parameters)
        layerNames = scopes.map { String($0.prefix.dropLast()) }
    }

    /// The given layers; each one's input size is the hidden size of the one below.
    public init(layers: [Cell], isResidual: Bool = false) {
        guard !layers.isEmpty else { fail("a recurrent network has at least one layer") }
        for (lower, upper) in zip(layers, layers.dropFirst()) where upper.inputSize != lower.hiddenSize {
            fail("a layer of \(upper.inputSize) inputs lies on one of \(lower.hiddenSize) units; make the two equal")
        }
        self.layers = layers
        self.isResidual = isResidual
        stateShapes = Self.stateShapes(of: layers)
        initialParts = []
        parameters = []
        layerNames = layers.indices.map { "\($0)" }
    }

    /// Elements of an input vector.
    public var inputSize: Int { layers[0].inputSize }

    /// Elements of the output vector.
    public var hiddenSize: Int { layers[layers.count - 1].hiddenSize }

    /// The state before the first input. Dropout masks that hold for a sequence are drawn at its first input, and all
    /// branches of the state share them.
    @inlinable
    public func initialState(in graph: ComputationGraph, dropout: RecurrentDropout = .none) -> RecurrentState<Cell> {
        let states = layers.indices.map { layer in
            initialParts.isEmpty
                ? layers[layer].initialState(in: graph)
                : Cell.State(expressions: initialParts[layer].map { $0(in: graph) })
        }
        return RecurrentState(builder: self, graph: graph, layers: states, dropout: dropout)
    }

    /// A state made of the given states of each layer, lowest first: for conditioned generation, or to go on from stored values.
    public func initialState(
        from states: [Cell.State], in graph: ComputationGraph, dropout: RecurrentDropout = .none
    ) -> RecurrentState<Cell> {
        guard states.count == layers.count else { fail("\(states.count) states are given for \(layers.count) layers") }
        return RecurrentState(builder: self, graph: graph, layers: states, dropout: dropout)
    }

    /// The outputs for each input, from the initial state on.
    public func transduce(_ inputs: [Expression], dropout: RecurrentDropout) -> [Expression] {
        guard let first = inputs.first else { return [] }
        return initialState(in: first.graph, dropout: dropout).transduce(inputs)
    }

    private static func stateShapes(of layers: [Cell]) -> [[Shape]] {
        let graph = ComputationGraph(keepsForBackward: false)
        return layers.map { $0.initialState(in: graph).expressions.map(\.shape) }
    }

    private static func addInitialParts(
        _ shapes: [[Shape]], _ initializer: Initializer, in scopes: [ParameterCollection]
    ) -> [[Parameter]] {
        let names = Cell.State.partNames
        return zip(shapes, scopes).map { shapes, scope in
            shapes.enumerated().map { index, shape in
                let name = index < names.count ? names[index] : "Part\(index)"
                return scope.add(shape, named: "initial\(name)", initializer: initializer)
            }
        }
    }

    /// Fails where stored values are not those of a state of this network.
    func check(_ values: [[Tensor]]) {
        guard values.count == layers.count else {
            fail("values of \(values.count) states are given for \(layers.count) layers")
        }
        for (tensors, shapes) in zip(values, stateShapes) {
            guard tensors.count == shapes.count, zip(tensors, shapes).allSatisfy({ $0.shape.hasSameDimensions(as: $1) }) else {
                fail("values of the shapes \(tensors.map(\.shape)) are given for a state of \(shapes)")
            }
        }
    }
}

extension RecurrentBuilder: RecurrentNetwork {
    /// How many layers there are.
    public var layerCount: Int { layers.count }

    /// Those of the cells, lowest first.
    public var recurrentMatrices: [Parameter] { layers.flatMap(\.recurrentMatrices) }

    /// As `initialState(in:dropout:)`.
    public func start(in graph: ComputationGraph, dropout: RecurrentDropout) -> any RecurrentNetworkState {
        initialState(in: graph, dropout: dropout)
    }

    /// The state that goes on from the values of another: no gradient goes back beyond them.
    public func start(
        from values: [[Tensor]], in graph: ComputationGraph, dropout: RecurrentDropout
    ) -> any RecurrentNetworkState {
        RecurrentState(builder: self, values: values, in: graph, dropout: dropout)
    }

    /// The state that goes on from the given parts, for each layer in the cell's order.
    public func start(from parts: [[Expression]], dropout: RecurrentDropout) -> any RecurrentNetworkState {
        guard let graph = parts.first?.first?.graph else { fail("a state of no parts is given for \(layers.count) layers") }
        return initialState(from: parts.map { Cell.State(expressions: $0) }, in: graph, dropout: dropout)
    }
}

import ElmanGraph
import ElmanTensor

/// A recurrent network of any cell, for programs that choose the cell while they run. `RecurrentBuilder` is one;
/// `makeNetwork` makes one by the name of its cell.
public protocol RecurrentNetwork: Sendable {
    /// Elements of an input vector.
    var inputSize: Int { get }
    /// Elements of an output vector.
    var hiddenSize: Int { get }
    /// How many layers there are.
    var layerCount: Int { get }
    /// The parameters, lowest layer first.
    var parameters: [Parameter] { get }
    /// The matrices that states are multiplied by, lowest layer first: what weight drop drops elements of.
    var recurrentMatrices: [Parameter] { get }
    /// Shapes of the parts of the state, for each layer in the cell's order: what `start(from:)` takes.
    var stateShapes: [[Shape]] { get }
    /// The state before the first input.
    func start(in graph: ComputationGraph, dropout: RecurrentDropout) -> any RecurrentNetworkState
    /// The state that goes on from the values of another, maybe of another graph: no gradient goes back beyond them.
    func start(from values: [[Tensor]], in graph: ComputationGraph, dropout: RecurrentDropout) -> any RecurrentNetworkState
    /// The state that goes on from the given parts, for each layer in the cell's order.
    func start(from parts: [[Expression]], dropout: RecurrentDropout) -> any RecurrentNetworkState
    /// The outputs for each input, from the initial state on.
    func transduce(_ inputs: [Expression], dropout: RecurrentDropout) -> [Expression]
}

extension RecurrentNetwork {
    /// None.
    public var recurrentMatrices: [Parameter] { [] }

    /// The state before the first input, without dropout.
    public func start(in graph: ComputationGraph) -> any RecurrentNetworkState { start(in: graph, dropout: .none) }

    /// The state that goes on from the values of another, without dropout.
    public func start(from values: [[Tensor]], in graph: ComputationGraph) -> any RecurrentNetworkState {
        start(from: values, in: graph, dropout: .none)
    }

    /// The outputs for each input, from the initial state on, without dropout.
    public func transduce(_ inputs: [Expression]) -> [Expression] { transduce(inputs, dropout: .none) }

    /// The outputs for each input, from the initial state on.
    public func transduce(_ inputs: [Expression], dropout: RecurrentDropout) -> [Expression] {
        guard let first = inputs.first else { return [] }
        var state = start(in: first.graph, dropout: dropout)
        return inputs.map { input in
            state.addInput(input)
            return state.output
        }
    }

    /// Names and shapes of the parameters, lowest layer first.
    public var parameterShapes: [(name: String, shape: Shape)] { parameters.map { ($0.name, $0.shape) } }
}

/// Where a recurrent network stands in a sequence: a value that can be kept, branched and gone on from any number of times.
public protocol RecurrentNetworkState: CarriedState {
    /// The graph it lives in.
    var graph: ComputationGraph { get }
    /// The output of the top layer, `[hiddenSize]`.
    var output: Expression { get }
    /// The parts of the state: for each layer, lowest first, those of its cell (for an LSTM hidden and cell value).
    /// Replacing them replaces what the next step goes on from.
    var parts: [[Expression]] { get set }
    /// Goes on with an input of shape `[inputSize]`.
    mutating func addInput(_ input: Expression)
    /// Goes on with a whole sequence of such inputs, one member of the batch a step, and gives the outputs of the top layer
    /// after each, in the order of the inputs. Reversed, it goes from the last input to the first.
    @discardableResult
    mutating func addSequence(_ sequence: Expression, isReversed: Bool) -> Expression
    /// A state of the same network and dropout that goes on from values, with new masks.
    func restarted(from values: [[Tensor]], in graph: ComputationGraph) -> Self
}

extension RecurrentNetworkState {
    /// The values of the parts, which outlive the graph.
    public var values: [[Tensor]] { parts.map { $0.map(\.value) } }

    /// Goes on with a whole sequence, one member of the batch a step.
    @discardableResult
    public mutating func addSequence(_ sequence: Expression) -> Expression { addSequence(sequence, isReversed: false) }

    /// Step by step.
    @discardableResult
    public mutating func addSequence(_ sequence: Expression, isReversed: Bool) -> Expression {
        var outputs: [Expression] = []
        for input in sequence.steps(isReversed: isReversed) {
            addInput(input)
            outputs.append(output)
        }
        return concatenateToBatch(isReversed ? outputs.reversed() : outputs)
    }

    /// The state after an input; this one stays as it is.
    public func addingInput(_ input: Expression) -> Self {
        var next = self
        next.addInput(input)
        return next
    }
}

extension ComputationGraph {
    /// Forgets all nodes but goes on from a state: its values live on as constants, the gradient ends there. This is
    /// truncated backpropagation through time. Masks are drawn anew.
    public func renew<State: RecurrentNetworkState>(carrying state: inout State) {
        let values = state.values
        renew()
        state = state.restarted(from: values, in: self)
    }
}

/// What `makeNetwork` may be told beside the sizes.
public struct NetworkOptions: Sendable {
    /// Whether a layer's input is added to its output, from the second layer on.
    public var isResidual: Bool
    /// Of all parameters of the cells; nil: Glorot's range for weights, zeros for biases, ones for gains.
    public var initializer: Initializer?
    /// Added to the forget gates of LSTMs when they run; nil: what the cell does by default.
    public var forgetBias: Float?
    /// What the forget gates of `.lstm` begin with, stored bias and `forgetBias` together, around which `initializer` draws; nil:
    /// `forgetBias`. PyTorch's begin around 0.
    public var initialForgetBias: Float?
    /// What to draw weights from.
    var weights: Initializer { initializer ?? .glorot() }
    /// What to draw biases from.
    var biases: Initializer { initializer ?? .zeros }
    /// Of initial states that are learned; nil: every sequence starts from zeros.
    public var learnedInitialState: Initializer?

    /// Options; the cells' defaults where nothing is given.
    public init(
        isResidual: Bool = false, initializer: Initializer? = nil, forgetBias: Float? = nil,
        learnedInitialState: Initializer? = nil
    ) {
        self.isResidual = isResidual
        self.initializer = initializer
        self.forgetBias = forgetBias
        self.learnedInitialState = learnedInitialState
    }
}

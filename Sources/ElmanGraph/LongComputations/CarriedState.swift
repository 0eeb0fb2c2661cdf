import ElmanTensor

/// What a computation over time hands from one piece to the next, such as the state of a recurrent network.
public protocol CarriedState {
    /// The values that the next piece goes on from. Gradients go back through them.
    var carriedValues: [Expression] { get }
    /// Constants that were drawn once for the whole sequence, such as dropout masks.
    var carriedConstants: [Expression] { get }
    /// The same with other expressions in their place, maybe of another graph: as many of each, in the same order.
    func carrying(_ values: [Expression], constants: [Expression], in graph: ComputationGraph) -> Self
}

extension Array: CarriedState where Element: CarriedState {
    /// Those of the elements, one after the other.
    public var carriedValues: [Expression] { flatMap(\.carriedValues) }

    /// Those of the elements, one after the other.
    public var carriedConstants: [Expression] { flatMap(\.carriedConstants) }

    /// The elements with other expressions.
    public func carrying(_ values: [Expression], constants: [Expression], in graph: ComputationGraph) -> [Element] {
        var values = values[...], constants = constants[...]
        return map { element in
            let valueCount = element.carriedValues.count, constantCount = element.carriedConstants.count
            defer { (values, constants) = (values.dropFirst(valueCount), constants.dropFirst(constantCount)) }
            return element.carrying(
                [Expression](values.prefix(valueCount)), constants: [Expression](constants.prefix(constantCount)), in: graph)
        }
    }
}

/// A state as numbers, outside any graph.
struct KeptState<State: CarriedState> {
    /// The state whose expressions are gone.
    private let state: State
    /// The values, each once, and for each of the state's the place of its own.
    private let values: [Tensor], places: [Int]
    /// Whether a gradient goes back through each value.
    private let needsGradient: [Bool]
    private let constants: [Tensor]
    /// How many random streams were drawn from before.
    let randomStream: UInt64

    /// Keeps a state of a graph; computes it where it is not.
    init(_ state: State, in graph: ComputationGraph) {
        self.state = state
        let (distinct, places) = graph.distinct(state.carriedValues)
        self.places = places
        values = distinct.map(\.value)
        needsGradient = distinct.map { graph.needsGradient($0) }
        constants = state.carriedConstants.map(\.value)
        randomStream = graph.storage.pointee.randomStream
    }

    /// The state in a graph, and its values as leaves whose gradients can be asked for.
    func restored(in graph: ComputationGraph) -> (state: State, leaves: [Expression]) {
        let leaves = zip(values, needsGradient).map { graph.carriedInput($0, needsGradient: $1) }
        return (
            state.carrying(places.map { leaves[$0] }, constants: constants.map { graph.input($0) }, in: graph), leaves
        )
    }
}

extension ComputationGraph {
    /// Each expression once, in the order of their first occurrence, and where each of them stands there.
    func distinct(_ expressions: [Expression]) -> (expressions: [Expression], places: [Int]) {
        var distinct: [Expression] = []
        var placeOfNode: [Int: Int] = [:]
        let places = expressions.map { expression in
            let node = node(expression)
            if let known = placeOfNode[node] { return known }
            placeOfNode[node] = distinct.count
            distinct.append(expression)
            return distinct.count - 1
        }
        return (distinct, places)
    }

    /// Whether a loss may depend on a parameter through an expression.
    func needsGradient(_ expression: Expression) -> Bool {
        storage.pointee.nodes[node(expression)].flags.contains(.needsGradient)
    }

    /// A leaf with a value of another graph, through which a gradient goes back there.
    func carriedInput(_ tensor: Tensor, needsGradient: Bool) -> Expression {
        insertLeaf(.input, shape: tensor.shape, flags: needsGradient ? .needsGradient : [], value: tensor.scalars)
    }

    /// Expressions that were made of parameters alone, once for all steps of a sequence, such as weights of which elements are dropped.
    /// Where a long computation has several graphs, each makes them anew with the same value; their gradients are summed over all
    /// graphs before they go on to the parameters, as in one graph.
    var sharedExpressions: [Expression] { storage.pointee.sharedNodes.map { expression($0) } }

    /// Declares an expression shared.
    func share(_ expression: Expression) { storage.pointee.sharedNodes.append(expression.index) }
}

import ElmanTensor

/// What is changed in networks while they run: units held at a value, states and vectors of tokens replaced.
///
///     let intervention = Intervention()
///     intervention.hold(unit: 12, of: "rnn/0/hidden", at: 0)
///     graph.intervention = intervention
///
/// Units are named as recordings name them: the series, and the element of it. A part of a state is held after every step, so
/// that whatever goes on from it, the next step and, of a hidden value, the layers above, sees the held value. Networks that
/// are changed go step by step, whatever their cells could do at once. Without an intervention nothing changes.
public final class Intervention {
    private struct Held {
        var units: [Int: Float] = [:]
        /// Zeros at the held units and ones elsewhere, and what is added: of the size that was met last.
        var masks: (keep: [Float], add: [Float])?
    }

    private var held: [String: Held] = [:]
    /// What stands in the place of the vectors of a text's tokens. It is given the name of their table.
    public var replacement: ((_ vectors: [Expression], _ name: String) -> [Expression])?
    /// What stands in the place of the parts of a layer's state after every step, its cell's order kept: what goes on from them and
    /// what is made of them. It is given the layer's name.
    public var stateReplacement: ((_ parts: [Expression], _ layer: String) -> [Expression])?
    /// Series of which units are held that no network has come upon so far: misspelt, or no part of a state.
    public private(set) var unused: Set<String> = []

    /// Nothing is changed.
    public init() {}

    /// Holds a unit of a part of a state at a value.
    public func hold(unit: Int, of series: String, at value: Float) {
        held[series, default: Held()].units[unit] = value
        held[series]?.masks = nil
        unused.insert(series)
    }

    /// A part of a state as it is to be. Fails where a held unit lies outside of it.
    public func changed(_ expression: Expression, named name: String) -> Expression {
        guard var series = held[name] else { return expression }
        unused.remove(name)
        let size = expression.shape.count
        if series.masks?.keep.count != size {
            guard let last = series.units.keys.max(), last < size else {
                fail("unit \(series.units.keys.max() ?? 0) of \(name) is held, which has \(size)")
            }
            var masks = (keep: [Float](repeating: 1, count: size), add: [Float](repeating: 0, count: size))
            for (unit, value) in series.units { (masks.keep[unit], masks.add[unit]) = (0, value) }
            series.masks = masks
            held[name] = series
        }
        guard let masks = series.masks else { return expression }
        let graph = expression.graph, shape = expression.shape.batched(1)
        let keep = graph.input(Tensor(shape: shape, scalars: masks.keep))
        return expression .* keep + graph.input(Tensor(shape: shape, scalars: masks.add))
    }
}

extension ComputationGraph {
    /// Vectors of the tokens of a text on their way into a network: replaced where an intervention says so, and noted in the
    /// recording under the name of their table.
    public func tokenVectors(_ vectors: [Expression], named name: @autoclosure () -> String) -> [Expression] {
        if intervention == nil, recording == nil { return vectors }
        let name = name()
        let vectors = intervention?.replacement?(vectors, name) ?? vectors
        for vector in vectors { recording?.note(name, vector) }
        return vectors
    }
}

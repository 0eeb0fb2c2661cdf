import ElmanGraph

/// What a network says at each step: a list, or one expression whose members are the steps. Each is made of the other when it
/// is asked for, once.
@usableFromInline
final class SequenceOutputs {
    let count: Int
    /// Whether the steps were computed as one expression.
    let isBatch: Bool
    private var list: [Expression]
    private var batch: Expression?

    @usableFromInline
    init(_ list: [Expression]) {
        self.list = list
        count = list.count
        isBatch = false
    }

    @usableFromInline
    init(_ batch: Expression) {
        self.batch = batch
        list = []
        count = batch.shape.batchSize
        isBatch = true
    }

    /// One of the expressions.
    var sample: Expression { isBatch ? sequence : list[0] }

    /// Each step by itself.
    var steps: [Expression] {
        // A graph that was taken back has lost what was made since.
        if let batch, isBatch, !(list.first.map { batch.graph.owns($0) } ?? false) { list = batch.steps() }
        return list
    }

    /// All steps as one batch. Fails where there are none.
    var sequence: Expression {
        if let batch, isBatch || batch.graph.owns(batch) { return batch }
        let joined = concatenateToBatch(list)
        batch = joined
        return joined
    }
}

import ElmanGraph
import ElmanTensor

/// A way to look at the states of a sequence: scores of every state for a query, their softmax as weights, the weighted sum of
/// the states as context.
///
///     let memory = attention.memory(of: encoderStates)          // once a sentence: the keys are computed here
///     let result = attention(decoderState, memory)              // at every step
///
/// Sentences of one length run as one batch by themselves. In batches padded by hand, `memory(of:lengths:)` leaves the padding
/// behind: it is never looked at.
public protocol Attention: Sendable {
    /// Elements of a query vector.
    var querySize: Int { get }
    /// Elements of a state.
    var stateSize: Int { get }
    /// What the scores need of the states `[stateSize, n]`: computed once a sentence.
    func keys(of states: Expression) -> Expression
    /// The score of every state, `[n]`, for a query `[querySize]`.
    func scores(_ query: Expression, keys: Expression) -> Expression
}

/// The states that attention looks at, and their keys.
public struct AttentionMemory {
    /// `[stateSize, n]` and keys: one for all members of a batch, or one for each member of a batch padded by hand.
    let parts: [(states: Expression, keys: Expression)]
    /// The most states that a member has.
    public let count: Int
}

/// What attention says to a query.
public struct AttentionResult {
    /// Σ weights · states, `[stateSize]`.
    public let context: Expression
    /// `[n]`, summing to 1; for batches padded by hand zeros at the padding.
    public let weights: Expression
}

extension Attention {
    /// A memory of at least one state, `[stateSize]` each.
    public func memory(of states: [Expression]) -> AttentionMemory { memory(of: concatenateColumns(states)) }

    /// A memory of states `[stateSize, n]`.
    public func memory(of states: Expression) -> AttentionMemory {
        AttentionMemory(parts: [(states, keys(of: states))], count: states.shape.columns)
    }

    /// A memory of batches that are padded by hand at their ends: the first `lengths[b]` states, at least one, are those of
    /// member b. Queries are batches of `lengths.count` then.
    public func memory(of states: [Expression], lengths: [Int]) -> AttentionMemory {
        if let wrong = lengths.first(where: { $0 < 1 }) { fail("attention needs at least one state, not \(wrong)") }
        let parts = unpadded(states, lengths: lengths).map { sequence in
            let columns = concatenateColumns(sequence)
            return (columns, keys(of: columns))
        }
        return AttentionMemory(parts: parts, count: states.count)
    }

    /// Looks at the states with a query `[querySize]`.
    public func callAsFunction(_ query: Expression, _ memory: AttentionMemory) -> AttentionResult {
        if memory.parts.count == 1 { return look(query, memory.parts[0]) }
        let results = memory.parts.indices.map { look(query.member($0), memory.parts[$0]) }
        let weights = results.map { result in
            let missing = memory.count - result.weights.shape.rows
            return missing == 0 ? result.weights : concatenate(result.weights, query.graph.zeros([missing]))
        }
        return AttentionResult(
            context: concatenateToBatch(results.map(\.context)), weights: concatenateToBatch(weights))
    }

    private func look(_ query: Expression, _ part: (states: Expression, keys: Expression)) -> AttentionResult {
        let weights = softmax(scores(query, keys: part.keys))
        query.graph.recording?.note("attention/weights", weights)
        return AttentionResult(context: weightedColumnSum(part.states, weights), weights: weights)
    }
}

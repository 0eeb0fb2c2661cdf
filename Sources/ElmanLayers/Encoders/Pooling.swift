import ElmanGraph

/// How a sequence that was read becomes one vector, by name.
public enum PoolingKind: String, Sendable, Hashable, CaseIterable {
    /// The last state of either direction.
    case last
    /// The sum over time.
    case sum
    /// The mean over time.
    case mean
    /// The largest value over time of each unit.
    case max
    /// `AttentionPooling`.
    case attention
    /// The last state, the largest values and the means, one behind the other: the head of ULMFiT (Howard and Ruder 2018).
    case concatenation = "concat"

    /// Elements of the vector made of outputs of a size.
    public func outputSize(ofStates stateSize: Int) -> Int { self == .concatenation ? 3 * stateSize : stateSize }
}

extension BidirectionalReading {
    /// What both directions say at all n inputs, as the columns of a matrix `[outputSize, n]`. Fails for no inputs.
    public var outputMatrix: Expression {
        if isSequence { return outputSequence.batchToColumns() }
        guard hasBackward else { return concatenateColumns(forward) }
        return residuals == nil
            ? concatenate(concatenateColumns(forward), concatenateColumns(backward)) : concatenateColumns(outputs)
    }

    /// The sum of the outputs over time, `[outputSize]`; for no inputs the `summary`.
    public var total: Expression {
        if count == 0 { return summary }
        if isSequence { return sumOverBatch(outputSequence) }
        guard hasBackward else { return sum(forward) }
        return residuals == nil ? concatenate(sum(forward), sum(backward)) : sum(outputs)
    }

    /// The mean of the outputs over time, `[outputSize]`; for no inputs the `summary`.
    public var mean: Expression { count == 0 ? summary : total / Float(count) }

    /// The largest of each element of the outputs over time, `[outputSize]`; for no inputs the `summary`.
    public var maximum: Expression {
        if count == 0 { return summary }
        return max(outputMatrix, dimension: 1)
    }

    /// The outputs weighted by attention, `[outputSize]`; for no inputs the `summary`.
    public func pooled(by attention: AttentionPooling) -> Expression {
        count == 0 ? summary : attention(outputMatrix).context
    }
}

/// Sequences pooled to one vector, in the way that a program was told by name.
///
/// Parameters: for attention `weights`, `bias`, `scoreWeights` as of `AttentionPooling`; otherwise none.
public struct Pooling: Sendable {
    /// In which way.
    public let kind: PoolingKind
    private let attention: AttentionPooling?

    /// A pooling of states of a size; attention has as many units.
    public init(_ kind: PoolingKind, stateSize: Int, in parameters: ParameterCollection) {
        self.kind = kind
        attention = kind == .attention ? AttentionPooling(stateSize: stateSize, attentionSize: stateSize, in: parameters) : nil
    }

    /// One vector for what was read; for no inputs the last states, which are the initial ones.
    public func callAsFunction(_ reading: BidirectionalReading) -> Expression {
        switch kind {
        case .last: reading.summary
        case .sum: reading.total
        case .mean: reading.mean
        case .max: reading.maximum
        case .attention: reading.pooled(by: attention!)
        case .concatenation: concatenate([reading.summary, reading.maximum, reading.mean])
        }
    }
}

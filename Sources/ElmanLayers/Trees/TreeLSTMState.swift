import ElmanGraph

/// The state of a node of a tree-LSTM: output and memory, one behind the other.
public struct TreeLSTMState {
    /// The output h, then the memory c, `[2H]`.
    public let joined: Expression

    /// A state of `[2H]`.
    public init(joined: Expression) { self.joined = joined }

    /// The output h, `[H]`.
    public var hidden: Expression {
        let size = joined.shape.rows / 2
        return joined[0..<size]
    }

    /// The memory c, `[H]`.
    public var cell: Expression {
        let size = joined.shape.rows / 2
        return joined[size..<2 * size]
    }
}

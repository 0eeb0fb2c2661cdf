import ElmanGraph

/// Attention by dot products (Luong et al. 2015, "dot"), where queries and states have one size; it has no parameters:
///
///     score_j = qᵀ s_j                      where scaled (Vaswani et al. 2017): qᵀ s_j / √stateSize
public struct DotAttention: Attention {
    /// Elements of a state and of a query.
    public let stateSize: Int
    /// Whether scores are divided by √stateSize.
    public let isScaled: Bool

    /// An attention over states of the given size.
    public init(stateSize: Int, isScaled: Bool = false) {
        self.stateSize = stateSize
        self.isScaled = isScaled
    }

    /// Elements of a query vector.
    public var querySize: Int { stateSize }

    /// The states themselves.
    public func keys(of states: Expression) -> Expression { states }

    /// qᵀ s of every state.
    public func scores(_ query: Expression, keys: Expression) -> Expression {
        let scores = columnDots(keys, query)
        return isScaled ? scores / Float(stateSize).squareRoot() : scores
    }
}

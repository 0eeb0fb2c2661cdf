import ElmanGraph
import ElmanTensor

/// Attention by a bilinear form (Luong et al. 2015, "general"):
///
///     score_j = qᵀ W s_j
///
/// Parameters: `weights` W [querySize, stateSize].
public struct BilinearAttention: Attention {
    /// [querySize, stateSize].
    public let weights: Parameter

    /// An attention with Glorot-uniform weights.
    public init(querySize: Int, stateSize: Int, initializer: Initializer = .glorot(), in parameters: ParameterCollection) {
        weights = parameters.add([querySize, stateSize], named: "weights", initializer: initializer)
    }

    /// Elements of a query vector.
    public var querySize: Int { weights.shape.rows }

    /// Elements of a state.
    public var stateSize: Int { weights.shape.columns }

    /// W s of every state, `[querySize, n]`.
    public func keys(of states: Expression) -> Expression { weights(in: states.graph) * states }

    /// qᵀ key of every state.
    public func scores(_ query: Expression, keys: Expression) -> Expression { columnDots(keys, query) }
}

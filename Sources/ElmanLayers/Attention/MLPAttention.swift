import ElmanGraph
import ElmanTensor

/// Additive attention by a perceptron of one layer (Bahdanau et al. 2015), without bias as published:
///
///     score_j = vᵀ tanh(W q + U s_j)
///
/// Parameters: `queryWeights` W [attentionSize, querySize], `stateWeights` U [attentionSize, stateSize],
/// `scoreWeights` v [attentionSize].
public struct MLPAttention: Attention {
    /// Elements of a query vector.
    public let querySize: Int
    /// Elements of a state.
    public let stateSize: Int
    /// [attentionSize, querySize].
    public let queryWeights: Parameter
    /// [attentionSize, stateSize].
    public let stateWeights: Parameter
    /// [attentionSize].
    public let scoreWeights: Parameter

    /// An attention with Glorot-uniform weights.
    public init(
        querySize: Int, stateSize: Int, attentionSize: Int, initializer: Initializer = .glorot(),
        in parameters: ParameterCollection
    ) {
        self.querySize = querySize
        self.stateSize = stateSize
        queryWeights = parameters.add([attentionSize, querySize], named: "queryWeights", initializer: initializer)
        stateWeights = parameters.add([attentionSize, stateSize], named: "stateWeights", initializer: initializer)
        scoreWeights = parameters.add([attentionSize], named: "scoreWeights", initializer: initializer)
    }

    /// U s of every state, `[attentionSize, n]`.
    public func keys(of states: Expression) -> Expression { stateWeights(in: states.graph) * states }

    /// vᵀ tanh(W q + key) of every state.
    public func scores(_ query: Expression, keys: Expression) -> Expression {
        let graph = query.graph
        return additiveScores(keys: keys, query: queryWeights(in: graph) * query, vector: scoreWeights(in: graph))
    }
}

import ElmanGraph
import ElmanTensor

/// One vector for a sequence: the sum of its states with weights that they have of themselves (Yang et al. 2016; Lin et al.
/// 2017):
///
///     score_j = vᵀ tanh(W s_j + b)      pooled = Σ_j softmax(score)_j s_j
///
/// Parameters: `weights` W [attentionSize, stateSize], `bias` b [attentionSize], `scoreWeights` v [1, attentionSize].
public struct AttentionPooling: Sendable {
    /// [attentionSize, stateSize].
    public let weights: Parameter
    /// [attentionSize].
    public let bias: Parameter
    /// [1, attentionSize].
    public let scoreWeights: Parameter

    /// A pooling with Glorot-uniform weights and a bias of zeros.
    public init(stateSize: Int, attentionSize: Int, initializer: Initializer = .glorot(), in parameters: ParameterCollection) {
        weights = parameters.add([attentionSize, stateSize], named: "weights", initializer: initializer)
        bias = parameters.add([attentionSize], named: "bias", initializer: .zeros)
        scoreWeights = parameters.add([1, attentionSize], named: "scoreWeights", initializer: initializer)
    }

    /// Pools states `[stateSize, n]`, at least one: the pooled vector `[stateSize]` and the weights `[n]`.
    public func callAsFunction(_ states: Expression) -> AttentionResult {
        let graph = states.graph
        let hidden = tanh(affine(weights(in: graph), states, bias(in: graph)))
        let scores = (scoreWeights(in: graph) * hidden).reshaped([states.shape.columns])
        let weights = softmax(scores)
        graph.recording?.note("pooling/weights", weights)
        return AttentionResult(context: weightedColumnSum(states, weights), weights: weights)
    }

    /// Pools states `[stateSize]`, at least one.
    public func callAsFunction(_ states: [Expression]) -> AttentionResult { self(concatenateColumns(states)) }
}

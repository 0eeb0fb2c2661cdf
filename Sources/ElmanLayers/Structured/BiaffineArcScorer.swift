import ElmanGraph
import ElmanTensor

/// Scores of all pairs of head and dependent of a sentence (Dozat and Manning 2017):
///
///     d_i = relu(W_d s_i + b_d)      h_j = relu(W_h s_j + b_h)
///     score(j → i) = h_jᵀ U d_i + h_jᵀ u
///
/// as three matrix products a sentence. State 0 is that of the root. (The paper's code uses leaky ReLU of slope 0.1.)
///
/// Parameters: in the scopes `dependent` and `head` `weights` [arcSize, stateSize] and `bias` [arcSize]; `weights` U
/// [arcSize, arcSize]; `headWeights` u [arcSize].
public struct BiaffineArcScorer: Sendable {
    /// What a state says as a dependent.
    public let dependent: Linear
    /// What a state says as a head.
    public let head: Linear
    /// [arcSize, arcSize].
    public let weights: Parameter
    /// [arcSize].
    public let headWeights: Parameter

    /// A scorer with Glorot-uniform weights; u begins as zeros.
    public init(stateSize: Int, arcSize: Int, initializer: Initializer = .glorot(), in parameters: ParameterCollection) {
        dependent = Linear(
            inputSize: stateSize, outputSize: arcSize, initializer: initializer, in: parameters.scope("dependent"))
        head = Linear(inputSize: stateSize, outputSize: arcSize, initializer: initializer, in: parameters.scope("head"))
        weights = parameters.add([arcSize, arcSize], named: "weights", initializer: initializer)
        headWeights = parameters.add([arcSize], named: "headWeights", initializer: .zeros)
    }

    /// The scores `[n + 1, n]` of a sentence of n words whose states, the root's first, are `[stateSize, n + 1]`: element
    /// `[j, i - 1]` is that of j as the head of word i. It is what `maximumSpanningTree` takes.
    /// - Parameter dropout: rate of dropout behind both layers.
    public func callAsFunction(_ states: Expression, dropout rate: Float = 0) -> Expression {
        let graph = states.graph, count = states.shape.columns
        let dependents = dropout(relu(dependent(states.columns(1..<count))), rate: rate)
        let heads = dropout(relu(head(states)), rate: rate)
        return columnDots(heads, affine(weights(in: graph), dependents, headWeights(in: graph)))
    }

    /// Σ over words of -log softmax(scores)[head], for the heads of words 1...n, one number. A head below 0 is not counted.
    public func loss(_ scores: Expression, heads: [Int]) -> Expression {
        sumOverBatch(pickNegativeLogSoftmax(scores.columnsToBatch(), heads))
    }
}

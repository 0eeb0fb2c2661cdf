import ElmanGraph
import ElmanTensor

/// Scores of the relations between words and their heads (Dozat and Manning 2017):
///
///     d_i = relu(W_d s_i + b_d)      h_j = relu(W_h s_j + b_h)
///     score_r(j → i) = h_jᵀ U_r d_i + (V (h_j; d_i))_r + b_r
///
/// State 0 is that of the root.
///
/// Parameters: in the scopes `dependent` and `head` `weights` [labelSize, stateSize] and `bias` [labelSize]; `weights`, U_1 … U_R
/// one below the other, [labelSize · labelCount, labelSize], each with a row for an element of d; in the scope `linear` `weights` V
/// [labelCount, 2 labelSize] and `bias` b [labelCount].
public struct BiaffineLabelScorer: Sendable {
    /// What a state says as a dependent.
    public let dependent: Linear
    /// What a state says as a head.
    public let head: Linear
    /// [labelSize · labelCount, labelSize].
    public let weights: Parameter
    /// What both say without regard to each other.
    public let linear: Linear

    /// A scorer with Glorot-uniform weights.
    public init(
        stateSize: Int, labelSize: Int, labelCount: Int, initializer: Initializer = .glorot(),
        in parameters: ParameterCollection
    ) {
        dependent = Linear(
            inputSize: stateSize, outputSize: labelSize, initializer: initializer, in: parameters.scope("dependent"))
        head = Linear(inputSize: stateSize, outputSize: labelSize, initializer: initializer, in: parameters.scope("head"))
        weights = parameters.add([labelSize * labelCount, labelSize], named: "weights", initializer: initializer)
        linear = Linear(
            inputSize: 2 * labelSize, outputSize: labelCount, initializer: initializer, in: parameters.scope("linear"))
    }

    /// How many relations there are.
    public var labelCount: Int { linear.weights.shape.rows }

    /// The scores of all relations between each word and the head that is given for it, a batch `[labelCount]×n`, of a sentence
    /// of n words whose states, the root's first, are `[stateSize, n + 1]`. Heads are 0...n: in training the right ones, then
    /// those that were found.
    public func callAsFunction(_ states: Expression, heads: [Int], dropout rate: Float = 0) -> Expression {
        let graph = states.graph, count = states.shape.columns
        let dependents = dropout(relu(dependent(states.columns(1..<count))), rate: rate)
        let chosen = selectColumns(dropout(relu(head(states)), rate: rate), heads)
        let size = chosen.shape.rows
        let forms = (weights(in: graph) * chosen).columnsToBatch().reshaped([size, labelCount])
        return columnDots(forms, dependents.columnsToBatch()) + linear(concatenate(chosen, dependents)).columnsToBatch()
    }

    /// Σ over words of -log softmax(scores)[label], one number. A label below 0 is not counted.
    public func loss(_ scores: Expression, labels: [Int]) -> Expression {
        sumOverBatch(pickNegativeLogSoftmax(scores, labels))
    }
}

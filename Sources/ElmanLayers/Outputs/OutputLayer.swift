import ElmanGraph
import ElmanTensor

/// The last layer of a model that tells words apart: from a vector to the probabilities of all words.
///
/// `losses` and `logProbabilities` are of a normalised distribution, whatever the layer: exp of the log-probabilities sums to 1.
/// What is minimised in training may be something cheaper, `trainingLosses`.
///
///     let loss = sumOverBatch(layer.trainingLosses(state.output, words))
public protocol OutputLayer: Sendable {
    /// Elements of the vector.
    var inputSize: Int { get }
    /// How many words there are.
    var outputCount: Int { get }

    /// The negative log-probability of one word for each member of the batch of x, one number each. A negative index skips its member:
    /// loss 0, no gradient.
    func losses(_ x: Expression, _ words: [Int]) -> Expression

    /// What is minimised in training, one number for each member of the batch of x; a negative index skips its member.
    func trainingLosses(_ x: Expression, _ words: [Int]) -> Expression

    /// The log-probabilities of all words, `[outputCount]`.
    func logProbabilities(_ x: Expression) -> Expression

    /// About how many numbers the training losses of so many words take in a graph: values, their gradients and what is kept for
    /// the backward pass.
    func graphSize(wordCount: Int) -> Int
}

extension OutputLayer {
    /// The losses themselves.
    public func trainingLosses(_ x: Expression, _ words: [Int]) -> Expression { losses(x, words) }
}

/// A score for each word, from a table with a vector for each: the table of the embeddings (Press and Wolf 2017), or one of its own.
///
/// Parameters: `weights`, a table of `count` vectors, unless it is tied; `bias` [count].
struct WordScores: Sendable {
    let table: LookupParameter
    let bias: Parameter

    init(
        inputSize: Int, count: Int, tiedTo embeddings: LookupParameter?, initializer: Initializer?,
        biasInitializer: Initializer, in parameters: ParameterCollection
    ) {
        if let embeddings, embeddings.size != inputSize || embeddings.count != count {
            fail(
                "\(embeddings.name) has \(embeddings.count) vectors of \(embeddings.size); the layer needs \(count) of \(inputSize)"
            )
        }
        // The range of a matrix of this shape, as that of a linear layer.
        let range = (6 / Float(inputSize + count)).squareRoot()
        table =
            embeddings
            ?? parameters.addLookup(count: count, size: inputSize, named: "weights", initializer: initializer ?? .uniform(range))
        bias = parameters.add([count], named: "bias", initializer: biasInitializer)
    }

    /// The scores of all words, `[count]`.
    func callAsFunction(_ x: Expression) -> Expression {
        transposedAffine(table.matrix(in: x.graph), x, bias(in: x.graph))
    }

    /// The score of one word for each member of the batch of x.
    func callAsFunction(_ x: Expression, _ words: [Int]) -> Expression {
        columnScores(x, table: table.matrix(in: x.graph), bias: bias(in: x.graph), words)
    }
}

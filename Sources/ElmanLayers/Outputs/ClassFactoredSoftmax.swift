import ElmanGraph
import ElmanTensor

/// Softmax in two steps, first the word's class and then the word within it (Goodman 2001): p(w) = p(class of w) p(w | class of w).
///
///     p(c) ∝ exp(classes/weights_c · x + classes/bias_c)      p(w | c) ∝ exp(weights_w · x + bias_w) over the words of c
///
/// With √n classes of n words a word costs 2 √n products instead of n. It is a distribution of another form than the full softmax, and is
/// normalised. In training only the words of classes in use are changed.
///
/// Parameters: `classes/weights` [classes, inputSize], `classes/bias` [classes]; `weights` [outputCount, inputSize], a table, unless
/// it is tied to embeddings; `bias` [outputCount].
public struct ClassFactoredSoftmax: OutputLayer {
    /// Which words a class has.
    public let classes: WordClasses
    private let classScores: Linear
    private let words: WordScores
    /// Elements of the vector.
    public let inputSize: Int
    /// How many words there are.
    public var outputCount: Int { classes.wordCount }

    /// A layer for words in classes; its word weights are `embeddings`, or its own where that is nil.
    public init(
        inputSize: Int, classes: WordClasses, tiedTo embeddings: LookupParameter? = nil, initializer: Initializer? = nil,
        biasInitializer: Initializer = .zeros, in parameters: ParameterCollection
    ) {
        self.inputSize = inputSize
        self.classes = classes
        classScores = Linear(
            inputSize: inputSize, outputSize: classes.ranges.count, initializer: initializer ?? .glorot(),
            biasInitializer: biasInitializer, in: parameters.scope("classes"))
        words = WordScores(
            inputSize: inputSize, count: classes.wordCount, tiedTo: embeddings, initializer: initializer,
            biasInitializer: biasInitializer, in: parameters)
    }

    /// The negative log-probabilities of words; see `OutputLayer`.
    public func losses(_ x: Expression, _ words: [Int]) -> Expression {
        let graph = x.graph
        let indices = words.map { $0 < 0 ? -1 : classes.index(of: $0) }
        let ofClasses = pickNegativeLogSoftmax(classScores(x), indices)
        let ranges = indices.map { classes.ranges[Swift.max($0, 0)] }
        return ofClasses
            + pickNegativeLogSoftmax(
                x, table: self.words.table.matrix(in: graph), bias: self.words.bias(in: graph), ranges: ranges, words)
    }

    /// The log-probabilities of all words, `[outputCount]`.
    public func logProbabilities(_ x: Expression) -> Expression {
        groupedLogSoftmax(words(x), groups: logSoftmax(classScores(x)), sizes: classes.ranges.map(\.count))
    }

    /// As if all classes were equally likely.
    public func graphSize(wordCount: Int) -> Int {
        wordCount * (classes.ranges.count + outputCount / classes.ranges.count + 2 * inputSize + 8)
    }
}

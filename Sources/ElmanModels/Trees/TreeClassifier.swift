import ElmanFiles
import ElmanGraph
import ElmanLayers
import ElmanTensor
import ElmanText

/// A recursive network that labels the nodes of trees, the root's label being the sentence's.
///
///     let classifier = try TreeClassifier(contentsOf: "runs/sentiment")
///     let trees = try classifier.encode(Treebank(reading: ["test.txt"]))
///     for prediction in classifier.predictions(for: trees) { print(classifier.labels[Int(prediction.rootLabel)]) }
///
/// It is a value of handles and may be used by many threads at once, as long as none of them trains it.
public struct TreeClassifier: Sendable {
    /// What it is made of.
    public let configuration: TreeClassifierConfiguration
    /// The words it knows.
    public let vocabularies: EncoderVocabularies
    /// The labels it gives.
    public let labels: Vocabulary
    /// All its parameters: `words/embeddings`, `network/…`, `scores/…`.
    public let parameters: ParameterCollection
    private let words: TokenEncoder
    private let network: any TreeCell
    private let scoreLayer: Linear

    /// A model with new parameters, drawn from `seed`. Throws `.configuration` where the settings do not fit together.
    public init(
        _ configuration: TreeClassifierConfiguration, vocabularies: EncoderVocabularies, labels: Vocabulary, seed: UInt64 = 1
    ) throws(DataError) {
        try self.init(
            configuration, vocabularies: vocabularies, labels: labels, in: ParameterCollection(seed: seed))
    }

    init(
        _ configuration: TreeClassifierConfiguration, vocabularies: EncoderVocabularies, labels: Vocabulary,
        in parameters: ParameterCollection
    ) throws(DataError) {
        try configuration.validate()
        guard labels.count > 0 else { throw DataError(.configuration, "a classifier of trees needs one label at least") }
        self.configuration = configuration
        self.vocabularies = vocabularies
        self.labels = labels
        self.parameters = parameters
        let initializer = configuration.initialRange.map { Initializer.uniform($0) } ?? .glorot()
        words = TokenEncoder(configuration.encoder, vocabularies, in: parameters.scope("words"))
        network = Self.makeNetwork(configuration, initializer, in: parameters.scope("network"))
        scoreLayer = Linear(
            inputSize: configuration.hiddenSize, outputSize: labels.count, initializer: initializer,
            in: parameters.scope("scores"))
    }

    /// A model for training trees, whose words and labels it knows.
    public init(
        _ configuration: TreeClassifierConfiguration, for bank: Treebank, seed: UInt64 = 1
    ) throws(DataError) {
        try self.init(configuration, for: bank, in: ParameterCollection(seed: seed))
    }

    /// The words' vectors.
    public var embeddings: LookupParameter { words.embeddings }

    private static func makeNetwork(
        _ configuration: TreeClassifierConfiguration, _ initializer: Initializer, in parameters: ParameterCollection
    ) -> any TreeCell {
        let input = configuration.embeddingSize, hidden = configuration.hiddenSize
        switch configuration.cell {
        case .recursive:
            return RecursiveCell(
                inputSize: input, hiddenSize: hidden, childCount: configuration.childCount, initializer: initializer,
                in: parameters)
        case .treeLSTM:
            return TreeLSTMCell(
                inputSize: input, hiddenSize: hidden, childCount: configuration.childCount, initializer: initializer,
                in: parameters)
        case .childSum:
            return ChildSumTreeLSTMCell(inputSize: input, hiddenSize: hidden, initializer: initializer, in: parameters)
        }
    }

    /// Turns trees into indices. Throws, with the tree's line, where a node has more children than the model takes.
    public func encode(_ bank: Treebank, path: String? = nil) throws(DataError) -> EncodedTrees {
        if !configuration.cell.takesAnyNumberOfChildren {
            for number in 0..<bank.count where bank[number].largestChildCount > configuration.childCount {
                throw DataError(
                    .badData, path: path, line: bank.lines[number],
                    "a node has \(bank[number].largestChildCount) children, but the model takes \(configuration.childCount) at most; "
                        + "split such nodes in two, or train with --children or --cell child-sum")
            }
        }
        return EncodedTrees(
            bank, texts: EncodedTexts(bank.words, vocabularies, configuration.encoder), labels: bank.labelIndices(in: labels))
    }

    /// The vectors of all nodes of a tree in postorder, `[hiddenSize]` each.
    func outputs(
        of tree: Tree, words sentence: EncodedSentence, in graph: ComputationGraph, isTraining: Bool = false
    ) -> [Expression] {
        // A child-sum cell has an input at every node.
        let noWord = configuration.cell == .childSum ? graph.zeros([configuration.embeddingSize]) : nil
        var words = words.droppedVectors(of: sentence, in: graph, isTraining: isTraining).makeIterator()
        let nodes = (0..<tree.count).map { node in
            let children = tree.children(of: node)
            return TreeNode(children: children.map { Int($0) }, input: children.isEmpty ? words.next() : noWord)
        }
        let outputs = network.outputs(of: nodes)
        for output in outputs { graph.recording?.note("network/hidden", output) }
        return outputs
    }

    /// The scores of all labels for nodes' vectors, as a batch `[labels.count]×n`.
    func scores(_ outputs: [Expression], isTraining: Bool = false) -> Expression {
        scoreLayer(dropout(concatenateToBatch(outputs), rate: isTraining ? configuration.dropout : 0))
    }

    /// The negative log-probabilities of the labels of a tree's nodes, or of its root alone, together; a label below 0 does not
    /// count.
    /// - Parameters:
    ///   - tree: the tree.
    ///   - words: the words at its leaves.
    ///   - labels: indices of the labels of all its nodes in postorder.
    public func loss(
        of tree: Tree, words: EncodedSentence, labels: some Collection<Int32>, in graph: ComputationGraph,
        isTraining: Bool = false
    ) -> Expression {
        let outputs = outputs(of: tree, words: words, in: graph, isTraining: isTraining)
        let first = configuration.learnsAllNodes ? 0 : outputs.count - 1
        let scores = scores(Array(outputs[first...]), isTraining: isTraining)
        return sumOverBatch(pickNegativeLogSoftmax(scores, labels.dropFirst(first).map { Int($0) }))
    }
}

extension Tree {
    /// The most children that a node has.
    var largestChildCount: Int { (0..<count).reduce(0) { max($0, children(of: $1).count) } }
}

extension Treebank {
    /// The most children that a node of any tree has: what `TreeClassifierConfiguration.childCount` must be at least.
    public var largestChildCount: Int { (0..<count).reduce(0) { max($0, self[$1].largestChildCount) } }
}

import Elman

/// The binary tree-LSTM with a softmax at every node, as DyNet's example has it.
private struct TreeModel {
    let parameters = ParameterCollection(seed: 1)
    let words: ParameterCollection, network: ParameterCollection
    let embeddings: LookupParameter, cell: TreeLSTMCell, scores: Linear

    init(wordCount: Int, labelCount: Int) {
        words = parameters.scope("words")
        network = parameters.scope("network")
        embeddings = words.addLookup(count: wordCount, size: TreeWorkloads.embeddingSize, named: "embeddings")
        cell = TreeLSTMCell(
            inputSize: TreeWorkloads.embeddingSize, hiddenSize: TreeWorkloads.hiddenSize, in: network.scope("cell"))
        scores = Linear(
            inputSize: TreeWorkloads.hiddenSize, outputSize: labelCount, hasBias: false, in: network.scope("scores"))
    }

    /// The vectors of all nodes of a tree.
    func outputs(_ tree: NumberedTexts.LabelledTree, in graph: ComputationGraph) -> [Expression] {
        var words = tree.words.makeIterator()
        let nodes = tree.children.map { children in
            children.isEmpty ? TreeNode(input: embeddings[words.next()!, in: graph]) : TreeNode(children: children)
        }
        return cell.outputs(of: nodes)
    }

    /// The losses of all nodes of some trees together.
    func loss(_ trees: [NumberedTexts.LabelledTree], in graph: ComputationGraph) -> Expression {
        let outputs = concatenateToBatch(trees.flatMap { self.outputs($0, in: graph) })
        return sumOverBatch(pickNegativeLogSoftmax(scores(outputs), trees.flatMap(\.labels)))
    }
}

/// Workloads on trees. Names, data, batches and units are those of the peers' scripts.
enum TreeWorkloads {
    static let embeddingSize = 300, hiddenSize = 150

    static func single(_ data: String, seconds: Double) throws(DataError) -> Measurement {
        try measure(data, seconds: seconds, size: 1, warmUp: 40)
    }

    static func batched(_ data: String, seconds: Double) throws(DataError) -> Measurement {
        try measure(data, seconds: seconds, size: 16, warmUp: 8)
    }

    /// One update by Adagrad for so many trees, with a rate of its own for the words' vectors.
    private static func measure(
        _ data: String, seconds: Double, size: Int, warmUp: Int
    ) throws(DataError) -> Measurement {
        let corpus = try NumberedTexts.trees(data)
        let model = TreeModel(wordCount: corpus.sourceCount, labelCount: corpus.targetCount)
        let trainers = [
            AdagradTrainer(model.network, learningRate: 0.05), AdagradTrainer(model.words, learningRate: 0.005),
        ]
        for trainer in trainers { trainer.measuresGradientNorm = false }
        let graph = ComputationGraph()
        let batches = BenchCorpus.chunks(BenchCorpus.shuffled(corpus.items), size: size)
        var result = Measurement.run(batches, seconds: seconds, warmUp: warmUp) { trees in
            graph.renew()
            let total = model.loss(trees, in: graph)
            let value = Double(total.value.scalar)
            total.backward()
            for trainer in trainers { trainer.update() }
            return (value / Double(trees.reduce(0) { $0 + $1.labels.count }) * Double(trees.count), trees.count)
        }
        result.operationsPerUnit = operations(corpus)
        return result
    }

    private static func operations(_ corpus: NumberedTexts.Corpus<NumberedTexts.LabelledTree>) -> Int {
        let sample = corpus.items.prefix(2000)
        let leaves = sample.reduce(0) { $0 + $1.words.count }, nodes = sample.reduce(0) { $0 + $1.labels.count }
        let ofLeaf = 2 * 3 * hiddenSize * embeddingSize, ofNode = 2 * 5 * hiddenSize * 2 * hiddenSize
        let forward = leaves * ofLeaf + (nodes - leaves) * ofNode + nodes * 2 * hiddenSize * corpus.targetCount
        return 3 * forward / sample.count
    }
}

extension NumberedTexts {
    /// A tree whose nodes are in postorder.
    struct LabelledTree {
        /// Words at the leaves.
        var words: [Int]
        /// Of every node.
        var labels: [Int]
        /// Of every node; none for a leaf.
        var children: [[Int]]
    }

    /// `trees/train.txt`: a tree in brackets a line, labels from 0 to 4.
    static func trees(_ folder: String) throws(DataError) -> Corpus<LabelledTree> {
        let path = folder + "/trees/train.txt"
        let bank = try Treebank(reading: [path])
        let vocabulary = try Vocabulary(entries: (0..<5).map { "\($0)" }, unknown: nil, boundary: nil)
        let labels = bank.labelIndices(in: vocabulary)
        guard !labels.tokens.contains(-1) else { throw DataError(.badData, path: path, "a label is not one of 0 to 4") }
        let items = (0..<bank.count).map { number in
            let tree = bank[number]
            return LabelledTree(
                // Types are numbered as they appear; 0 is the word for unknown ones.
                words: bank.words[number].map { Int($0) + 1 }, labels: labels[number].map { Int($0) },
                children: (0..<tree.count).map { node in tree.children(of: node).map { Int($0) } })
        }
        return Corpus(items: items, sourceCount: bank.words.counts.typeCount + 1, targetCount: vocabulary.count)
    }
}

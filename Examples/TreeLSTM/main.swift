// The label of every node of a tree, from its words up: by the recursive network of Socher et al. (2011) and by the binary
// tree-LSTM of Tai et al. (2015).
//
//     swift run -c release TreeLSTM [TRAIN DEV] [--slice N] [--epochs N]          lines: (3 (2 a) (4 b))
import Elman
import ExampleSupport

struct TreeClassifier<Cell: TreeCell> {
    let parameters = ParameterCollection(seed: 1)
    let embeddings: LookupParameter, cell: Cell, output: Linear

    init(wordCount: Int, labelCount: Int, makeCell: (ParameterCollection) -> Cell) {
        embeddings = parameters.addLookup(count: wordCount, size: 64, named: "embeddings")
        cell = makeCell(parameters.scope("cell"))
        output = Linear(inputSize: 64, outputSize: labelCount, in: parameters.scope("output"))
    }

    /// The scores of all labels at every node, children before their parents. No recursion: a tree is a list.
    func scores(of tree: Tree, words: [Int], in graph: ComputationGraph) -> [Expression] {
        var rest = words[...]
        let nodes = (0..<tree.count).map { node in
            tree.isLeaf(node)
                ? TreeNode(input: embeddings[rest.removeFirst(), in: graph])
                : TreeNode(children: tree.children(of: node).map { Int($0) })
        }
        return cell.outputs(of: nodes).map { output($0) }
    }
}

let arguments = ExampleArguments(slice: 2000, epochs: 15)
let training = orEnd(try Treebank(reading: [arguments.file(0, default: "Examples/Data/trees-train.txt")]))
let development = orEnd(try Treebank(reading: [arguments.file(1, default: "Examples/Data/trees-dev.txt")]))
let vocabulary = training.words.vocabulary(minimumCount: 2)
let labels = training.labelVocabulary()

typealias Example = (tree: Tree, words: [Int], labels: [Int32])
func encoded(_ trees: Treebank) throws -> [Example] {
    let words = try trees.words.encoded(with: vocabulary), labels = trees.labelIndices(in: labels)
    return (0..<min(trees.count, arguments.slice)).map { (trees[$0], words[$0].map { Int($0) }, Array(labels[$0])) }
}
let train = orEnd(try encoded(training)), dev = orEnd(try encoded(development))

func run<Cell>(_ title: String, _ makeCell: (ParameterCollection) -> Cell) where Cell: TreeCell {
    print(title)
    let model = TreeClassifier(wordCount: vocabulary.count, labelCount: labels.count, makeCell: makeCell)
    let trainer = AdamTrainer(model.parameters)
    trainer.clipNorm = 5
    let graph = ComputationGraph()
    for epoch in 1...arguments.epochs {
        var total = 0.0
        for batch in SentenceBatches.shuffled(count: train.count, size: 4, seed: UInt64(epoch)).batches {
            graph.renew()
            let losses = batch.flatMap { index in
                zip(model.scores(of: train[index].tree, words: train[index].words, in: graph), train[index].labels)
                    .map { hinge($0, Int($1)) }
            }
            let loss = sum(losses)
            total += Double(loss.value.scalar)
            loss.backward()
            trainer.update()
        }
        var metrics = TreeMetrics()
        for example in dev {
            graph.renew()
            let scores = concatenateToBatch(model.scores(of: example.tree, words: example.words, in: graph)).value
            let found = example.labels.indices.map { Int32(scores.member($0).argmax) }
            metrics.add(gold: example.labels, predicted: found)
        }
        let accuracy = "\(percent(metrics.rootAccuracy)) of the roots, \(percent(metrics.nodeAccuracy)) of all nodes"
        print("  epoch \(epoch): loss \(fixed(total / Double(train.count))) a tree, dev: \(accuracy) right")
    }
}

run("recursive network") { RecursiveCell(inputSize: 64, hiddenSize: 64, in: $0) }
run("binary tree-LSTM") { TreeLSTMCell(inputSize: 64, hiddenSize: 64, in: $0) }

// A transition-based dependency parser (arc-standard) whose stack and buffer are read by LSTMs (Dyer et al. 2015). A stack goes back
// to its earlier state when an element is taken off. No two graphs are alike, and the engine batches them all the same.
//
//     swift run -c release StackLSTMParser [TRAIN DEV] [--slice N] [--epochs N]          CoNLL-U
import Elman
import ExampleSupport

struct Parser {
    static let shift = 0, left = 1, right = 2
    let parameters = ParameterCollection(seed: 1)
    let embeddings: LookupParameter, buffer: LSTMBuilder, stack: LSTMBuilder
    let composition: DependencyComposition, hidden: Linear, output: Linear

    init(wordCount: Int) {
        embeddings = parameters.addLookup(count: wordCount, size: 64, named: "embeddings")
        buffer = LSTMBuilder(inputSize: 64, hiddenSize: 64, in: parameters.scope("buffer"))
        stack = LSTMBuilder(inputSize: 64, hiddenSize: 64, in: parameters.scope("stack"))
        composition = DependencyComposition(size: 64, in: parameters.scope("composition"))
        hidden = Linear(inputSize: 128, outputSize: 64, in: parameters.scope("hidden"))
        output = Linear(inputSize: 64, outputSize: 3, in: parameters.scope("output"))
    }

    /// The heads of words 1...n, 0 for the root, and -log p of the actions taken: those that lead to the right heads where they are
    /// given, the likeliest ones otherwise.
    func parse(_ words: [Int], heads gold: [Int]? = nil, in graph: ComputationGraph) -> (heads: [Int], losses: [Expression]) {
        var waiting = StackState(buffer.initialState(in: graph)), read = StackState(stack.initialState(in: graph))
        for word in words.reversed() { waiting.push(embeddings[word, in: graph]) }  // the first word comes out first
        var heads = words.map { _ in 0 }, numbers: [Int] = [], losses: [Expression] = []
        while !waiting.isEmpty || read.count > 1 {
            let legal = (waiting.isEmpty ? [] : [Self.shift]) + (read.count > 1 ? [Self.left, Self.right] : [])
            let scores = output(relu(hidden(concatenate(read.summary, waiting.summary))))
            let logProbabilities = logSoftmax(scores, restrictedTo: legal)
            let action = gold.map { Self.action(towards: $0, heads, numbers) } ?? logProbabilities.value.argmax
            if gold != nil { losses.append(-pick(logProbabilities, action)) }
            if action == Self.shift {
                read.push(waiting.pop())
                numbers.append(words.count - waiting.count)
                continue
            }
            var (head, dependent) = (read.pop(), read.pop()), (first, second) = (numbers.removeLast(), numbers.removeLast())
            if action == Self.right { (head, dependent, first, second) = (dependent, head, second, first) }
            read.push(composition(head: head, dependent: dependent))
            numbers.append(first)
            heads[second - 1] = first
        }
        return (heads, losses)
    }

    /// The action that leads to the heads of a projective tree: a word is attached as soon as it has all its dependents.
    static func action(towards gold: [Int], _ heads: [Int], _ stack: [Int]) -> Int {
        guard stack.count > 1 else { return shift }
        let first = stack[stack.count - 1], second = stack[stack.count - 2]
        if gold[second - 1] == first { return left }
        let isWhole = zip(gold, heads).allSatisfy { $0 != first || $1 == first }
        return gold[first - 1] == second && isWhole ? right : shift
    }
}

let arguments = ExampleArguments(slice: 500, epochs: 15)
let training = orEnd(try DependencyTreebank(reading: [arguments.file(0, default: "Examples/Data/sentences-train.conllu")]))
let development = orEnd(try DependencyTreebank(reading: [arguments.file(1, default: "Examples/Data/sentences-dev.conllu")]))
let vocabulary = training.words.vocabulary(minimumCount: 2)
typealias Example = (words: [Int], heads: [Int])
func encoded(_ treebank: DependencyTreebank) throws -> [Example] {
    let words = try treebank.words.encoded(with: vocabulary)
    return (0..<min(treebank.count, arguments.slice)).map { index in
        (words[index].map { Int($0) }, treebank.heads(of: index).map { Int($0) })
    }
}
let train = orEnd(try encoded(training)).filter { $0.words.count > 1 && DependencyTree.isProjective($0.heads.map { Int32($0) }) }
let dev = orEnd(try encoded(development))

let model = Parser(wordCount: vocabulary.count)
let trainer = AdamTrainer(model.parameters)
trainer.clipNorm = 5
let graph = ComputationGraph()
for epoch in 1...arguments.epochs {
    var total = 0.0, correct = 0, count = 0
    for batch in SentenceBatches.shuffled(count: train.count, size: 4, seed: UInt64(epoch)).batches {
        graph.renew()
        let loss = sum(batch.flatMap { model.parse(train[$0].words, heads: train[$0].heads, in: graph).losses })
        total += Double(loss.value.scalar)
        loss.backward()
        trainer.update()
    }
    for sentence in dev {
        graph.renew()
        correct += zip(model.parse(sentence.words, in: graph).heads, sentence.heads).count { $0 == $1 }
        count += sentence.heads.count
    }
    let loss = fixed(total / Double(train.reduce(0) { $0 + $1.words.count }))
    print("epoch \(epoch): loss \(loss) a word, dev UAS \(percent(Double(correct) / Double(count)))")
}

// The class of a sentence from a simple recurrent network that reads it from both ends, one sentence an update.
//
//     swift run -c release SentimentRNN [TRAIN DEV] [--slice N] [--epochs N]          lines: label ||| text
import Elman
import ExampleSupport

struct Classifier {
    let parameters = ParameterCollection(seed: 1)
    let embeddings: LookupParameter, forward: SimpleRNNBuilder, backward: SimpleRNNBuilder, output: Linear

    init(wordCount: Int, classCount: Int) {
        embeddings = parameters.addLookup(count: wordCount, size: 64, named: "embeddings")
        forward = SimpleRNNBuilder(inputSize: 64, hiddenSize: 64, in: parameters.scope("forward"))
        backward = SimpleRNNBuilder(inputSize: 64, hiddenSize: 64, in: parameters.scope("backward"))
        output = Linear(inputSize: 128, outputSize: classCount, in: parameters.scope("output"))
    }

    /// The score of every class, `[classCount]`: from the last state of each direction.
    func scores(of words: [Int], in graph: ComputationGraph) -> Expression {
        var left = forward.initialState(in: graph), right = backward.initialState(in: graph)
        for word in words { left.addInput(embeddings[word, in: graph]) }
        for word in words.reversed() { right.addInput(embeddings[word, in: graph]) }
        return output(concatenate(left.output, right.output))
    }
}

let arguments = ExampleArguments(slice: 2000, epochs: 5)
let texts = "Sources/CElmanTexts/texts/wordnet-gloss/"
let training = orEnd(try LabelledTexts(reading: [arguments.file(0, default: texts + "train.txt")]))
let development = orEnd(try LabelledTexts(reading: [arguments.file(1, default: texts + "dev.txt")]))

// Words that occur once become <unk>, so that its vector is trained for the words that training never saw.
let vocabulary = training.texts.lowercased().vocabulary(minimumCount: 2)
let classes = training.labelVocabulary()

typealias Example = (words: [Int], label: Int)
func encoded(_ file: LabelledTexts) throws -> [Example] {
    let words = try file.texts.lowercased().encoded(with: vocabulary), labels = file.labelIndices(in: classes)
    return (0..<min(file.count, arguments.slice)).map { (words[$0].map { Int($0) }, Int(labels[$0])) }
}
let examples = orEnd(try encoded(training)), held = orEnd(try encoded(development))

let model = Classifier(wordCount: vocabulary.count, classCount: classes.count)
let trainer = AdamTrainer(model.parameters)
trainer.clipNorm = 5
let graph = ComputationGraph()
for epoch in 1...arguments.epochs {
    var total = 0.0
    for index in SentenceBatches.shuffled(count: examples.count, size: 1, seed: UInt64(epoch)).batches.joined() {
        graph.renew()
        let scores = model.scores(of: examples[index].words, in: graph)
        let loss = pickNegativeLogSoftmax(scores, examples[index].label)
        total += Double(loss.value.scalar)
        loss.backward()
        trainer.update()
    }
    var correct = 0
    for example in held {
        graph.renew()
        correct += model.scores(of: example.words, in: graph).value.argmax == example.label ? 1 : 0
    }
    let loss = fixed(total / Double(examples.count)), accuracy = percent(Double(correct) / Double(held.count))
    print("epoch \(epoch): loss \(loss) a sentence, dev accuracy \(accuracy)")
}

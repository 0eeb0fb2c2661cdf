// The class of a sentence from a bidirectional LSTM. A minibatch is the sum of sixteen losses; the engine finds what runs together.
//
//     swift run -c release SentimentLSTM [TRAIN DEV] [--slice N] [--epochs N]          lines: label ||| text
import Elman
import ExampleSupport

struct Classifier {
    let parameters = ParameterCollection(seed: 1)
    let embeddings: LookupParameter, reader: Bidirectional<LSTMCell>, output: Linear

    init(wordCount: Int, classCount: Int) {
        embeddings = parameters.addLookup(count: wordCount, size: 64, named: "embeddings")
        reader = Bidirectional(inputSize: 64, hiddenSize: 64, in: parameters.scope("reader"))
        output = Linear(inputSize: 128, outputSize: classCount, in: parameters.scope("output"))
    }

    /// The score of every class, `[classCount]`: from the last state of each direction.
    func scores(of words: [Int], in graph: ComputationGraph) -> Expression {
        output(reader.read(words.map { embeddings[$0, in: graph] }, in: graph).summary)
    }
}

let arguments = ExampleArguments(slice: 4000, epochs: 5)
let texts = "Sources/CElmanTexts/texts/wordnet-gloss/"
let training = orEnd(try LabelledTexts(reading: [arguments.file(0, default: texts + "train.txt")]))
let development = orEnd(try LabelledTexts(reading: [arguments.file(1, default: texts + "dev.txt")]))

// Words that occur once become <unk>, so that its vector is trained for the words that training never saw.
let vocabulary = training.texts.lowercased().vocabulary(minimumCount: 2)
let classes = training.labelVocabulary().extended(with: development.labelCounts)

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
var report = ClassificationReport(labels: classes)
for epoch in 1...arguments.epochs {
    var total = 0.0
    for batch in SentenceBatches.shuffled(count: examples.count, size: 16, seed: UInt64(epoch)).batches {
        graph.renew()
        let losses = batch.map { index in
            pickNegativeLogSoftmax(model.scores(of: examples[index].words, in: graph), examples[index].label)
        }
        let loss = sum(losses)
        total += Double(loss.value.scalar)
        loss.backward()
        trainer.update()
    }
    report = ClassificationReport(labels: classes)
    for batch in SentenceBatches.inOrder(count: held.count, size: 64).batches {
        graph.renew()
        let scores = concatenateToBatch(batch.map { model.scores(of: held[$0].words, in: graph) }).value
        for (member, index) in batch.enumerated() {
            report.add(gold: held[index].label, predicted: scores.member(member).argmax)
        }
    }
    let loss = fixed(total / Double(examples.count))
    print("epoch \(epoch): loss \(loss) a sentence, dev accuracy \(percent(report.accuracy))")
}
for pair in report.confusionPairs(limit: 3) {
    print("\(classes[pair.gold]) taken for \(classes[pair.predicted]): \(pair.count) times")
}

// One model, many threads: models are values of handles and may be read by all at once. Graphs belong to one thread each.
import Elman

let corpus = try TextCorpus(text: Array("the king sleeps\nthe queen walks in the garden\nthe owl cries\n".utf8))
let vocabulary = corpus.vocabulary()
let encoded = try corpus.encoded(with: vocabulary)
let model = try LanguageModel(LanguageModelConfiguration(), vocabulary: vocabulary)
let task = LanguageModelTask(model, training: encoded, development: nil, batches: .sentences(3), seed: 1)
var options = TrainingOptions()
options.epochs = 40
try TrainingLoop(task, trainer: AdamTrainer(model.parameters, learningRate: 0.01), options: options).run()

let texts = try await withThrowingTaskGroup(of: (Int, String).self) { group in
    for number in 0..<8 {
        group.addTask { [model] in
            (number, try model.generate(prompt: "the", GenerationOptions(length: 8, seed: UInt64(number))))
        }
    }
    var texts = [String](repeating: "", count: 8)
    for try await (number, text) in group { texts[number] = text }
    return texts
}

// The same seeds give the same texts, whoever draws them and in whatever order.
for number in 0..<8 {
    let again = try model.generate(prompt: "the", GenerationOptions(length: 8, seed: UInt64(number)))
    print("\(number): the \(texts[number].split(separator: "\n").joined(separator: " / "))", texts[number] == again)
}

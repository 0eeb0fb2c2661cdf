// Using a trained run: score sentences and write on from a prompt. Takes a run's folder as its argument.
import Elman

let run = try CommandLine.arguments.dropFirst().first ?? makeSmallRun()

let model = try LanguageModel(contentsOf: run)

var scorer = LanguageModelScorer(model)
let encoder = model.encoder
for sentence in ["the king walks in the garden", "garden the in walks king the"] {
    let tokens = try encoder.encode(sentence).tokens + [model.boundary]
    let logProbability = scorer.logProbabilities(of: [tokens])[0].reduce(0, +)
    print("\(logProbability)\t\(sentence)")
}

print(try model.generate(prompt: "the queen", GenerationOptions(length: 12, temperature: 0.8, seed: 3)))

// A reader says what may come next; it is a value, so a copy is a branch.
var reader = LanguageModelReader(model)
for word in ["the", "king"] { reader.read(Int32(model.vocabulary.index(of: word) ?? model.vocabulary.unknown!)) }
let likeliest = reader.logProbabilities.indices.max { reader.logProbabilities[$0] < reader.logProbabilities[$1] }!
print("after \"the king\": \(model.vocabulary[likeliest])")

/// A run in a temporary folder, as `elman train lm` leaves it.
func makeSmallRun() throws -> String {
    let text = "the king sleeps\nthe queen walks in the garden\nthe king walks\nthe owl sleeps in the garden\n"
    let corpus = try TextCorpus(text: Array(text.utf8))
    let vocabulary = corpus.vocabulary()
    let encoded = try corpus.encoded(with: vocabulary)
    let model = try LanguageModel(LanguageModelConfiguration(), vocabulary: vocabulary)
    let folder = try RunFolder.create("/tmp/elman-snippet", force: true)
    try vocabulary.write(to: folder.vocabularyPath)
    try folder.write(configuration: model.configuration.json, programVersion: "0.1.0")
    let task = LanguageModelTask(model, training: encoded, development: nil, batches: .sentences(4), seed: 1)
    var options = TrainingOptions()
    options.epochs = 50
    options.evaluateEvery = 50  // evaluates, keeps the best weights and saves a checkpoint
    try TrainingLoop(task, trainer: AdamTrainer(model.parameters, learningRate: 0.01), options: options, folder: folder).run()
    return folder.path
}

// A classifier that begins with what a language model has learnt. Takes the language model's run and a file of labelled texts.
import Elman

func train(_ run: String, _ file: String) throws {
    let texts = try LabelledTexts(reading: [file])

    let transfer = try Transfer(PretrainedEncoder(contentsOf: run))
    var configuration = ClassifierConfiguration()
    configuration.pooling = .concatenation
    transfer.adopt(into: &configuration.encoder)
    let model = try Classifier(configuration, for: texts, transfer)
    for line in try transfer.audit(of: model, for: texts).lines { print(line) }

    let task = try ClassifierTask(model, training: texts, development: nil, batchSize: 16, seed: 1)
    let loop = TrainingLoop(task, trainer: AdamTrainer(model.parameters), options: TrainingOptions())
    // One layer more in every epoch, from the top, each at 1/2.6 of the rate of the one above.
    var tuning = FineTuning(groups: model.layerGroups)
    tuning.epochsPerGroup = 1
    tuning.layerDecay = 2.6
    loop.fineTuning = tuning
    try loop.run()
    print(model.predict([["a", "gripping", "film"]])[0].probabilities)
}

let arguments = Array(CommandLine.arguments.dropFirst())
if arguments.count == 2 {
    try train(arguments[0], arguments[1])
} else {
    print("elman train lm text.txt -o runs/words, then give runs/words and a file of labelled texts to this program")
}

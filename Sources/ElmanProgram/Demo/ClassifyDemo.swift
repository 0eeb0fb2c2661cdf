import Elman

/// `elman demo classify`: an LSTM learns of what sort a thing is from its gloss in WordNet, and is held against naive Bayes.
struct ClassifyDemo {
    let demo: DemoRun
    private var console: Console { demo.console }

    func run() throws {
        let start = monotonicSeconds()
        let training = try texts("train"), development = try texts("dev"), test = try texts("test")
        describe(training, test)
        let baseline = NaiveBayes(training).accuracy(on: test)
        console.print("  what counting reaches (naive Bayes, test accuracy): \(percentText(baseline))")

        let reader = SettingsReader(
            configuration: ["epochs": JSONValue(demo.epochs), "seed": JSONValue(demo.seed)], path: "demo")
        let settings = try TrainSettings(reader)
        var configuration = ClassifierConfiguration()
        configuration.pooling = .attention
        configuration.encoder.dropout = 0.4
        let json = configuration.json.adding(settings.json)
        let folder = try demo.makeFolder(json)
        let model = try Classifier(configuration, for: training, seed: settings.options.seed)
        try model.writeVocabularies(to: folder)
        let task = try ClassifierTask(
            model, training: training, development: development, batchSize: settings.batchSize, seed: settings.options.seed)
        console.print("An LSTM of 64 units reads each gloss from both ends, \(grouped(model.parameters.scalarCount)) parameters:")
        try demo.train(task, settings, json, in: folder, metric: "accuracy", unit: "text")

        let best = try Classifier(folder)
        show(best.evaluate(test, worstErrorCount: 3), baseline)
        showPredictions(best)
        demo.finish(
            since: start,
            [
                "echo \"a small bird that sings at night\" | elman predict \(demo.output)",
                "elman train classify train.txt --dev dev.txt -o runs/mine    # lines such as: label ||| text",
                "elman evaluate runs/mine test.txt --errors 10",
            ])
    }

    private func texts(_ part: String) throws -> LabelledTexts {
        try LabelledTexts(text: demo.text("wordnet-gloss/\(part).txt"), name: "wordnet-gloss/\(part).txt")
    }

    private func describe(_ training: LabelledTexts, _ test: LabelledTexts) {
        let labels = training.labelVocabulary()
        let names = (0..<labels.count).map { labels[$0] }.joined(separator: ", ")
        console.print("Glosses of a dictionary; what is it that they describe: \(names)?")
        console.print("  training \(counted(training.count, "gloss")), test \(grouped(test.count))")
    }

    private func show(_ metrics: ClassifierMetrics, _ baseline: Double) {
        console.print("")
        console.print(
            "test accuracy \(percentText(metrics.report.accuracy)), macro F1 \(percentText(metrics.report.macroF1)); "
                + "naive Bayes has \(percentText(baseline))")
        if let pair = metrics.report.confusionPairs(limit: 1).first {
            console.print(
                "most often it takes \(metrics.report.labels[pair.gold]) for \(metrics.report.labels[pair.predicted]) "
                    + "(\(pair.count) times); its worst errors:")
        }
        for error in metrics.worstErrors { console.print("  \(error.gold), taken for \(error.predicted): \(error.text)") }
    }

    private func showPredictions(_ model: Classifier) {
        console.print("Texts that it has not seen:")
        let texts = ["a small bird that sings at night", "bread with cheese and tomatoes", "the act of teaching a child to read"]
        let predictions = model.predict(texts.map { $0.split(separator: " ").map(String.init) })
        for (text, prediction) in zip(texts, predictions) {
            let probability = Double(prediction.probabilities[prediction.label])
            console.print("  \(model.labels[prediction.label]) (\(percentText(probability))): \(text)")
        }
        console.print("")
    }
}

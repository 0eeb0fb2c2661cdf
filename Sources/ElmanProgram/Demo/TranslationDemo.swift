import Elman

/// `elman demo seq2seq`: numbers in words become digits, by an encoder and a decoder with attention.
struct TranslationDemo {
    let demo: DemoRun
    private var console: Console { demo.console }

    func run() throws {
        let start = monotonicSeconds()
        let numbers = NumberWords.shuffled(seed: UInt64(demo.seed))
        let training = texts(numbers[..<6000]), development = texts(numbers[6000..<6300]), test = texts(numbers[6300...])
        console.print("Numbers below a million, from words to digits: \(training.sources.tokens(of: 0).joined(separator: " "))")
        console.print("  is \(training.targets.tokens(of: 0).joined(separator: " ")).")
        console.print("  training \(grouped(training.count)), test \(grouped(test.count)) numbers that are not among them")

        let reader = SettingsReader(
            configuration: [
                "epochs": JSONValue(demo.epochs), "seed": JSONValue(demo.seed), "learning-rate": 0.003, "schedule": "linear",
                "clip": 5,
            ], path: "demo")
        let settings = try TrainSettings(reader)
        var configuration = TranslatorConfiguration()
        configuration.isBidirectional = true
        configuration.encoderHiddenSize = 64
        configuration.attention = .mlp
        configuration.attentionSize = 64
        configuration.handOver = .bridge
        let vocabularies = try PairVocabularies(training: training, configuration.preparation)
        let model = try Translator(configuration, vocabularies: vocabularies, seed: settings.options.seed)
        let json = configuration.json.adding(settings.json)
        let folder = try demo.makeFolder(json)
        try model.writeVocabularies(to: folder)
        let task = TranslatorTask(
            model, training: vocabularies.encode(training), development: vocabularies.encode(development),
            batchSize: settings.batchSize, seed: settings.options.seed)
        console.print(
            "An LSTM reads the words from both ends, another writes the digits and looks back at the words; "
                + "\(grouped(model.parameters.scalarCount)) parameters:")
        try demo.train(task, settings, json, in: folder, metric: "perplexity", unit: "digit")

        let best = try Translator(folder)
        try show(best, test)
        demo.finish(
            since: start,
            [
                "echo \"nine hundred ninety nine thousand nine hundred ninety nine\" | elman predict \(demo.output)",
                "elman train seq2seq pairs.tsv -o runs/mine --attention mlp --bidirectional    # source<TAB>target a line",
                "elman predict runs/mine --beam 5 sources.txt",
            ])
    }

    private func texts(_ numbers: ArraySlice<Int>) -> ParallelTexts {
        ParallelTexts(
            sources: TokenLists(numbers.map { NumberWords.words($0).split(separator: " ").map(String.init) }),
            targets: TokenLists(numbers.map { String($0).map { String($0) } }))
    }

    private func show(_ model: Translator, _ test: ParallelTexts) throws {
        let metrics = try model.metrics(of: model.vocabularies.encode(test))
        console.print("")
        console.print("\(percentText(metrics.exactMatch.share)) of the test numbers are right to the last digit. Some of them:")
        let sources = (0..<4).map { test.sources.tokens(of: $0) }
        for (source, translation) in zip(sources, try model.translate(sources)) {
            console.print("  \(source.joined(separator: " ")): \(translation.words.joined())")
        }
        console.print("")
    }
}

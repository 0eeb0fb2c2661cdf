import Elman

/// `elman demo tag`: an LSTM over words and their characters learns the parts of addresses.
struct TagDemo {
    let demo: DemoRun
    private var console: Console { demo.console }

    func run() throws {
        let start = monotonicSeconds()
        let training = try texts("train"), development = try texts("dev"), test = try texts("test")
        let tags = training.tagVocabulary()
        console.print("Addresses of the United States; which part is each word: \(tags[0]), \(tags[1]), … (\(tags.count) tags)?")
        console.print("  training \(counted(training.count, "address")), test \(grouped(test.count))")
        let baseline = mostFrequentTagAccuracy(training, test)
        console.print("  what counting reaches (each word's most frequent tag): \(percentText(baseline)) of the words")

        let reader = SettingsReader(
            configuration: ["epochs": JSONValue(demo.epochs), "seed": JSONValue(demo.seed), "batch-size": 8], path: "demo")
        let settings = try TrainSettings(reader)
        var configuration = TaggerConfiguration()
        configuration.encoder.lowercases = true
        configuration.encoder.characterEmbeddingSize = 24
        configuration.encoder.caseSize = 8
        configuration.encoder.dropout = 0.3
        configuration.loss = .crf
        let model = try Tagger(configuration, for: training, seed: settings.options.seed)
        let json = model.configuration.json.adding(settings.json)
        let folder = try demo.makeFolder(json)
        try model.writeVocabularies(to: folder)
        let task = try TaggerTask(
            model, training: training, development: development, batchSize: settings.batchSize, seed: settings.options.seed)
        console.print(
            "An LSTM reads each address from both ends, another the letters of each word; a conditional random field chooses the "
                + "tags. \(grouped(model.parameters.scalarCount)) parameters:")
        try demo.train(task, settings, json, in: folder, metric: "accuracy", unit: "word")

        let best = try Tagger(folder)
        console.print("")
        console.print(
            "test accuracy \(percentText(try best.evaluate(test).spans.accuracy)) of the words; counting has \(percentText(baseline))"
        )
        show(best)
        demo.finish(
            since: start,
            [
                "echo \"12 Elm Street Springfield IL 62701\" | elman predict \(demo.output)",
                "elman train tag train.conll --dev dev.conll -o runs/mine --loss crf --character-embedding 24",
                "elman evaluate runs/mine test.conll --errors 10",
            ])
    }

    private func texts(_ part: String) throws -> TaggedTexts {
        let name = "address-tags/\(part).txt"
        return try TaggedTexts(text: demo.text(name), name: name, options: TagReadingOptions(format: .wordTags))
    }

    /// The share of words that get their tag where each word gets the one it has most often in training, an unknown word the most
    /// frequent of all.
    private func mostFrequentTagAccuracy(_ training: TaggedTexts, _ test: TaggedTexts) -> Double {
        let tags = training.tagVocabulary(), indices = training.tagIndices(in: tags)
        var counts: [String: [Int]] = [:]
        var all = [Int](repeating: 0, count: tags.count)
        for sentence in 0..<training.count {
            for (word, tag) in zip(training.words.tokens(of: sentence), indices[sentence]) {
                counts[word, default: [Int](repeating: 0, count: tags.count)][Int(tag)] += 1
                all[Int(tag)] += 1
            }
        }
        let gold = test.tagIndices(in: tags)
        var correct = 0
        for sentence in 0..<test.count {
            for (word, tag) in zip(test.words.tokens(of: sentence), gold[sentence]) {
                let counts = counts[word] ?? all
                let best = counts.indices.reduce(0) { counts[$1] > counts[$0] ? $1 : $0 }
                correct += best == Int(tag) ? 1 : 0
            }
        }
        return Double(correct) / Double(max(test.words.types.count, 1))
    }

    private func show(_ model: Tagger) {
        console.print("An address that it has not seen:")
        let words = ["221", "West", "Baker", "St.", "Apt", "4B", "Austin,", "TX", "78704"]
        let tags = model.tags(of: [words])[0]
        for line in alignedColumns(zip(words, tags).map { [$0, $1] }) { console.print("  " + line) }
        console.print("")
    }
}

import Elman

/// `elman demo lm`: an LSTM learns eight plays of Shakespeare and is held against n-gram models.
struct LanguageModelDemo {
    let output: String
    let epochs: Int
    let seed: Int
    let console: Console

    func run() throws {
        guard let text = EmbeddedText.bytes("shakespeare.txt") else {
            throw ProgramError(.internalFault, "the program was built without its texts")
        }
        let start = monotonicSeconds()
        let split = try ShakespeareTokens.split(text)
        let vocabulary = split.train.vocabulary(minimumCount: 2)
        let training = try split.train.encoded(with: vocabulary)
        let development = try split.dev.encoded(with: vocabulary)
        let test = try split.test.encoded(with: vocabulary)
        describe(training, test, vocabulary)
        let baseline = showBaselines(training, test, vocabulary)

        let settings = try settings()
        let folder = try RunFolder.create(output, force: true)
        try vocabulary.write(to: folder.vocabularyPath)
        try folder.write(configuration: settings.json, programVersion: elmanVersion)
        let model = try LanguageModel(settings.model, vocabulary: vocabulary, seed: UInt64(seed))
        let task = LanguageModelTask(
            model, training: training, development: development, batches: settings.batches, seed: UInt64(seed))
        let loop = try RunTraining.makeLoop(task, settings.training, configuration: settings.json, folder)
        try train(loop)
        try RunReport.write(folder)

        let best = try LanguageModel(folder)
        var scorer = LanguageModelScorer(best)
        let perplexity = scorer.metrics(of: test).perplexity
        console.print("")
        console.print("held-out perplexity \(fixed(perplexity, 1)); the best n-gram model has \(fixed(baseline, 1))")
        try showSamples(best)
        console.print("\(fixed(monotonicSeconds() - start, 0)) seconds in all. The run is in \(output). Try next:")
        console.print("  elman generate \(output) --prompt \"my lord ,\" --temperature 0.8 --length 60")
        console.print("  echo \"to be , or not to be : that is the question :\" | elman score \(output) - --per-token")
        console.print("  elman inspect \(output)")
        console.print("  elman train lm YOUR.txt -o runs/mine --unit char --bptt 100 --hidden 256")
    }

    /// A tied LSTM with dropout on one stream, the rate falling to zero: good after three passes, better after twelve.
    private func settings() throws -> LanguageModelSettings {
        let flags: JSONObject = [
            "cell": "lstm", "embedding": 200, "hidden": 200, "tie-embeddings": true, "dropout": 0.35, "min-count": 2,
            "bptt": 35, "batch-size": 20, "optimizer": "adam", "learning-rate": 0.004, "schedule": "linear", "clip": 5,
            "epochs": JSONValue(epochs), "seed": JSONValue(seed),
        ]
        return try LanguageModelSettings(SettingsReader(configuration: flags, path: "demo"))
    }

    private func describe(_ training: EncodedCorpus, _ test: EncodedCorpus, _ vocabulary: Vocabulary) {
        console.print("Eight plays of Shakespeare, words and punctuation, in lower case.")
        let unknown = test.tokens.count { Int($0) == vocabulary.unknown }
        console.print(
            "  training \(counted(training.sentenceCount, "line")), \(counted(training.tokens.count, "token")); test "
                + "\(counted(test.tokens.count, "token")), \(fixed(100 * Double(unknown) / Double(test.tokens.count), 1)) % unknown; "
                + "vocabulary \(grouped(vocabulary.count))")
    }

    /// The perplexities of n-gram models on the test part; the best of them.
    private func showBaselines(_ training: EncodedCorpus, _ test: EncodedCorpus, _ vocabulary: Vocabulary) -> Double {
        let perplexities = [2, 3].map { order in
            KneserNey(training: training, vocabularySize: vocabulary.count, order: order).evaluate(test).perplexity
        }
        console.print(
            "  what counting reaches (Kneser-Ney, test perplexity): bigrams \(fixed(perplexities[0], 1)), trigrams "
                + "\(fixed(perplexities[1], 1))")
        return perplexities.min() ?? .infinity
    }

    private func train(_ loop: TrainingLoop) throws {
        let settings = loop.task.parameters.scalarCount
        console.print("An LSTM of 200 units that shares its embeddings with the output, \(grouped(settings)) parameters, learns:")
        Console.output.flush()
        Signals.install()
        defer { Signals.restore() }
        let display = TrainingDisplay(console: console, metricName: "dev perplexity", unit: "word")
        loop.handler = { event in
            display.show(event)
            return Signals.stop == nil ? .proceed : .stop
        }
        let end = try loop.run()
        display.finish()
        if end == .stopped, let stop = Signals.stop { throw ExitWithStatus(status: stop.status) }
    }

    private func showSamples(_ model: LanguageModel) throws {
        let writer = Detokenizer(capitalizes: true)
        console.print("What it writes by itself:")
        for number in 0..<3 {
            let options = GenerationOptions(length: 45, temperature: 0.8, seed: UInt64(seed * 100 + number))
            let tokens = try model.generate(after: [], options)
            console.print("")
            for line in tokens.split(separator: model.boundary).dropLast() {
                console.print("    " + writer.text(of: line.map { model.vocabulary[Int($0)] }))
            }
        }
        console.print("")
    }
}

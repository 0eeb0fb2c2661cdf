import Elman

/// `elman demo lm`: an LSTM learns eight plays of Shakespeare and is held against n-gram models.
struct LanguageModelDemo {
    let demo: DemoRun
    private var console: Console { demo.console }

    func run() throws {
        let start = monotonicSeconds()
        let split = try ShakespeareTokens.split(demo.text("shakespeare.txt"))
        let vocabulary = split.train.vocabulary(minimumCount: 2)
        let training = try split.train.encoded(with: vocabulary)
        let development = try split.dev.encoded(with: vocabulary)
        let test = try split.test.encoded(with: vocabulary)
        describe(training, test, vocabulary)
        let baseline = showBaselines(training, test, vocabulary)

        let settings = try settings()
        let seed = settings.training.options.seed
        let folder = try demo.makeFolder(settings.json)
        try vocabulary.write(to: folder.vocabularyPath)
        let model = try LanguageModel(settings.model, vocabulary: vocabulary, seed: seed)
        let task = LanguageModelTask(
            model, training: training, development: development, batches: settings.batches, seed: seed)
        let count = grouped(model.parameters.scalarCount)
        console.print("An LSTM of 200 units that shares its embeddings with the output, \(count) parameters, learns:")
        try demo.train(task, settings.training, settings.json, in: folder, metric: "perplexity", unit: "word")

        let best = try LanguageModel(folder)
        var scorer = LanguageModelScorer(best)
        let perplexity = scorer.metrics(of: test).perplexity
        console.print("")
        console.print("held-out perplexity \(fixed(perplexity, 1)); the best n-gram model has \(fixed(baseline, 1))")
        try showSamples(best)
        demo.finish(
            since: start,
            [
                "elman generate \(demo.output) --prompt \"my lord ,\" --temperature 0.8 --length 60",
                "echo \"to be , or not to be : that is the question :\" | elman score \(demo.output) - --per-token",
                "elman inspect \(demo.output)", "elman train lm YOUR.txt -o runs/mine --unit char --bptt 100 --hidden 256",
            ])
    }

    /// A tied LSTM with dropout on one stream, the rate falling to zero: good after three passes, better after twelve.
    private func settings() throws -> LanguageModelSettings {
        let flags: JSONObject = [
            "cell": "lstm", "embedding": 200, "hidden": 200, "tie-embeddings": true, "dropout": 0.35, "min-count": 2,
            "bptt": 35, "batch-size": 20, "optimizer": "adam", "learning-rate": 0.004, "schedule": "linear", "clip": 5,
            "epochs": JSONValue(demo.epochs), "seed": JSONValue(demo.seed),
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

    private func showSamples(_ model: LanguageModel) throws {
        let writer = Detokenizer(capitalizes: true)
        console.print("What it writes by itself:")
        for number in 0..<3 {
            let options = GenerationOptions(length: 45, temperature: 0.8, seed: UInt64(demo.seed * 100 + number))
            let tokens = try model.generate(after: [], options)
            console.print("")
            for line in tokens.split(separator: model.boundary).dropLast() {
                console.print("    " + writer.text(of: line.map { model.vocabulary[Int($0)] }))
            }
        }
        console.print("")
    }
}

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

/// Numbers below a million in words.
enum NumberWords {
    private static let small = [
        "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen",
        "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
    ]
    private static let tens = ["", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]

    /// `402` is `four hundred two`.
    static func words(_ number: Int) -> String {
        if number >= 1000 {
            return words(number / 1000) + " thousand" + (number % 1000 > 0 ? " " + words(number % 1000) : "")
        }
        if number >= 100 {
            return small[number / 100] + " hundred" + (number % 100 > 0 ? " " + words(number % 100) : "")
        }
        if number >= 20 { return tens[number / 10] + (number % 10 > 0 ? " " + small[number % 10] : "") }
        return small[number]
    }

    /// Different numbers in an order that follows from the seed: short ones as likely as long ones.
    static func shuffled(seed: UInt64, count: Int = 7300) -> [Int] {
        var random = RandomGenerator(seed: seed)
        var seen = Set<Int>(), numbers: [Int] = []
        while numbers.count < count {
            let limit = [100, 1000, 10_000, 100_000, 1_000_000][random.integer(below: 5)]
            let number = random.integer(below: limit)
            if seen.insert(number).inserted { numbers.append(number) }
        }
        return numbers
    }
}

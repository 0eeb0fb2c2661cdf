import Elman
import Testing

/// What counting reaches, which a language model is shown beside.
@Suite struct BaselineTests {
    @Test(arguments: ["word", "char"]) func aLanguageModelIsShownBesideCountedNGrams(unit: String) throws {
        let folder = TemporaryFolder()
        let line = "the owl cries and the king sleeps\n"
        try folder.write(String(repeating: line, count: 40), to: "train.txt")
        try folder.write(line + "the king cries and the owl sleeps\n", to: "dev.txt")
        let outcome = try Program.run(
            ["train", "lm", "train.txt", "--dev", "dev.txt", "-o", "run", "--epochs", "1", "--unit", unit] + TrainedRun.small,
            in: folder)
        #expect(outcome.status == 0)
        let order = unit == "word" ? 3 : 6
        #expect(outcome.errors.contains("to beat: \(order)-grams, counted, dev perplexity"))
        let configuration = try JSONValue(parsing: folder.text("run/config.json"))
        let baseline = try #require(configuration["_baseline"])
        #expect(baseline["key"]?.asString == "dev_perplexity")

        let options = ReadingOptions(unit: unit == "word" ? .word : .char)
        let training = try TextCorpus(reading: [folder.path + "/train.txt"], options: options)
        let vocabulary = training.vocabulary(minimumCount: 1, maximumSize: .max)
        let expected = try KneserNey(
            training: training.encoded(with: vocabulary), vocabularySize: vocabulary.count, order: order
        ).evaluate(TextCorpus(reading: [folder.path + "/dev.txt"], options: options).encoded(with: vocabulary)).perplexity
        #expect(baseline["value"]?.asDouble == expected)
        let page = folder.text("run/report.html")
        #expect(page.contains("\(order)-grams, counted: dev perplexity"))
    }
}

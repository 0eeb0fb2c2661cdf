import Elman
import Testing

/// Every task from training to prediction, by the program alone.
@Suite struct TaskTests {
    /// A task with data that it learns within moments.
    struct Sample: Sendable, CustomTestStringConvertible {
        let task: String
        let training: String
        var flags: [String] = []
        /// What evaluation says under `--json`, and the value at least.
        let key: String
        let least: Double
        let input: String
        /// What `predict` makes of the input.
        let prediction: String
        /// Keys of `--json`, in order.
        let keys: [String]

        var testDescription: String { task }
    }

    static let samples = [
        Sample(
            task: "classify", training: repeated("good ||| what a fine film\nbad ||| what a dull film\n", 15),
            key: "accuracy", least: 1, input: "a fine film\na dull film\n", prediction: "good\nbad\n",
            keys: ["task", "examples", "accuracy", "macro_f1", "per_class"]),
        Sample(
            task: "tag", training: repeated("anna|B-PER kern|I-PER sees|O oslo|B-LOC\n", 30), key: "span_f1", least: 1,
            input: "anna|O kern|O sees|O oslo|O\n", prediction: "anna|B-PER kern|I-PER sees|O oslo|B-LOC\n",
            keys: ["task", "sentences", "tokens", "accuracy", "span_f1", "span_rule"]),
        Sample(
            task: "seq2seq", training: repeated("one two\t1 2\ntwo one\t2 1\n", 15), flags: ["--attention", "mlp"],
            key: "exact_match", least: 1, input: "two one\none two\n", prediction: "2 1\n1 2\n",
            keys: ["task", "sentences", "tokens", "perplexity", "bleu", "signature", "exact_match"]),
        Sample(
            task: "tree", training: repeated("(1 (0 a) (1 b))\n(0 (1 b) (0 a))\n", 15),
            flags: ["--embedding", "16", "--hidden", "16"], key: "root_accuracy", least: 1, input: "(0 (0 a) (0 b))\n",
            prediction: "(1 (0 a) (1 b))\n", keys: ["task", "trees", "root_accuracy", "node_accuracy"]),
        Sample(
            task: "parse", training: repeated(sentence(heads: [2, 0, 2]), 20),
            flags: ["--hidden", "16", "--layers", "1", "--arc-hidden", "16", "--label-hidden", "8", "--dropout", "0"],
            key: "las", least: 1, input: sentence(heads: [0, 1, 1]), prediction: sentence(heads: [2, 0, 2]),
            keys: ["task", "sentences", "tokens", "uas", "las"]),
    ]

    private static func repeated(_ text: String, _ count: Int) -> String { String(repeating: text, count: count) }

    /// A sentence of three words in CoNLL-U.
    private static func sentence(heads: [Int]) -> String {
        let words = ["cats", "see", "dogs"], tags = ["NOUN", "VERB", "NOUN"]
        let lines = heads.enumerated().map { place, head in
            let relation = head == 0 ? "root" : place == 0 ? "nsubj" : "obj"
            return "\(place + 1)\t\(words[place])\t_\t\(tags[place])\t_\t_\t\(head)\t\(relation)\t_\t_\n"
        }
        return lines.joined() + "\n"
    }

    private func train(_ sample: Sample, epochs: Int, to run: String, in folder: TemporaryFolder) throws {
        let arguments =
            ["train", sample.task, "train", "--dev", "train", "-o", run, "--epochs", "\(epochs)", "--batch-size", "4"]
            + ["--learning-rate", "0.02", "--threads", "1"] + sample.flags
        let outcome = try Program.run(arguments, in: folder)
        #expect(outcome.status == 0, "\(outcome.transcript)")
    }

    @Test(arguments: samples) func whatIsLearntIsMeasuredAndPredicted(_ sample: Sample) throws {
        let folder = TemporaryFolder()
        try folder.write(sample.training, to: "train")
        try train(sample, epochs: 6, to: "run", in: folder)

        let measured = try Program.run(["evaluate", "run", "train", "--json"], in: folder)
        #expect(measured.status == 0, "\(measured.transcript)")
        let object = try #require(try JSONValue(parsing: Array(measured.output.utf8), path: "-").asObject)
        #expect(object["task"]?.asString == sample.task)
        for key in sample.keys { #expect(object[key] != nil, "\(key) is missing in \(measured.output)") }
        #expect(try #require(object[sample.key]?.asDouble) >= sample.least)
        #expect(try Program.run(["evaluate", "run", "train"], in: folder).lines.count >= 3)

        let format = sample.task == "classify" ? ["--format", "text"] : []
        try folder.write(sample.input, to: "input")
        let predicted = try Program.run(["predict", "run", "input"] + format, in: folder)
        #expect(predicted.output == sample.prediction, "\(predicted.transcript)")
        let piped = try Program.run(["predict", "run"] + format, in: folder, input: sample.input)
        #expect(piped.output == sample.prediction, "\(piped.transcript)")
    }

    /// A run that is continued ends with the same weights as one that was not interrupted.
    @Test(arguments: samples) func aContinuedRunEndsWithTheSameBits(_ sample: Sample) throws {
        let folder = TemporaryFolder()
        try folder.write(sample.training, to: "train")
        try train(sample, epochs: 3, to: "whole", in: folder)
        try train(sample, epochs: 1, to: "parts", in: folder)
        let outcome = try Program.run(["train", "--resume", "parts", "--epochs", "3", "--threads", "2"], in: folder)
        #expect(outcome.status == 0, "\(outcome.transcript)")
        #expect(folder.has("parts/model.safetensors"))
        #expect(folder.bytes("whole/model.safetensors") == folder.bytes("parts/model.safetensors"))
    }

    @Test func sentencesAreFoundInAnIndex() throws {
        let folder = TemporaryFolder()
        let pairs = [("eins", "one"), ("zwei", "two"), ("drei", "three"), ("vier", "four"), ("acht", "eight")]
        try folder.write(Self.repeated(pairs.map { "\($0)\t\($1)\n" }.joined(), 8), to: "train")
        try folder.write(pairs.map { "\($1)\n" }.joined(), to: "sentences")
        let trained = try Program.run(
            ["train", "retrieve", "train", "--dev", "train", "-o", "run", "--epochs", "10", "--batch-size", "4"], in: folder)
        #expect(trained.status == 0, "\(trained.transcript)")
        let indexed = try Program.run(["search", "run", "index", "sentences", "-o", "index"], in: folder)
        #expect(indexed.status == 0, "\(indexed.transcript)")
        let found = try Program.run(["search", "run", "query", "index", "--count", "1"], in: folder, input: "drei\nacht\n")
        #expect(found.lines.compactMap { $0.split(separator: "\t").last } == ["three", "eight"], "\(found.transcript)")
        let measured = try Program.run(["evaluate", "run", "train", "--json"], in: folder)
        for key in ["recall@1", "recall@5", "recall@10", "mrr"] { #expect(measured.output.contains("\"\(key)\"")) }
    }

    @Test func flagsOfOtherTasksAreRefused() throws {
        let folder = TemporaryFolder()
        try folder.write("a ||| b\n", to: "train")
        let outcome = try Program.run(["train", "classify", "train", "-o", "run", "--bptt", "5"], in: folder)
        #expect(outcome.status == 64 && outcome.errors.contains("--bptt has no meaning for task classify"))
        #expect(try folder.names() == ["train"])
    }

    @Test(arguments: [
        ("classify", "no label here\n", 1), ("tag", "word\n", 1), ("seq2seq", "a\tb\nno tab\n", 2), ("tree", "(1 a\n", 1),
        ("parse", "1\ta\t_\tX\t_\t_\t9\troot\t_\t_\n\n", 1),
    ])
    func badLinesAreNamed(task: String, text: String, line: Int) throws {
        let folder = TemporaryFolder()
        try folder.write(text, to: "train")
        let outcome = try Program.run(["train", task, "train", "-o", "run"], in: folder)
        #expect(outcome.status == 65, "\(outcome.transcript)")
        #expect(outcome.errors.contains("train:\(line)"), "\(outcome.transcript)")
    }
}

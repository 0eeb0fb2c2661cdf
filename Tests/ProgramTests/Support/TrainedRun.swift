import Foundation
import Testing

/// Small runs that are trained once and only read by tests.
enum TrainedRun {
    /// Settings of a model that trains in a blink.
    static let small = ["--embedding", "6", "--hidden", "8", "--batch-size", "8", "--learning-rate", "0.01"]

    /// Words, sentence by sentence: `run` in a folder with its texts `train.txt` and `dev.txt`.
    static let words = Result { try make(small + ["--epochs", "2"]) }
    /// Words as a stream.
    static let stream = Result { try make(small + ["--epochs", "1", "--bptt", "5"]) }
    /// Characters as a stream.
    static let characters = Result { try make(small + ["--epochs", "1", "--unit", "char", "--bptt", "20"]) }

    private static func make(_ settings: [String]) throws -> TemporaryFolder {
        let folder = try texts()
        folder.removeAtExit()
        let outcome = try Program.run(["train", "lm", "train.txt", "--dev", "dev.txt", "-o", "run"] + settings, in: folder)
        try #require(outcome.status == 0, "\(outcome.transcript)")
        return folder
    }

    /// A folder with the texts.
    static func texts(sentences: Int = 60) throws -> TemporaryFolder {
        let folder = TemporaryFolder()
        try folder.write(SampleText.sentences(sentences), to: "train.txt")
        try folder.write(SampleText.sentences(15, from: 1000), to: "dev.txt")
        return folder
    }

    /// A folder with a copy of the run on words, to be spoilt.
    static func copy() throws -> TemporaryFolder {
        let source = try words.get(), folder = TemporaryFolder()
        for name in ["run", "train.txt", "dev.txt"] {
            try FileManager.default.copyItem(atPath: source[name], toPath: folder[name])
        }
        return folder
    }
}

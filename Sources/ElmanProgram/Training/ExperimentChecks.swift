import Elman

/// What is about to be misread: figures on texts that a model was trained on or chosen by.
enum ExperimentChecks {
    /// Files beyond this size are not compared line by line.
    private static let mostBytes = 200_000_000
    /// Shorter lines repeat themselves in any text.
    private static let fewestWords = 5

    /// Of the texts of a training that is about to begin.
    static func beforeTraining(_ sources: TrainingSources) -> [String] {
        guard let development = sources.development else { return [] }
        if sources.training.contains(where: { isSame($0, development) }) {
            return ["\(printable(development)) is trained on too: its figure says nothing about other texts"]
        }
        var warnings: [String] = []
        if isNamedTest(development) {
            warnings.append(
                "\(printable(development)) is the text by which the best model is chosen (--dev): its figure will be too good to "
                    + "report as a test's; choose by another text")
        }
        if let shared = shareOfKnownLines(development, sources.training), shared.count >= 5, shared.share > 0.2 {
            warnings.append(
                "\(percentText(shared.share)) of the longer lines of \(printable(development)) are in the training text too: its "
                    + "figure will be too good")
        }
        return warnings
    }

    /// Of files that a trained model is measured on.
    static func ofEvaluation(_ files: [String], _ folder: RunFolder) -> [String] {
        // A model that was trained by a program of one's own need not say on what.
        guard let sources = try? TrainingSources(json: try folder.readConfiguration(), path: folder.configurationPath) else {
            return []
        }
        return files.compactMap { file in
            if sources.training.contains(where: { isSame($0, file) }) {
                return "the model was trained on \(printable(file)): its figure says nothing about other texts"
            }
            if let development = sources.development, isSame(development, file) {
                return "the model was chosen by \(printable(file)): its figure is a little too good; report that of another text"
            }
            return nil
        }
    }

    private static func isNamedTest(_ path: String) -> Bool {
        let name = FileSystem.name(of: path).lowercased()
        return name.hasPrefix("test.") || name.contains(".test") || name.contains("-test") || name.contains("_test")
    }

    /// Whether two files have the same contents.
    private static func isSame(_ first: String, _ second: String) -> Bool {
        guard first != "-", second != "-", let size = FileSystem.size(of: first), size == FileSystem.size(of: second), size > 0,
            size < mostBytes
        else { return false }
        if first == second { return true }
        guard let left = try? FileSystem.readFile(first), let right = try? FileSystem.readFile(second) else { return false }
        return left == right
    }

    /// How many of the longer lines of a file are among those of others; nil where the files cannot be compared.
    private static func shareOfKnownLines(_ file: String, _ others: [String]) -> (count: Int, share: Double)? {
        guard ([file] + others).allSatisfy({ $0 != "-" && FileSystem.size(of: $0) ?? .max < mostBytes }) else { return nil }
        guard let lines = try? longLines(file), !lines.isEmpty else { return nil }
        let asked = Set(lines)
        var known: Set<[UInt8]> = []
        for other in others {
            guard let lines = try? longLines(other) else { return nil }
            for line in lines where asked.contains(line) { known.insert(line) }
        }
        let count = lines.count { known.contains($0) }
        return (count, Double(count) / Double(lines.count))
    }

    private static func longLines(_ path: String) throws -> [[UInt8]] {
        let bytes = try FileSystem.readFile(path)
        return bytes.split(separator: UInt8(ascii: "\n")).compactMap { line in
            line.count(where: { $0 == UInt8(ascii: " ") }) + 1 >= fewestWords ? Array(line) : nil
        }
    }
}

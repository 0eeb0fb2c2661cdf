import Elman

/// What trained models are measured on, files or two files of pairs, and how.
struct EvaluatedFiles: Equatable {
    var files: [String] = []
    var pair: PairedFiles?
    var options = MeasuringOptions()

    /// All files.
    var names: [String] { files + (pair.map { [$0.source, $0.target] } ?? []) }

    /// As `elman evaluate` takes them.
    var arguments: [String] { files + (pair.map { ["--source", $0.source, "--target", $0.target] } ?? []) + options.arguments }

    /// What tells results apart: the files, and the options that are not the usual ones.
    var identity: [String] { names + options.arguments }

    var request: EvaluationRequest { EvaluationRequest(files: files, pair: pair, options: options) }

    /// For people.
    var text: String {
        let options = options.arguments
        return names.map { printable($0) }.joined(separator: ", ")
            + (options.isEmpty ? "" : " with \(options.map { printable($0) }.joined(separator: " "))")
    }

    /// Throws for a file that is not there, and for standard input, which can be read once only.
    static func check(_ names: [String]) throws {
        for name in names {
            if name == "-" {
                throw ProgramError(
                    .usage, "standard input can be read once only, and here files are read many times; save it to a file")
            }
            guard FileSystem.exists(name) else {
                throw DataError(.missingInput, path: name, "there is no such file; check the path")
            }
        }
    }
}

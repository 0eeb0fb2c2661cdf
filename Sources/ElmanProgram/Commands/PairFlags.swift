import ArgumentParser
import Elman

/// Two files of equal line count.
struct PairFlags: ParsableArguments {
    @Option(help: ArgumentHelp("Pairs: the file of sources.", valueName: "file")) var source: String?
    @Option(help: ArgumentHelp("Pairs: the file of targets.", valueName: "file")) var target: String?

    /// The files; nil where none is named.
    func files() throws -> PairedFiles? { try Self.pair(source, target, named: "") }

    /// Two files where both are named; throws where one is. `prefix`: what stands before `source` and `target` in the options.
    static func pair(_ source: String?, _ target: String?, named prefix: String) throws -> PairedFiles? {
        guard let source, let target else {
            guard source == nil, target == nil else {
                throw ProgramError(.usage, "--\(prefix)source and --\(prefix)target belong together; give both")
            }
            return nil
        }
        return PairedFiles(source: source, target: target)
    }
}

/// The pairs of a training and those to evaluate on.
struct TrainingPairFlags: ParsableArguments {
    @OptionGroup var training: PairFlags
    @Option(help: ArgumentHelp("Pairs to evaluate on: the file of sources.", valueName: "file")) var devSource: String?
    @Option(help: ArgumentHelp("Pairs to evaluate on: the file of targets.", valueName: "file")) var devTarget: String?

    /// What to evaluate on; nil where nothing is named.
    func development() throws -> PairedFiles? { try PairFlags.pair(devSource, devTarget, named: "dev-") }

    /// With files that are not pairs.
    func sources(training files: [String], development: String?) throws -> TrainingSources {
        TrainingSources(
            training: files, development: development, pair: try training.files(), developmentPair: try self.development())
    }
}

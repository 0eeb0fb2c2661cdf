import ArgumentParser
import Elman

/// `elman make-data`.
struct MakeDataCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "make-data", abstract: "Make the data of an experiment by rules, from a seed.",
        discussion: """
            Kinds, and what can be set of each (its usual value):

            \(kindLines.joined(separator: "\n"))

            The folder gets texts to train, develop and test on, pairs.tsv for elman pairs where a kind has pairs, and \
            rules.txt: the rules, where they come from, and the commands to train.
            """)

    private static var kindLines: [String] {
        TextGenerators.all.flatMap { ["\($0.kind): \($0.summary)"] + $0.optionLines.map { "    " + $0 } + [""] }.dropLast()
    }

    @Argument(help: "What to make.") var kind: String
    @Option(
        name: [.customShort("o"), .long], help: ArgumentHelp("Folder for the files.", valueName: "folder"), completion: .directory
    )
    var output: String
    @Option(help: ArgumentHelp("Lines to train on; a tenth as many to develop and to test on (10000).", valueName: "n"))
    var count = 10_000
    @Option(help: "Seed of the draws.") var seed = 1
    @Flag(help: "Overwrite data that are in the folder.") var force = false
    @OptionGroup(title: "Kinds") var flags: GeneratorFlags
    @OptionGroup var common: CommonFlags

    func validate() throws {
        guard seed >= 0 else { throw ValidationError("--seed is \(seed); give 0 or a positive number") }
    }

    func run() throws {
        let console = common.start()
        let files = try files()
        try prepareFolder()
        for file in files {
            let path = FileSystem.join(output, file.name)
            try AtomicFile.write(file.text, to: path)
            console.note("wrote \(printable(path)): \(grouped(file.lines.count)) lines")
        }
    }

    /// What is to be written. Settings that are wrong are wrong usage.
    private func files() throws -> [GeneratedFile] {
        guard let type = TextGenerators.named(kind) else {
            throw ProgramError(
                .usage, "there is no kind '\(kind)'\(suggestion(for: kind, among: TextGenerators.all.map { $0.kind }))")
        }
        var generator: any TextGenerator = type.init()
        let files: [GeneratedFile]
        do {
            for (name, value) in flags.given { try generator.set(name, to: value) }
            files = try generator.generate(count: count, seed: UInt64(seed))
        } catch {
            guard error.kind == .configuration else { throw error }
            throw ProgramError(.usage, error.message)
        }
        if let pairs = flags.pairs, pairs > 0, !files.contains(where: { $0.name == "pairs.tsv" }) {
            throw ProgramError(.usage, "--pairs has no meaning for \(generator.commandLine); leave it out")
        }
        return files
    }

    /// Makes the folder, or takes away what another call has put into it.
    private func prepareFolder() throws {
        guard !output.isEmpty else { throw ProgramError(.usage, "the folder has no name; give one with -o") }
        try FileSystem.createDirectory(output)
        if !force, try !FileSystem.list(output).isEmpty {
            throw DataError(.cannotCreate, path: output, "is not empty; choose another folder, or overwrite it with --force")
        }
        try FileSystem.checkWritable(folder: output)
        for name in TextGenerators.fileNames { try FileSystem.remove(FileSystem.join(output, name)) }
    }
}

/// The settings of all kinds; each kind takes some of them.
struct GeneratorFlags: ParsableArguments {
    @Option(help: ArgumentHelp("Most words that mislead in a pair.", valueName: "n")) var attractors: Int?
    @Option(help: ArgumentHelp("Most words that mislead in the texts.", valueName: "n")) var trainAttractors: Int?
    @Option(help: ArgumentHelp("Most adverbs before a verb.", valueName: "n")) var adverbs: Int?
    @Option(help: ArgumentHelp("Deepest nesting.", valueName: "n")) var depth: Int?
    @Option(help: ArgumentHelp("Deepest nesting in the texts.", valueName: "n")) var trainDepth: Int?
    @Option(help: ArgumentHelp("Minimal pairs.", valueName: "n")) var pairs: Int?
    @Option(help: ArgumentHelp("Kinds of brackets.", valueName: "n")) var kinds: Int?
    @Option(help: ArgumentHelp("Numbers are below this.", valueName: "n")) var limit: Int?
    @Option(help: ArgumentHelp("Different symbols.", valueName: "n")) var symbols: Int?
    @Option(help: ArgumentHelp("Tokens of a line.", valueName: "n")) var length: Int?
    @Option(help: ArgumentHelp("Fewest tokens of a line.", valueName: "n")) var minLength: Int?
    @Option(help: ArgumentHelp("Most tokens of a line.", valueName: "n")) var maxLength: Int?
    @Option(help: ArgumentHelp("Tokens over which to remember.", valueName: "n")) var distance: Int?
    @Flag(help: "Turn sequences round.") var reverse = false
    @Flag(help: "Lines for classify where a kind has texts.") var classify = false
    @Flag(help: "Texts where a kind has lines for classify.") var text = false

    /// What was given, by name.
    var given: [(name: String, value: Int)] {
        let numbers = [
            ("attractors", attractors), ("train-attractors", trainAttractors), ("adverbs", adverbs), ("depth", depth),
            ("train-depth", trainDepth), ("pairs", pairs), ("kinds", kinds), ("limit", limit), ("symbols", symbols),
            ("length", length), ("min-length", minLength), ("max-length", maxLength), ("distance", distance),
        ]
        let flags = [("reverse", reverse), ("classify", classify), ("text", text)]
        return numbers.compactMap { name, value in value.map { (name, $0) } } + flags.filter(\.1).map { ($0.0, 1) }
    }
}

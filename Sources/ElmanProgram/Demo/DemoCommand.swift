import ArgumentParser
import CElmanTexts
import Elman

/// `elman demo`.
struct DemoCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "demo", abstract: "A small real job on data inside the program; under a minute.",
        discussion: Demo.allCases.map { "\($0.rawValue): \($0.summary)." }.joined(separator: "\n"))

    @Argument(help: ArgumentHelp("\(Demo.allCases.map(\.rawValue).joined(separator: ", ")).")) var task = "lm"
    @Option(
        name: [.customShort("o"), .long],
        help: ArgumentHelp("Folder for the run; an earlier demo in it is overwritten (runs/demo-TASK).", valueName: "run"))
    var output: String?
    @Option(help: ArgumentHelp("Passes over the text (as many as fit in a minute).", valueName: "n")) var epochs: Int?
    @Option(help: "Seed of everything random.") var seed = 1
    @OptionGroup var common: CommonFlags

    func validate() throws {
        if let epochs, !(1...1000).contains(epochs) { throw ValidationError("--epochs is \(epochs); give 1 to 1000") }
        guard seed >= 0 else { throw ValidationError("--seed is \(seed); give 0 or a positive number") }
    }

    func run() throws {
        let console = common.start()
        guard let demo = Demo(rawValue: task) else {
            let names = Demo.allCases.map(\.rawValue)
            throw ProgramError(.usage, "there is no demo '\(task)'\(suggestion(for: task, among: names))")
        }
        try demo.run(
            DemoRun(
                output: output ?? "runs/demo-\(task)", epochs: epochs ?? demo.epochs, seed: seed, console: console))
    }
}

/// The demos.
enum Demo: String, CaseIterable {
    case lm, classify, tag, seq2seq

    /// What it does, in a few words.
    var summary: String {
        switch self {
        case .lm: "a language model of eight plays of Shakespeare"
        case .classify: "of what sort the things are that glosses of a dictionary describe"
        case .tag: "the parts of addresses"
        case .seq2seq: "numbers from words to digits"
        }
    }

    /// Passes over the text.
    var epochs: Int {
        switch self {
        case .lm: 3
        case .classify: 8
        case .tag: 12
        case .seq2seq: 5
        }
    }

    func run(_ demo: DemoRun) throws {
        switch self {
        case .lm: try LanguageModelDemo(demo: demo).run()
        case .classify: try ClassifyDemo(demo: demo).run()
        case .tag: try TagDemo(demo: demo).run()
        case .seq2seq: try TranslationDemo(demo: demo).run()
        }
    }
}

/// The texts inside the program.
enum EmbeddedText {
    /// The bytes of a text by its name; nil where there is none.
    static func bytes(_ name: String) -> [UInt8]? {
        var index: Int32 = 0
        while let known = elman_text_name(index) {
            if String(cString: known) == name {
                var count = 0
                guard let bytes = elman_text_bytes(index, &count) else { return nil }
                return [UInt8](UnsafeBufferPointer(start: bytes, count: count))
            }
            index += 1
        }
        return nil
    }
}

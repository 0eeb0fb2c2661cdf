import ArgumentParser
import CElmanTexts
import Elman

/// `elman demo`.
struct DemoCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "demo", abstract: "A small real job on data inside the program; under a minute.",
        discussion: "lm: a language model of eight plays of Shakespeare.")

    @Argument(help: "lm.") var task = "lm"
    @Option(name: [.customShort("o"), .long], help: "Folder for the run; an earlier demo in it is overwritten.")
    var output = "runs/demo-lm"
    @Option(help: "Passes over the text.") var epochs = 3
    @Option(help: "Seed of everything random.") var seed = 1
    @OptionGroup var common: CommonFlags

    func validate() throws {
        guard (1...1000).contains(epochs) else { throw ValidationError("--epochs is \(epochs); give 1 to 1000") }
        guard seed >= 0 else { throw ValidationError("--seed is \(seed); give 0 or a positive number") }
    }

    func run() throws {
        let console = common.start()
        guard task == "lm" else {
            throw ProgramError(.usage, "there is no demo '\(task)'\(suggestion(for: task, among: ["lm"]))")
        }
        try LanguageModelDemo(output: output, epochs: epochs, seed: seed, console: console).run()
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

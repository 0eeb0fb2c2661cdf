import ArgumentParser
import Elman

/// Flags that all commands have.
struct CommonFlags: ParsableArguments {
    @Option(help: "Threads to use; all cores where it is not given. Results do not depend on it.")
    var threads: Int?

    @Flag(name: [.short, .long], help: "Say nothing but errors.")
    var quiet = false

    @Flag(name: [.short, .long], help: "Say more.")
    var verbose = false

    func validate() throws {
        if let threads, !(1...64).contains(threads) {
            throw ValidationError("--threads is \(threads); give a number from 1 to 64")
        }
    }

    /// Sets the threads and gives the console to speak through.
    func start() -> Console {
        Processor.threadCount = threads ?? Processor.coreCount
        return Console(verbosity: quiet ? .quiet : verbose ? .verbose : .normal)
    }
}

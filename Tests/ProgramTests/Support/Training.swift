import Foundation
import Testing

/// A training process, or another one of the program, that a test interrupts.
final class Training {
    let folder: TemporaryFolder
    private let process: Process
    private let voices: Voices

    /// Starts a training in a folder.
    convenience init(_ arguments: [String], in folder: TemporaryFolder) throws {
        try self.init(command: ["train"] + arguments, in: folder)
    }

    /// Starts the program in a folder.
    init(command: [String], in folder: TemporaryFolder) throws {
        self.folder = folder
        process = Program.process(command, in: folder)
        voices = try Voices(process, in: folder)
        try process.run()
    }

    deinit { if process.isRunning { kill(process.processIdentifier, SIGKILL) } }

    /// Waits until the log of the run has so many lines, and fails where the training ends before.
    func waitForLog(_ run: String, lines: Int) throws {
        try wait("\(lines) lines in the log") {
            self.folder.text("\(run)/log.jsonl").utf8.count { $0 == UInt8(ascii: "\n") } >= lines
        }
    }

    /// Waits until something holds while the training runs.
    func wait(_ what: String, until isReached: () -> Bool) throws {
        let end = Date(timeIntervalSinceNow: 30)
        while !isReached() {
            guard process.isRunning, Date() < end else {
                if process.isRunning { send(SIGKILL) }
                process.waitUntilExit()
                throw Interruption(description: "no \(what): \(voices.outcome(process).transcript)")
            }
            usleep(2000)
        }
    }

    /// Whether it has not ended.
    var isRunning: Bool { process.isRunning }

    /// Whether it has said something on standard error so far.
    func said(_ text: String) -> Bool { voices.errorsSoFar.contains(text) }

    /// Sends a signal.
    func send(_ signal: Int32) { kill(process.processIdentifier, signal) }

    /// Waits for the end.
    func end(sourceLocation: SourceLocation = #_sourceLocation) -> Outcome {
        process.waitUntilExit()
        return voices.outcome(process, sourceLocation)
    }
}

/// Why a training could not be interrupted as a test meant to.
struct Interruption: Error, CustomStringConvertible {
    let description: String
}

import Foundation
import Testing

/// What a run of the program left behind.
struct Outcome {
    let status: Int32
    let output: String
    let errors: String

    /// The lines of standard output.
    var lines: [String] { output.split(separator: "\n", omittingEmptySubsequences: false).dropLast().map(String.init) }

    /// Both voices, for messages of tests.
    var transcript: String { "status \(status)\n\(output)\(errors)" }
}

/// The program that was built together with these tests.
enum Program {
    /// Where it lies: in a folder above the tests' own bundle.
    static let path: String = {
        var starts = [CommandLine.arguments[0], Bundle.main.bundlePath]
        starts += Bundle.allBundles.map(\.bundlePath)
        for start in starts {
            var folder = URL(fileURLWithPath: start)
            for _ in 0..<6 {
                folder.deleteLastPathComponent()
                let file = folder.appendingPathComponent("elman")
                var isFolder: ObjCBool = false
                if FileManager.default.fileExists(atPath: file.path, isDirectory: &isFolder), !isFolder.boolValue {
                    return file.path
                }
            }
        }
        fatalError("the program elman lies in no folder above \(starts)")
    }()

    /// A process of the program in a folder, its voices going to the given files. It is not started.
    static func process(
        _ arguments: [String], in folder: TemporaryFolder, environment: [String: String?] = [:]
    ) -> Process {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: path)
        process.arguments = arguments
        process.currentDirectoryURL = URL(fileURLWithPath: folder.path)
        process.environment = variables(environment)
        return process
    }

    /// The environment of the tests with changes; settings of the program in it do not reach the tests.
    private static func variables(_ changes: [String: String?]) -> [String: String] {
        var result = ProcessInfo.processInfo.environment.filter { !$0.key.hasPrefix("ELMAN_") || $0.key == "ELMAN_SIMD" }
        for (key, value) in changes { result[key] = value }
        return result
    }

    /// Runs the program to its end.
    static func run(
        _ arguments: [String], in folder: TemporaryFolder, input: String? = nil, environment: [String: String?] = [:],
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws -> Outcome {
        try finish(process(arguments, in: folder, environment: environment), in: folder, input: input, sourceLocation)
    }

    /// Runs a line of shell in which `$elman` is the program.
    static func shell(
        _ line: String, in folder: TemporaryFolder, sourceLocation: SourceLocation = #_sourceLocation
    ) throws -> Outcome {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        process.arguments = ["-c", line]
        process.currentDirectoryURL = URL(fileURLWithPath: folder.path)
        process.environment = variables(["elman": path])
        return try finish(process, in: folder, input: nil, sourceLocation)
    }

    /// Starts a process and waits for it. Whatever happens, the language's own crash messages must not show.
    private static func finish(
        _ process: Process, in folder: TemporaryFolder, input: String?, _ sourceLocation: SourceLocation
    ) throws -> Outcome {
        let voices = try Voices(process, in: folder, input: input)
        try process.run()
        process.waitUntilExit()
        return voices.outcome(process, sourceLocation)
    }
}

/// The files that a process reads from and writes into.
struct Voices {
    private let output: String
    private let errors: String

    /// Connects a process that is not started yet; without input it finds none.
    init(_ process: Process, in folder: TemporaryFolder, input: String? = nil) throws {
        let name = UUID().uuidString
        output = folder.hiddenFile("\(name).out")
        errors = folder.hiddenFile("\(name).err")
        for path in [output, errors] { try Data().write(to: URL(fileURLWithPath: path)) }
        process.standardOutput = try FileHandle(forWritingTo: URL(fileURLWithPath: output))
        process.standardError = try FileHandle(forWritingTo: URL(fileURLWithPath: errors))
        if let input {
            let file = folder.hiddenFile("\(name).in")
            try Data(input.utf8).write(to: URL(fileURLWithPath: file))
            process.standardInput = try FileHandle(forReadingFrom: URL(fileURLWithPath: file))
        } else {
            process.standardInput = FileHandle.nullDevice
        }
    }

    /// What a process has said on standard error until now.
    var errorsSoFar: String { Self.text(errors) }

    /// What an ended process left.
    func outcome(_ process: Process, _ sourceLocation: SourceLocation = #_sourceLocation) -> Outcome {
        let killed = process.terminationReason == .uncaughtSignal
        let outcome = Outcome(
            status: killed ? 128 + process.terminationStatus : process.terminationStatus, output: Self.text(output),
            errors: Self.text(errors))
        #expect(!(outcome.output + outcome.errors).contains("Fatal error"), sourceLocation: sourceLocation)
        #expect(![132, 133, 134, 139].contains(outcome.status), "a crash: \(outcome.errors)", sourceLocation: sourceLocation)
        return outcome
    }

    private static func text(_ path: String) -> String {
        String(decoding: FileManager.default.contents(atPath: path) ?? Data(), as: UTF8.self)
    }
}

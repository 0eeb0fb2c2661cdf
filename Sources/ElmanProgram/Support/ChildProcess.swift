// The list of variables is a mutable global of C; it is only read here, and nothing in this program changes it.
#if canImport(Glibc)
    @preconcurrency import Glibc
#elseif canImport(Musl)
    @preconcurrency import Musl
#else
    @preconcurrency import Darwin
#endif
import Elman

/// A process of this same program that works beside this one.
///
/// It is in a group of its own, so that a Ctrl-C of the terminal reaches the parent alone, which then passes on one signal: of two
/// the child would end without saving.
struct ChildProcess {
    /// How a process ended.
    struct End: Equatable {
        /// Its exit status, or 128 and the number of the signal that ended it.
        let status: Int32
        /// The largest resident set it had, in megabytes.
        let peakMemory: Double
    }

    /// What to run, and the files that take its two voices.
    struct Command: Equatable {
        /// As a user would write them behind `elman`.
        let arguments: [String]
        let output: String
        let errors: String
    }

    private let identifier: pid_t

    /// Starts the program. Variables of these names are not handed down. Throws `.inputOutput` where the system refuses.
    init(_ command: Command, withoutVariables hidden: Set<String> = []) throws(DataError) {
        var identifier: pid_t = 0
        let arguments = ["elman"] + command.arguments
        let variables = Self.variables().filter { !hidden.contains(String($0.prefix { $0 != "=" })) }
        let result = Self.withStrings(arguments) { arguments in
            Self.withStrings(variables) { variables in
                Self.spawn(&identifier, command, arguments, variables)
            }
        }
        guard result == 0 else {
            throw DataError(.inputOutput, "no further process can be started: \(String(cString: strerror(result)))")
        }
        self.identifier = identifier
    }

    /// How it ended; nil while it runs. To be asked until it has ended, and not again.
    func poll() -> End? {
        var status: Int32 = 0, usage = rusage()
        var result: pid_t
        repeat { result = wait4(identifier, &status, WNOHANG, &usage) } while result < 0 && errno == EINTR
        if result == 0 { return nil }
        // It can only be unknown if somebody else waited for it.
        guard result == identifier else { return End(status: ExitStatus.internalFault.rawValue, peakMemory: 0) }
        let signal = status & 0x7F
        #if canImport(Darwin)
            let peak = Double(usage.ru_maxrss) / 1_048_576
        #else
            let peak = Double(usage.ru_maxrss) / 1024
        #endif
        return End(status: signal == 0 ? (status >> 8) & 0xFF : 128 + signal, peakMemory: peak)
    }

    /// Sends a signal.
    func send(_ signal: Int32) { kill(identifier, signal) }

    // MARK: Starting

    #if canImport(Darwin)
        private typealias Actions = posix_spawn_file_actions_t?
        private typealias Attributes = posix_spawnattr_t?
        private static func makeActions() -> Actions { nil }
        private static func makeAttributes() -> Attributes { nil }
    #else
        private typealias Actions = posix_spawn_file_actions_t
        private typealias Attributes = posix_spawnattr_t
        private static func makeActions() -> Actions { posix_spawn_file_actions_t() }
        private static func makeAttributes() -> Attributes { posix_spawnattr_t() }
    #endif

    private static func spawn(
        _ identifier: inout pid_t, _ command: Command, _ arguments: [UnsafeMutablePointer<CChar>?],
        _ variables: [UnsafeMutablePointer<CChar>?]
    ) -> Int32 {
        var actions = makeActions(), attributes = makeAttributes()
        posix_spawn_file_actions_init(&actions)
        posix_spawnattr_init(&attributes)
        defer {
            posix_spawn_file_actions_destroy(&actions)
            posix_spawnattr_destroy(&attributes)
        }
        posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
        for (descriptor, path) in [(STDOUT_FILENO, command.output), (STDERR_FILENO, command.errors)] {
            posix_spawn_file_actions_addopen(&actions, descriptor, path, O_WRONLY | O_CREAT | O_TRUNC, 0o644)
        }
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP))
        posix_spawnattr_setpgroup(&attributes, 0)
        return posix_spawn(&identifier, executablePath, &actions, &attributes, arguments, variables)
    }

    /// Calls `body` with texts as C has them, a nil behind them.
    private static func withStrings<Result>(
        _ texts: [String], _ body: ([UnsafeMutablePointer<CChar>?]) -> Result
    ) -> Result {
        let pointers = texts.map { strdup($0) }
        defer { for pointer in pointers { free(pointer) } }
        return body(pointers + [nil])
    }

    /// The variables of this process, `NAME=value`.
    private static func variables() -> [String] {
        var result: [String] = []
        var place = environ
        while let text = place.pointee {
            result.append(String(cString: text))
            place += 1
        }
        return result
    }

    /// The file of this program.
    private static let executablePath: String = {
        #if canImport(Darwin)
            var size: UInt32 = 4096
            var bytes = [CChar](repeating: 0, count: Int(size))
            if _NSGetExecutablePath(&bytes, &size) == 0 { return string(bytes) }
        #else
            var bytes = [CChar](repeating: 0, count: 4096)
            // Where the file was replaced since the start, the name in /proc still leads to the one that runs.
            if readlink("/proc/self/exe", &bytes, bytes.count - 1) > 0 {
                let path = string(bytes)
                return access(path, X_OK) == 0 ? path : "/proc/self/exe"
            }
        #endif
        return CommandLine.arguments[0]
    }()

    private static func string(_ bytes: [CChar]) -> String {
        String(decoding: bytes.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}

/// The last lines of a text file, without blank ones: what a process said before it ended.
func lastLines(of path: String, count: Int = 3) -> [String] {
    guard let bytes = try? FileSystem.readFile(path, maximumSize: 1 << 26) else { return [] }
    let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n").filter { !$0.allSatisfy { $0 == " " } }
    return lines.suffix(count).map { printable($0) }
}

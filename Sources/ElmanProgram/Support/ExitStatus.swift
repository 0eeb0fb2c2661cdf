import ElmanFiles

/// How the program ends: the numbers are part of its interface, taken from the BSD `sysexits` and, for signals, from the shell.
enum ExitStatus: Int32, Sendable, CaseIterable {
    /// Done, also when training stopped early because nothing improved.
    case done = 0
    /// Wrong usage of the command line.
    case usage = 64
    /// The data or the model file is malformed.
    case badData = 65
    /// The input is missing or cannot be read.
    case missingInput = 66
    /// A service or device is absent: a port in use, no such accelerator.
    case unavailable = 69
    /// A fault of the program, or a loss that is not finite.
    case internalFault = 70
    /// More memory needed than allowed.
    case memory = 71
    /// The output cannot be created, or the run exists or is locked.
    case cannotCreate = 73
    /// Reading or writing failed half way.
    case inputOutput = 74
    /// Something that may pass: trying again makes sense.
    case temporary = 75
    /// The configuration is wrong or contradicts itself.
    case configuration = 78
    /// Stopped by a hang-up after a clean save.
    case hangUp = 129
    /// Stopped by an interrupt after a clean save.
    case interrupted = 130
    /// The reader of our output went away.
    case brokenPipe = 141
    /// Stopped by a request to terminate after a clean save.
    case terminated = 143

    /// The status for a fault of some kind.
    init(_ kind: DataError.Kind) {
        switch kind {
        case .badData: self = .badData
        case .missingInput: self = .missingInput
        case .cannotCreate: self = .cannotCreate
        case .inputOutput: self = .inputOutput
        case .configuration: self = .configuration
        case .memory: self = .memory
        case .computation: self = .internalFault
        }
    }

    /// The status for any error: that of its kind where it is one of ours, an internal fault otherwise.
    init(of error: any Error) {
        switch error {
        case let error as DataError: self = ExitStatus(error.kind)
        case let error as ProgramError: self = error.status
        default: self = .internalFault
        }
    }
}

/// A fault that no file is to blame for: wrong usage, an absent device, a port in use.
struct ProgramError: Error, Hashable, Sendable, CustomStringConvertible {
    /// How the program ends.
    let status: ExitStatus
    /// What is wrong, and after a semicolon what to do about it.
    let message: String

    /// A fault with its status.
    init(_ status: ExitStatus, _ message: String) {
        self.status = status
        self.message = message
    }

    /// The message, safe to show on a terminal.
    var description: String { printable(message) }
}

/// The line that tells a user of an error: `elman: error: FILE:LINE: what is wrong; what to do`, always one line and safe to show.
func errorLine(_ error: any Error, terminal: Terminal = .plain) -> String {
    let text: String
    switch error {
    case let error as DataError: text = error.description
    case let error as ProgramError: text = error.description
    default: text = "internal fault: " + printable("\(error)")
    }
    return terminal.styled("elman: error:", .bold, .red) + " " + withoutDirectionMarks(text)
}

/// The line that tells a user of something odd that does not stop the work.
func warningLine(_ message: String, terminal: Terminal = .plain) -> String {
    terminal.styled("elman: warning:", .bold, .yellow) + " " + withoutDirectionMarks(printable(message))
}

/// The text with the invisible marks that turn the direction of writing shown as `\u{202E}`, so that none can disguise a file's name.
private func withoutDirectionMarks(_ text: String) -> String {
    func isMark(_ scalar: Unicode.Scalar) -> Bool {
        [0x200E, 0x200F, 0x061C].contains(scalar.value) || (0x2028...0x202E).contains(scalar.value)
            || (0x2066...0x2069).contains(scalar.value)
    }
    guard text.unicodeScalars.contains(where: isMark) else { return text }
    var result = ""
    for scalar in text.unicodeScalars {
        if isMark(scalar) {
            result += "\\u{\(String(scalar.value, radix: 16, uppercase: true))}"
        } else {
            result.unicodeScalars.append(scalar)
        }
    }
    return result
}

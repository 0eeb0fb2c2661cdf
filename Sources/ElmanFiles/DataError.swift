/// What is wrong with something that came from outside: a file, a configuration, a text. Never a mistake of the programmer.
public struct DataError: Error, Hashable, Sendable {
    /// What went wrong, by what a caller (or the exit code of a program) does about it.
    public enum Kind: Sendable, Hashable {
        /// The contents are wrong: malformed text, a broken model file, too new a format.
        case badData
        /// The input is missing or cannot be read.
        case missingInput
        /// The output cannot be created: it exists, is locked, or the folder is not writable.
        case cannotCreate
        /// Reading or writing failed half way: a full disk, a broken device.
        case inputOutput
        /// The configuration contradicts itself or the data.
        case configuration
        /// The work would need more memory than is allowed.
        case memory
        /// A number stopped being finite, or another fault of the computation.
        case computation
    }

    /// What sort of fault it is.
    public let kind: Kind
    /// The file, where there is one.
    public let path: String?
    /// The line in it, counted from 1.
    public let line: Int?
    /// What is wrong, and after a semicolon what to do about it.
    public let message: String

    /// A fault in a file, or (without a path) in a setting.
    public init(_ kind: Kind, path: String? = nil, line: Int? = nil, _ message: String) {
        self.kind = kind
        self.path = path
        self.line = line
        self.message = message
    }
}

extension DataError: CustomStringConvertible {
    /// `FILE:LINE: what is wrong; what to do`, with control characters escaped so that a terminal shows them as text.
    public var description: String {
        var prefix = ""
        if let path { prefix += printable(path) + ":" }
        if let line { prefix += "\(line):" }
        return prefix.isEmpty ? printable(message) : prefix + " " + printable(message)
    }
}

/// The text with control characters written as `\u{1B}`, so that what a message quotes cannot command a terminal.
public func printable(_ text: some StringProtocol) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
        let isControl = scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value)
        if isControl {
            result += "\\u{\(String(scalar.value, radix: 16, uppercase: true))}"
        } else {
            result.unicodeScalars.append(scalar)
        }
    }
    return result
}

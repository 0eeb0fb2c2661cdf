#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// What every example takes from the command line: files in place of the texts that come with the package, `--slice N` to use only
/// the first N examples of each file, `--epochs N`.
public struct ExampleArguments: Sendable {
    /// The most examples of a file.
    public let slice: Int
    /// Passes over the training data.
    public let epochs: Int
    private let files: [String]

    /// Reads the command line; numbers that it does not name are those given here. Ends the program where it is wrong.
    public init(slice: Int, epochs: Int) {
        var files: [String] = [], numbers = ["--slice": slice, "--epochs": epochs]
        var rest = CommandLine.arguments.dropFirst()
        while let argument = rest.popFirst() {
            guard argument.hasPrefix("-") else {
                files.append(argument)
                continue
            }
            guard numbers[argument] != nil, let number = rest.popFirst().flatMap({ Int($0) }), number > 0 else {
                endExample("usage: [FILE ...] [--slice N] [--epochs N]; “\(argument)” is not known or lacks its number")
            }
            numbers[argument] = number
        }
        self.files = files
        self.slice = numbers["--slice"] ?? slice
        self.epochs = numbers["--epochs"] ?? epochs
    }

    /// Whether files are named on the command line.
    public var hasFiles: Bool { !files.isEmpty }

    /// A file of the command line, or one of the package by its path there.
    public func file(_ index: Int, default path: String) -> String {
        guard !hasFiles else { return index < files.count ? files[index] : files[files.count - 1] }
        return (#filePath.split(separator: "/").dropLast(3) + [Substring(path)]).reduce("") { $0 + "/" + $1 }
    }
}

/// The value, or the end of the program with the error's message.
public func orEnd<Value>(_ value: @autoclosure () throws -> Value) -> Value {
    do { return try value() } catch { endExample("\(error)") }
}

/// A number with so many decimals.
public func fixed(_ number: Double, _ decimals: Int = 3) -> String {
    guard number.isFinite, abs(number) < 1e9 else { return "\(number)" }
    let scale = (0..<decimals).reduce(1) { scale, _ in scale * 10 }
    let digits = Int((abs(number) * Double(scale)).rounded())
    let fraction = String(digits % scale + scale).dropFirst()
    return (number < 0 ? "-" : "") + "\(digits / scale)" + (decimals > 0 ? "." + fraction : "")
}

/// A share as per cent.
public func percent(_ share: Double) -> String { fixed(100 * share, 1) + " %" }

private func endExample(_ message: String) -> Never {
    let line = Array("error: \(message)\n".utf8)
    _ = write(2, line, line.count)
    exit(2)
}

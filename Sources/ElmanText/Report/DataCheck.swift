import ElmanFiles

/// A look at a file before one trains on it: its bytes and lines, and the examples that a task would make of it.
///
/// Nothing in a file is an error: whatever a task would refuse is in `examples.faults`.
public struct DataCheck: Sendable {
    /// Bytes, lines and words of the file, or of both files of pairs.
    public let files: [DataReport]
    /// The examples; nil where no task reads such a file.
    public let examples: ExampleReport?

    /// How many faults are listed where nothing else is said.
    public static let usualFaultLimit = 20

    /// Reads a file, `-` for standard input, from end to end, once. Throws where it cannot be read.
    /// - Parameters:
    ///   - form: what the file is to hold; nil where its look is to tell.
    ///   - faultLimit: how many faults are kept.
    public init(
        reading path: String, as form: ExampleForm? = nil, faultLimit: Int = usualFaultLimit
    ) throws(DataError) {
        let name = nameInMessages(path)
        var bytes = try ByteReader(path)
        let beginning = Array(try bytes.peek(1 << 16))
        var examples: ExampleCollector?
        if let form = form ?? ExampleForm(guessing: TextFormat(guessing: beginning)) {
            examples = ExampleCollector(form, name: name, beginning: beginning, faultLimit: faultLimit)
        }
        files = [try DataReport(path, &bytes) { examples?.add($0) }]
        examples?.finish()
        self.examples = examples?.report
    }

    /// Reads two files of pairs, from which equally many lines are expected.
    public init(source: String, target: String, faultLimit: Int = usualFaultLimit) throws(DataError) {
        files = [try DataReport(reading: source), try DataReport(reading: target)]
        var report = ExampleReport(.pairs(nil), faultLimit: faultLimit)
        var (sources, targets) = (try ByteReader(source), try ByteReader(target))
        while let first = try sources.nextLine(), let second = try targets.nextLine() {
            let faults = [(sources, first), (targets, second)].compactMap { reader, line in
                line.withUnsafeBufferPointer {
                    ExampleCollector.encodingFault(in: $0, nameInMessages(reader.path), reader.lineNumber)
                }
            }
            if let fault = faults.first {
                report.add(fault)
            } else if let example = ExampleReader.pair(Array(first), Array(second)) {
                report.add(example, line: sources.lineNumber, bytes: first + [9] + second)
            } else {
                report.leaveOut()
            }
        }
        if files[0].lines != files[1].lines {
            report.add(
                DataError(
                    .badData, path: source, line: min(files[0].lines, files[1].lines) + 1,
                    "\(files[0].lines) lines, but \(target) has \(files[1].lines); every line needs its counterpart"))
        }
        examples = report
    }
}

/// Puts lines together to examples and has them read.
struct ExampleCollector {
    private(set) var report: ExampleReport
    private var reader: ExampleReader
    private let name: String
    private let form: ExampleForm
    private var block: [UInt8] = []
    private var firstLine = 0

    init(_ form: ExampleForm, name: String, beginning: [UInt8], faultLimit: Int) {
        report = ExampleReport(form, faultLimit: faultLimit)
        reader = beginning.withUnsafeBufferPointer { ExampleReader(form, name: name, beginning: $0) }
        self.name = name
        self.form = form
    }

    static func encodingFault(in line: ByteView, _ name: String, _ number: Int) -> DataError? {
        UTF8Checker.firstInvalid(in: line).map { offset in
            DataError(.badData, path: name, line: number, "invalid UTF-8 at byte \(offset + 1) of the line")
        }
    }

    mutating func add(_ line: TextLine) {
        if line.bytes.isBlank { return finish() }
        if let fault = Self.encodingFault(in: line.bytes, name, line.number) { return report.add(fault) }
        if block.isEmpty { firstLine = line.number }
        block += line.bytes
        block.append(10)
        if !reader.hasBlocks { finish() }
    }

    /// Ends an example.
    mutating func finish() {
        guard !block.isEmpty else { return }
        do {
            if let example = try reader.read(Array(block.dropLast())) {
                report.add(example, line: firstLine, bytes: block)
            } else if case .pairs = form {
                report.leaveOut()
            }
        } catch {
            report.add(DataError(error.kind, path: name, line: firstLine + (error.line ?? 1) - 1, error.message))
        }
        block.removeAll(keepingCapacity: true)
    }
}

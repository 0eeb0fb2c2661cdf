import Elman

extension PredictionRequest {
    /// Lines that are predicted in one go.
    private static let linesAtOnce = 256

    /// Throws where `--format` names something that the task does not write.
    func requireFormat(among formats: [String]) throws {
        guard let format, !formats.contains(format) else { return }
        throw ProgramError(.usage, "--format \(format) is not for this task; it writes \(formats.joined(separator: ", "))")
    }

    /// Calls `body` with the lines of the file, some at a time, so that a pipe of any length is worked off as it comes.
    func forEachGroupOfLines(_ body: ([String]) throws -> Void) throws {
        var reader = try ByteReader(file)
        var lines: [String] = []
        while let line = try reader.nextLine() {
            lines.append(try text(of: line, path: reader.path, line: reader.lineNumber))
            if lines.count == Self.linesAtOnce {
                try body(lines)
                lines.removeAll()
            }
        }
        if !lines.isEmpty { try body(lines) }
    }

    private func text(of line: ArraySlice<UInt8>, path: String, line number: Int) throws(DataError) -> String {
        var bytes = Array(line)
        if bytes.last == UInt8(ascii: "\r") { bytes.removeLast() }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw DataError(.badData, path: path, line: number, "is not UTF-8; convert it first")
        }
        return text
    }
}

extension TrainingSources {
    /// Throws where the data are named as pairs.
    func requireFiles(of task: String) throws {
        guard pair != nil || developmentPair != nil else { return }
        throw ProgramError(.usage, "--source and --target are for tasks on pairs, not for \(task)")
    }
}

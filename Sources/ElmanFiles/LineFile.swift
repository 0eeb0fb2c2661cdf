/// A file of lines to which a running program adds, such as `log.jsonl`: after a crash it ends with a whole line, or with part of
/// one that the next use cuts away.
public struct LineFile: Sendable {
    /// The file.
    public let path: String

    /// A file that need not exist yet.
    public init(_ path: String) { self.path = path }

    /// Adds one line with one write, so that a reader sees it whole or not at all. What a killed process left of a line is cut
    /// away first.
    ///
    /// The line must not contain a line feed. Throws `.cannotCreate`, or `.inputOutput`, after which the file is as before.
    public func append(_ line: [UInt8]) throws(DataError) {
        let descriptor: Descriptor
        var size: Int
        do throws(SystemError) {
            descriptor = Descriptor(try System.open(path, .append))
            let status = try System.status(of: descriptor.number)
            size = status.size
            if status.kind == .regular, try !Self.endsWithLine(descriptor, size) {
                size = try Self.wholeLines(descriptor, size: size).size
                try System.truncate(descriptor.number, to: size)
            }
        } catch {
            throw .creating(path, error)
        }
        try Self.add(line + [UInt8(ascii: "\n")], to: descriptor, of: size, path)
    }

    /// Adds bytes to a file that need not be one of lines. Throws `.cannotCreate`, or `.inputOutput`, after which it is as before.
    static func append(bytes: [UInt8], to path: String) throws(DataError) {
        let descriptor: Descriptor
        let size: Int
        do throws(SystemError) {
            descriptor = Descriptor(try System.open(path, .append))
            size = try System.status(of: descriptor.number).size
        } catch {
            throw .creating(path, error)
        }
        try add(bytes, to: descriptor, of: size, path)
    }

    private static func add(_ bytes: [UInt8], to descriptor: Descriptor, of size: Int, _ path: String) throws(DataError) {
        do throws(SystemError) {
            try bytes.withUnsafeBufferPointer { (buffer) throws(SystemError) in
                var rest = UnsafeRawBufferPointer(buffer)[...]
                while !rest.isEmpty {
                    rest = rest.dropFirst(try System.write(descriptor.number, UnsafeRawBufferPointer(rebasing: rest)))
                }
            }
        } catch {
            try? System.truncate(descriptor.number, to: size)
            throw .writing(path, error)
        }
    }

    private static func endsWithLine(_ descriptor: Descriptor, _ size: Int) throws(SystemError) -> Bool {
        guard size > 0 else { return true }
        var last: [UInt8] = [0]
        _ = try last.withUnsafeMutableBufferPointer { (bytes) throws(SystemError) in
            try System.read(descriptor.number, at: size - 1, into: UnsafeMutableRawBufferPointer(bytes))
        }
        return last == [UInt8(ascii: "\n")]
    }

    /// Keeps only the first whole lines of the file, at most `count`, and waits until the disk has it so. A missing file has no
    /// lines.
    ///
    /// Returns how many lines are left. The file is cut with one call, so that a crash leaves it as before or as asked for.
    @discardableResult
    public func truncate(toLineCount count: Int) throws(DataError) -> Int {
        try cut { (descriptor, status) throws(SystemError) in
            try Self.wholeLines(descriptor, size: status.size, atMost: count)
        }
    }

    /// Keeps only the first `size` bytes, down to the end of the last whole line in them. Returns how many lines are left.
    @discardableResult
    public func truncate(toByteCount size: Int) throws(DataError) -> Int {
        try cut { (descriptor, status) throws(SystemError) in
            try Self.wholeLines(descriptor, size: min(status.size, max(size, 0)))
        }
    }

    private func cut(
        _ measure: (Descriptor, FileStatus) throws(SystemError) -> (size: Int, lineCount: Int)
    ) throws(DataError) -> Int {
        guard FileSystem.exists(path) else { return 0 }
        do throws(SystemError) {
            let descriptor = Descriptor(try System.open(path, .append))
            let status = try System.status(of: descriptor.number)
            guard status.kind == .regular else { return 0 }
            let kept = try measure(descriptor, status)
            if kept.size < status.size {
                try System.truncate(descriptor.number, to: kept.size)
                try System.synchronize(descriptor.number)
            }
            return kept.lineCount
        } catch {
            throw .creating(path, error)
        }
    }

    /// How many bytes and lines the whole lines have within the first `size` bytes.
    private static func wholeLines(
        _ descriptor: Descriptor, size: Int, atMost limit: Int = .max
    ) throws(SystemError) -> (size: Int, lineCount: Int) {
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        var (end, lineCount, offset) = (0, 0, 0)
        while offset < size, lineCount < limit {
            let wanted = min(buffer.count, size - offset)
            let count = try buffer.withUnsafeMutableBufferPointer { (bytes) throws(SystemError) in
                try System.read(
                    descriptor.number, at: offset,
                    into: UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(bytes)[..<wanted]))
            }
            if count == 0 { break }
            for index in 0..<count where buffer[index] == UInt8(ascii: "\n") && lineCount < limit {
                lineCount += 1
                end = offset + index + 1
            }
            offset += count
        }
        return (end, lineCount)
    }
}

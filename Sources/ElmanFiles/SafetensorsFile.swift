/// A safetensors file opened for reading: the header is checked at once, the data of a tensor when it is asked for.
///
/// Nothing in the file is trusted: whatever is wrong with it is a thrown `.badData` that says what and where. The file may be
/// replaced by another one meanwhile; this value keeps reading the one that it opened. It may be used by several threads at once.
public struct SafetensorsFile: Sendable {
    /// The file, where there is one.
    public let path: String?
    /// All tensors in the order of their data.
    public let tensors: [StoredTensor]
    /// The texts of `__metadata__`.
    public let metadata: SafetensorsMetadata
    private let source: Source
    /// Where the data begins in the file.
    private let dataOffset: Int
    private let indices: [ByteKey: Int]

    private enum Source: Sendable {
        case file(Descriptor)
        case bytes([UInt8])
    }

    /// Opens a file. Throws `.missingInput` where it cannot be opened and `.badData` where it is malformed.
    public init(_ path: String) throws(DataError) {
        let descriptor = try FileSystem.openForReading(path)
        let status: FileStatus
        do { status = try System.status(of: descriptor.number) } catch { throw .reading(path, error) }
        if status.kind == .regular {
            try self.init(.file(descriptor), size: status.size, path: path)
        } else {
            try self.init(bytes: try FileSystem.readFile(path), path: FileSystem.displayName(path))
        }
    }

    /// Reads a file that is in memory already; `path` is only for messages.
    public init(bytes: [UInt8], path: String? = nil) throws(DataError) {
        try self.init(.bytes(bytes), size: bytes.count, path: path)
    }

    private init(_ source: Source, size: Int, path: String?) throws(DataError) {
        let prefix = try Self.read(source, at: 0, count: min(size, 9), path: path)
        let headerSize = try SafetensorsHeader.size(prefix, fileSize: size, path: path)
        let text = try Self.read(source, at: 8, count: headerSize, path: path)
        let header = try SafetensorsHeader(text, dataSize: size - 8 - headerSize, path: path)
        self.path = path
        self.source = source
        tensors = header.tensors
        metadata = header.metadata
        dataOffset = 8 + headerSize
        var indices: [ByteKey: Int] = [:]
        for (index, tensor) in header.tensors.enumerated() { indices[ByteKey(tensor.name)] = index }
        self.indices = indices
    }

    /// The tensor with a name, found by its bytes; nil where there is none.
    public subscript(name: String) -> StoredTensor? { indices[ByteKey(name)].map { tensors[$0] } }

    /// The tensor with a name. Throws `.badData` where there is none.
    public func tensor(named name: String) throws(DataError) -> StoredTensor {
        guard let tensor = self[name] else {
            throw DataError(.badData, path: path, "has no tensor \(quoted(name)); it belongs to another model")
        }
        return tensor
    }
}

extension SafetensorsFile {
    /// The numbers of a tensor stored as F64, F32, F16 or BF16, rounded to single precision. Throws `.badData` for other types.
    public func floats(named name: String) throws(DataError) -> [Float] {
        let tensor = try tensor(named: name)
        try checkMemory(tensor, count: tensor.count, bytes: 4)
        var floats = [Float](repeating: 0, count: tensor.count)
        try floats.withUnsafeMutableBufferPointer { (buffer) throws(DataError) in try read(tensor, into: buffer) }
        return floats
    }

    /// As `floats(named:)`, into memory of exactly `tensor.count` numbers. After an error its contents are undefined.
    public func read(_ tensor: StoredTensor, into buffer: UnsafeMutableBufferPointer<Float>) throws(DataError) {
        guard buffer.count == tensor.count else {
            throw error(tensor, "has \(tensor.count) numbers, there is room for \(buffer.count); it belongs to another model")
        }
        switch tensor.dataType {
        case .float32: try readBytes(tensor, into: UnsafeMutableRawBufferPointer(buffer))
        case .float64:
            try forEach(tensor, as: UInt64.self) { buffer[$0] = Float(Double(bitPattern: $1)) }
        case .float16: try forEach(tensor, as: UInt16.self) { buffer[$0] = floatOfHalf($1) }
        case .bfloat16: try forEach(tensor, as: UInt16.self) { buffer[$0] = floatOfBFloat($1) }
        default: throw error(tensor, "is stored as \(tensor.dataType.name); F64, F32, F16 or BF16 is needed")
        }
    }

    /// The numbers of a tensor stored as F64, F32, F16 or BF16, without loss.
    public func doubles(named name: String) throws(DataError) -> [Double] {
        let tensor = try tensor(named: name)
        guard tensor.dataType == .float64 else { return try floats(named: name).map(Double.init) }
        try checkMemory(tensor, count: tensor.count, bytes: 8)
        var doubles = [Double](repeating: 0, count: tensor.count)
        try forEach(tensor, as: UInt64.self) { doubles[$0] = Double(bitPattern: $1) }
        return doubles
    }

    /// The whole numbers of a tensor stored as I64, I32, I16, I8, U32, U16, U8, BOOL (0 or 1) or, where they fit, U64.
    public func integers(named name: String) throws(DataError) -> [Int64] {
        let tensor = try tensor(named: name)
        try checkMemory(tensor, count: tensor.count, bytes: 8)
        var integers = [Int64](repeating: 0, count: tensor.count)
        switch tensor.dataType.name {
        case "I64": try forEach(tensor, as: Int64.self) { integers[$0] = $1 }
        case "I32": try forEach(tensor, as: Int32.self) { integers[$0] = Int64($1) }
        case "I16": try forEach(tensor, as: Int16.self) { integers[$0] = Int64($1) }
        case "I8": try forEach(tensor, as: Int8.self) { integers[$0] = Int64($1) }
        case "U32": try forEach(tensor, as: UInt32.self) { integers[$0] = Int64($1) }
        case "U16": try forEach(tensor, as: UInt16.self) { integers[$0] = Int64($1) }
        case "U8": try forEach(tensor, as: UInt8.self) { integers[$0] = Int64($1) }
        case "BOOL": try forEach(tensor, as: UInt8.self) { integers[$0] = $1 == 0 ? 0 : 1 }
        case "U64":
            var isTooLarge = false
            try forEach(tensor, as: UInt64.self) {
                isTooLarge = isTooLarge || $1 > UInt64(Int64.max)
                integers[$0] = Int64(truncatingIfNeeded: $1)
            }
            if isTooLarge { throw error(tensor, "has a number above 2^63 - 1") }
        default: throw error(tensor, "is stored as \(tensor.dataType.name); whole numbers are needed")
        }
        return integers
    }

    /// The whole numbers without sign of a tensor stored as U64, such as the words of a generator's state.
    public func unsignedIntegers(named name: String) throws(DataError) -> [UInt64] {
        let tensor = try tensor(named: name)
        guard tensor.dataType == .uint64 else { throw error(tensor, "is stored as \(tensor.dataType.name); U64 is needed") }
        try checkMemory(tensor, count: tensor.count, bytes: 8)
        var integers = [UInt64](repeating: 0, count: tensor.count)
        try forEach(tensor, as: UInt64.self) { integers[$0] = $1 }
        return integers
    }

    /// The bytes of a tensor of any type, as they are stored.
    public func bytes(named name: String) throws(DataError) -> [UInt8] {
        let tensor = try tensor(named: name)
        try checkMemory(tensor, count: tensor.byteRange.count, bytes: 1)
        var bytes = [UInt8](repeating: 0, count: tensor.byteRange.count)
        try bytes.withUnsafeMutableBufferPointer { (buffer) throws(DataError) in
            try readBytes(tensor, into: UnsafeMutableRawBufferPointer(buffer))
        }
        return bytes
    }

    /// Reads all data once and compares it with the checksums, where the file gives them. Throws `.badData` for the first damaged
    /// tensor.
    public func verify() throws(DataError) {
        for tensor in tensors { try forEachChunk(tensor) { _, _ in } }
    }
}

extension SafetensorsFile {
    private func error(_ tensor: StoredTensor, _ message: String) -> DataError {
        DataError(.badData, path: path, "tensor \(quoted(tensor.name)) \(message)")
    }

    private func checkMemory(_ tensor: StoredTensor, count: Int, bytes: Int) throws(DataError) {
        guard count < System.physicalMemory / bytes else {
            throw DataError(
                .memory, path: path, "tensor \(quoted(tensor.name)) has \(count) numbers, more than the memory of this machine")
        }
    }

    private func check(_ tensor: StoredTensor, _ checksum: Checksum) throws(DataError) {
        guard let expected = tensor.checksum, checksum.value != expected else { return }
        throw error(
            tensor,
            "is damaged: its checksum is \(ChecksumList.digits(checksum.value)), the file says \(ChecksumList.digits(expected)); "
                + "take another copy")
    }

    private func readBytes(_ tensor: StoredTensor, into buffer: UnsafeMutableRawBufferPointer) throws(DataError) {
        try Self.fill(buffer, source, at: dataOffset + tensor.byteRange.lowerBound, path: path)
        guard tensor.checksum != nil else { return }
        var checksum = Checksum()
        checksum.add(UnsafeRawBufferPointer(buffer))
        try check(tensor, checksum)
    }

    /// Calls `body` with each number's index and bits.
    private func forEach<Word: FixedWidthInteger>(
        _ tensor: StoredTensor, as: Word.Type, _ body: (Int, Word) -> Void
    ) throws(DataError) {
        let size = MemoryLayout<Word>.size
        try forEachChunk(tensor) { start, bytes in
            for index in 0..<bytes.count / size {
                body(start / size + index, Word(littleEndian: bytes.loadUnaligned(fromByteOffset: index * size, as: Word.self)))
            }
        }
    }

    /// Calls `body` with each piece of the tensor's bytes and its place in them, then compares the checksum.
    private func forEachChunk(_ tensor: StoredTensor, _ body: (Int, UnsafeRawBufferPointer) -> Void) throws(DataError) {
        let total = tensor.byteRange.count
        var chunk = [UInt8](repeating: 0, count: min(total, 1 << 18))
        var checksum = Checksum()
        var start = 0
        while start < total {
            let count = min(chunk.count, total - start)
            try chunk.withUnsafeMutableBufferPointer { (buffer) throws(DataError) in
                let bytes = UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(buffer)[..<count])
                try Self.fill(bytes, source, at: dataOffset + tensor.byteRange.lowerBound + start, path: path)
                if tensor.checksum != nil { checksum.add(UnsafeRawBufferPointer(bytes)) }
                body(start, UnsafeRawBufferPointer(bytes))
            }
            start += count
        }
        try check(tensor, checksum)
    }

    private static func read(_ source: Source, at offset: Int, count: Int, path: String?) throws(DataError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        try bytes.withUnsafeMutableBufferPointer { (buffer) throws(DataError) in
            try fill(UnsafeMutableRawBufferPointer(buffer), source, at: offset, path: path)
        }
        return bytes
    }

    /// Fills the buffer from a place in the file.
    private static func fill(
        _ buffer: UnsafeMutableRawBufferPointer, _ source: Source, at offset: Int, path: String?
    ) throws(DataError) {
        switch source {
        case .bytes(let bytes): bytes[offset..<offset + buffer.count].withUnsafeBytes { buffer.copyMemory(from: $0) }
        case .file(let descriptor):
            var done = 0
            while done < buffer.count {
                let count: Int
                do {
                    count = try System.read(
                        descriptor.number, at: offset + done, into: UnsafeMutableRawBufferPointer(rebasing: buffer[done...]))
                } catch {
                    throw DataError(
                        .inputOutput, path: path, "reading failed: \(error.message); check the disk or the connection")
                }
                if count == 0 { throw DataError(.inputOutput, path: path, "ended while it was read; another program changes it") }
                done += count
            }
        }
    }
}

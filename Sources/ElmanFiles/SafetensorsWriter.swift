/// A tensor to be written into a safetensors file.
public struct TensorSource {
    /// The name, unique in the file.
    public let name: String
    /// The dimensions; the last one is contiguous in the numbers.
    public let shape: [Int]
    /// How the numbers are stored.
    public let dataType: StoredType
    let content: Content

    enum Content {
        case floats(() -> [Float])
        case doubles([Double])
        case integers([Int64])
        case unsigned([UInt64])
    }

    /// Numbers of single precision, stored as F32, F16, BF16 or F64.
    public init(name: String, shape: [Int], floats: [Float], as dataType: StoredType = .float32) {
        self.init(name: name, shape: shape, as: dataType) { floats }
    }

    /// Numbers that are asked for when they are written, twice where there are checksums, so that only one tensor is copied at a
    /// time.
    public init(name: String, shape: [Int], as dataType: StoredType = .float32, floats: @escaping () -> [Float]) {
        (self.name, self.shape, self.dataType) = (name, shape, dataType)
        content = .floats(floats)
    }

    /// Numbers of double precision, stored as F64.
    public init(name: String, shape: [Int], doubles: [Double]) {
        (self.name, self.shape, dataType) = (name, shape, .float64)
        content = .doubles(doubles)
    }

    /// Whole numbers, stored as I64, I32, U8 or BOOL.
    public init(name: String, shape: [Int], integers: [Int64], as dataType: StoredType = .int64) {
        (self.name, self.shape, self.dataType) = (name, shape, dataType)
        content = .integers(integers)
    }

    /// Whole numbers without sign, stored as U64.
    public init(name: String, shape: [Int], unsigned: [UInt64]) {
        (self.name, self.shape, dataType) = (name, shape, .uint64)
        content = .unsigned(unsigned)
    }
}

/// Writes safetensors files: equal tensors and metadata give equal bytes, in whatever order they are named.
public enum Safetensors {
    /// Writes a file that appears only when it is whole; see `AtomicFile`.
    ///
    /// With `checksums`, the metadata gets a CRC-32C for each tensor, by which `SafetensorsFile` notices damaged data. Throws
    /// `.badData` for tensors that no file can hold (a name twice, a shape that is not that of the numbers), `.cannotCreate` and
    /// `.inputOutput`.
    public static func write(
        to path: String, tensors: [TensorSource], metadata: SafetensorsMetadata = [:], checksums: Bool = true
    ) throws(DataError) {
        let writer = try SafetensorsWriter(tensors, metadata, checksums: checksums, path: path)
        try AtomicFile.write(to: path, expectedSize: writer.size) { (file) throws(DataError) in
            try writer.write { (bytes) throws(DataError) in try file.write(bytes) }
        }
    }

    /// The bytes of such a file.
    public static func encode(
        tensors: [TensorSource], metadata: SafetensorsMetadata = [:], checksums: Bool = true
    ) throws(DataError) -> [UInt8] {
        let writer = try SafetensorsWriter(tensors, metadata, checksums: checksums, path: nil)
        var result: [UInt8] = []
        result.reserveCapacity(writer.size)
        try writer.write { (bytes) throws(DataError) in result.append(contentsOf: bytes) }
        return result
    }
}

private struct SafetensorsWriter {
    typealias Sink = (UnsafeRawBufferPointer) throws(DataError) -> Void

    /// Bytes of the whole file.
    let size: Int
    private let header: [UInt8]
    private let tensors: [TensorSource]
    private let path: String?

    init(_ tensors: [TensorSource], _ metadata: SafetensorsMetadata, checksums: Bool, path: String?) throws(DataError) {
        self.path = path
        self.tensors = tensors.sorted {
            $0.dataType.rank != $1.dataType.rank ? $0.dataType.rank > $1.dataType.rank : precedesByBytes($0.name, $1.name)
        }
        var metadata = metadata
        metadata[ChecksumList.key] = nil
        if checksums, !tensors.isEmpty { metadata[ChecksumList.key] = try Self.checksums(self.tensors, path) }
        var members: [JSONObject.Member] = []
        if !metadata.keys.isEmpty {
            let sorted = metadata.keys.sorted(by: precedesByBytes).map { JSONObject.Member($0, .string(metadata[$0] ?? "")) }
            members.append(JSONObject.Member(SafetensorsHeader.metadataKey, .object(JSONObject(uniqueMembers: sorted))))
        }
        var offset = 0
        var names: Set<ByteKey> = [ByteKey(SafetensorsHeader.metadataKey)]
        for tensor in self.tensors {
            guard names.insert(ByteKey(tensor.name)).inserted else {
                throw Self.error(tensor, path, "has a name that is taken already")
            }
            let end = offset + (try Self.elementCount(tensor, path)) * ((tensor.dataType.bitCount ?? 8) / 8)
            let entry: JSONObject = [
                "dtype": .string(tensor.dataType.name), "shape": .array(tensor.shape.map { JSONValue($0) }),
                "data_offsets": [JSONValue(offset), JSONValue(end)],
            ]
            members.append(JSONObject.Member(tensor.name, .object(entry)))
            offset = end
        }
        var text = JSONValue.object(JSONObject(uniqueMembers: members)).bytes()
        text.append(contentsOf: repeatElement(UInt8(ascii: " "), count: (8 - text.count % 8) % 8))
        guard text.count <= SafetensorsHeader.maximumSize else {
            throw DataError(
                .badData, path: path, "the header would have \(text.count) bytes, more than \(SafetensorsHeader.maximumSize)")
        }
        header = (0..<8).map { UInt8(truncatingIfNeeded: text.count >> (8 * $0)) } + text
        size = header.count + offset
    }

    private static func error(_ tensor: TensorSource, _ path: String?, _ message: String) -> DataError {
        DataError(.badData, path: path, "tensor \(quoted(tensor.name)) \(message)")
    }

    /// How many numbers a tensor's shape asks for.
    private static func elementCount(_ tensor: TensorSource, _ path: String?) throws(DataError) -> Int {
        guard tensor.shape.count <= SafetensorsHeader.maximumRank else {
            throw error(tensor, path, "has \(tensor.shape.count) dimensions, more than \(SafetensorsHeader.maximumRank)")
        }
        var count = 1
        for dimension in tensor.shape.sorted() {
            let (product, overflow) = count.multipliedReportingOverflow(by: dimension)
            guard !overflow, (0...SafetensorsHeader.maximumDimension).contains(dimension),
                product <= SafetensorsHeader.maximumDimension
            else {
                throw error(tensor, path, "has the impossible shape \(tensor.shape)")
            }
            count = product
        }
        return count
    }

    private static func checksums(_ tensors: [TensorSource], _ path: String?) throws(DataError) -> String {
        var checksums: [UInt32] = []
        for tensor in tensors {
            var checksum = Checksum()
            try encode(tensor, path) { (bytes) throws(DataError) in checksum.add(bytes) }
            checksums.append(checksum.value)
        }
        return ChecksumList.text(checksums)
    }

    func write(_ sink: Sink) throws(DataError) {
        try header.withUnsafeBufferPointer { (bytes) throws(DataError) in try sink(UnsafeRawBufferPointer(bytes)) }
        for tensor in tensors { try Self.encode(tensor, path, sink) }
    }

    private static func encode(_ tensor: TensorSource, _ path: String?, _ sink: Sink) throws(DataError) {
        let expected = try elementCount(tensor, path)
        func check(_ count: Int) throws(DataError) {
            guard count == expected else {
                throw error(tensor, path, "has \(count) numbers, its shape \(tensor.shape) asks for \(expected)")
            }
        }
        switch (tensor.content, tensor.dataType) {
        case (.floats(let content), let type):
            let floats = content()
            try check(floats.count)
            switch type {
            case .float32:
                try floats.withUnsafeBufferPointer { (buffer) throws(DataError) in try sink(UnsafeRawBufferPointer(buffer)) }
            case .float16: try encode(floats, sink, halfOfFloat)
            case .bfloat16: try encode(floats, sink, bfloatOfFloat)
            case .float64: try encode(floats, sink) { Double($0).bitPattern }
            default: throw error(tensor, path, "cannot be stored as \(type.name)")
            }
        case (.doubles(let doubles), _):
            try check(doubles.count)
            try encode(doubles, sink, \.bitPattern)
        case (.unsigned(let integers), _):
            try check(integers.count)
            try encode(integers, sink) { $0 }
        case (.integers(let integers), let type):
            try check(integers.count)
            try encode(integers, type, tensor, path, sink)
        }
    }

    private static func encode(
        _ integers: [Int64], _ type: StoredType, _ tensor: TensorSource, _ path: String?, _ sink: Sink
    ) throws(DataError) {
        let range: ClosedRange<Int64>
        switch type {
        case .int64: range = .min ... .max
        case .int32: range = Int64(Int32.min)...Int64(Int32.max)
        case .uint8: range = 0...255
        case .bool: range = 0...1
        default: throw error(tensor, path, "cannot be stored as \(type.name)")
        }
        if let outside = integers.first(where: { !range.contains($0) }) {
            throw error(tensor, path, "has the number \(outside), which \(type.name) cannot hold")
        }
        switch type {
        case .int64: try encode(integers, sink) { $0 }
        case .int32: try encode(integers, sink) { Int32(truncatingIfNeeded: $0) }
        default: try encode(integers, sink) { UInt8(truncatingIfNeeded: $0) }
        }
    }

    /// Turns numbers into words of the file, piece by piece.
    private static func encode<Number, Word: FixedWidthInteger>(
        _ numbers: [Number], _ sink: Sink, _ word: (Number) -> Word
    ) throws(DataError) {
        let chunkCount = 1 << 15
        var words: [Word] = []
        words.reserveCapacity(min(chunkCount, numbers.count))
        var start = 0
        while start < numbers.count {
            let end = min(start + chunkCount, numbers.count)
            words.removeAll(keepingCapacity: true)
            for index in start..<end { words.append(word(numbers[index]).littleEndian) }
            try words.withUnsafeBufferPointer { (buffer) throws(DataError) in try sink(UnsafeRawBufferPointer(buffer)) }
            start = end
        }
    }
}

/// A tensor as a safetensors file lists it.
public struct StoredTensor: Hashable, Sendable {
    /// The name.
    public let name: String
    /// How its numbers are stored.
    public let dataType: StoredType
    /// The dimensions as written: the last one is contiguous.
    public let shape: [Int]
    /// Where its bytes lie, counted from the first byte after the header.
    public let byteRange: Range<Int>
    /// The CRC-32C of its bytes, where the file gives one.
    public internal(set) var checksum: UInt32?

    /// How many numbers it has.
    public let count: Int
}

/// Texts that go with a safetensors file, in their order; keys are compared by their bytes.
public struct SafetensorsMetadata: Hashable, Sendable, ExpressibleByDictionaryLiteral {
    private var object = JSONObject()

    /// No texts.
    public init() {}

    /// The texts in the order written; of equal keys the last one stays.
    public init(dictionaryLiteral elements: (String, String)...) { for (key, text) in elements { self[key] = text } }

    init(_ object: JSONObject) { self.object = object }

    /// The keys, in their order.
    public var keys: [String] { object.keys }

    /// The text of a key; nil removes it.
    public subscript(key: String) -> String? {
        get { object[key]?.asString }
        set { object[key] = newValue.map { .string($0) } }
    }
}

/// The header of a safetensors file: read strictly, so that what is accepted has one meaning.
struct SafetensorsHeader {
    /// Bytes of the largest header, as in the reference implementation.
    static let maximumSize = 100_000_000
    static let maximumRank = 8
    static let maximumDimension = 1 << 48
    static let maximumDepth = 8
    static let metadataKey = "__metadata__"

    /// In the order of the data.
    var tensors: [StoredTensor] = []
    var metadata = SafetensorsMetadata()
    private let path: String?

    /// The header's size out of the first bytes of a file of `fileSize` bytes; checked before anything of that size is allocated.
    static func size(_ prefix: [UInt8], fileSize: Int, path: String?) throws(DataError) -> Int {
        guard fileSize >= 8, prefix.count >= 8 else {
            throw DataError(
                .badData, path: path, "has \(fileSize) bytes, a safetensors file has at least 10; it is empty or cut off")
        }
        let size = prefix[..<8].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        guard size <= UInt64(maximumSize) else {
            throw DataError(
                .badData, path: path, "its header would have \(size) bytes, more than \(maximumSize); it is no safetensors file")
        }
        guard Int(size) <= fileSize - 8 else {
            throw DataError(
                .badData, path: path,
                "its header ends at byte \(size + 8), the file at byte \(fileSize); it is cut off or no safetensors file")
        }
        guard prefix.count > 8, prefix[8] == UInt8(ascii: "{") else {
            throw DataError(.badData, path: path, "its header does not begin with '{'; it is no safetensors file")
        }
        return Int(size)
    }

    /// Reads a header whose data has `dataSize` bytes.
    init(_ bytes: [UInt8], dataSize: Int, path: String?) throws(DataError) {
        self.path = path
        let value: JSONValue
        do { value = try JSONValue(parsing: bytes, maximumDepth: Self.maximumDepth) } catch {
            throw DataError(.badData, path: path, "its header is broken: \(error.message)")
        }
        guard let object = value.asObject else { throw DataError(.badData, path: path, "its header is no object") }
        for member in object.members {
            if sameBytes(member.key, Self.metadataKey) {
                metadata = try readMetadata(member.value)
            } else {
                tensors.append(try readTensor(member.key, member.value))
            }
        }
        tensors.sort(by: Self.precedes)
        try checkLayout(dataSize: dataSize)
        try readChecksums()
    }

    private static func precedes(_ left: StoredTensor, _ right: StoredTensor) -> Bool {
        if left.byteRange.lowerBound != right.byteRange.lowerBound {
            return left.byteRange.lowerBound < right.byteRange.lowerBound
        }
        if left.byteRange.upperBound != right.byteRange.upperBound {
            return left.byteRange.upperBound < right.byteRange.upperBound
        }
        return precedesByBytes(left.name, right.name)
    }

    private func error(_ name: String, _ message: String) -> DataError {
        DataError(.badData, path: path, "tensor \(quoted(name)) \(message); the header is broken")
    }

    private func readMetadata(_ value: JSONValue) throws(DataError) -> SafetensorsMetadata {
        if value == .null { return SafetensorsMetadata() }
        guard let object = value.asObject else {
            throw DataError(
                .badData, path: path, "'\(Self.metadataKey)' is \(value.kindName), not an object; the header is broken")
        }
        for member in object.members where member.value.asString == nil {
            throw DataError(
                .badData, path: path,
                "\(quoted(member.key)) in the metadata is \(member.value.kindName), not a string; the header is broken")
        }
        return SafetensorsMetadata(object)
    }

    private func readTensor(_ name: String, _ value: JSONValue) throws(DataError) -> StoredTensor {
        guard let object = value.asObject else { throw error(name, "is \(value.kindName), not an object") }
        guard let typeName = object["dtype"]?.asString else { throw error(name, "has no 'dtype'") }
        let dataType = StoredType(typeName)
        guard dataType.isPlausible else { throw error(name, "has the impossible type \(quoted(typeName))") }
        guard let dimensions = object["shape"]?.asArray else { throw error(name, "has no 'shape'") }
        guard dimensions.count <= Self.maximumRank else {
            throw error(name, "has \(dimensions.count) dimensions, more than \(Self.maximumRank)")
        }
        var shape: [Int] = []
        for dimension in dimensions {
            guard let size = dimension.asInteger, (0...Self.maximumDimension).contains(size) else {
                throw error(name, "has the impossible dimension \(dimension.text().prefix(40))")
            }
            shape.append(size)
        }
        let range = try readRange(name, object["data_offsets"])
        let count = try elementCount(name, dataType, shape, range)
        return StoredTensor(name: name, dataType: dataType, shape: shape, byteRange: range, count: count)
    }

    private func readRange(_ name: String, _ value: JSONValue?) throws(DataError) -> Range<Int> {
        guard let offsets = value?.asArray, offsets.count == 2, let begin = offsets[0].asInteger, let end = offsets[1].asInteger
        else {
            throw error(name, "has no 'data_offsets' of two whole numbers")
        }
        guard begin >= 0, begin <= end else { throw error(name, "lies from byte \(begin) to byte \(end)") }
        return begin..<end
    }

    /// The product of the dimensions must be the size of the data. Each factor is checked: a product that wraps around must not
    /// pass.
    private func elementCount(
        _ name: String, _ dataType: StoredType, _ shape: [Int], _ range: Range<Int>
    ) throws(DataError) -> Int {
        var count = 1
        // A dimension of zero first, so that the answer does not depend on their order.
        for dimension in shape.sorted() {
            let (product, overflow) = count.multipliedReportingOverflow(by: dimension)
            if overflow { throw error(name, "has the shape \(shape), too large for any file") }
            count = product
        }
        guard let bitCount = dataType.bitCount else { return count }
        let (bits, overflow) = count.multipliedReportingOverflow(by: bitCount)
        if overflow { throw error(name, "has the shape \(shape), too large for any file") }
        guard bits % 8 == 0, bits / 8 == range.count else {
            throw error(name, "has \(range.count) bytes, its shape \(shape) of \(dataType.name) asks for \(bits / 8)")
        }
        return count
    }

    /// The tensors must cover the data from its first byte to its last, without holes, overlaps and trailing bytes.
    private func checkLayout(dataSize: Int) throws(DataError) {
        var end = 0
        for tensor in tensors {
            let range = tensor.byteRange
            guard range.lowerBound == end else {
                let fault = range.lowerBound > end ? "leaves a hole" : "overlaps another one"
                throw error(tensor.name, "begins at byte \(range.lowerBound) of the data, not at byte \(end): it \(fault)")
            }
            end = range.upperBound
        }
        guard end != dataSize else { return }
        let last = tensors.last.map { "; its last tensor is \(quoted($0.name))" } ?? ""
        throw DataError(
            .badData, path: path,
            "has \(dataSize) bytes of data, its header asks for \(end): it \(dataSize < end ? "is cut off" : "has bytes left over")\(last)"
        )
    }

    private mutating func readChecksums() throws(DataError) {
        guard let text = metadata[ChecksumList.key] else { return }
        guard let checksums = ChecksumList.parse(text, count: tensors.count) else {
            throw DataError(
                .badData, path: path,
                "'\(ChecksumList.key)' in the metadata must be 8 hexadecimal digits for each of the \(tensors.count) tensors; "
                    + "the header is broken, or tensors were changed without removing it")
        }
        for (index, checksum) in checksums.enumerated() { tensors[index].checksum = checksum }
    }
}

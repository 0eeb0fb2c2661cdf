/// A file of events as TensorBoard reads them: records of the TFRecord format (length and data, each with a masked CRC-32C), whose
/// data are `Event` messages of protocol buffers with one scalar or more.
public struct EventFile: Sendable {
    /// The file.
    public let path: String

    /// A number with its name: `dev_perplexity`, `update_ratio/embeddings`.
    public typealias Scalar = (tag: String, value: Double)

    /// Begins a file, in place of one that is there. Names of such files must contain `tfevents`.
    /// - Parameter wallTime: seconds since 1970.
    public init(creating path: String, wallTime: Double) throws(DataError) {
        self.path = path
        var event = ProtocolMessage()
        event.add(double: wallTime, field: 1)
        event.add(text: "brain.Event:2", field: 3)
        try AtomicFile.write(Self.record(event.bytes), to: path)
    }

    /// Adds the numbers of one step.
    public func append(step: Int, wallTime: Double, _ scalars: [Scalar]) throws(DataError) {
        var summary = ProtocolMessage()
        for scalar in scalars {
            var value = ProtocolMessage()
            value.add(text: scalar.tag, field: 1)
            value.add(float: Float(scalar.value), field: 2)
            summary.add(message: value, field: 1)
        }
        var event = ProtocolMessage()
        event.add(double: wallTime, field: 1)
        event.add(integer: UInt64(max(0, step)), field: 2)
        event.add(message: summary, field: 5)
        try LineFile.append(bytes: Self.record(event.bytes), to: path)
    }

    /// Length, checksum of the length, data, checksum of the data, all little-endian.
    static func record(_ data: [UInt8]) -> [UInt8] {
        let length = bytes(of: UInt64(data.count))
        return length + bytes(of: masked(length)) + data + bytes(of: masked(data))
    }

    /// The checksum as the format keeps it, so that a checksum of data that contain checksums is none of them.
    private static func masked(_ data: [UInt8]) -> UInt32 {
        var checksum = Checksum()
        data.withUnsafeBytes { checksum.add($0) }
        let value = checksum.value
        return (value >> 15 | value << 17) &+ 0xA282_EAD8
    }

    fileprivate static func bytes(of number: some FixedWidthInteger) -> [UInt8] {
        withUnsafeBytes(of: number.littleEndian) { Array($0) }
    }
}

/// A message of protocol buffers, field by field.
private struct ProtocolMessage {
    private(set) var bytes: [UInt8] = []

    private mutating func add(variable number: UInt64) {
        var rest = number
        while rest >= 0x80 {
            bytes.append(UInt8(rest & 0x7F) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }

    mutating func add(integer: UInt64, field: UInt64) {
        add(variable: field << 3)
        add(variable: integer)
    }

    mutating func add(double: Double, field: UInt64) {
        add(variable: field << 3 | 1)
        bytes += EventFile.bytes(of: double.bitPattern)
    }

    mutating func add(float: Float, field: UInt64) {
        add(variable: field << 3 | 5)
        bytes += EventFile.bytes(of: float.bitPattern)
    }

    mutating func add(text: String, field: UInt64) { add(block: Array(text.utf8), field: field) }

    mutating func add(message: ProtocolMessage, field: UInt64) { add(block: message.bytes, field: field) }

    private mutating func add(block: [UInt8], field: UInt64) {
        add(variable: field << 3 | 2)
        add(variable: UInt64(block.count))
        bytes += block
    }
}

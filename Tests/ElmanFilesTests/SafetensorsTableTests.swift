import ElmanFiles
import Testing

/// A hand-made file, and whether it must be read.
struct HandMadeFile: CustomTestStringConvertible, Sendable {
    let testDescription: String
    let bytes: [UInt8]
    /// A part of the message, or nil where the file is read.
    let refusal: String?

    init(_ name: String, _ bytes: [UInt8], refused refusal: String?) {
        (testDescription, self.bytes, self.refusal) = (name, bytes, refusal)
    }

    /// A file of a header and that many bytes of data.
    init(_ name: String, _ header: String, data: Int = 0, refused refusal: String? = nil) {
        self.init(name, Self.bytes(Array(header.utf8), data: data), refused: refusal)
    }

    static func bytes(_ header: [UInt8], data: Int) -> [UInt8] {
        length(UInt64(header.count)) + header + (0..<data).map { UInt8(truncatingIfNeeded: $0) }
    }

    static func length(_ value: UInt64) -> [UInt8] { (0..<8).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) } }

    /// A header of one tensor `a` with these values.
    static func one(dtype: String = "\"F32\"", shape: String = "[2]", offsets: String = "[0,8]", more: String = "") -> String {
        "{\"a\":{\"dtype\":\(dtype),\"shape\":\(shape),\"data_offsets\":\(offsets)\(more)}}"
    }

    /// A header of several tensors of bytes: name, begin, end.
    static func tensors(_ tensors: [(name: String, begin: Int, end: Int)]) -> String {
        "{"
            + tensors.map {
                "\"\($0.name)\":{\"dtype\":\"U8\",\"shape\":[\($0.end - $0.begin)],\"data_offsets\":[\($0.begin),\($0.end)]}"
            }.joined(separator: ",") + "}"
    }
}

private let lengths: [HandMadeFile] = [
    .init("empty", [], refused: "0 bytes"),
    .init("7 bytes", [2, 0, 0, 0, 0, 0, 0], refused: "7 bytes"),
    .init("only the length", HandMadeFile.length(2), refused: "cut off"),
    .init("length 0", HandMadeFile.length(0), refused: "does not begin with '{'"),
    .init("length 0 with data", HandMadeFile.length(0) + [0x7B, 0x7D], refused: "header"),
    .init("length 1", HandMadeFile.length(1) + [0x7B], refused: "malformed JSON"),
    .init("length 100,000,001", HandMadeFile.length(100_000_001) + [0x7B, 0x7D], refused: "more than 100000000"),
    .init("length 100,000,000 of 10 bytes", HandMadeFile.length(100_000_000) + [0x7B, 0x7D], refused: "the file at byte 10"),
    .init("length 2^63", HandMadeFile.length(1 << 63) + [0x7B, 0x7D], refused: "9223372036854775808 bytes"),
    .init("length 2^64-1", HandMadeFile.length(.max) + [0x7B, 0x7D], refused: "18446744073709551615 bytes"),
    .init("length one past the file", HandMadeFile.length(3) + [0x7B, 0x7D], refused: "ends at byte 11, the file at byte 10"),
]

private let framing: [HandMadeFile] = [
    .init("{} without data", "{}"),
    .init("only metadata", "{\"__metadata__\":{\"format\":\"pt\"}}"),
    .init("metadata null", "{\"__metadata__\":null}"),
    .init("empty metadata", "{\"__metadata__\":{}}"),
    .init("metadata with a number", "{\"__metadata__\":{\"a\":1}}", refused: "'a' in the metadata is a whole number"),
    .init("metadata an array", "{\"__metadata__\":[]}", refused: "'__metadata__' is an array"),
    .init("{} with trailing data", "{}", data: 4, refused: "4 bytes of data, its header asks for 0"),
    .init(
        "trailing bytes", HandMadeFile.one(), data: 9, refused: "9 bytes of data, its header asks for 8: it has bytes left over"),
    .init("truncated data", HandMadeFile.one(), data: 7, refused: "7 bytes of data, its header asks for 8: it is cut off"),
    .init("first byte a space", " {}", refused: "does not begin with '{'"),
    .init("trailing spaces", "{}      "),
    .init("trailing tab and newline", "{}\t\n\r"),
    .init("byte order mark", "\u{FEFF}{}", refused: "does not begin with '{'"),
    .init("NUL padding", "{}\0\0", refused: "follows the end"),
    .init("a letter after the end", "{}x", refused: "follows the end"),
    .init("an array", "[]", refused: "does not begin with '{'"),
    .init(
        "invalid UTF-8 in a name", HandMadeFile.bytes(Array("{\"".utf8) + [0xFF] + Array("\":1}".utf8), data: 0),
        refused: "not valid UTF-8"),
    .init("lone surrogate escape", "{\"\\ud800\":1}", refused: "surrogate"),
    .init("200 nested arrays", "{\"a\":" + String(repeating: "[", count: 200), refused: "deeper than 8"),
]

private let duplicates: [HandMadeFile] = [
    .init("name twice, other range", HandMadeFile.tensors([("a", 0, 4), ("a", 4, 8)]), data: 8, refused: "'a' stands twice"),
    .init("name twice, same range", HandMadeFile.tensors([("a", 0, 4), ("a", 0, 4)]), data: 4, refused: "'a' stands twice"),
    .init("name twice, once escaped", HandMadeFile.tensors([("a", 0, 4), ("\\u0061", 4, 8)]), data: 8, refused: "stands twice"),
    .init("metadata key twice", "{\"__metadata__\":{\"a\":\"1\",\"a\":\"1\"}}", refused: "'a' stands twice"),
    .init("metadata twice", "{\"__metadata__\":{},\"__metadata__\":{}}", refused: "stands twice"),
    .init("dtype twice", HandMadeFile.one(more: ",\"dtype\":\"F32\""), data: 8, refused: "'dtype' stands twice"),
    .init("unknown inner key", HandMadeFile.one(more: ",\"note\":{\"a\":[1.5]}"), data: 8),
]

private let values: [HandMadeFile] = [
    .init("plain", HandMadeFile.one(), data: 8),
    .init("missing shape", "{\"a\":{\"dtype\":\"F32\",\"data_offsets\":[0,8]}}", data: 8, refused: "'a' has no 'shape'"),
    .init("missing dtype", "{\"a\":{\"shape\":[2],\"data_offsets\":[0,8]}}", data: 8, refused: "'a' has no 'dtype'"),
    .init("missing offsets", "{\"a\":{\"dtype\":\"F32\",\"shape\":[2]}}", data: 8, refused: "data_offsets"),
    .init("tensor is no object", "{\"a\":3}", refused: "'a' is a whole number"),
    .init("3 offsets", HandMadeFile.one(offsets: "[0,4,8]"), data: 8, refused: "data_offsets"),
    .init("begin after end", HandMadeFile.one(offsets: "[8,0]"), data: 8, refused: "from byte 8 to byte 0"),
    .init("negative begin", HandMadeFile.one(offsets: "[-8,0]"), data: 8, refused: "from byte -8"),
    .init("offset above 2^63", HandMadeFile.one(offsets: "[0,18446744073709551615]"), data: 8, refused: "data_offsets"),
    .init("offset a fraction", HandMadeFile.one(offsets: "[0,8.0]"), data: 8, refused: "data_offsets"),
    .init("string dimension", HandMadeFile.one(shape: "[\"2\"]"), data: 8, refused: "impossible dimension"),
    .init("float dimension", HandMadeFile.one(shape: "[2.5]"), data: 8, refused: "impossible dimension 2.5"),
    .init("dimension 2.0", HandMadeFile.one(shape: "[2.0]"), data: 8, refused: "impossible dimension"),
    .init("dimension 2e0", HandMadeFile.one(shape: "[2e0]"), data: 8, refused: "impossible dimension"),
    .init("negative dimension", HandMadeFile.one(shape: "[-2]"), data: 8, refused: "impossible dimension -2"),
    .init("two negative dimensions", HandMadeFile.one(shape: "[-1,-2]"), data: 8, refused: "impossible dimension -1"),
    .init("lower-case dtype", HandMadeFile.one(dtype: "\"f32\""), data: 8, refused: "impossible type 'f32'"),
    .init("dtype a number", HandMadeFile.one(dtype: "32"), data: 8, refused: "dtype"),
    .init("empty dtype", HandMadeFile.one(dtype: "\"\""), data: 8, refused: "impossible type"),
    .init("shape too small", HandMadeFile.one(shape: "[1]"), data: 8, refused: "8 bytes, its shape [1] of F32 asks for 4"),
    .init("shape too large", HandMadeFile.one(shape: "[2,2]"), data: 8, refused: "8 bytes, its shape [2, 2] of F32 asks for 16"),
    .init("4-bit numbers that fill no byte", HandMadeFile.one(dtype: "\"F4\"", shape: "[15]"), data: 8, refused: "asks for"),
    .init("4-bit numbers", HandMadeFile.one(dtype: "\"F4\"", shape: "[16]"), data: 8),
]

private let layout: [HandMadeFile] = [
    .init(
        "hole at the start", HandMadeFile.tensors([("a", 4, 8)]), data: 8, refused: "begins at byte 4 of the data, not at byte 0"),
    .init("hole between", HandMadeFile.tensors([("a", 0, 4), ("b", 8, 12)]), data: 12, refused: "leaves a hole"),
    .init("overlap", HandMadeFile.tensors([("a", 0, 4), ("b", 2, 6)]), data: 6, refused: "'b' begins at byte 2"),
    .init("one inside another", HandMadeFile.tensors([("a", 0, 8), ("b", 2, 4)]), data: 8, refused: "overlaps"),
    .init("two at one place", HandMadeFile.tensors([("a", 0, 4), ("b", 0, 4)]), data: 4, refused: "overlaps"),
    .init("other order in the header", HandMadeFile.tensors([("b", 4, 8), ("a", 0, 4)]), data: 8),
    .init("past the end", HandMadeFile.tensors([("a", 0, 16)]), data: 8, refused: "8 bytes of data, its header asks for 16"),
    .init("product wraps to 0", HandMadeFile.one(shape: "[4294967296,4294967296]", offsets: "[0,0]"), refused: "too large"),
    .init(
        "product overflows", HandMadeFile.one(shape: "[4294967296,4294967296,2]", offsets: "[0,8]"), data: 8, refused: "too large"
    ),
    .init("size overflows", HandMadeFile.one(shape: "[281474976710656,32768]", offsets: "[0,0]"), refused: "too large"),
    .init("[2^64-1, 0]", HandMadeFile.one(shape: "[18446744073709551615,0]", offsets: "[0,0]"), refused: "impossible dimension"),
    .init(
        "[0, 2^60, 2^60]", HandMadeFile.one(shape: "[0,1152921504606846976,1152921504606846976]", offsets: "[0,0]"),
        refused: "impossible dimension 1152921504606846976"),
    .init(
        "[2^60, 2^60, 0]", HandMadeFile.one(shape: "[1152921504606846976,1152921504606846976,0]", offsets: "[0,0]"),
        refused: "impossible dimension 1152921504606846976"),
    .init("[2^48, 2^48, 0]", HandMadeFile.one(shape: "[281474976710656,281474976710656,0]", offsets: "[0,0]")),
    .init("dimension 2^48 + 1", HandMadeFile.one(shape: "[281474976710657]"), data: 8, refused: "impossible dimension"),
    .init("empty tensor at another's offset", HandMadeFile.tensors([("a", 0, 4), ("b", 0, 0), ("c", 4, 4)]), data: 4),
    .init("empty tensor inside another", HandMadeFile.tensors([("a", 0, 4), ("b", 2, 2)]), data: 4, refused: "overlaps"),
    .init("scalar", HandMadeFile.one(shape: "[]", offsets: "[0,4]"), data: 4),
    .init("[0]", HandMadeFile.one(shape: "[0]", offsets: "[0,0]")),
    .init("empty name", HandMadeFile.tensors([("", 0, 4)]), data: 4),
    .init("rank 8", HandMadeFile.one(shape: "[1,1,1,1,1,1,1,2]"), data: 8),
    .init("rank 9", HandMadeFile.one(shape: "[1,1,1,1,1,1,1,1,2]"), data: 8, refused: "9 dimensions, more than 8"),
    .init(
        "rank 100", HandMadeFile.one(shape: "[2" + String(repeating: ",1", count: 99) + "]"), data: 8,
        refused: "100 dimensions, more than 8"),
    .init("unknown dtype", HandMadeFile.one(dtype: "\"F128\""), data: 8),
]

@Suite struct SafetensorsTableTests {
    @Test(arguments: [lengths, framing, duplicates, values, layout])
    func handMadeFilesAreReadOrRefusedWithAReason(_ files: [HandMadeFile]) throws {
        let scratch = ScratchFolder()
        for file in files {
            let path = scratch("m.safetensors")
            try AtomicFile.write(file.bytes, to: path)
            if let refusal = file.refusal {
                let error = failure { _ = try SafetensorsFile(path) }
                #expect(error.kind == .badData && error.message.contains(refusal), "\(file.testDescription): \(error)")
                #expect(error.path == path)
                #expect(failure { _ = try SafetensorsFile(bytes: file.bytes) }.message == error.message)
            } else {
                #expect(throws: Never.self, "\(file.testDescription)") {
                    _ = try SafetensorsFile(path).tensors.map { _ = try? touch($0, path) }
                }
            }
        }
    }

    private func touch(_ tensor: StoredTensor, _ path: String) throws { _ = try SafetensorsFile(path).bytes(named: tensor.name) }

    @Test func unknownTypesFailOnlyWhenTheyAreAskedFor() throws {
        let header = """
            {"new":{"dtype":"F128","shape":[1],"data_offsets":[0,16]},"old":{"dtype":"F32","shape":[1],"data_offsets":[16,20]}}
            """
        let file = try SafetensorsFile(bytes: HandMadeFile.bytes(Array(header.utf8), data: 16) + [0, 0, 0x80, 0x3F])
        #expect(file.tensors.map(\.name) == ["new", "old"])
        #expect(file["new"]?.dataType == StoredType("F128"))
        #expect(try file.floats(named: "old") == [1])
        #expect(failure { _ = try file.floats(named: "new") }.message.contains("stored as F128"))
        #expect(failure { _ = try file.integers(named: "new") }.message.contains("stored as F128"))
        #expect(try file.bytes(named: "new").count == 16)
    }

    @Test func numbersThatAreNotFiniteAndOddTruthValuesAreRead() throws {
        let header = """
            {"b":{"dtype":"BOOL","shape":[3],"data_offsets":[8,11]},"f":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}
            """
        let data: [UInt8] = [0, 0, 0xC0, 0x7F, 0, 0, 0x80, 0xFF, 0, 1, 2]
        let file = try SafetensorsFile(bytes: HandMadeFile.bytes(Array(header.utf8), data: 0) + data)
        let floats = try file.floats(named: "f")
        #expect(floats[0].isNaN && floats[1] == -.infinity)
        #expect(try file.integers(named: "b") == [0, 1, 1])
    }
}

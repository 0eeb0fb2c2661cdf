import ElmanFiles
import Testing

@Suite struct SafetensorsTests {
    static var tensors: [TensorSource] {
        [
            TensorSource(name: "weights", shape: [2, 3], floats: [1, -2, 3.5, 0, 1e-3, .greatestFiniteMagnitude]),
            TensorSource(name: "bias", shape: [3], floats: [0.1, 0.2, 0.3]),
            TensorSource(name: "half", shape: [2], floats: [0.5, -65504], as: .float16),
            TensorSource(name: "short", shape: [2], floats: [0.5, -3], as: .bfloat16),
            TensorSource(name: "wide", shape: [1], doubles: [.pi]),
            TensorSource(name: "state", shape: [2], unsigned: [.max, 1]),
            TensorSource(name: "step", shape: [], integers: [-7]),
            TensorSource(name: "mask", shape: [3], integers: [0, 1, 1], as: .bool),
        ]
    }

    @Test func everyTypeMakesTheRoundTrip() throws {
        let scratch = ScratchFolder()
        let path = scratch("model.safetensors")
        try Safetensors.write(to: path, tensors: Self.tensors, metadata: ["program": "elman", "a": "b"])
        let file = try SafetensorsFile(path)
        #expect(file.metadata["program"] == "elman")
        #expect(try file.floats(named: "weights") == [1, -2, 3.5, 0, 1e-3, .greatestFiniteMagnitude])
        #expect(file["weights"]?.shape == [2, 3])
        #expect(try file.floats(named: "bias") == [0.1, 0.2, 0.3])
        #expect(try file.floats(named: "half") == [0.5, -65504])
        #expect(try file.floats(named: "short") == [0.5, -3])
        #expect(try file.doubles(named: "wide") == [.pi])
        #expect(try file.floats(named: "wide") == [Float(Double.pi)])
        #expect(try file.unsignedIntegers(named: "state") == [.max, 1])
        #expect(try file.integers(named: "step") == [-7])
        #expect(try file.integers(named: "mask") == [0, 1, 1])
        try file.verify()
        #expect(scratch.names == ["model.safetensors"])
    }

    @Test func aSmallFileHasExactlyTheBytesOfTheFormat() throws {
        let bytes = try Safetensors.encode(
            tensors: [
                TensorSource(name: "b", shape: [1], integers: [258], as: .int32),
                TensorSource(name: "a", shape: [1, 1], floats: [1]),
            ],
            metadata: ["z": "1", "format": "pt"], checksums: false)
        let header = """
            {"__metadata__":{"format":"pt","z":"1"},"a":{"dtype":"F32","shape":[1,1],"data_offsets":[0,4]},\
            "b":{"dtype":"I32","shape":[1],"data_offsets":[4,8]}}
            """
        let padded = header + String(repeating: " ", count: (8 - header.utf8.count % 8) % 8)
        #expect(bytes == HandMadeFile.length(UInt64(padded.utf8.count)) + Array(padded.utf8) + [0, 0, 0x80, 0x3F, 2, 1, 0, 0])
    }

    @Test func equalModelsGiveEqualBytes() throws {
        let first = try Safetensors.encode(tensors: Self.tensors, metadata: ["a": "1", "b": "2"])
        let second = try Safetensors.encode(tensors: Self.tensors.reversed(), metadata: ["b": "2", "a": "1"])
        #expect(first == second)
        let file = try SafetensorsFile(bytes: first)
        #expect(file.tensors.map(\.name) == ["state", "step", "wide", "bias", "weights", "short", "half", "mask"])
        let headerSize = first[..<8].reversed().reduce(0) { $0 << 8 | Int($1) }
        #expect(headerSize % 8 == 0)
    }

    @Test func theWriterRefusesWhatNoFileCanHold() {
        let one = TensorSource(name: "a", shape: [2], floats: [1, 2])
        let cases: [(tensors: [TensorSource], says: String)] = [
            ([one, one], "taken already"),
            ([TensorSource(name: "__metadata__", shape: [], floats: [1])], "taken already"),
            ([TensorSource(name: "a", shape: [3], floats: [1])], "has 1 numbers, its shape [3] asks for 3"),
            ([TensorSource(name: "a", shape: [-1], floats: [1])], "impossible shape"),
            ([TensorSource(name: "a", shape: [1 << 40, 1 << 40], floats: [])], "impossible shape"),
            ([TensorSource(name: "a", shape: [1 << 48, 1 << 48, 0, 1], floats: [1])], "asks for 0"),
            ([TensorSource(name: "a", shape: [1, 1, 1, 1, 1, 1, 1, 1, 1], floats: [1])], "9 dimensions"),
            ([TensorSource(name: "a", shape: [1], floats: [1], as: .int32)], "cannot be stored as I32"),
            ([TensorSource(name: "a", shape: [1], integers: [256], as: .uint8)], "256, which U8 cannot hold"),
            ([TensorSource(name: "a", shape: [1], integers: [1], as: .float32)], "cannot be stored as F32"),
        ]
        for (tensors, says) in cases {
            for checksums in [true, false] {
                let error = failure { _ = try Safetensors.encode(tensors: tensors, checksums: checksums) }
                #expect(error.kind == .badData && error.message.contains(says), "\(error)")
            }
        }
    }

    @Test func emptyAndScalarTensorsMakeTheRoundTrip() throws {
        let bytes = try Safetensors.encode(tensors: [
            TensorSource(name: "", shape: [], floats: [7]), TensorSource(name: "none", shape: [0, 5], floats: []),
        ])
        let file = try SafetensorsFile(bytes: bytes)
        #expect(try file.floats(named: "") == [7])
        #expect(try file.floats(named: "none") == [])
        #expect(try SafetensorsFile(bytes: Safetensors.encode(tensors: [])).tensors.isEmpty)
    }

    @Test func namesAreComparedByTheirBytes() throws {
        let bytes = try Safetensors.encode(tensors: [
            TensorSource(name: "\u{E9}", shape: [], floats: [1]), TensorSource(name: "e\u{301}", shape: [], floats: [2]),
        ])
        let file = try SafetensorsFile(bytes: bytes)
        #expect(try file.floats(named: "\u{E9}") == [1])
        #expect(try file.floats(named: "e\u{301}") == [2])
        #expect(failure { _ = try file.floats(named: "f") }.message.contains("no tensor 'f'"))
    }

    @Test func aBufferOfAnotherSizeIsRefused() throws {
        let file = try SafetensorsFile(bytes: Safetensors.encode(tensors: Self.tensors))
        let tensor = try file.tensor(named: "bias")
        var room = [Float](repeating: 0, count: 2)
        let error = failure { try room.withUnsafeMutableBufferPointer { try file.read(tensor, into: $0) } }
        #expect(error.message.contains("has 3 numbers, there is room for 2"))
    }

    @Test func everyFlippedDataByteIsNoticed() throws {
        let bytes = try Safetensors.encode(tensors: Self.tensors)
        let file = try SafetensorsFile(bytes: bytes)
        let dataSize = file.tensors.last?.byteRange.upperBound ?? 0
        for place in bytes.count - dataSize..<bytes.count {
            var damaged = bytes
            damaged[place] ^= 0x10
            let error = failure { try SafetensorsFile(bytes: damaged, path: "m").verify() }
            #expect(error.message.contains("is damaged"))
            let offset = place - (bytes.count - dataSize)
            let name = try #require(file.tensors.first { $0.byteRange.contains(offset) }).name
            #expect(error.message.contains("'\(name)'"))
        }
    }

    @Test func damageIsNoticedByEveryWayOfReading() throws {
        var bytes = try Safetensors.encode(tensors: [
            TensorSource(name: "f", shape: [1], floats: [1]), TensorSource(name: "h", shape: [1], floats: [1], as: .float16),
        ])
        for place in bytes.count - 6..<bytes.count { bytes[place] ^= 1 }
        let file = try SafetensorsFile(bytes: bytes)
        for name in ["f", "h"] {
            #expect(failure { _ = try file.floats(named: name) }.message.contains("checksum"))
            #expect(failure { _ = try file.bytes(named: name) }.message.contains("checksum"))
        }
    }

    @Test func aChecksumListOfTheWrongLengthIsRefused() {
        let header = "{\"__metadata__\":{\"elman.crc32c\":\"1234\"}}"
        #expect(
            failure { _ = try SafetensorsFile(bytes: HandMadeFile.bytes(Array(header.utf8), data: 0)) }.message.contains(
                "elman.crc32c"))
    }

    /// RFC 3720, appendix B.4: 32 bytes of zeros, of ones, and ascending.
    @Test(arguments: [
        ([UInt8](repeating: 0, count: 32), "8a9136aa"), ([UInt8](repeating: 255, count: 32), "62a8ab43"),
        (Array(0..<32), "46dd794e"),
        (Array("123456789".utf8), "e3069283"), ([], "00000000"),
    ])
    func checksumsAreThoseOfTheStandard(_ bytes: [UInt8], _ expected: String) throws {
        let tensor = TensorSource(name: "a", shape: [bytes.count], integers: bytes.map { Int64($0) }, as: .uint8)
        #expect(try SafetensorsFile(bytes: Safetensors.encode(tensors: [tensor])).metadata["elman.crc32c"] == expected)
    }
}

@Suite struct SafetensorsDamageTests {
    /// Reads everything in a file that was accepted; a wrong size or place would show here.
    private func readAll(_ bytes: [UInt8]) -> Bool {
        let file: SafetensorsFile
        do { file = try SafetensorsFile(bytes: bytes, path: "m") } catch {
            #expect(error.kind == .badData)
            #expect(!error.message.isEmpty)
            return false
        }
        var end = 0
        for tensor in file.tensors {
            #expect(tensor.byteRange.lowerBound == end)
            end = tensor.byteRange.upperBound
            _ = try? file.floats(named: tensor.name)
            _ = try? file.integers(named: tensor.name)
            _ = try? file.bytes(named: tensor.name)
        }
        #expect(end <= bytes.count)
        return true
    }

    @Test func everyTruncationIsRefused() throws {
        let bytes = try Safetensors.encode(tensors: SafetensorsTests.tensors, metadata: ["format": "pt"])
        for count in 0..<bytes.count { #expect(!readAll(Array(bytes[..<count]))) }
        #expect(readAll(bytes))
    }

    @Test func everyTruncatedFileOnDiskIsRefused() throws {
        let scratch = ScratchFolder()
        let bytes = try Safetensors.encode(
            tensors: [TensorSource(name: "a", shape: [4], floats: [1, 2, 3, 4])], checksums: false)
        for count in stride(from: 0, to: bytes.count, by: 7) {
            try AtomicFile.write(Array(bytes[..<count]), to: scratch("m"))
            #expect(failure { _ = try SafetensorsFile(scratch("m")) }.kind == .badData)
        }
    }

    @Test func everyFlippedBitOfTheHeaderGivesAValueOrAnError() throws {
        let bytes = try Safetensors.encode(tensors: SafetensorsTests.tensors, metadata: ["format": "pt"])
        let headerSize = 8 + bytes[..<8].reversed().reduce(0) { $0 << 8 | Int($1) }
        var accepted = 0
        for place in 0..<headerSize {
            for bit in 0..<8 {
                var damaged = bytes
                damaged[place] ^= 1 << UInt8(bit)
                if readAll(damaged) { accepted += 1 }
            }
        }
        #expect(accepted > 0)
    }

    @Test func mutatedFilesGiveAValueOrAnError() throws {
        var generator = TestGenerator(state: 3)
        let bytes = try Safetensors.encode(tensors: SafetensorsTests.tensors, metadata: ["format": "pt"], checksums: false)
        let headerSize = bytes[..<8].reversed().reduce(0) { $0 << 8 | Int($1) }
        let header = Array(bytes[8..<8 + headerSize])
        let data = Array(bytes[(8 + headerSize)...])
        let words = [
            "[0,0]", "18446744073709551615", "-1", "\"U8\"", "\"F4\"", "2.0", "null", "{\"", "[", "[0,281474976710656]", ",", "0",
        ]
        for round in 0..<3000 {
            let mutated = generator.mutate(header, words: words)
            // Mostly with the right length, so that the header itself is looked at.
            let count =
                round % 10 == 0 ? UInt64.random(in: 0...UInt64(2 * mutated.count), using: &generator) : UInt64(mutated.count)
            _ = readAll(HandMadeFile.length(count) + mutated + data)
        }
    }

    @Test func halfPrecisionIsThatOfTheStandard() throws {
        let cases: [(float: Float, bits: UInt16)] = [
            (0, 0), (-0.0, 0x8000), (1, 0x3C00), (-2, 0xC000), (65504, 0x7BFF), (65519.996, 0x7BFF), (65520, 0x7C00),
            (1e10, 0x7C00),
            (.infinity, 0x7C00), (-.infinity, 0xFC00), (0x1p-14, 0x0400), (0x1p-24, 0x0001), (0x1p-25, 0), (0x1.8p-25, 1),
            (0x1.8p-24, 2),
            (0x1.ff8p-15, 0x03FF), (0x1.ffbp-15, 0x03FF), (0x1.ffcp-15, 0x0400), (1.0 + 0x1p-11, 0x3C00),
            (1.0 + 0x1.8p-10, 0x3C02), (0.1, 0x2E66),
        ]
        let tensor = TensorSource(name: "h", shape: [cases.count], floats: cases.map(\.float), as: .float16)
        let bytes = try SafetensorsFile(bytes: Safetensors.encode(tensors: [tensor])).bytes(named: "h")
        for (index, test) in cases.enumerated() {
            #expect(UInt16(bytes[2 * index]) | UInt16(bytes[2 * index + 1]) << 8 == test.bits, "\(test.float)")
        }
    }

    @Test func everyHalfAndEveryShortNumberMakesTheRoundTrip() throws {
        let words = (0...UInt16.max).map { $0 }
        for type in [StoredType.float16, .bfloat16] {
            let header = "{\"h\":{\"dtype\":\"\(type.name)\",\"shape\":[65536],\"data_offsets\":[0,131072]}}"
            let data = words.flatMap { [UInt8(truncatingIfNeeded: $0), UInt8($0 >> 8)] }
            let floats = try SafetensorsFile(bytes: HandMadeFile.bytes(Array(header.utf8), data: 0) + data).floats(named: "h")
            let again = try Safetensors.encode(
                tensors: [TensorSource(name: "h", shape: [65536], floats: floats, as: type)], checksums: false)
            let read = try SafetensorsFile(bytes: again).bytes(named: "h")
            let mismatch = words.first { word in
                let (low, high) = (read[2 * Int(word)], read[2 * Int(word) + 1])
                return !floats[Int(word)].isNaN && UInt16(low) | UInt16(high) << 8 != word
            }
            #expect(mismatch == nil)
            let nan = words.first { floats[Int($0)].isNaN && read[2 * Int($0) + 1] & 0x7F < (type == .float16 ? 0x7C : 0x7F) }
            #expect(nan == nil)
        }
        let short = TensorSource(name: "s", shape: [3], floats: [1 + 0x1p-8, 1 + 0x1.8p-7, .nan], as: .bfloat16)
        let floats = try SafetensorsFile(bytes: Safetensors.encode(tensors: [short])).floats(named: "s")
        #expect(floats[0] == 1 && floats[1] == 1 + 0x1p-6 && floats[2].isNaN)
    }
}

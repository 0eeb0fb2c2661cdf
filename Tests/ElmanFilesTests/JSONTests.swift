import ElmanFiles
import Testing

@Suite struct JSONTests {
    static func parse(_ text: String) throws -> JSONValue { try JSONValue(parsing: text) }

    @Test func readsEveryKindOfValue() throws {
        let value = try Self.parse(#" {"a":[1,-2,3.5,true,false,null],"b":{"c":"x"},"d":{},"e":[]} "#)
        let expected: JSONValue = ["a": [1, -2, 3.5, true, false, nil], "b": ["c": "x"], "d": [:], "e": []]
        #expect(value == expected)
        #expect(value["b"]?["c"]?.asString == "x")
        #expect(value["a"]?.asArray?.count == 6)
        #expect(value["missing"] == nil)
    }

    @Test func keepsIntegersExactly() throws {
        for number in ["0", "9007199254740993", "9223372036854775807", "-9223372036854775808", "18446744073709551615", "-1"] {
            #expect(try Self.parse(number).text() == number)
        }
        #expect(try Self.parse("9223372036854775808") == .largeInteger(1 << 63))
        #expect(try Self.parse("18446744073709551616") == .number(0x1p64))
        #expect(try Self.parse("-9223372036854775809") == .number(-0x1p63))
        #expect(try Self.parse("2.0").asInteger == nil)
        #expect(try Self.parse("2e0").asInteger == nil)
        #expect(try Self.parse("-0").text() == "-0.0")
    }

    @Test func numbersMakeTheRoundTrip() throws {
        var generator = TestGenerator(state: 1)
        for _ in 0..<2000 {
            let double = Double(bitPattern: generator.next())
            let float = Float(bitPattern: UInt32(truncatingIfNeeded: generator.next()))
            if double.isFinite { #expect(try Self.parse(JSONValue(double).text()).asDouble == double) }
            if float.isFinite { #expect(try Float(Self.parse(JSONValue(float).text()).asDouble ?? .nan) == float) }
        }
        #expect(JSONValue(Float(0.1)).text() == "0.1")
        #expect(JSONValue(0.1).text() == "0.1")
        #expect(JSONValue(1e300).text() == "1e+300")
        #expect(try Self.parse("1e-400") == .number(0))
    }

    @Test func numbersThatAreNotFiniteAreWrittenAsNull() {
        #expect(
            JSONValue.array([JSONValue(Double.nan), JSONValue(Double.infinity), JSONValue(-Float.infinity)]).text()
                == "[null,null,null]")
    }

    @Test(arguments: [
        "", " ", "{", "[", "[1", "[1,", "[1,]", "[,1]", "{\"a\"}", "{\"a\":}", "{\"a\":1,}", "{a:1}", "{'a':1}", "{1:1}", "nul",
        "nulll",
        "True", "tru", "01", "-", "-a", "1.", ".5", "1.e2", "1e", "1e+", "+1", "0x10", "1_000", "NaN", "Infinity", "-Infinity",
        "1e400",
        "\"", "\"a", "\"\\", "\"\\u", "\"\\u12", "\"\\u12g4\"", "\"\\x\"", "\"\t\"", "\"\n\"", "\"\u{0}\"", "{} {}", "1 2", "[]]",
        "[1 2]",
        "{\"a\":1 \"b\":2}", "// c\n1", "[1,/**/2]", "\u{FEFF}{}", "\"\\ud834\"", "\"\\udd1e\"", "\"\\ud834\\u0041\"",
        "\"\\ud834x\"",
        "{\"a\":1,\"a\":1}", "{\"a\":1,\"\\u0061\":2}", "{}\0", "\u{A0}1", "\u{2028}1",
    ])
    func refusesWhatIsNotJSON(_ text: String) {
        let error = failure { _ = try Self.parse(text) }
        #expect(error.kind == .badData)
        #expect(error.message.contains("byte"))
    }

    @Test(
        arguments: [
            [0x80], [0xC0, 0x80], [0xC1, 0xBF], [0xE0, 0x80, 0x80], [0xED, 0xA0, 0x80], [0xF0, 0x80, 0x80, 0x80],
            [0xF4, 0x90, 0x80, 0x80],
            [0xF5, 0x80, 0x80, 0x80], [0xFF], [0xC3], [0xE2, 0x82], [0xF0, 0x9F, 0x98], [0xC3, 0x41],
        ] as [[UInt8]])
    func refusesInvalidUTF8(_ bytes: [UInt8]) {
        for text in [bytes, bytes + [0x22], [0x5C, 0x6E] + bytes + [0x22]] {
            #expect(failure { _ = try JSONValue(parsing: [0x22] + text) }.kind == .badData)
        }
        #expect(offsetOfInvalidUTF8(in: [0x61] + bytes) == 1)
        #expect(String(validatingCString: bytes.map { CChar(bitPattern: $0) } + [0]) == nil)
    }

    @Test func offsetsOfInvalidUTF8AgreeWithTheStandardLibrary() {
        var generator = TestGenerator(state: 9)
        let seed = Array("aé€😀\u{10FFFF}\u{D7FF}\u{E000}".utf8)
        for _ in 0..<3000 {
            let bytes = generator.mutate(seed, words: []).filter { $0 != 0 }
            let isValid = String(validatingCString: bytes.map { CChar(bitPattern: $0) } + [0]) != nil
            #expect((offsetOfInvalidUTF8(in: bytes) == nil) == isValid)
        }
    }

    @Test func errorsNameTheLineAndTheByte() {
        let error = failure { _ = try JSONValue(parsing: Array("{\n \"a\": 1,\n \"b\": x\n}".utf8), path: "config.json") }
        #expect(error.path == "config.json")
        #expect(error.line == 3)
        #expect(error.message.contains("byte 17"))
        #expect(failure { _ = try JSONValue(parsing: [0x7B], firstLine: 7) }.line == 7)
    }

    @Test func depthIsLimited() throws {
        let nested = { (depth: Int) in String(repeating: "[", count: depth) + String(repeating: "]", count: depth) }
        _ = try Self.parse(nested(64))
        #expect(failure { _ = try Self.parse(nested(65)) }.message.contains("64 levels"))
        #expect(failure { _ = try Self.parse(String(repeating: "[", count: 1_000_000)) }.kind == .badData)
        #expect(failure { _ = try Self.parse(String(repeating: "{\"a\":", count: 100_000)) }.kind == .badData)
        _ = try JSONValue(parsing: Array(nested(512).utf8), maximumDepth: .max)
        #expect(failure { _ = try JSONValue(parsing: Array(nested(513).utf8), maximumDepth: .max) }.kind == .badData)
    }

    @Test func escapesMakeTheRoundTrip() throws {
        let text = (0..<0x20).map { String(Unicode.Scalar(UInt8($0))) }.joined() + "\"\\/é€😀\u{7F}\u{2028}"
        #expect(try Self.parse(JSONValue.string(text).text()).asString == text)
        #expect(try Self.parse(#""\"\\\/\b\f\n\r\t\u00e9\uD83D\uDE00\u0000""#).asString == "\"\\/\u{8}\u{C}\n\r\té😀\0")
        #expect(JSONValue.string("a\u{1B}[31m\n").text() == #""a\u001b[31m\n""#)
    }

    @Test func composedAndDecomposedKeysAreTwo() throws {
        let value = try Self.parse("{\"\u{E9}\":1,\"e\u{301}\":2}")
        #expect(value["\u{E9}"] == 1)
        #expect(value["e\u{301}"] == 2)
        #expect(JSONValue.string("\u{E9}") != .string("e\u{301}"))
    }

    @Test func manyKeysAreFoundTwiceInLinearTime() throws {
        let keys = (0..<20_000).map { "\"key\($0)\":\($0)" }.joined(separator: ",")
        let object = try Self.parse("{\(keys)}").asObject
        #expect(object?.members.count == 20_000)
        #expect(failure { _ = try Self.parse("{\(keys),\"key77\":0}") }.message.contains("'key77' stands twice"))
    }

    @Test func membersKeepTheirOrder() throws {
        var object: JSONObject = ["z": 1, "a": 2]
        object["m"] = 3
        object["z"] = 4
        object["a"] = nil
        #expect(object.text() == #"{"z":4,"m":3}"#)
        #expect(try Self.parse(object.text()).asObject?.keys == ["z", "m"])
    }

    @Test func prettyTextIsReadable() throws {
        let value: JSONValue = ["task": "lm", "sizes": [1, 2], "layers": [["a": 1], [:]], "none": [:], "empty": []]
        #expect(
            value.text(pretty: true) == """
                {
                  "task": "lm",
                  "sizes": [1, 2],
                  "layers": [
                    {
                      "a": 1
                    },
                    {}
                  ],
                  "none": {},
                  "empty": []
                }
                """)
        #expect(try Self.parse(value.text(pretty: true)) == value)
    }

    @Test func everyTruncationOfADocumentIsRefused() {
        let document = Array(#"{"a":[1,-2.5e3,"x\n\u00e9é"],"b":{"c":true,"d":null}}"#.utf8)
        for count in 0..<document.count {
            #expect(failure { _ = try JSONValue(parsing: Array(document[..<count])) }.kind == .badData)
        }
    }

    @Test func mutatedDocumentsAreReadOrRefusedAndReadAgainTheSame() throws {
        var generator = TestGenerator(state: 2)
        let seed = Array(
            #"{"step":12,"loss":-1.5e-3,"text":"é\n\u00e9 😀","list":[[],{},null,true,0.5],"n":18446744073709551615}"#.utf8)
        let words = ["[[[[", "\\u", "\\ud800", "1e999", "-", "\"", "{\"a\":", "null", "\u{FEFF}", ",", "9999999999999999999999"]
        var accepted = 0
        for _ in 0..<4000 {
            let bytes = generator.mutate(seed, words: words)
            guard let value = try? JSONValue(parsing: bytes) else { continue }
            accepted += 1
            #expect(try JSONValue(parsing: value.bytes()) == value)
            #expect(try JSONValue(parsing: value.bytes(pretty: true)) == value)
        }
        #expect(accepted > 100)
    }
}

import ElmanFiles
import Testing

@testable import ElmanText

@Suite("Pretrained embeddings") struct EmbeddingTests {
    private let vocabulary = Vocabulary(counts: TokenLists([["cat", "cat", "cat", "The", "The", "dog"]]).counts, boundary: nil)

    private func read(
        _ bytes: [UInt8], _ vocabulary: Vocabulary? = nil, format: EmbeddingFormat? = nil, dimension: Int? = nil
    ) throws -> PretrainedEmbeddings {
        try withFile(bytes) {
            try PretrainedEmbeddings(reading: $0, for: vocabulary ?? self.vocabulary, format: format, dimension: dimension)
        }
    }

    /// word2vec's binary format.
    private func binary(_ rows: [(String, [Float])], header: String, separator: String = "\n") -> [UInt8] {
        Array(header.utf8)
            + rows.flatMap { word, numbers in
                Array((word + " ").utf8)
                    + numbers.flatMap { number in (0..<4).map { UInt8(truncatingIfNeeded: number.bitPattern >> (8 * $0)) } }
                    + Array(separator.utf8)
            }
    }

    private static let rows: [(String, [Float])] = [
        ("the", [1, 2.5, -3]), ("house", [4, 5, 6]), ("cat", [0.1, 1e-3, -2e10]), ("cat", [9, 9, 9]), ("a b", [7, 8, 9]),
    ]

    @Test("all formats give the same vectors, in the order of the vocabulary")
    func formats() throws {
        let lines = Self.rows.map { $0 + " " + $1.map(\.description).joined(separator: " ") + "\n" }.joined()
        let files: [([UInt8], EmbeddingFormat)] = [
            (Array(lines.utf8), .glove), (Array(("5 3\n" + lines).utf8), .word2vecText),
            (Array("5 3\r\n".utf8) + Array(lines.utf8).flatMap { $0 == 10 ? [32, 13, 10] : [$0] }, .word2vecText),
            (binary(Array(Self.rows.dropLast()), header: "5 3\n"), .word2vecBinary),
            (binary(Array(Self.rows.dropLast()), header: "5 3\n", separator: ""), .word2vecBinary),
        ]
        for (bytes, format) in files {
            let embeddings = try read(bytes)
            #expect(embeddings.format == format && embeddings.dimension == 3)
            #expect(embeddings.rows.count == 4)
            #expect(
                (0..<4).map { embeddings.vector(of: $0).map { Array($0) } } == [nil, [0.1, 1e-3, -2e10], [1, 2.5, -3], nil])
            let coverage = embeddings.coverage
            #expect(coverage.exact == 1 && coverage.lowercased == 1 && coverage.missing == 2 && coverage.duplicates == 1)
            #expect(coverage.rows == (format == .word2vecBinary ? 4 : 5) && coverage.declaredRows == (format == .glove ? nil : 5))
        }
    }

    @Test("the exact form comes before the lower-case one, wherever it stands")
    func exactFirst() throws {
        for text in ["the 1\nThe 2\n", "The 2\nthe 1\n"] { #expect(try read(Array(text.utf8)).vector(of: 2) == [2]) }
    }

    @Test("a word may hold spaces, and one without a name is passed over")
    func oddWords() throws {
        let words = try Vocabulary(entries: [". . .", "at x@y.z", "x"], unknown: nil, boundary: nil)
        let embeddings = try read(Array("x 1 2\n. . . 3 4\nat x@y.z 5 6\n 7 8\n\n".utf8), words)
        #expect((0..<3).map { embeddings.vector(of: $0).map { Array($0) } } == [[3, 4], [5, 6], [1, 2]])
        #expect(embeddings.coverage.emptyWords == 1 && embeddings.coverage.rows == 4)
        let numeric = try Vocabulary(entries: ["2000"], unknown: nil, boundary: nil)
        #expect(try read(Array("x 1 2\n2000 3 4\n".utf8), numeric).vector(of: 0) == [3, 4])
    }

    @Test(
        "faults name the line or the row",
        arguments: [
            ("x 1 2\ny 1\n", 2, "1 numbers where 2"), ("x 1 2\ny 1 2 3\n", 2, "more than 2 numbers"),
            ("2 2\nx 1 2\ncat 1 z\n", 3, "“z”"),
            ("x 1 2\ncat 1 nan\n", 2, "“nan”"), ("x 1 2\ncat 1 1e99\n", 2, "“1e99”"), ("x\n", 1, "vectors of 0"),
            ("", nil, "no word vectors"), ("5 0\n", 1, "vectors of 0"),
            ("3 2\n", nil, "no word vectors"),
        ] as [(String, Int?, String)])
    func faults(text: String, line: Int?, message: String) throws {
        let error = try dataError { try read(Array(text.utf8)) }
        #expect(error.kind == .badData && error.line == line)
        #expect(error.message.contains(message), "\(error.message)")
    }

    @Test("damaged binary files are refused")
    func damaged() throws {
        let whole = binary(Array(Self.rows.dropLast()), header: "5 3\n")
        for count in 5..<whole.count - 1 {
            // What ends between two rows is only shorter than promised.
            let embeddings = try? read(Array(whole[..<count]), format: .word2vecBinary)
            if let embeddings { #expect((whole[count - 1] == 10 || whole[count] == 10) && embeddings.coverage.rows < 5) }
        }
        let endless = Array("1 3\n".utf8) + [UInt8](repeating: 0x61, count: 10_000)
        #expect(try dataError { try read(endless, format: .word2vecBinary) }.message.contains("no word at this row"))
        let infinite = binary([("cat", [1, .infinity, 2])], header: "1 3\n")
        #expect(try dataError { try read(infinite) }.message.contains("not finite"))
        let error = try dataError { try read(whole, dimension: 4) }
        #expect(error.message.contains("3 numbers where 4"))
    }

    @Test("a file larger than the buffer is read whole", arguments: [EmbeddingFormat.glove, .word2vecBinary])
    func large(format: EmbeddingFormat) throws {
        let count = 30_000
        let rows = (0..<count).map { ("w\($0)", [Float($0), -Float($0), 0.5, Float($0 % 7)]) }
        let text = rows.map { $0 + " " + $1.map(\.description).joined(separator: " ") + "\n" }.joined()
        let bytes = format == .glove ? Array(text.utf8) : binary(rows, header: "\(count) 4\n")
        let wanted = ["w0", "w15000", "w29999"]
        let embeddings = try read(bytes, Vocabulary(entries: wanted, unknown: nil, boundary: nil))
        #expect(embeddings.format == format && embeddings.coverage.rows == count && embeddings.vectors.count == 12)
        #expect(embeddings.vector(of: 1) == [15_000, -15_000, 0.5, 6] && embeddings.vector(of: 2) == [29_999, -29_999, 0.5, 4])
    }

    @Test(
        "decimal numbers are those of the standard library",
        arguments: [
            "0", "-0.0", "1", "+2", ".5", "5.", "-123.456", "0.123456789012345", "0.1234567890123456789", "1e5", "-2.5E-3",
            "123456789012345678",
            "0.00000000000000000000000000012", "1e400", "nan", "-inf",
        ])
    func numbers(text: String) {
        let number = withBytes(of: text) { $0.number }
        #expect(number?.bitPattern == Double(text)?.bitPattern)
    }

    @Test("what is no number is none", arguments: ["", "-", "+", ".", "1,5", "a", "1 ", "0x", "--1", "1.2.3", "1e"])
    func noNumbers(text: String) { #expect(withBytes(of: text) { $0.number } == nil) }
}

import Testing

@testable import ElmanText

@Suite("Data report") struct DataReportTests {
    @Test("counts, lengths and oddities of a text are found, and their places")
    func everything() throws {
        let bytes =
            [0xEF, 0xBB, 0xBF] + Array("a b a\r\n\nlong\u{A0}er ü\u{0} </s>\r\n".utf8) + [0x63, 0xFF, 0x20, 0xE2, 0x82, 0x20]
            + Array("\u{85} <unk>".utf8)
        let report = try withFile(bytes) { try DataReport(reading: $0) }
        #expect(report.bytes == bytes.count)
        #expect(report.lines == 4)
        #expect(report.blankLines == 1)
        #expect(report.sentences == 3)
        #expect(report.words.total == 10)
        #expect(report.words.count(of: "a") == 2)
        #expect(report.hasByteOrderMark)
        #expect(report.carriageReturnLines == 2)
        #expect(report.endsInNewline == false)
        #expect(report.invalidUTF8.count == 2)
        #expect(report.invalidUTF8.first[0].line == 4)
        #expect(report.invalidUTF8.first[0].byte == 2)
        #expect(bytes[report.invalidUTF8.first[0].offset] == 0xFF)
        #expect(bytes[report.invalidUTF8.first[1].offset] == 0xE2)
        #expect(report.zeroBytes == 1)
        #expect(report.controlCharacters.count == 2)
        #expect(report.noBreakSpaces == 1)
        #expect(report.longestSentence.line == 4)
        #expect(report.longestLine.line == 3)
        let text = report.textLines().joined(separator: "\n")
        let parts = [
            "4 (1 blank)", "byte order mark     at the start", "2 lines end so", "not UTF-8           2 times: line 4 byte 2",
            "<unk>               1 in",
        ]
        for part in parts {
            #expect(text.contains(part), "\(part) in\n\(text)")
        }
    }

    @Test("carriage returns and newlines at the end are told apart")
    func ends() throws {
        #expect(try withFile("a\r\nb\r\n") { try DataReport(reading: $0).carriageReturnLines } == 2)
        #expect(try withFile("a\nb\n") { try DataReport(reading: $0).carriageReturnLines } == 0)
        #expect(try withFile("a\nb\n") { try DataReport(reading: $0).endsInNewline } == true)
    }

    @Test("an empty file is reported, not refused")
    func empty() throws {
        let report = try withFile("") { try DataReport(reading: $0) }
        #expect(report.lines == 0)
        #expect(report.textLines().contains { $0.contains("no sentences in") })
    }

    @Test("words that the training text lacks are counted, the most frequent first")
    func unknown() throws {
        let training = try withFile("a b\na") { try DataReport(reading: $0) }
        let dev = try withFile("a x y x\nb") { try DataReport(reading: $0) }
        let unknown = dev.unknown(toTrainingText: training)
        #expect(unknown.unknownWords == 3)
        #expect(unknown.unknownTypes == 2)
        #expect(unknown.examples == ["x", "y"])
        #expect(unknown.share == 0.6)
        #expect(dev.unknown(toTrainingText: training, minimumCount: 2).unknownWords == 4)
        #expect(unknown.textLines() == ["3 of 5 words (60.0 %) are not in the training text: x y"])
    }

    @Test("control characters of a file reach no terminal")
    func escaped() throws {
        let lines = try withFile("\u{1B}[2J \u{1B}[2J") { try DataReport(reading: $0).textLines() }
        #expect(!lines.joined().contains("\u{1B}"))
    }

    @Test("numbers are grouped by threes")
    func grouping() {
        let numbers = [0, 12, 123, 1_234, 123_456, 1_234_567, -9_876]
        #expect(numbers.map(grouped) == ["0", "12", "123", "1,234", "123,456", "1,234,567", "-9,876"])
    }

    @Test(
        "the format is guessed from the look of the lines",
        arguments: [
            ("the cat sat\non the mat\n", .text), (" aer banknote \n pierre <unk> N years old \n", .text), ("", .text),
            ("0 ||| bad\n4 ||| very good\n", .labelBars), ("neg\tbad film\npos\tgood one\n", .labelTab),
            ("__label__a x y\n__label__b z\n", .labelPrefix), ("a b c\td e\nf g\th\n", .textPairs),
            ("The|O cat|O\nRome|B-LOC\n", .wordTags), ("EU B-ORG\nrejects O\n\nPeter B-PER\n", .columns),
            ("# id = 1\n1\ta\tb\tc\td\te\tf\tg\th\ti\n2\ta\tb\tc\td\te\tf\tg\th\ti\n\n", .conllu),
            ("(3 (2 a) (4 b))\n(1 c)\n", .trees), ("{\"a\": 1}\n{\"a\": 2}\n", .jsonLines),
        ] as [(String, TextFormat)])
    func formats(text: String, expected: TextFormat) throws {
        #expect(try withFile(text) { try DataReport(reading: $0).format } == expected)
    }

    @Test(
        "the texts of the package are recognised",
        arguments: [
            ("shakespeare.txt", .text), ("verses/dev.tsv", .textPairs), ("wordnet-gloss/dev.txt", .labelBars),
            ("address-tags/dev.txt", .wordTags),
        ] as [(String, TextFormat)])
    func shippedTexts(name: String, expected: TextFormat) throws {
        let report = try DataReport(reading: packageFolder + "/Sources/CElmanTexts/texts/" + name)
        #expect(report.format == expected)
        #expect(report.invalidUTF8.count == 0)
    }
}

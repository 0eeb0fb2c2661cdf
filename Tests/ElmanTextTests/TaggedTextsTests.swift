import ElmanFiles
import Testing

@testable import ElmanText

@Suite("Tagged texts") struct TaggedTextsTests {
    private static let conllu = """
        # sent_id = 1
        1\tIt\tit\tPRON\tPRP\t_\t2\tnsubj\t_\t_
        2-3\tisn't\t_\t_\t_\t_\t_\t_\t_\t_
        2\tis\tbe\tAUX\tVBZ\t_\t0\troot\t_\t_
        3\tn't\tnot\tPART\tRB\t_\t2\tadvmod\t_\t_
        3.1\tgone\tgo\tVERB\tVBN\t_\t_\t_\t_\t_

        # only a comment

        1\tNew York\tNew York\tPROPN\tNNP\t_\t0\troot\t_\t_

        """

    private func read(_ text: String, _ options: TagReadingOptions = TagReadingOptions()) throws -> TaggedTexts {
        try TaggedTexts(text: Array(text.utf8), name: "x.txt", options: options)
    }

    private func sentences(_ texts: TaggedTexts) -> [String] {
        (0..<texts.count).map { sentence in
            zip(texts.words.tokens(of: sentence), texts.tags?.tokens(of: sentence) ?? []).map { "\($0)/\($1)" }
                .joined(separator: " ")
        }
    }

    @Test(
        "every format is recognised and read",
        arguments: [
            ("a|b|X c|O\n\nd|Y\n", .wordTags, ["a|b/X c/O", "d/Y"], [1, 3]),
            ("-DOCSTART- -X- O\n\na N X\nc N O\n\n\nd N Y", .columns, ["a/X c/O", "d/Y"], [3, 7]),
            ("a\tX\r\nb c\tO\r\n\r\nd\tY\r\n", .columns, ["a/X b c/O", "d/Y"], [1, 4]),
            (conllu, .conllu, ["It/PRON is/AUX n't/PART", "New York/PROPN"], [2, 10]),
        ] as [(String, TagFormat, [String], [Int])])
    func formats(text: String, format: TagFormat, expected: [String], lines: [Int]) throws {
        let texts = try read(text)
        #expect(texts.format == format)
        #expect(sentences(texts) == expected)
        #expect(texts.lines == lines)
        #expect(try withFile(text) { sentences(try TaggedTexts(reading: [$0])) } == expected)
    }

    @Test("columns can be chosen by number and by name")
    func columns() throws {
        #expect(try sentences(read("a N X\nb M Y\n\n", .init(tagColumn: .number(2)))) == ["a/N b/M"])
        #expect(try sentences(read("1 a N\n2 b M\n\n", .init(wordColumn: 2))) == ["a/N b/M"])
        #expect(try sentences(read(Self.conllu, .init(tagColumn: .xpos)))[1] == "New York/NNP")
        #expect(TagColumn("upos") == .upos && TagColumn("3") == .number(3) && TagColumn("0") == nil && TagColumn("x") == nil)
        let error = try dataError { try read("a N\n\n", .init(tagColumn: .number(3))) }
        #expect(error.message.contains("column 3 of 2") && error.line == 1)
    }

    @Test(
        "faults name the line",
        arguments: [
            ("a|X b\n", TagFormat.wordTags, 1, "“b”"), ("a|X\n|X\n", .wordTags, 2, "word|tag"), ("a|\n", .wordTags, 1, "“a|”"),
            ("a X\nb X Y\n", .columns, 2, "3 columns where the lines before have 2"), ("a\n", .columns, 1, "a single column"),
            ("a\tX\n\tY\n", .columns, 2, "column 1 is empty"), ("1\ta\n", .conllu, 1, "2 columns"),
            ("2\ta\tb\tc\td\te\tf\tg\th\ti\n", .conllu, 1, "“2” and should be 1"), ("\n\n", .columns, nil, "no sentences"),
        ] as [(String, TagFormat, Int?, String)])
    func faults(text: String, format: TagFormat, line: Int?, message: String) throws {
        let error = try dataError { try read(text, .init(format: format)) }
        #expect(error.line == line)
        #expect(error.message.contains(message), "\(error.message)")
    }

    @Test(
        "writing the same tags back gives the same bytes",
        arguments: [
            conllu, "\u{FEFF}a|b|X  c|O \r\n\r\n d|Y", "-DOCSTART- -X- O\n\na N  X\nc  N O \n\n\nd N Y", "a\tX\r\nb c\tO\r\n\r\n",
        ])
    func sameBytes(text: String) throws {
        let texts = try read(text, .init(keepsText: true))
        let tags = texts.tagVocabulary()
        #expect(texts.contents(tags: texts.tagIndices(in: tags).tokens, of: tags) == Array(text.utf8))
    }

    @Test("new tags replace the old ones and nothing else")
    func newTags() throws {
        let vocabulary = try Vocabulary(entries: ["LONG", "Z"], unknown: nil, boundary: nil)
        func written(_ text: String, _ options: TagReadingOptions, _ tags: [Int32], appending: Bool = false) throws -> String {
            String(decoding: try read(text, options).contents(tags: tags, of: vocabulary, appending: appending), as: UTF8.self)
        }
        let kept = TagReadingOptions(keepsText: true)
        #expect(try written("a|b|X  c|O \r\n", kept, [0, 1]) == "a|b|LONG  c|Z \r\n")
        #expect(try written("a X \nb Y\r\n\nc Z", kept, [0, 1, 0], appending: true) == "a X LONG \nb Y Z\r\n\nc Z LONG")
        let plain = TagReadingOptions(allowsMissingTags: true, keepsText: true)
        #expect(try written(" a b\n\nc", plain, [0, 1, 0]) == " a|LONG b|Z\n\nc|LONG")
        #expect(
            try written("a\nb \n\nc\n", .init(format: .columns, allowsMissingTags: true, keepsText: true), [0, 1, 0])
                == "a\tLONG\nb\tZ \n\nc\tLONG\n")
        let xpos = TagReadingOptions(tagColumn: .xpos, keepsText: true)
        let lines = try written(Self.conllu, xpos, [0, 1, 0, 1]).split(separator: "\n")
        #expect(lines[1] == "1\tIt\tit\tPRON\tLONG\t_\t2\tnsubj\t_\t_")
        #expect(lines[2] == "2-3\tisn't\t_\t_\t_\t_\t_\t_\t_\t_")
    }

    @Test("bytes that are not UTF-8 are replaced in words, and written back as they were")
    func invalidBytes() throws {
        let bytes = Array("x".utf8) + [0xFF, 0xE2, 0x82] + Array("|A y|B\n".utf8)
        #expect(try dataError { try TaggedTexts(text: bytes) }.line == 1)
        let texts = try TaggedTexts(text: bytes, options: .init(keepsText: true, invalidUTF8: .replace))
        #expect(texts.words.tokens(of: 0) == ["x\u{FFFD}\u{FFFD}", "y"] && texts.statistics.replacements == 2)
        let tags = texts.tagVocabulary()
        #expect(texts.contents(tags: [0, 1] as [Int32], of: tags) == bytes)
    }

    @Test("sentences are written afresh in both formats")
    func fresh() throws {
        let texts = try read("a|X b|O\nc|X\n")
        let (tags, all) = (texts.tagVocabulary(), texts.tagIndices(in: texts.tagVocabulary()).tokens)
        #expect(texts.contents(tags: all, of: tags, as: .wordTags) == Array("a|X b|O\nc|X\n".utf8))
        #expect(texts.contents(tags: all, of: tags, as: .columns) == Array("a\tX\nb\tO\n\nc\tX\n\n".utf8))
    }

    @Test("plain words have no tags, and files with and without tags do not mix")
    func plainWords() throws {
        let texts = try read("the cat sat\non the mat\n", .init(allowsMissingTags: true))
        #expect(texts.format == .words && texts.tags == nil && texts.words.lengths == [3, 3])
        try withFile("a b c\nd e\n") { plain in
            try withFile("a|X\n") { tagged in
                let error = try dataError { try TaggedTexts(reading: [tagged, plain], options: .init(allowsMissingTags: true)) }
                #expect(error.message.contains("some of the files have tags"))
            }
        }
    }

    @Test("the file of a run of words can be larger than what is looked at first")
    func longFile() throws {
        let text = String(repeating: "word|A other|B\n", count: 20_000)
        let texts = try withFile(text) { try TaggedTexts(reading: [$0]) }
        #expect(texts.count == 20_000 && texts.words.types.count == 40_000)
    }

    @Test("WikiNER has its published counts and is IOB1", .enabled(if: data("tags/train.txt") != nil))
    func wikiNER() throws {
        let texts = try TaggedTexts(reading: [try #require(data("tags/train.txt"))])
        #expect(texts.count == 10_000 && texts.words.types.count == 248_038)
        let tagLists = try #require(texts.tags)
        let report = try #require(TagSchemeReport(tagLists))
        #expect(report.scheme == .iob1 && report.violations == 0)
        let path = try #require(data("tags/dev.txt"))
        let dev = try TaggedTexts(reading: [path], options: .init(keepsText: true))
        let tags = dev.tagVocabulary()
        let indices = dev.tagIndices(in: tags)
        #expect(dev.contents(tags: indices.tokens, of: tags) == (try FileSystem.readFile(path)))
        var metrics = SpanMetrics(tags: tags)
        for sentence in 0..<indices.count { metrics.add(gold: indices[sentence], predicted: indices[sentence]) }
        // Counted by seqeval.
        #expect(metrics.tagSet.typeNames == ["LOC", "MISC", "ORG", "PER"])
        #expect(metrics.byType.map(\.expected) == [1_014, 712, 898, 934] && metrics.spans.f1 == 1)
    }

    @Test("a CoNLL-U treebank is written back to the byte", .enabled(if: data("ud_english_lines/dev.conllu") != nil))
    func treebank() throws {
        let path = try #require(data("ud_english_lines/dev.conllu"))
        let texts = try TaggedTexts(reading: [path], options: .init(tagColumn: .xpos, keepsText: true))
        #expect(texts.count == 1_118 && texts.words.types.count == 21_637)
        let tags = texts.tagVocabulary()
        #expect(texts.contents(tags: texts.tagIndices(in: tags).tokens, of: tags) == (try FileSystem.readFile(path)))
    }
}

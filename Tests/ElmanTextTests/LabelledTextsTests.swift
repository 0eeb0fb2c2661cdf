import ElmanFiles
import Testing

@testable import ElmanText

@Suite("Labelled texts") struct LabelledTextsTests {
    private func read(_ text: String, format: LabelFormat? = nil) throws -> LabelledTexts {
        try LabelledTexts(text: Array(text.utf8), name: "x.txt", format: format)
    }

    @Test(
        "three formats give the same labels and words",
        arguments: [
            ("3 ||| a fine film\n0 ||| dull\n", .bars), ("3\ta fine film\n\n0\tdull", .tab),
            ("\u{FEFF}__label__3 a fine film\r\n__label__0  dull \r\n", .prefix), ("3|||a fine film\n0 ||| dull ", .bars),
        ] as [(String, LabelFormat)])
    func formats(text: String, format: LabelFormat) throws {
        let texts = try read(text)
        #expect(texts.format == format)
        #expect((0..<2).map { texts.label(of: $0) } == ["3", "0"])
        #expect(texts.texts.tokens(of: 0) == ["a", "fine", "film"])
        #expect(texts.texts.tokens(of: 1) == ["dull"])
        #expect(texts.labelVocabulary().entries == ["0", "3"])
        #expect(texts.labelIndices(in: texts.labelVocabulary()) == [1, 0])
        #expect(try withFile(text) { try LabelledTexts(reading: [$0]).labelTypes } == texts.labelTypes)
    }

    @Test("the first separator counts, and the one that comes first says the format")
    func separators() throws {
        #expect(try read("a\tb ||| c\n").format == .tab)
        let texts = try read("a ||| b\tc ||| d")
        #expect(texts.label(of: 0) == "a")
        #expect(texts.texts.tokens(of: 0) == ["b", "c", "|||", "d"])
        #expect(try read("very good\tb").label(of: 0) == "very good")
    }

    @Test(
        "faults name the line",
        arguments: [
            ("1 ||| a\n\nb\n", 3, "no label"), ("a b\n", 1, "no label"), ("1 ||| a\n ||| b\n", 2, "label is empty"),
            ("1\ta\n2\t \n", 2, "no text"), ("__label__a x\n__label__ x\n", 2, "label is empty"),
            ("__label__a __label__b x\n", 1, "several labels"), ("__label__a\n", 1, "no text"),
        ])
    func faults(text: String, line: Int, message: String) throws {
        let error = try dataError { try read(text) }
        #expect(error.kind == .badData && error.path == "x.txt" && error.line == line)
        #expect(error.message.contains(message), "\(error.message)")
    }

    @Test("a file without texts is an error, and invalid UTF-8 is refused with its line")
    func emptyAndInvalid() throws {
        #expect(try dataError { try read("\n \n") }.message.hasPrefix("no sentences in x.txt"))
        let bytes = Array("1 ||| a\n1 ||| ".utf8) + [0xFF]
        #expect(try dataError { try LabelledTexts(text: bytes) }.line == 2)
        let replaced = try LabelledTexts(text: bytes, options: ReadingOptions(invalidUTF8: .replace))
        #expect(replaced.texts.tokens(of: 1) == ["\u{FFFD}"])
        #expect(replaced.statistics.replacements == 1)
    }

    @Test("long texts are cut and counted, lines kept")
    func cut() throws {
        let texts = try LabelledTexts(text: Array("1\ta b c\n\n2\td\n".utf8), options: ReadingOptions(maximumLength: 2))
        #expect(texts.texts.lengths == [2, 1])
        #expect(texts.statistics.cutTokens == 1 && texts.statistics.cutSentences == 1)
        #expect(texts.lines == [1, 3])
    }

    @Test("labels that a vocabulary lacks are -1, and an extended one has them behind the known")
    func unknownLabels() throws {
        let (train, test) = (try read("a\tx\nb\ty\n"), try read("c\tx\na\ty\n"))
        let known = train.labelVocabulary()
        #expect(test.labelIndices(in: known) == [-1, 0])
        let extended = known.extended(with: test.labelCounts)
        #expect(extended.entries == ["a", "b", "c"])
        #expect(test.labelIndices(in: extended) == [2, 0])
    }

    @Test("numbers are ordered by value, words by bytes")
    func order() throws {
        #expect(try read("10\tx\n9\tx\n0\tx\n").labelVocabulary().entries == ["0", "9", "10"])
        #expect(try read("b\tx\n10\tx\n9\tx\n").labelVocabulary().entries == ["10", "9", "b"])
    }

    @Test("the Stanford Sentiment Treebank has its published counts", .enabled(if: data("classes/train.txt") != nil))
    func sentimentTreebank() throws {
        let texts = try LabelledTexts(reading: [try #require(data("classes/train.txt"))])
        #expect(texts.count == 8_544)
        #expect(texts.labelVocabulary().entries.map { texts.labelCounts.count(of: $0) } == [1_092, 2_218, 1_624, 2_322, 1_288])
        #expect(texts.statistics.longestSentence == 52)
    }
}

@Suite("Token lists") struct TokenListsTests {
    @Test("lower case merges types and keeps the lists, and encoding counts unknown tokens")
    func lowerCase() throws {
        let lists = TokenLists([["The", "the", "Ünder"], [], ["THE", "x"]])
        let lower = lists.lowercased()
        #expect(lower == TokenLists([["the", "the", "ünder"], [], ["the", "x"]]))
        #expect(lower.counts.typeCount == 3)
        let encoded = try lower.encoded(with: lower.vocabulary(minimumCount: 2))
        #expect(Array(encoded[0]) == [1, 1, 0] && encoded[1].isEmpty && Array(encoded[2]) == [1, 0])
        #expect(encoded.unknownTokens == 2)
        #expect(encoded.lengths == [3, 0, 2])
        #expect(lower.missing(in: lower.vocabulary(minimumCount: 2)).map(\.token) == ["ünder", "x"])
    }

    @Test("texts can be normalised as they are read")
    func normalization() throws {
        let options = ReadingOptions(normalization: .nfc)
        let texts = try LabelledTexts(text: Array("1 ||| e\u{301} \u{E9}".utf8), options: options)
        #expect(texts.texts.counts.typeCount == 1)
        let pairs = try withFile("e\u{301} \u{E9}\tx\n") { try ParallelTexts(reading: $0, options: options) }
        #expect(pairs.sources.counts.typeCount == 1)
    }

    @Test("a token that is missing in a vocabulary without an unknown entry is an error")
    func missing() throws {
        let vocabulary = try Vocabulary(entries: ["a"], unknown: nil, boundary: nil)
        #expect(try dataError { try TokenLists([["a", "b"]]).encoded(with: vocabulary) }.message.contains("“b”"))
    }
}

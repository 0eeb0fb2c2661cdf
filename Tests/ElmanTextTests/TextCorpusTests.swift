import ElmanFiles
import Testing

@testable import ElmanText

@Suite("Text corpus") struct TextCorpusTests {
    @Test("every sentence gets one end mark, and they are counted as tokens")
    func endMarks() throws {
        let text = try corpus("a b\nc\n")
        let vocabulary = text.vocabulary()
        let read = try text.encoded(with: vocabulary)
        #expect(read.tokens.map { vocabulary[Int($0)] } == ["a", "b", "</s>", "c", "</s>"])
        #expect(read.sentenceCount == 2)
        #expect(read.lengths == [3, 2])
        #expect(Array(read[1]) == Array(read.tokens[3...]))
        #expect(read.statistics.tokens == 5)
        #expect(read.statistics.longestSentence == 3)
    }

    @Test("leading, trailing and doubled spaces and tabs make no tokens; a no-break space is part of one")
    func spaces() throws {
        let text = try corpus("  a\tb  c \nd\u{A0}e\n")
        #expect(text.vocabulary().entries == ["<unk>", "</s>", "a", "b", "c", "d\u{A0}e"])
    }

    @Test("CR LF and a byte order mark are not part of the text, and the last line may lack its newline")
    func lineEnds() throws {
        let plain = try encoded("a b\nc")
        #expect(try encoded("\u{FEFF}a b\r\nc\r\n").tokens == plain.tokens)
        let fromFile = try withFile("\u{FEFF}a b\r\nc") { path in
            let text = try TextCorpus(reading: [path])
            return try text.encoded(with: text.vocabulary())
        }
        #expect(fromFile.tokens == plain.tokens)
    }

    @Test("blank lines inside are skipped and counted")
    func blankLines() throws {
        let read = try encoded("a\n\n \t\nb\n")
        #expect(read.sentenceCount == 2)
        #expect(read.statistics.lines == 4)
        #expect(read.statistics.blankLines == 2)
    }

    @Test("a file without sentences is an error that says so", arguments: ["", "\n\n", " \n\t\n", "\u{FEFF}"])
    func noSentences(text: String) throws {
        for unit in TextUnit.allCases {
            let error = try withFile(text) { path in
                let error = try dataError { try TextCorpus(reading: [path], options: ReadingOptions(unit: unit)) }
                #expect(error.message.hasPrefix("no sentences in \(path)"))
                return error
            }
            #expect(error.kind == .badData)
        }
        #expect(try dataError { try corpus(text) }.kind == .badData)
    }

    @Test("several files are one text, and each needs a sentence")
    func severalFiles() throws {
        try withFile("a b\n") { first in
            let sentences = try withFile("b c") { try TextCorpus(reading: [first, $0]).statistics.sentences }
            #expect(sentences == 2)
            let error = try withFile("\n") { empty in try dataError { try TextCorpus(reading: [first, empty]) } }
            #expect(error.message.hasPrefix("no sentences in") && !error.message.contains(first))
        }
    }

    @Test("invalid UTF-8 is refused with line and offset")
    func invalidUTF8() throws {
        let error = try withFile(Array("good\nb".utf8) + [0xFF, 0xFE] + Array("d\n".utf8)) { path in
            try dataError { try TextCorpus(reading: [path]) }
        }
        #expect(error.kind == .badData)
        #expect(error.line == 2)
        #expect(error.message.contains("byte 2 of the line (offset 6 in the file)"))
    }

    @Test("invalid UTF-8 can be replaced, and is counted")
    func replacement() throws {
        let bytes = Array("b".utf8) + [0xFF, 0xFE] + Array("d\ne\n".utf8)
        let text = try TextCorpus(text: bytes, options: ReadingOptions(invalidUTF8: .replace))
        #expect(text.statistics.replacements == 2)
        #expect(text.counts.count(of: "b\u{FFFD}\u{FFFD}d") == 1)
    }

    @Test("zero bytes and control characters are allowed in tokens and escaped in messages")
    func controlCharacters() throws {
        let text = try corpus("a\u{0}b \u{1B}[31m\n")
        #expect(text.counts.typeCount == 2)
        let vocabulary = try Vocabulary(entries: ["</s>", "a\u{0}b"])
        let error = try dataError { try text.encoded(with: vocabulary) }
        #expect(error.description.contains("\\u{1B}[31m"))
        #expect(!error.description.contains("\u{1B}"))
    }

    @Test("unknown words become <unk> and are counted")
    func unknownWords() throws {
        let vocabulary = try corpus("a b").vocabulary()
        let read = try corpus("a x\ny a").encoded(with: vocabulary)
        #expect(read.tokens == [2, 0, 1, 0, 2, 1])
        #expect(read.statistics.unknownTokens == 2)
        #expect(read.statistics.unknownShare == 0.5)
    }

    @Test("without <unk> the first unknown word is an error at its line")
    func withoutUnknown() throws {
        let vocabulary = try Vocabulary(entries: ["</s>", "a"])
        let error = try withFile("a\n\na x a y\n") { path in
            try dataError { try EncodedCorpus(reading: [path], with: vocabulary) }
        }
        #expect(error.line == 3)
        #expect(error.message.contains("“x”"))
        #expect(try dataError { try corpus("a").encoded(with: Vocabulary(entries: ["a"])) }.message.contains("end mark"))
    }

    @Test("characters are scalars, and the newline is the end mark of a line")
    func characters() throws {
        let options = ReadingOptions(unit: .char)
        let text = try corpus("aé \n\nb\n", options)
        let vocabulary = text.vocabulary()
        #expect(vocabulary.entries == ["<unk>", "\n", "a", "é", " ", "b"])
        let read = try text.encoded(with: vocabulary)
        #expect(vocabulary.text(of: read.tokens, unit: .char) == "aé \nb\n")
        #expect(try corpus("e\u{301}", options).counts.typeCount == 2)
    }

    @Test("a stream of characters can keep its blank lines")
    func keptBlankLines() throws {
        let text = try corpus("a\n\nb", ReadingOptions(unit: .char, keepsBlankLines: true))
        let vocabulary = text.vocabulary()
        #expect(vocabulary.text(of: try text.encoded(with: vocabulary).tokens, unit: .char) == "a\n\nb\n")
        #expect(text.statistics.blankLines == 1)
    }

    @Test("a line of a megabyte is read in linear time and can be cut, with what was cut counted")
    func longLine() throws {
        let words = Array(repeatElement(Array("b ".utf8), count: 450_000).joined())
        let line = [UInt8](repeating: 0x61, count: 100_000) + [0x20] + words
        let whole = try TextCorpus(text: line)
        #expect(whole.statistics.longestSentence == 450_002)
        let cut = try TextCorpus(text: line + Array("\nshort\n".utf8), options: ReadingOptions(maximumLength: 10))
        #expect(cut.statistics.tokens == 13)
        #expect(cut.statistics.cutSentences == 1)
        #expect(cut.statistics.cutTokens == 449_991)
    }

    @Test("a line longer than what is read at once stays whole")
    func linesAcrossPieces() throws {
        let word = String(repeating: "x", count: 300_000)
        let lengths = try withFile("a\n\(word) b\nc\n") { path in
            let text = try TextCorpus(reading: [path])
            #expect(text.counts.count(of: word) == 1)
            return try text.encoded(with: text.vocabulary()).lengths
        }
        #expect(lengths == [2, 3, 2])
    }

    @Test("a folder and a missing file are missing input")
    func missing() throws {
        #expect(try dataError { try TextCorpus(reading: ["/tmp"]) }.kind == .missingInput)
        #expect(try dataError { try TextCorpus(reading: ["/nowhere/at/all"]) }.kind == .missingInput)
    }

    @Test("reading twice gives the same vocabulary and the same tokens")
    func deterministic() throws {
        let text = (0..<500).map { "w\($0 * 7919 % 83) w\($0 % 11) x\($0 % 5)" }.joined(separator: "\n")
        #expect(try corpus(text).vocabulary() == corpus(text).vocabulary())
        #expect(try encoded(text) == encoded(text))
    }
}

@Suite("Sentence encoder") struct SentenceEncoderTests {
    @Test("a line is encoded as it is in a file")
    func sameAsCorpus() throws {
        let text = try corpus("to be or not to be\n")
        let vocabulary = text.vocabulary()
        let encoder = SentenceEncoder(vocabulary: vocabulary, unit: .word)
        let sentence = try encoder.encode(" to be  or maybe\r\n")
        #expect(sentence.tokens.map { vocabulary[Int($0)] } == ["to", "be", "or", "<unk>"])
        #expect(sentence.unknownTokens == 1)
        #expect(try encoder.encode("").tokens.isEmpty)
        #expect(Array(try text.encoded(with: vocabulary)[0].dropLast()) == (try encoder.encode("to be or not to be").tokens))
    }

    @Test("what cannot be encoded is an error with its line, or is replaced")
    func faults() throws {
        let vocabulary = try Vocabulary(entries: ["a", "\u{FFFD}"])
        let strict = SentenceEncoder(vocabulary: vocabulary, unit: .char)
        #expect(try dataError { try strict.encode([97, 0xFF], path: "f", line: 9) }.description.hasPrefix("f:9: invalid UTF-8"))
        #expect(try dataError { try strict.encode("ab", line: 2) }.line == 2)
        let lenient = SentenceEncoder(vocabulary: vocabulary, unit: .char, invalidUTF8: .replace)
        let sentence = try lenient.encode([97, 0xFF])
        #expect(sentence.tokens == [0, 1])
        #expect(sentence.replacements == 1)
    }
}

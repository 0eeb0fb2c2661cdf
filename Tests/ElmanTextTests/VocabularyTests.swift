import ElmanFiles
import Testing

@testable import ElmanText

@Suite("Vocabulary") struct VocabularyTests {
    @Test("composed and decomposed é are two entries, because bytes decide")
    func comparesBytes() throws {
        let composed = "caf\u{E9}"
        let decomposed = "cafe\u{301}"
        #expect(composed == decomposed, "Swift takes them for one")
        let vocabulary = try Vocabulary(entries: [composed, decomposed])
        #expect(vocabulary.index(of: composed) == 0)
        #expect(vocabulary.index(of: decomposed) == 1)
        #expect(Array(vocabulary.bytes(at: 1)) == Array(decomposed.utf8))
        let read = try corpus("\(composed) \(decomposed) \(composed)")
        #expect(read.counts.typeCount == 2)
        #expect(read.counts.count(of: composed) == 2)
    }

    @Test("special entries come first, then types by falling frequency, ties by first appearance")
    func order() throws {
        let vocabulary = try corpus("b a a c\nd c d e").vocabulary()
        #expect(vocabulary.entries == ["<unk>", "</s>", "a", "c", "d", "b", "e"])
        #expect(vocabulary.unknown == 0)
        #expect(vocabulary.boundary == 1)
    }

    @Test("rare types are left out by count and by size, special entries never")
    func limits() throws {
        let text = try corpus("b a a c\nd c d e")
        #expect(text.vocabulary(minimumCount: 2).entries == ["<unk>", "</s>", "a", "c", "d"])
        #expect(text.vocabulary(maximumSize: 4).entries == ["<unk>", "</s>", "a", "c"])
        #expect(text.vocabulary(maximumSize: 0).entries == ["<unk>", "</s>"])
        #expect(text.vocabulary(minimumCount: 2, hasUnknown: false).entries == ["</s>", "a", "c", "d"])
    }

    @Test("a text that holds <unk> already, as the Penn Treebank, shares the entry")
    func sharedUnknown() throws {
        let text = try corpus("the <unk> said <unk>")
        let vocabulary = text.vocabulary()
        #expect(vocabulary.entries == ["<unk>", "</s>", "the", "said"])
        #expect(try text.encoded(with: vocabulary).statistics.unknownTokens == 2)
    }

    @Test("entries are found by string, by bytes and by slices, and nothing else is")
    func lookUp() throws {
        let vocabulary = try Vocabulary(entries: ["<unk>", "zero\u{0}byte", "ein langes Wort mit mehr als acht Bytes", "ü"])
        #expect(vocabulary.count == 4)
        #expect(vocabulary.boundary == nil)
        for (index, entry) in vocabulary.entries.enumerated() {
            #expect(vocabulary.index(of: entry) == index)
            #expect(vocabulary.index(of: Array(entry.utf8)) == index)
            #expect(vocabulary.index(of: entry.utf8.lazy.map { $0 }) == index)
            #expect(vocabulary[index] == entry)
        }
        #expect(vocabulary.index(of: "") == nil)
        #expect(vocabulary.index(of: "zero") == nil)
    }

    @Test("empty and repeated entries are refused")
    func badEntries() throws {
        #expect(try dataError { try Vocabulary(entries: ["a", ""]) }.message.contains("entry 1"))
        #expect(try dataError { try Vocabulary(entries: ["a", "b", "a"]) }.message.contains("“a” stands twice"))
    }

    @Test("thousands of entries keep their numbers while the table grows")
    func growth() throws {
        let entries = (0..<5_000).map { "w\($0 % 7)-\($0)" }
        let vocabulary = try Vocabulary(entries: entries)
        #expect(entries.indices.allSatisfy { vocabulary.index(of: entries[$0]) == $0 })
        #expect(vocabulary.index(of: "w0-5000") == nil)
    }

    @Test("tokens become text again, words with spaces and characters without")
    func text() throws {
        let words = try Vocabulary(entries: ["<unk>", "</s>", "to", "be"])
        #expect(words.text(of: [2, 3, 0, 1], unit: .word) == "to be <unk>")
        let characters = try Vocabulary(entries: ["\n", "a", "ß"], boundary: "\n")
        #expect(characters.text(of: [1, 2, 0, 1], unit: .char) == "aß\na")
    }
}

@Suite("Vocabulary file") struct VocabularyFileTests {
    @Test("a vocabulary survives its file, with newline, backslash, tab, carriage return and byte order mark in it")
    func roundTrip() throws {
        let entries = ["\u{FEFF}", "\n", "\\", "\t", "\r", " ", "\\n", "é", "e\u{301}", "\u{0}", "\u{85}", "a\u{FEFF}b"]
        let vocabulary = try Vocabulary(entries: entries, unknown: nil, boundary: "\n")
        let path = "/tmp/elman-vocabulary-\(UInt64.random(in: 0 ... .max)).txt"
        try vocabulary.write(to: path)
        defer { try? FileSystem.remove(path) }
        let read = try Vocabulary(reading: path, unknown: nil, boundary: "\n")
        #expect(read == vocabulary)
        #expect(read.boundary == 1)
        #expect(try Vocabulary(fileContents: vocabulary.fileContents(), unknown: nil, boundary: "\n") == vocabulary)
    }

    @Test("one entry a line in index order")
    func contents() throws {
        let vocabulary = try Vocabulary(entries: ["<unk>", "\n", "a\\b"])
        #expect(String(decoding: vocabulary.fileContents(), as: UTF8.self) == "<unk>\n\\n\na\\\\b\n")
    }

    @Test("a file that was edited on another system is read: byte order mark, CR LF, no last newline")
    func foreignFile() throws {
        let read = try Vocabulary(fileContents: [0xEF, 0xBB, 0xBF] + Array("<unk>\r\n</s>\r\nword".utf8))
        #expect(read.entries == ["<unk>", "</s>", "word"])
        #expect(read.unknown == 0)
        #expect(read.boundary == 1)
    }

    @Test(
        "what is wrong is named with its line",
        arguments: [
            ("a\n\nb\n", 2, "empty"), ("a\nb\na\n", 3, "twice"), ("a\n\\x\n", 2, "backslash"), ("a\\", 1, "backslash"),
            ("a\n\\u0041\n", 2, "backslash"),
        ])
    func faults(text: String, line: Int, message: String) throws {
        let error = try dataError { try Vocabulary(fileContents: Array(text.utf8)) }
        #expect(error.kind == .badData)
        #expect(error.line == line)
        #expect(error.message.contains(message))
    }

    @Test("invalid UTF-8 is refused with its line")
    func invalid() throws {
        let error = try dataError { try Vocabulary(fileContents: [97, 10, 98, 0xFF, 10], path: "v.txt") }
        #expect(error.description.hasPrefix("v.txt:2: invalid UTF-8 at byte 2"))
    }

    @Test("a missing file is missing input")
    func missing() throws {
        #expect(try dataError { try Vocabulary(reading: "/nowhere/vocabulary.txt") }.kind == .missingInput)
    }
}

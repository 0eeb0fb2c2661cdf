import ElmanFiles
import ElmanTensor
import Testing

@testable import ElmanText

/// Texts with bytes changed, dropped and put in at random: whatever they are, they are read or refused, never trapped on.
@Suite("Damaged texts") struct DamagedTextTests {
    private static let conllu = """
        # x
        1\ta\ta\tX\tx\t_\t2\tdep\t_\t_
        2-3\tbc\t_\t_\t_\t_\t_\t_\t_\t_
        2\tb\tb\tX\tx\t_\t0\troot\t_\t_
        3\tc\tc\tX\tx\t_\t2\tdep:x\t_\t_

        1\td\td\tX\tx\t_\t0\troot\t_\t_

        """

    /// Some bytes of a text replaced, removed or inserted; those that matter for a format more often than others.
    private func damaged(_ text: [UInt8], _ random: inout RandomGenerator) -> [UInt8] {
        var text = text
        let special = Array(" \t\n\r|()-_#0129.B\u{FF}".utf8) + [0, 0xFF, 0xC3]
        for _ in 0..<1 + random.integer(below: 4) where !text.isEmpty {
            let place = random.integer(below: text.count)
            switch random.integer(below: 3) {
            case 0: text[place] = special[random.integer(below: special.count)]
            case 1: text.remove(at: place)
            default: text.insert(special[random.integer(below: special.count)], at: place)
            }
        }
        return text
    }

    /// Reads many damaged texts and returns how many were accepted.
    private func accepted(_ text: String, count: Int = 500, _ read: ([UInt8]) throws -> Void) throws -> Int {
        var (random, accepted) = (RandomGenerator(seed: 11), 0)
        for _ in 0..<count {
            do {
                try read(damaged(Array(text.utf8), &random))
                accepted += 1
            } catch let error as DataError {
                #expect(error.kind == .badData)
            }
        }
        #expect(accepted > 0 && accepted < count)
        return accepted
    }

    @Test("labels") func labels() throws {
        for text in ["a ||| b c\nd ||| e\n", "a\tb c\nd\te\n", "__label__a b c\n__label__d e\n"] {
            _ = try accepted(text) { bytes in
                let texts = try LabelledTexts(text: bytes, options: ReadingOptions(invalidUTF8: .replace))
                #expect(texts.count == texts.texts.count && !texts.texts.lengths.contains(0))
            }
        }
    }

    @Test("tags, which are written back to the byte")
    func tags() throws {
        for text in ["a|b|X c|O\nd|B-Y\n", "-DOCSTART- O\n\na N X\nb M O\n\nc N Y\n", "a\tX\nb\tY\n\nc\tX\n", Self.conllu] {
            _ = try accepted(text) { bytes in
                let texts = try TaggedTexts(text: bytes, options: .init(keepsText: true))
                let tags = texts.tagVocabulary()
                let indices = texts.tagIndices(in: tags)
                #expect(texts.contents(tags: indices.tokens, of: tags) == bytes)
                #expect(indices.starts == texts.words.starts && !texts.words.lengths.contains(0))
            }
        }
    }

    @Test("dependencies, which are written back to the byte")
    func dependencies() throws {
        _ = try accepted(Self.conllu) { bytes in
            let bank = try DependencyTreebank(text: bytes, options: .init(keepsText: true))
            let relations = bank.relationVocabulary()
            let written = bank.contents(
                heads: bank.heads, relations: bank.relationIndices(in: relations).tokens, of: relations)
            // A head with zeros before it is written without them.
            #expect(written == bytes || bytes.count > written.count)
        }
    }

    @Test("trees, which are read again as they were written")
    func trees() throws {
        _ = try accepted("(3 (2 a) (4 (1 b) (0 c)))\n(1 x)\n") { bytes in
            let bank = try Treebank(text: bytes, invalidUTF8: .replace)
            for tree in 0..<bank.count {
                let text = bank.text(of: tree)
                #expect(try Treebank(text: Array(text.utf8)).text(of: 0) == text)
            }
        }
    }

    @Test("embeddings and merges")
    func vectors() throws {
        let vocabulary = try Vocabulary(entries: ["a", "b"], unknown: nil, boundary: nil)
        for text in ["a 1 2\nb -0.1 2e3\n", "2 2\na 1 2\nb 3 4\n", "2 1\na \0\0\0\0\nb \0\0\0\0"] {
            _ = try accepted(text, count: 400) { bytes in
                let embeddings = try withFile(bytes) { try PretrainedEmbeddings(reading: $0, for: vocabulary) }
                #expect(embeddings.vectors.allSatisfy { $0.isFinite } && embeddings.vectors.count % embeddings.dimension == 0)
            }
        }
        _ = try accepted("#version: 0.2\na b\nab c</w>\n", count: 400) { bytes in
            let encoding = try withFile(bytes) { try BytePairEncoding(reading: $0) }
            #expect(encoding.pieces(of: "abc").joined() == "abc")
        }
    }

    @Test("tokenizer files")
    func tokenizers() throws {
        let fact = try #require(TokenizerFact.all.first { $0.name == "endOfWord" })
        _ = try accepted(fact.file, count: 300) { bytes in
            let tokenizer = try SubwordTokenizer(parsing: bytes)
            _ = tokenizer.decode(tokenizer.encode("the cat niña 猫 "))
        }
    }
}

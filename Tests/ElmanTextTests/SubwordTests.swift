import ElmanFiles
import ElmanTensor
import Testing

@testable import ElmanText

/// What subword-nmt learns and does.
enum SennrichFact {}

/// What Hugging Face's tokenizers does with a file.
struct TokenizerFact: Sendable, CustomTestStringConvertible {
    let name, file: String
    let samples: [(text: String, indices: [Int32], decoded: String)]
    var testDescription: String { name }
}

@Suite("Byte-pair encoding") struct BytePairEncodingTests {
    private func counts(_ text: String) throws -> TokenCounts { try corpus(text).counts }

    @Test("the merges are those of subword-nmt, and so are the pieces")
    func sennrich() throws {
        let encoding = BytePairEncoding(training: try counts(SennrichFact.text), mergeCount: 150)
        #expect(encoding.merges.map { "\($0.left) \($0.right)" } == SennrichFact.merges)
        for (word, pieces) in SennrichFact.pieces {
            #expect(encoding.encoded([word]).joined(separator: " ") == pieces)
        }
    }

    @Test("merges are counted as by recounting everything after each", arguments: 0..<8)
    func bruteForce(seed: Int) throws {
        var random = RandomGenerator(seed: UInt64(seed))
        var counts = TokenCounts()
        for _ in 0..<60 {
            let length = 1 + random.integer(below: 9)
            counts.add(String((0..<length).map { _ in Character(["a", "b", "c"][random.integer(below: 3)]) }))
        }
        let encoding = BytePairEncoding(training: counts, mergeCount: 40, minimumFrequency: 1)
        #expect(encoding.merges.map { [$0.left, $0.right] } == naiveMerges(counts, 40))
    }

    /// The definition, without any index.
    private func naiveMerges(_ counts: TokenCounts, _ mergeCount: Int) -> [[String]] {
        var words = (0..<counts.typeCount).map { type in
            let characters = counts.token(type).map(String.init)
            return Array(characters.dropLast()) + [characters[characters.count - 1] + "</w>"]
        }
        var merges: [[String]] = []
        while merges.count < mergeCount {
            var pairs: [[String]: Int] = [:]
            for (word, count) in zip(words, counts.counts) {
                for pair in zip(word, word.dropFirst()) { pairs[[pair.0, pair.1], default: 0] += count }
            }
            let best = pairs.max { ($0.value, $0.key[0], $0.key[1]) < ($1.value, $1.key[0], $1.key[1]) }?.key
            guard let best else { break }
            merges.append(best)
            words = words.map { word in
                var (result, index) = ([String](), 0)
                while index < word.count {
                    let isPair = index + 1 < word.count && [word[index], word[index + 1]] == best
                    result.append(isPair ? best[0] + best[1] : word[index])
                    index += isPair ? 2 : 1
                }
                return result
            }
        }
        return merges
    }

    @Test("any word comes back from its pieces, and texts from their lists")
    func roundTrip() throws {
        let encoding = BytePairEncoding(training: try counts(SennrichFact.text), mergeCount: 60)
        for word in ["the", "x", "🙂", "ñandú", "cat@", "e\u{301}e", "猫猫猫", "lowestlowest"] {
            #expect(encoding.pieces(of: word).joined() == word)
            #expect(BytePairEncoding.decoded(encoding.encoded([word, "cat"])) == [word, "cat"])
        }
        let texts = TokenLists([["the", "unknown"], [], ["the"]])
        let encoded = encoding.encoded(texts)
        #expect((0..<3).map { BytePairEncoding.decoded(encoded.tokens(of: $0)) } == [["the", "unknown"], [], ["the"]])
        #expect(BytePairEncoding.decoded(["a@@", "b", "c@@"]) == ["ab", "c"])
    }

    @Test("a word of 100,000 characters takes no square time")
    func longWord() throws {
        let encoding = BytePairEncoding(training: try counts("aaaa aaaa ab ab"), mergeCount: 10)
        #expect(encoding.pieces(of: String(repeating: "a", count: 100_000)).joined().utf8.count == 100_000)
    }

    @Test("a file of merges is read as it was written, and faults name the line")
    func file() throws {
        let encoding = BytePairEncoding(training: try counts(SennrichFact.text), mergeCount: 60)
        #expect(try withFile(encoding.fileContents()) { try BytePairEncoding(reading: $0) } == encoding)
        for (text, line) in [("#version: 0.2\na b\nab\n", 3), ("a b c\n", 1), ("a  b\n", 1)] {
            #expect(try withFile(text) { path in try dataError { try BytePairEncoding(reading: path) } }.line == line)
        }
    }

    @Test("words without pairs, and no words at all, give no merges")
    func nothing() throws {
        #expect(BytePairEncoding(training: TokenCounts(), mergeCount: 5).merges.isEmpty)
        #expect(BytePairEncoding(training: try counts("a b c"), mergeCount: 5).merges.isEmpty)
        #expect(BytePairEncoding(training: try counts("ab cd"), mergeCount: 5).merges.isEmpty)
        #expect(BytePairEncoding(training: TokenCounts(), mergeCount: 5).pieces(of: "ab") == ["a", "b"])
    }
}

@Suite("tokenizer.json") struct SubwordTokenizerTests {
    @Test("indices and texts are those of Hugging Face's tokenizers", arguments: TokenizerFact.all)
    func facts(fact: TokenizerFact) throws {
        let tokenizer = try SubwordTokenizer(parsing: Array(fact.file.utf8))
        let together = tokenizer.encode(fact.samples.map(\.text))
        for (index, sample) in fact.samples.enumerated() {
            #expect(tokenizer.encode(sample.text) == sample.indices, "\(sample.text.debugDescription)")
            #expect(Array(together[index]) == sample.indices)
            let decoded = tokenizer.decode(sample.indices)
            #expect(
                decoded.utf8.elementsEqual(sample.decoded.utf8), "\(decoded.debugDescription) \(sample.decoded.debugDescription)")
        }
    }

    @Test("special tokens can be kept")
    func special() throws {
        let tokenizer = try SubwordTokenizer(parsing: Array(TokenizerFact.all[0].file.utf8))
        let indices = tokenizer.encode("a<|endoftext|>")
        #expect(tokenizer.decode(indices) == "a" && tokenizer.decode(indices, keepsSpecial: true) == "a<|endoftext|>")
        #expect(tokenizer.tokens(of: "a<|endoftext|>") == ["a", "<|endoftext|>"])
    }

    private static let minimal = #"{"model":{"type":"BPE","vocab":{"a":0,"b":1,"ab":2},"merges":[["a","b"]]}}"#

    @Test(
        "what is not supported is named",
        arguments: [
            (#""BPE""#, #""Unigram""#, "“Unigram” is not supported"),
            (#"{"model""#, #"{"normalizer":{"type":"NFKC"},"model""#, "normalizer: the type “NFKC” is not supported"),
            (#"{"model""#, #"{"pre_tokenizer":{"type":"Split"},"model""#, "pre_tokenizer: the type “Split”"),
            (#"{"model""#, #"{"decoder":{"type":"CTC"},"model""#, "decoder: the type “CTC”"),
            (#"{"type""#, #"{"dropout":0.1,"type""#, "dropout"), (#""ab":2"#, #""ab":4"#, "“ab” has no index"),
            (#""ab":2"#, #""ab":1"#, "have the same index 1"), (#"["a","b"]"#, #"["a","c"]"#, "the merge 0, “a” and “c”"),
            (#"["a","b"]"#, #"["a"]"#, "the merge 0 is no pair"), (#"["a","b"]"#, #""b a""#, "the merge 0, “b” and “a”"),
            (#"{"type""#, #"{"unk_token":"x","type""#, "“x” is not in the vocabulary"),
            (#""merges""#, #""x""#, "“merges” is missing"),
            (#"{"model""#, #"{"added_tokens":[{"id":7,"content":"x"}],"model""#, "“x” has no index"),
            (#"{"model""#, #"{"added_tokens":[{"id":3,"content":"x","single_word":true}],"model""#, "single word"),
            (
                #"{"model""#, #"{"normalizer":{"type":"Replace","pattern":{"Regex":"x"},"content":""},"model""#,
                "no regular expressions"
            ),
        ])
    func faults(old: String, new: String, message: String) throws {
        #expect(try SubwordTokenizer(parsing: Array(Self.minimal.utf8)).encode("ab") == [2])
        let start = try #require(Self.minimal.range(of: old))
        let text = Self.minimal.replacingCharacters(in: start, with: new)
        let error = try dataError { try SubwordTokenizer(parsing: Array(text.utf8)) }
        #expect(error.kind == .badData && error.path == "tokenizer.json")
        #expect(error.message.contains(message), "\(error.message)")
    }
}

extension String {
    /// Where a text stands first.
    fileprivate func range(of part: String) -> Range<Index>? {
        indices.lazy.map { $0..<(index($0, offsetBy: part.count, limitedBy: endIndex) ?? endIndex) }.first { self[$0] == part }
    }

    fileprivate func replacingCharacters(in range: Range<Index>, with text: String) -> String {
        var result = self
        result.replaceSubrange(range, with: text)
        return result
    }
}

import ElmanFiles
import Testing

@testable import ElmanText

@Suite("Shakespeare's tokens") struct ShakespeareTokensTests {
    @Test(
        "words keep inner apostrophes, two hyphens and marks are tokens, the rest is left out",
        arguments: [
            ("Who's there?", ["who's", "there", "?"]),
            ("'Tis o'er--done' and don''t", ["tis", "o'er", "--", "done", "and", "don", "t"]),
            ("[Exit.] A-mend 3 & _go_!", ["exit", ".", "a", "mend", "&", "go", "!"]),
            ("----; -", ["--", "--", ";"]), ("É1 a'", ["a"]),
        ])
    func tokens(line: String, expected: [String]) { #expect(ShakespeareTokens.tokens(of: line) == expected) }

    @Test("the split has the known sizes, and Kneser-Ney the known perplexities on it")
    func anchors() throws {
        let text = try FileSystem.readFile(packageFolder + "/Sources/CElmanTexts/texts/shakespeare.txt")
        let split = try ShakespeareTokens.split(text)
        #expect(split.train.statistics.tokens == 199_941)
        #expect(split.dev.statistics.tokens == 25_511)
        #expect(split.test.statistics.tokens == 25_502)
        let vocabulary = split.train.vocabulary(minimumCount: 2)
        #expect(vocabulary.count == 5_505)
        let train = try split.train.encoded(with: vocabulary)
        let test = try split.test.encoded(with: vocabulary)
        for (order, expected) in [(2, 107.9), (3, 105.3)] {
            let model = KneserNey(training: train, vocabularySize: vocabulary.count, order: order)
            #expect(abs(model.evaluate(test).perplexity - expected) < 0.05)
        }
    }

    @Test("a text that is too short to be split is refused")
    func tooShort() throws {
        #expect(try dataError { try ShakespeareTokens.split(Array("to be\n".utf8)) }.kind == .badData)
        #expect(try dataError { try ShakespeareTokens.split([]) }.kind == .badData)
    }
}

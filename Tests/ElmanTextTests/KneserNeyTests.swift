#if canImport(Darwin)
    import Darwin
#elseif canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif
import ElmanTensor
import Testing

@testable import ElmanText

@Suite("Kneser-Ney") struct KneserNeyTests {
    private static let text = """
        the cat sat on the mat
        the dog sat on the log
        a cat and a dog
        the cat
        on and on and on
        the dog saw the cat on the mat
        """

    @Test("probabilities after any context, seen or not, sum to 1", arguments: 1...5)
    func sums(order: Int) throws {
        let text = try corpus(Self.text)
        let vocabulary = text.vocabulary()
        let model = KneserNey(training: try text.encoded(with: vocabulary), vocabularySize: vocabulary.count, order: order)
        let contexts = ["", "the", "the cat", "the cat sat on", "mat", "log mat log", "<unk>", "on <unk> the", "and on and on"]
        for context in contexts {
            let tokens = context.split(separator: " ").compactMap { vocabulary.index(of: String($0)) }.map { Int32($0) }
            let sum = (0..<vocabulary.count).reduce(0.0) { $0 + model.probability(of: Int32($1), after: tokens) }
            #expect(abs(sum - 1) < 1e-12, "after “\(context)”: \(sum)")
        }
    }

    @Test("every probability equals that of the textbook formula worked out with dictionaries", arguments: 1...4)
    func againstReference(order: Int) throws {
        let text = try corpus(Self.text)
        let vocabulary = text.vocabulary()
        let training = try text.encoded(with: vocabulary)
        let model = KneserNey(training: training, vocabularySize: vocabulary.count, order: order)
        let reference = ReferenceKneserNey(training: training, vocabularySize: vocabulary.count, order: order)
        let test = try corpus("the cat saw a log\nmat on the dog unheard of\non and\n").encoded(with: vocabulary)
        for sentence in 0..<test.sentenceCount {
            let found = model.logProbabilities(of: test[sentence])
            let expected = reference.logProbabilities(of: Array(test[sentence]))
            #expect(found.count == test[sentence].count)
            for (found, expected) in zip(found, expected) { #expect(abs(found - expected) < 1e-12) }
        }
        let metrics = model.evaluate(test)
        let sum = (0..<3).reduce(0.0) { $0 - model.logProbabilities(of: test[$1]).reduce(0, +) }
        #expect(abs(metrics.negativeLogLikelihood - sum) < 1e-12)
        #expect(metrics.tokens == test.tokens.count)
        #expect(metrics.unknown == 2)
    }

    @Test("a word that was never seen has a probability above 0")
    func unseen() throws {
        let text = try corpus("a b\nb a")
        let vocabulary = try Vocabulary(entries: ["<unk>", "</s>", "a", "b", "never"])
        let model = KneserNey(training: try text.encoded(with: vocabulary), vocabularySize: 5, order: 2)
        #expect(model.probability(of: 4, after: [2]) > 0)
        #expect(model.probability(of: 0, after: []) > 0)
    }
}

/// The formula as it stands in textbooks, with dictionaries, for small texts.
private struct ReferenceKneserNey {
    let order: Int
    let vocabularySize: Int
    var counts: [[[Int32]: Double]] = []

    init(training: EncodedCorpus, vocabularySize: Int, order: Int) {
        self.order = order
        self.vocabularySize = vocabularySize
        var occurrences = [[[Int32]: Double]](repeating: [:], count: order + 1)
        for sentence in 0..<training.sentenceCount {
            let padded = [Int32](repeating: -1, count: order - 1) + training[sentence]
            for end in order - 1..<padded.count {
                for length in 1...order { occurrences[length][Array(padded[end - length + 1...end]), default: 0] += 1 }
            }
        }
        counts = occurrences
        for length in 1..<max(order, 1) {
            counts[length] = [:]
            for gram in occurrences[length + 1].keys { counts[length][Array(gram.dropFirst()), default: 0] += 1 }
        }
    }

    func probability(_ gram: [Int32]) -> Double {
        guard !gram.isEmpty else { return 1 / Double(vocabularySize) }
        let context = Array(gram.dropLast())
        let followers = counts[gram.count].filter { Array($0.key.dropLast()) == context }.values
        let shorter = probability(Array(gram.dropFirst()))
        guard !followers.isEmpty else { return shorter }
        let rest = 0.75 * Double(followers.count) * shorter
        return (max(counts[gram.count][gram, default: 0] - 0.75, 0) + rest) / followers.reduce(0, +)
    }

    func logProbabilities(of sentence: [Int32]) -> [Double] {
        let padded = [Int32](repeating: -1, count: order - 1) + sentence
        return sentence.indices.map { log(probability(Array(padded[$0..<$0 + order]))) }
    }
}

@Suite("Kneser-Ney on the Penn Treebank") struct PennTreebankTests {
    static let files = [data("ptb/train.txt"), data("ptb/test.txt")].compactMap { $0 }

    @Test(
        "test perplexities are the known ones: 186.5, 153.7 and 154.5",
        .enabled(if: files.count == 2, "ELMAN_DATA names no folder with ptb/train.txt and ptb/test.txt"))
    func perplexity() throws {
        let text = try TextCorpus(reading: [Self.files[0]])
        let vocabulary = text.vocabulary()
        #expect(vocabulary.count == 10_000)
        let training = try text.encoded(with: vocabulary)
        let test = try EncodedCorpus(reading: [Self.files[1]], with: vocabulary)
        #expect(training.tokens.count == 929_589)
        #expect(test.tokens.count == 82_430)
        for (order, expected) in [(2, 186.5), (3, 153.7), (5, 154.5)] {
            let model = KneserNey(training: training, vocabularySize: vocabulary.count, order: order)
            #expect(abs(model.evaluate(test).perplexity - expected) < 0.05)
        }
    }
}

import ElmanFiles
import ElmanTensor

/// Sentences as indices of a vocabulary, end to end in one array. Each one ends in its end mark.
public struct EncodedCorpus: Sendable, Equatable {
    /// All tokens, every sentence followed by its end mark: the stream of models that carry their state along.
    public let tokens: [Int32]
    /// Where each sentence starts in `tokens`, and at last where they all end.
    public let starts: [Int]
    /// What was found while the text was read.
    public let statistics: TextStatistics

    init(tokens: [Int32], starts: [Int], statistics: TextStatistics) {
        self.tokens = tokens
        self.starts = starts
        self.statistics = statistics
    }

    /// Reads one file or several, one sentence a line, for a vocabulary that there is already.
    public init(
        reading paths: [String], with vocabulary: Vocabulary, options: ReadingOptions = ReadingOptions()
    ) throws(DataError) {
        self = try TextCorpus(reading: paths, options: options).encoded(with: vocabulary)
    }

    /// Sentences given as indices, to each of which the end mark is added.
    public init(sentences: [[Int32]], boundary: Int32) {
        var tokens: [Int32] = []
        var starts = [0]
        var statistics = TextStatistics()
        for sentence in sentences {
            tokens += sentence
            tokens.append(boundary)
            starts.append(tokens.count)
            statistics.longestSentence = max(statistics.longestSentence, sentence.count + 1)
        }
        statistics.lines = sentences.count
        statistics.sentences = sentences.count
        statistics.tokens = tokens.count
        self.init(tokens: tokens, starts: starts, statistics: statistics)
    }

    /// The sentences of which `belongs` says so, in their order.
    public func part(where belongs: (Int) -> Bool) -> EncodedCorpus {
        var tokens: [Int32] = []
        var starts = [0]
        var statistics = TextStatistics()
        for sentence in 0..<sentenceCount where belongs(sentence) {
            tokens += self[sentence]
            starts.append(tokens.count)
            statistics.longestSentence = max(statistics.longestSentence, self[sentence].count)
        }
        statistics.sentences = starts.count - 1
        statistics.lines = statistics.sentences
        statistics.tokens = tokens.count
        return EncodedCorpus(tokens: tokens, starts: starts, statistics: statistics)
    }

    /// How many sentences there are.
    public var sentenceCount: Int { starts.count - 1 }

    /// A sentence with its end mark.
    public subscript(sentence: Int) -> ArraySlice<Int32> {
        guard (0..<sentenceCount).contains(sentence) else { fail("sentence \(sentence) of a corpus of \(sentenceCount)") }
        return tokens[starts[sentence]..<starts[sentence + 1]]
    }

    /// The number of tokens of every sentence, its end mark included.
    public var lengths: [Int] { zip(starts.dropFirst(), starts).map { $0 - $1 } }
}

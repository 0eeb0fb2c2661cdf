import ElmanFiles
import ElmanTensor

/// Sentences as indices of a vocabulary, end to end in one array. Each one ends in its end mark.
public struct EncodedCorpus: Sendable, Equatable {
    /// All tokens, every sentence followed by its end mark: the stream of models that carry their state along.
    public let tokens: [Int32]
    /// Where each sentence starts in `tokens`, and at last where they all end.
    public let starts: [Int]
    /// The first sentence of each document: 0 alone where nothing separates documents.
    public let documentStarts: [Int]
    /// What was found while the text was read.
    public let statistics: TextStatistics

    init(tokens: [Int32], starts: [Int], documentStarts: [Int] = [0], statistics: TextStatistics) {
        self.tokens = tokens
        self.starts = starts
        self.documentStarts = documentStarts
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
        var documentStarts: [Int] = []
        var statistics = TextStatistics()
        for document in 0..<documentCount {
            var isBegun = false
            for sentence in sentences(ofDocument: document) where belongs(sentence) {
                if !isBegun { documentStarts.append(starts.count - 1) }
                isBegun = true
                tokens += self[sentence]
                starts.append(tokens.count)
                statistics.longestSentence = max(statistics.longestSentence, self[sentence].count)
            }
        }
        if documentStarts.isEmpty { documentStarts = [0] }
        statistics.sentences = starts.count - 1
        statistics.lines = statistics.sentences
        statistics.tokens = tokens.count
        return EncodedCorpus(tokens: tokens, starts: starts, documentStarts: documentStarts, statistics: statistics)
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

// MARK: Documents

extension EncodedCorpus {
    /// How many documents there are.
    public var documentCount: Int { documentStarts.count }

    /// The sentences of a document.
    public func sentences(ofDocument document: Int) -> Range<Int> {
        let end = document + 1 < documentCount ? documentStarts[document + 1] : sentenceCount
        return documentStarts[document]..<end
    }

    /// Where the tokens of a document lie in `tokens`, the end marks of its sentences included.
    public func tokens(ofDocument document: Int) -> Range<Int> {
        let sentences = sentences(ofDocument: document)
        return starts[sentences.lowerBound]..<starts[sentences.upperBound]
    }

    /// The documents of which `belongs` says so, in their order.
    public func documents(where belongs: (Int) -> Bool) -> EncodedCorpus {
        var isIn = [Bool](repeating: false, count: sentenceCount)
        for document in 0..<documentCount where belongs(document) {
            for sentence in sentences(ofDocument: document) { isIn[sentence] = true }
        }
        return part(where: { isIn[$0] })
    }

    /// The same tokens with every document as one sentence.
    public var documentsAsSentences: EncodedCorpus {
        var statistics = statistics
        statistics.sentences = documentCount
        let starts = (0..<documentCount).map { tokens(ofDocument: $0).lowerBound } + [tokens.count]
        statistics.longestSentence = zip(starts.dropFirst(), starts).reduce(0) { max($0, $1.0 - $1.1) }
        return EncodedCorpus(
            tokens: tokens, starts: starts, documentStarts: Array(0..<documentCount), statistics: statistics)
    }
}

import ElmanTensor
import Testing

@testable import ElmanText

@Suite("Documents") struct DocumentTests {
    private func corpus(_ text: String, separates: Bool = true) throws -> EncodedCorpus {
        let corpus = try TextCorpus(text: Array(text.utf8), options: ReadingOptions(separatesDocuments: separates))
        return try corpus.encoded(with: corpus.vocabulary())
    }

    @Test("blank lines stand between documents, several as one, and at the ends none")
    func blankLines() throws {
        let corpus = try corpus("\n \na b\nc\n\n\t\nd\n\ne\nf\ng\n\n")
        #expect(corpus.documentStarts == [0, 2, 3])
        #expect((0..<3).map { corpus.sentences(ofDocument: $0) } == [0..<2, 2..<3, 3..<6])
        #expect((0..<3).map { corpus.tokens(ofDocument: $0) } == [0..<5, 5..<7, 7..<13])
        #expect(corpus.statistics.blankLines == 6)
        #expect(try self.corpus("a\n\nb\n", separates: false).documentStarts == [0])
    }

    @Test("documents as sentences have the same tokens")
    func asSentences() throws {
        let corpus = try corpus("a b\nc\n\nd\n"), documents = corpus.documentsAsSentences
        #expect(documents.tokens == corpus.tokens)
        #expect(documents.lengths == [5, 2])
        #expect(documents.statistics.longestSentence == 5)
        #expect(documents.documentCount == 2)
    }

    @Test("parts keep the ends of documents")
    func parts() throws {
        let corpus = try corpus("a\nb\n\nc\n\nd\ne\n")
        #expect(corpus.part { $0 != 2 }.documentStarts == [0, 2])
        #expect(corpus.part { $0 == 1 || $0 == 4 }.documentStarts == [0, 1])
        #expect(corpus.part { _ in false }.documentStarts == [0])
    }

    @Test("every token is a target once, in its document's order, and only beginnings begin", arguments: [1, 2, 5, 40])
    func streams(count: Int) {
        var generator = RandomGenerator(seed: 4)
        var documents: [Range<Int>] = [], end = 0
        for _ in 0..<23 {
            let length = generator.integer(below: 30)
            documents.append(end..<end + length)
            end += length
        }
        let streams = DocumentStreams(documents, streams: count, steps: 7, seed: 2)
        #expect(streams.streamCount == min(count, 23))
        var seen = [Int](repeating: 0, count: end), last = [Int?](repeating: nil, count: streams.streamCount)
        for segment in streams {
            #expect(segment.count == streams.streamCount)
            for (stream, runs) in segment.enumerated() {
                #expect(runs.reduce(0) { $0 + $1.tokens.count } <= 7)
                for run in runs {
                    for token in run.tokens { seen[token] += 1 }
                    let beginsDocument = documents.contains { !$0.isEmpty && $0.lowerBound == run.tokens.lowerBound }
                    #expect(run.isBeginning == beginsDocument)
                    if !run.isBeginning { #expect(last[stream] == run.tokens.lowerBound) }
                    last[stream] = run.tokens.upperBound
                }
            }
        }
        #expect(seen.allSatisfy { $0 == 1 })
        let lengths = (0..<streams.streamCount).map { stream in
            streams.reduce(0) { $0 + $1[stream].reduce(0) { $0 + $1.tokens.count } }
        }
        #expect(lengths.max()! - lengths.min()! <= 30)
        #expect(Array(streams) == Array(DocumentStreams(documents, streams: count, steps: 7, seed: 2)))
    }
}

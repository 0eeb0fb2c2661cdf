import ElmanGraph
import ElmanLayers
import ElmanTensor
import ElmanText

/// Scores text under a language model: the natural logarithm of the probability of every token.
///
/// The same tokens get the same bits, whether sentences are scored alone or together, and with any number of threads.
public struct LanguageModelScorer {
    private let model: LanguageModel
    private let graph = ComputationGraph(keepsForBackward: false)
    private let carriesState: Bool
    private var carried: [[Tensor]]?
    private var previous: Int32

    /// Tokens computed in one graph.
    private static let tokensAtOnce = 1024

    /// A scorer. `carriesState`: every sentence goes on where the one before ended, instead of beginning anew; by default as
    /// the model was trained.
    public init(_ model: LanguageModel, carriesState: Bool? = nil) {
        self.model = model
        self.carriesState = carriesState ?? model.configuration.carriesState
        previous = model.boundary
    }

    /// The log-probabilities of the tokens of sentences, each of which ends with its end mark.
    public mutating func logProbabilities(of sentences: [[Int32]]) -> [[Float]] {
        if carriesState { return sentences.map { stream($0) } }
        var result: [[Float]] = []
        var first = 0
        while first < sentences.count {
            let last = Self.endOfGroup(from: first, count: sentences.count) { sentences[$0].count }
            result += together(sentences[first..<last])
            first = last
        }
        return result
    }

    /// Where the sentences that are computed in one graph end: at most `tokensAtOnce`, but one sentence at least.
    private static func endOfGroup(from first: Int, count: Int, length: (Int) -> Int) -> Int {
        var last = first, tokens = 0
        while last < count, last == first || tokens + length(last) <= tokensAtOnce {
            tokens += length(last)
            last += 1
        }
        return last
    }

    /// Calls `body` with the log-probabilities of each sentence of a corpus, in order.
    public mutating func forEachSentence(
        of corpus: EncodedCorpus, _ body: (_ sentence: Int, _ logProbabilities: [Float]) -> Void
    ) {
        if carriesState, model.configuration.separatesDocuments { return forEachSentenceOfDocuments(corpus, body) }
        var first = 0
        while first < corpus.sentenceCount {
            let last = Self.endOfGroup(from: first, count: corpus.sentenceCount) { corpus[$0].count }
            let scores = logProbabilities(of: (first..<last).map { Array(corpus[$0]) })
            for (offset, scores) in scores.enumerated() { body(first + offset, scores) }
            first = last
        }
    }

    /// Documents do not depend on each other: each is scored as sentences are that begin anew.
    private func forEachSentenceOfDocuments(_ corpus: EncodedCorpus, _ body: (Int, [Float]) -> Void) {
        var independent = LanguageModelScorer(model, carriesState: false)
        independent.forEachSentence(of: corpus.documentsAsSentences) { document, logProbabilities in
            var rest = logProbabilities[...]
            for sentence in corpus.sentences(ofDocument: document) {
                let count = corpus[sentence].count
                body(sentence, Array(rest.prefix(count)))
                rest = rest.dropFirst(count)
            }
        }
    }

    /// Forgets the state that is carried, as before a new document.
    public mutating func beginDocument() {
        carried = nil
        previous = model.boundary
    }

    /// The metrics of a corpus.
    public mutating func metrics(of corpus: EncodedCorpus) -> LanguageModelMetrics {
        var metrics = LanguageModelMetrics()
        let unknown = model.vocabulary.unknown
        forEachSentence(of: corpus) { sentence, logProbabilities in
            metrics.sentences += 1
            metrics.tokens += logProbabilities.count
            for value in logProbabilities { metrics.negativeLogLikelihood -= Double(value) }
            if let unknown {
                for token in corpus[sentence] where Int(token) == unknown { metrics.unknown += 1 }
            }
        }
        return metrics
    }

    /// Sentences that begin anew, computed together; very long ones in pieces.
    private func together(_ sentences: ArraySlice<[Int32]>) -> [[Float]] {
        if sentences.count == 1, let long = sentences.first, long.count > Self.tokensAtOnce {
            var alone = LanguageModelScorer(model, carriesState: true)
            return [alone.stream(long)]
        }
        graph.renew()
        let losses = sentences.map { model.losses(of: $0, in: graph) }
        if let last = losses.flatMap({ $0 }).last { _ = sum(losses.map { $0.isEmpty ? last : sum($0) }).value }
        return losses.map { $0.map { -$0.value.scalar } }
    }

    /// One sentence that goes on from the carried state, in pieces of constant memory.
    private mutating func stream(_ sentence: [Int32]) -> [Float] {
        var result: [Float] = []
        var start = 0
        while start < sentence.count {
            let piece = sentence[start..<min(start + Self.tokensAtOnce, sentence.count)]
            graph.renew()
            var state = carried.map { model.state(from: $0, in: graph) } ?? model.initialState(in: graph)
            let losses = model.steps(of: piece, after: previous, from: &state, in: graph, isTraining: false).losses
            _ = sum(losses).value
            result += losses.map { -$0.value.scalar }
            carried = state.values
            previous = piece.last!
            start = piece.endIndex
        }
        return result
    }
}

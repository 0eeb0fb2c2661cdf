import ElmanFiles
import ElmanGraph
import ElmanLayers
import ElmanText

/// A translation as indices of the vocabulary.
struct FoundTranslation {
    var tokens: [Int] = []
    var logProbability: Float = 0
    var isComplete = false
    var weights: [[Float]] = []
}

extension Translator {
    /// Translates texts in words, in their order. The same text gets the same translation alone and among others; where tokens
    /// are drawn, by its place. Throws `.configuration` for options that do not fit.
    public func translate(
        _ texts: [[String]], _ options: TranslationOptions = TranslationOptions()
    ) throws(DataError) -> [Translation] {
        try nBest(texts, options, count: 1).map { $0[0] }
    }

    /// The best translations of each text in words, best first: up to `count` of those that the beam has, one without a beam.
    public func nBest(
        _ texts: [[String]], _ options: TranslationOptions, count: Int
    ) throws(DataError) -> [[Translation]] {
        try nBest(TokenLists(texts), options, count: count)
    }

    /// As `nBest` of words, of texts that were read from a file.
    public func nBest(
        _ texts: TokenLists, _ options: TranslationOptions, count: Int
    ) throws(DataError) -> [[Translation]] {
        try options.validate(hasAttention: hasAttention)
        guard count >= 1 else { throw DataError(.configuration, "\(count) translations are asked for; give at least 1") }
        return translations(of: texts, options, count: count)
    }

    /// Up to `count` translations of each text, one at least; the options fit.
    func translations(of texts: TokenLists, _ options: TranslationOptions, count: Int = 1) -> [[Translation]] {
        let sources = vocabularies.source.tokens(of: texts)
        let encoded = vocabularies.source.encode(texts)
        let graph = ComputationGraph(keepsForBackward: false)
        var result: [[Translation]] = []
        for chunk in sentenceGroups(encoded.lengths) {
            let found =
                options.beamSize > 1
                ? chunk.map { search(Array(encoded[$0]), options, in: graph) }
                : write(chunk.map { Array(encoded[$0]) }, first: chunk.lowerBound, options, in: graph).map { [$0] }
            result += zip(chunk, found).map { place, found in
                let source = options.replacesUnknown ? sources.tokens(of: place) : []
                return found.prefix(count).map { translation(of: $0, source: source, options) }
            }
        }
        return result
    }

    /// Beam search for one source, best first.
    func search(_ source: [Int32], _ options: TranslationOptions, in graph: ComputationGraph) -> [FoundTranslation] {
        let session = TranslationSession(self, sources: [source], in: graph)
        let search = BeamSearch(
            beamSize: options.beamSize, endToken: Int(vocabularies.target.boundary),
            maximumLength: options.limit(sourceCount: source.count), normalization: options.normalization)
        let found = search.search(from: session.starts[0], after: Int(vocabularies.target.boundary)) { live in
            session.step(live.map { (0, $0.state, $0.token) }).map { ($0.state, barred($0.logProbabilities, options)) }
        }
        return found.map {
            FoundTranslation(
                tokens: $0.tokens, logProbability: $0.logProbability, isComplete: $0.isComplete, weights: $0.state.weights)
        }
    }

    /// The log-probabilities with the unknown token barred, unless it may be written.
    func barred(_ logProbabilities: [Float], _ options: TranslationOptions) -> [Float] {
        if options.allowsUnknown || options.replacesUnknown { return logProbabilities }
        var result = logProbabilities
        result[Int(vocabularies.target.unknown)] = -.infinity
        return result
    }

    private func translation(
        of found: FoundTranslation, source: [String], _ options: TranslationOptions
    ) -> Translation {
        let weights = Array(found.weights.prefix(found.tokens.count))
        let tokens = found.tokens.enumerated().map { place, token in
            guard options.replacesUnknown, token == Int(vocabularies.target.unknown), !source.isEmpty else {
                return vocabularies.target.vocabulary[token]
            }
            return source[mostAttended(weights[place], of: source.count)]
        }
        let length = found.tokens.count + (found.isComplete ? 1 : 0)
        return Translation(
            words: vocabularies.target.words(of: tokens), tokens: tokens, logProbability: found.logProbability,
            score: options.normalization.score(logProbability: found.logProbability, length: max(length, 1)),
            isComplete: found.isComplete, attention: weights)
    }

    /// The source token with the largest weight, the first of equals; the end mark does not count.
    private func mostAttended(_ weights: [Float], of count: Int) -> Int {
        (0..<count).reduce(0) { weights[$1] > weights[$0] ? $1 : $0 }
    }
}

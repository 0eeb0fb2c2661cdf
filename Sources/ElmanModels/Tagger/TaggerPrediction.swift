import ElmanGraph
import ElmanLayers
import ElmanTensor
import ElmanText

extension Tagger {
    /// The tags of sentences, in the training file's scheme. A sentence gets the same tags alone and among others.
    public func tags(of sentences: [[String]]) -> [[String]] {
        var result: [[String]] = []
        result.reserveCapacity(sentences.count)
        forEachSentence(
            lengths: sentences.map(\.count), { vocabularies.encode(sentences[$0]) }, tokens: { sentences[$0] }
        ) { _, tags in
            result.append(tags.map { outputTags[Int($0)] })
        }
        return result
    }

    /// The tags of all words of texts, sentence after sentence, as numbers of `outputTags`: what `TaggedTexts.contents` takes.
    public func tagIndices(of words: TokenLists) -> [Int32] {
        let encoded = EncodedTexts(words, vocabularies, configuration.encoder)
        var result: [Int32] = []
        result.reserveCapacity(words.types.count)
        forEachSentence(lengths: encoded.lengths, { encoded[$0] }, tokens: { words.tokens(of: $0) }) { _, tags in
            result += tags
        }
        return result
    }

    /// Calls `body` with the tags of each sentence, as numbers of `outputTags`, in order.
    func forEachSentence(
        lengths: [Int], _ sentence: (Int) -> EncodedSentence, tokens: (Int) -> [String], cache: ContextCache? = nil,
        _ body: (_ index: Int, _ tags: [Int32]) -> Void
    ) {
        let graph = ComputationGraph(keepsForBackward: false)
        for group in sentenceGroups(lengths) {
            graph.renew()
            let sentences = inContext(group.map(sentence), numbers: Array(group), tokens: tokens, cache: cache)
            let outputs = sentences.map { wordOutputs(of: $0, in: graph, isTraining: false) }
            // Sentences of no words have no tags.
            var tags = decode(outputs.filter { !$0.isEmpty }, in: graph)[...]
            for (offset, index) in group.enumerated() {
                body(index, outputs[offset].isEmpty ? [] : output(tags.removeFirst().map { Int32($0) }))
            }
        }
    }

    /// The best tags of sentences of one word at least.
    func decode(_ outputs: [[Expression]], in graph: ComputationGraph) -> [[Int]] {
        if outputs.isEmpty { return [] }
        if previousTags != nil { return greedyTags(outputs) }
        let emissions = outputs.map(emissions)
        if let chain { return chain.decode(emissions) }
        guard let constraint else { return likeliestTags(emissions) }
        // The best of the legal paths where nothing but the words themselves counts.
        let count = tags.count
        let (transitions, begin, end) = (graph.zeros([count, count]), graph.zeros([count]), graph.zeros([count]))
        let paths = emissions.map {
            bestChainPath(emissions: $0, transitions: transitions, begin: begin, end: end, constraint: constraint)
        }
        return Self.split(concatenate(paths).value.scalars, lengths: outputs.map(\.count)).map { $0.map { Int($0) } }
    }

    private static func split(_ values: [Float], lengths: [Int]) -> [ArraySlice<Float>] {
        var start = 0
        return lengths.map { length in
            defer { start += length }
            return values[start..<start + length]
        }
    }

    private func likeliestTags(_ emissions: [Expression]) -> [[Int]] {
        _ = sum(emissions.map { sum($0) }).value
        return emissions.map { emissions in
            let values = emissions.value.scalars
            return (0..<emissions.shape.columns).map {
                argumentOfMaximum(values[$0 * tags.count..<($0 + 1) * tags.count])
            }
        }
    }

    /// From left to right, each tag given the one chosen before it; all sentences go from word to word together.
    private func greedyTags(_ outputs: [[Expression]]) -> [[Int]] {
        let choice = GreedyTagChoice(tagCount: tags.count, constraint: constraint)
        var chosen = outputs.map { _ in [Int]() }
        for word in 0..<(outputs.map(\.count).max() ?? 0) {
            let sentences = outputs.indices.filter { word < outputs[$0].count }
            let values = concatenate(sentences.map { scores(outputs[$0][word], after: chosen[$0].last) }).value.scalars
            for (place, sentence) in sentences.enumerated() {
                let scores = values[place * tags.count..<(place + 1) * tags.count]
                let remaining = outputs[sentence].count - word - 1
                chosen[sentence].append(choice.best(scores, after: chosen[sentence].last, remaining: remaining))
            }
        }
        return chosen
    }
}

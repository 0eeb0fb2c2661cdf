import ElmanGraph
import ElmanTensor

#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// A translation that is being written.
private struct Writing {
    let place: Int
    let limit: Int
    var state: TranslationState
    var token: Int
    var generator: RandomGenerator
    var found = FoundTranslation()
}

extension Translator {
    /// Writes translations of some sources together, each token the likeliest or drawn. `first` is the place of the first source
    /// among all, which decides what is drawn. After the longest length the end is the only token.
    func write(
        _ sources: [[Int32]], first: Int, _ options: TranslationOptions, in graph: ComputationGraph
    ) -> [FoundTranslation] {
        let session = TranslationSession(self, sources: sources, in: graph)
        let end = Int(vocabularies.target.boundary)
        var result = [FoundTranslation](repeating: FoundTranslation(), count: sources.count)
        var live = sources.indices.map { place in
            Writing(
                place: place, limit: options.limit(sourceCount: sources[place].count), state: session.starts[place], token: end,
                generator: RandomGenerator(seed: options.seed, stream: UInt64(first + place) &+ 0x7472_616E_0000))
        }
        while !live.isEmpty {
            let next = session.step(live.map { ($0.place, $0.state, $0.token) })
            for index in live.indices {
                let logProbabilities = barred(next[index].logProbabilities, options)
                let isLast = live[index].found.tokens.count == live[index].limit
                let token = isLast ? end : choose(logProbabilities, options, using: &live[index].generator)
                live[index].state = next[index].state
                live[index].token = token
                live[index].found.weights = next[index].state.weights
                let isPossible = logProbabilities[token] > -.infinity
                if isPossible { live[index].found.logProbability += logProbabilities[token] }
                if token == end { live[index].found.isComplete = isPossible } else { live[index].found.tokens.append(token) }
            }
            for writing in live where writing.token == end { result[writing.place] = writing.found }
            live.removeAll { $0.token == end }
        }
        return result
    }

    private func choose(
        _ logProbabilities: [Float], _ options: TranslationOptions, using generator: inout RandomGenerator
    ) -> Int {
        let best = logProbabilities.indices.reduce(0) { logProbabilities[$1] > logProbabilities[$0] ? $1 : $0 }
        guard let temperature = options.temperature else { return best }
        let peak = logProbabilities[best]
        return generator.index(weights: logProbabilities.map { expf(($0 - peak) / temperature) })
    }
}

import ElmanLayers
import ElmanTensor
import Testing

/// Beam search over a small grammar of probabilities, against all its sequences.
@Suite struct BeamSearchTests {
    /// Log-probabilities of three tokens and the end, token 3, after each sequence: a function of the last two tokens.
    static func logProbabilities(after tokens: [Int], seed: UInt64) -> [Float] {
        var draw = Draw(seed &* 31 &+ UInt64(tokens.suffix(2).reduce(tokens.count) { $0 * 5 + $1 + 1 }))
        let scores = draw.vector(4).map { Double($0) * 2 }, total = logSum(scores)
        return scores.map { Float($0 - total) }
    }

    static func search(_ search: BeamSearch, seed: UInt64) -> [BeamHypothesis<[Int]>] {
        search.search(from: [Int](), after: -1) { live in
            live.map { item in
                let tokens = item.token < 0 ? item.state : item.state + [item.token]
                return (tokens, logProbabilities(after: tokens, seed: seed))
            }
        }
    }

    /// All complete sequences of at most `length` tokens.
    static func all(_ length: Int, seed: UInt64) -> [(tokens: [Int], logProbability: Float)] {
        var complete: [(tokens: [Int], logProbability: Float)] = [], open: [(tokens: [Int], logProbability: Float)] = [([], 0)]
        for step in 0...length {
            var next: [(tokens: [Int], logProbability: Float)] = []
            for (tokens, sum) in open {
                let following = logProbabilities(after: tokens, seed: seed)
                complete.append((tokens, sum + following[3]))
                if step < length { for token in 0..<3 { next.append((tokens + [token], sum + following[token])) } }
            }
            open = next
        }
        return complete
    }

    @Test(arguments: [LengthNormalization.none, .power(alpha: 1), .wu(alpha: 0.6)])
    func aWideBeamFindsTheBestOfAll(_ normalization: LengthNormalization) {
        for seed in 0..<10 as Range<UInt64> {
            let found = Self.search(
                BeamSearch(beamSize: 1000, endToken: 3, maximumLength: 4, normalization: normalization), seed: seed)
            let all = Self.all(4, seed: seed).map {
                ($0.tokens, normalization.score(logProbability: $0.logProbability, length: $0.tokens.count + 1))
            }
            let best = all.max { $0.1 < $1.1 }!
            #expect(found[0].tokens == best.0 && found[0].score == best.1)
            #expect(found.filter(\.isComplete).count == all.count)
            #expect(zip(found, found.dropFirst()).allSatisfy { !$1.isComplete || $0.score >= $1.score })
            #expect(found.allSatisfy { $0.state == $0.tokens })
        }
    }

    @Test func aBeamOfOneIsGreedy() {
        for seed in 0..<20 as Range<UInt64> {
            var tokens: [Int] = []
            while tokens.count < 6 {
                let best = Tensor(Self.logProbabilities(after: tokens, seed: seed)).argmax
                if best == 3 { break }
                tokens.append(best)
            }
            let found = Self.search(BeamSearch(beamSize: 1, endToken: 3, maximumLength: 6), seed: seed)
            #expect(found.count == 1 && found[0].tokens == tokens)
        }
    }

    @Test func tiesAreDecidedByOrder() {
        let search = BeamSearch(beamSize: 2, endToken: 2, maximumLength: 2)
        let found = search.search(from: 0, after: 0) { live in live.map { ($0.state, [-1, -1, -1]) } }
        #expect(found.map(\.tokens) == [[0, 0], [0, 1]])
        #expect(found.allSatisfy { $0.isComplete && $0.logProbability == -3 })
        let endless = BeamSearch(beamSize: 2, endToken: 3, maximumLength: 2)
        let cut = endless.search(from: 0, after: 0) { live in live.map { ($0.state, [-1, -1, -1]) } }
        #expect(cut.map(\.tokens) == [[0, 0], [0, 1]])
        #expect(cut.allSatisfy { !$0.isComplete && $0.logProbability == -2 })
    }

    /// What has probability 0, or none, is never taken; where nothing is left, nothing is found.
    @Test func impossibleTokens() {
        let search = BeamSearch(beamSize: 4, endToken: 1, maximumLength: 3)
        let found = search.search(from: 0, after: 0) { live in live.map { ($0.state, [-.infinity, -1, .nan]) } }
        #expect(found.map(\.tokens) == [[]] && found[0].isComplete && found[0].logProbability == -1)
        #expect(search.search(from: 0, after: 0) { live in live.map { ($0.state, [-.infinity]) } }.isEmpty)
    }

    /// Wu et al. 2016, equation 14.
    @Test func lengthNormalization() {
        #expect(LengthNormalization.none.score(logProbability: -3, length: 7) == -3)
        #expect(LengthNormalization.power(alpha: 1).score(logProbability: -3, length: 6) == -0.5)
        #expect(LengthNormalization.wu(alpha: 1).score(logProbability: -3, length: 7) == -1.5)
    }

    @Test func errorsComeThrough() {
        struct Stop: Error {}
        #expect(throws: Stop.self) {
            _ = try BeamSearch(beamSize: 2, endToken: 0, maximumLength: 3).search(from: 0, after: 0) { _ throws(Stop) in
                throw Stop()
            }
        }
    }
}

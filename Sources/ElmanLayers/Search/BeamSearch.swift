import ElmanTensor

/// A sequence that a search found.
public struct BeamHypothesis<State> {
    /// Its tokens, without the end.
    public let tokens: [Int]
    /// The sum of the tokens' log-probabilities, that of the end included.
    public let logProbability: Float
    /// What hypotheses are compared by: the log-probability with its length, the end counted, taken into account.
    public let score: Float
    /// Whether it has an end; false where it has the longest length and the end is impossible there.
    public let isComplete: Bool
    /// The state after its last token, before the end.
    public let state: State
}

/// Beam search over states of any sort: at every step the best continuations of all hypotheses go on. A hypothesis that has ended
/// keeps its place in the beam (as in Bahdanau et al. 2015), so a beam of 1 is greedy decoding. After the longest length the end
/// is the only continuation.
///
/// Equally good continuations are taken in a fixed order: those of the better hypothesis first, then those of the lower token.
public struct BeamSearch: Sendable {
    /// How many hypotheses are followed.
    public var beamSize: Int
    /// The token that ends a sequence.
    public var endToken: Int
    /// The most tokens of a sequence, without the end.
    public var maximumLength: Int
    /// How hypotheses of different lengths are compared in the end.
    public var normalization: LengthNormalization

    /// A search. Fails for a beam or a length below 1.
    public init(
        beamSize: Int, endToken: Int, maximumLength: Int, normalization: LengthNormalization = .none
    ) {
        guard beamSize >= 1, maximumLength >= 1 else {
            fail("a search follows one hypothesis or more, of one token or more, not \(beamSize) and \(maximumLength)")
        }
        self.beamSize = beamSize
        self.endToken = endToken
        self.maximumLength = maximumLength
        self.normalization = normalization
    }

    /// The sequences found, best first: up to `beamSize`. Complete ones come before others.
    /// - Parameters:
    ///   - start: the state before the first token.
    ///   - token: what stands before the first token, as a mark of the beginning.
    ///   - step: given the hypotheses that go on, their states and last tokens, the state after each token and the
    ///     log-probabilities of the tokens that may follow. All at once, so that a graph runs them together. Tokens with -∞, or
    ///     no number, are never taken.
    public func search<State, Failure: Error>(
        from start: State, after token: Int,
        step: (_ live: [(state: State, token: Int)]) throws(Failure) -> [(state: State, logProbabilities: [Float])]
    ) throws(Failure) -> [BeamHypothesis<State>] {
        var live = [Hypothesis(tokens: [], logProbability: 0, state: start)], finished: [BeamHypothesis<State>] = []
        while !live.isEmpty {
            let next = try step(live.map { ($0.state, $0.tokens.last ?? token) })
            guard next.count == live.count else {
                fail("\(next.count) continuations are given for \(live.count) hypotheses")
            }
            if live[0].tokens.count == maximumLength {
                for (parent, next) in zip(live, next) { finished.append(ended(parent, next.logProbabilities, next.state)) }
                break
            }
            var grown: [Hypothesis<State>] = []
            for choice in best(beamSize - finished.count, live.map(\.logProbability), next.map(\.logProbabilities)) {
                let parent = live[choice.hypothesis], state = next[choice.hypothesis].state
                if choice.token == endToken {
                    finished.append(closed(parent, choice.logProbability, state, isComplete: true))
                } else {
                    grown.append(
                        Hypothesis(
                            tokens: parent.tokens + [choice.token], logProbability: choice.logProbability, state: state))
                }
            }
            live = grown
        }
        return ranked(finished)
    }

    /// A hypothesis of the longest length: its only continuation is the end.
    private func ended<State>(
        _ parent: Hypothesis<State>, _ logProbabilities: [Float], _ state: State
    ) -> BeamHypothesis<State> {
        let end = logProbabilities.indices.contains(endToken) ? logProbabilities[endToken] : -.infinity
        return end > -.infinity
            ? closed(parent, parent.logProbability + end, state, isComplete: true)
            : closed(parent, parent.logProbability, state, isComplete: false)
    }

    private func closed<State>(
        _ parent: Hypothesis<State>, _ logProbability: Float, _ state: State, isComplete: Bool
    ) -> BeamHypothesis<State> {
        let length = parent.tokens.count + (isComplete ? 1 : 0)
        return BeamHypothesis(
            tokens: parent.tokens, logProbability: logProbability,
            score: normalization.score(logProbability: logProbability, length: length), isComplete: isComplete, state: state)
    }

    private func ranked<State>(_ found: [BeamHypothesis<State>]) -> [BeamHypothesis<State>] {
        found.indices.sorted { left, right in
            let a = found[left], b = found[right]
            if a.isComplete != b.isComplete { return a.isComplete }
            return a.score != b.score ? a.score > b.score : left < right
        }.map { found[$0] }
    }
}

private struct Hypothesis<State> {
    let tokens: [Int]
    let logProbability: Float
    let state: State
}

private struct Choice {
    let hypothesis: Int, token: Int
    let logProbability: Float
}

/// The `count` best continuations, best first.
private func best(_ count: Int, _ soFar: [Float], _ next: [[Float]]) -> [Choice] {
    var chosen: [Choice] = []
    for (hypothesis, logProbabilities) in next.enumerated() {
        for (token, logProbability) in logProbabilities.enumerated() {
            let total = soFar[hypothesis] + logProbability
            // Later candidates lose against equal ones; a number that is none is greater than nothing.
            guard total > -.infinity, chosen.count < count || total > chosen[count - 1].logProbability else { continue }
            if chosen.count == count { chosen.removeLast() }
            var place = chosen.count
            while place > 0, chosen[place - 1].logProbability < total { place -= 1 }
            chosen.insert(Choice(hypothesis: hypothesis, token: token, logProbability: total), at: place)
        }
    }
    return chosen
}

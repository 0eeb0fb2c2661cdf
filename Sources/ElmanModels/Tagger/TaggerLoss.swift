/// What a tagger learns by, and with it how it decides.
public enum TaggerLoss: String, Sendable, Hashable, CaseIterable {
    /// Each tag by itself: the sum of their negative log-probabilities.
    case softmax
    /// All tags together: the negative log-likelihood of a linear-chain conditional random field (Lafferty et al. 2001).
    case crf
    /// All tags together: the structured perceptron (Collins 2002), the score of the best tags less that of the right ones.
    case perceptron
    /// All tags together: the structured margin (Taskar et al. 2003), as the perceptron with a cost for each wrong tag.
    case margin
    /// From left to right, each tag given the one before it, which is part of the input.
    case previousTag = "previous-tag"

    /// Whether tags are scored in chains, with transitions between them.
    public var isChain: Bool { self == .crf || self == .perceptron || self == .margin }
}

/// What of the text a language model sees.
public enum LanguageModelArchitecture: String, Sendable, Hashable, CaseIterable {
    /// All of it, through a recurrent state.
    case recurrent
    /// The n - 1 tokens before, as in `FeedForwardNGram` (Bengio et al. 2003).
    case feedForward = "feed-forward"
}

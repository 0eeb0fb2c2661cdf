/// How a decoder looks at the source, by name.
public enum AttentionKind: String, Sendable, Hashable, CaseIterable {
    /// Not at all: what it knows of the source is its first state.
    case none
    /// `MLPAttention` (Bahdanau et al. 2015).
    case mlp
    /// `DotAttention` (Luong et al. 2015); encoder and decoder need states of one size.
    case dot
    /// `BilinearAttention` (Luong et al. 2015, "general").
    case bilinear
}

/// How the decoder's first state comes from the encoder, by name. Where sizes differ, a learned linear layer stands between.
public enum StateHandOver: String, Sendable, Hashable, CaseIterable {
    /// As in the lecture: every layer starts with the encoder's last output, its memory with the output itself and its hidden
    /// value with the tanh of it.
    case summary
    /// Every layer starts with the last state of the encoder's layer of the same height, hidden value and memory (Sutskever et
    /// al. 2014); of an encoder of two directions both, one behind the other.
    case states
    /// As `states`, through a learned layer for each part: tanh(W s + b) for hidden values, W s + b for memories.
    case bridge
}

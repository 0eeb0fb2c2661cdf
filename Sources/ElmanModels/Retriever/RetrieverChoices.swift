/// What makes the vectors of a pair alike, by name. Both losses compare with the other pairs of the batch.
public enum RetrievalLoss: String, Sendable, Hashable, CaseIterable {
    /// Every wrong target costs max(0, margin - right score + wrong score).
    case hinge
    /// The negative log-probability of the right target among all of the batch.
    case softmax
}

/// How alike two vectors are, by name.
public enum RetrievalSimilarity: String, Sendable, Hashable, CaseIterable {
    /// Their dot product.
    case dot
    /// The dot product of the vectors divided by their lengths.
    case cosine
}

/// One of the two texts of a pair.
public enum PairedText: String, Sendable, Hashable, CaseIterable {
    /// The first.
    case source
    /// The second.
    case target
}

// Written by Benchmarks/facts/awd_training.py with PyTorch 2.15.0.

enum AWDTrainingFacts {
    /// Mean cross-entropy of each update.
    static let losses = [1.8268846, 1.8942622, 1.9064618, 1.7988545]
    /// Norms of all gradients before they are clipped.
    static let norms = [0.35397876, 0.45089369, 0.59332124, 0.32281991]
}

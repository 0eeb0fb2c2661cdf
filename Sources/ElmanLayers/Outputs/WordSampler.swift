import ElmanTensor

#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// A distribution of words to draw from, with its probabilities.
public struct WordSampler: Sendable {
    /// What words are drawn by.
    public enum Kind: String, Sendable, Hashable, CaseIterable {
        /// p(w) = log((w + 2) / (w + 1)) / log(n + 1): about Zipf's law, for words by falling frequency.
        case logUniform = "log-uniform"
        /// By how often a word occurs; words that never occur as if they occurred once.
        case unigram
    }

    /// log p of each word.
    public let logProbabilities: [Float]
    /// The alias method (Walker 1977): a word is drawn evenly, and given up for its alias where a number is not below its threshold.
    private let thresholds: [Double]
    private let aliases: [Int32]

    /// A distribution of words with these counts.
    public init(_ kind: Kind, counts: [Int]) {
        switch kind {
        case .logUniform: self.init(weights: counts.indices.map { log(Double($0 + 2) / Double($0 + 1)) })
        case .unigram: self.init(weights: counts.map { Double(Swift.max($0, 1)) })
        }
    }

    /// A distribution by positive weights.
    public init(weights: [Double]) {
        let total = weights.reduce(0, +), count = weights.count
        logProbabilities = weights.map { Float(log($0 / total)) }
        var thresholds = weights.map { $0 / total * Double(count) }
        var aliases = (0..<count).map { Int32($0) }
        var low = thresholds.indices.filter { thresholds[$0] < 1 }, high = thresholds.indices.filter { thresholds[$0] >= 1 }
        while let poor = low.last, let rich = high.last {
            low.removeLast()
            aliases[poor] = Int32(rich)
            thresholds[rich] -= 1 - thresholds[poor]
            if thresholds[rich] < 1 {
                high.removeLast()
                low.append(rich)
            }
        }
        // What rounding has left is 1.
        for index in low + high { thresholds[index] = 1 }
        self.thresholds = thresholds
        self.aliases = aliases
    }

    /// Draws a word.
    public func draw(using generator: inout RandomGenerator) -> Int {
        let word = generator.integer(below: thresholds.count)
        return generator.uniform() < thresholds[word] ? word : Int(aliases[word])
    }

    /// Draws words with replacement: the different ones, in the order of their first draw, and how often each was drawn.
    public func sample(_ count: Int, using generator: inout RandomGenerator) -> (words: [Int], multiplicities: [Int]) {
        var words: [Int] = [], multiplicities: [Int] = [], places: [Int: Int] = [:]
        for _ in 0..<count {
            let word = draw(using: &generator)
            if let place = places[word] {
                multiplicities[place] += 1
                continue
            }
            places[word] = words.count
            words.append(word)
            multiplicities.append(1)
        }
        return (words, multiplicities)
    }
}

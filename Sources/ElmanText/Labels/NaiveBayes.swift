import ElmanTensor

#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// Multinomial naive Bayes over the words of a text, with one added to every count (McCallum and Nigam 1998): the baseline that a
/// classifier is held against.
///
///     score(label) = log n(label) / n + Σ_words log (n(word, label) + 1) / (n(words of label) + V)
///
/// Words that were not seen in training are left out.
public struct NaiveBayes: Sendable {
    /// The labels.
    public let labels: Vocabulary
    private let words: Vocabulary
    private let prior: [Double]
    /// Word after word, the log-probability of each label's.
    private let likelihood: [Double]

    /// The model of labelled texts, at least one.
    public init(_ texts: LabelledTexts) {
        labels = texts.labelVocabulary()
        words = texts.texts.vocabulary(unknown: nil)
        let labelCount = labels.count, indices = texts.texts.indices(in: words)
        var examples = [Double](repeating: 0, count: labelCount), tokens = examples
        var counts = [Double](repeating: 0, count: words.count * labelCount)
        for (text, label) in texts.labelIndices(in: labels).enumerated() {
            examples[Int(label)] += 1
            for type in texts.texts[text] where indices[Int(type)] >= 0 {
                counts[Int(indices[Int(type)]) * labelCount + Int(label)] += 1
                tokens[Int(label)] += 1
            }
        }
        let wordCount = Double(words.count)
        prior = examples.map { log($0 / Double(texts.count)) }
        likelihood = counts.enumerated().map { log(($1 + 1) / (tokens[$0 % labelCount] + wordCount)) }
    }

    /// The index of the likeliest label of a text; of equally likely ones the first.
    public func label(of text: some Sequence<String>) -> Int {
        var scores = prior
        for word in text {
            guard let index = words.index(of: word) else { continue }
            for label in scores.indices { scores[label] += likelihood[index * scores.count + label] }
        }
        return scores.indices.reduce(0) { scores[$1] > scores[$0] ? $1 : $0 }
    }

    /// The share of texts that get their label.
    public func accuracy(on texts: LabelledTexts) -> Double {
        let gold = texts.labelIndices(in: labels)
        let correct = (0..<texts.count).count { label(of: texts.texts.tokens(of: $0)) == Int(gold[$0]) }
        return Double(correct) / Double(max(texts.count, 1))
    }
}

import ElmanTensor

/// Words in classes that are ranges of their numbers: those of words by falling frequency, as a vocabulary has them.
public struct WordClasses: Sendable, Hashable {
    /// The words of each class, from 0 on without gaps.
    public let ranges: [Range<Int>]

    /// Classes that end before the given words; the last ends before `wordCount`. Fails where the ends do not rise.
    public init(ends: [Int], wordCount: Int) {
        let all = ends + [wordCount]
        ranges = zip([0] + ends, all).map { start, end in
            guard start < end else { fail("classes of words end before \(all), which do not rise from 1 on") }
            return start..<end
        }
    }

    /// Classes by frequency: each has about the same sum of square roots of its words' counts (Mikolov et al. 2011), so that classes
    /// of frequent words are small.
    /// - Parameters:
    ///   - counts: how often each word occurs.
    ///   - classCount: how many classes; √words where it is nil. Each has a word at least, so there are never more than words.
    public init(counts: [Int], classCount: Int? = nil) {
        let wordCount = counts.count
        let count = Swift.max(1, Swift.min(classCount ?? Int(Double(wordCount).squareRoot().rounded(.up)), wordCount))
        let masses = counts.map { Double(Swift.max($0, 1)).squareRoot() }
        let total = masses.reduce(0, +)
        var ends: [Int] = [], sum = 0.0
        for (word, mass) in masses.enumerated() where ends.count < count - 1 {
            sum += mass
            // As many words must be left as there are classes to come.
            let isFull = sum >= total * Double(ends.count + 1) / Double(count)
            let mustEnd = wordCount - (word + 1) == count - 1 - ends.count
            if isFull || mustEnd { ends.append(word + 1) }
        }
        self.init(ends: ends, wordCount: wordCount)
    }

    /// How many words there are.
    public var wordCount: Int { ranges.last?.upperBound ?? 0 }

    /// The class of a word.
    public func index(of word: Int) -> Int {
        var low = 0, high = ranges.count - 1
        while low < high {
            let middle = (low + high) / 2
            if word < ranges[middle].upperBound { high = middle } else { low = middle + 1 }
        }
        return low
    }
}

extension WordClasses {
    /// Counts that fall as 1 / rank (Zipf), for words whose counts nobody knows.
    public static func zipf(wordCount: Int) -> [Int] { (0..<wordCount).map { Swift.max(1, 10 * wordCount / ($0 + 1)) } }
}

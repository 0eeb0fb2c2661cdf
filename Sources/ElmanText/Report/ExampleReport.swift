import ElmanFiles

/// What a task would learn of a file: its examples, as the task's own reader takes them, and every line that it refuses.
public struct ExampleReport: Sendable {
    /// What the file is to hold.
    public let form: ExampleForm
    /// How many examples there are, bad ones not counted.
    public private(set) var count = 0
    /// For each side of the examples, one or source and target: how many examples have so many tokens.
    public private(set) var lengthCounts: [[Int: Int]]
    /// How often every label occurs.
    public private(set) var labelCounts = TokenCounts()
    /// The first faults, with file and line. Of an example of many lines, the first that is wrong with it.
    public private(set) var faults: [DataError] = []
    /// How many faults there are.
    public private(set) var faultCount = 0
    /// Lines that are left out: pairs with a blank side.
    public private(set) var leftOut = 0
    /// Examples that stand earlier in the file to the letter, among the first two million different ones.
    public private(set) var duplicates = 0

    /// The tags of sentences, which have an order, and the line that every sentence begins in.
    private(set) var tags = TokenLists()
    private(set) var tagLines: [Int] = []
    private let faultLimit: Int
    /// How often each example occurs, by its hash.
    private var hashes: [UInt64: Int] = [:]

    /// Of more different examples no hashes are kept.
    private static let hashLimit = 1 << 21

    init(_ form: ExampleForm, faultLimit: Int) {
        self.form = form
        self.faultLimit = faultLimit
        if case .pairs = form { lengthCounts = [[:], [:]] } else { lengthCounts = [[:]] }
    }

    mutating func add(_ example: ExampleReader.Example, line: Int, bytes: some Sequence<UInt8>) {
        count += 1
        for (side, length) in example.lengths.enumerated() { lengthCounts[side][length, default: 0] += 1 }
        addLabels(example.labels, line)
        let hash = Self.hash(bytes)
        let known = hashes[hash] ?? 0
        if known > 0 { duplicates += 1 }
        if known > 0 || hashes.count < Self.hashLimit { hashes[hash] = known + 1 }
    }

    private mutating func addLabels(_ labels: TokenLists, _ line: Int) {
        var isTagged = false
        if case .tagged = form { isTagged = true }
        for type in labels.types {
            labels.counts.table.withEntry(Int(type)) { label in
                labelCounts.add(label)
                if isTagged { tags.append(label) }
            }
        }
        guard isTagged else { return }
        tags.endList()
        tagLines.append(line)
    }

    mutating func add(_ fault: DataError) {
        faultCount += 1
        if faults.count < faultLimit { faults.append(fault) }
    }

    mutating func leaveOut() { leftOut += 1 }

    /// FNV-1a of 64 bits.
    private static func hash(_ bytes: some Sequence<UInt8>) -> UInt64 {
        bytes.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
    }
}

extension ExampleReport {
    /// What the lengths of examples are like.
    public struct LengthSummary: Sendable, Hashable {
        /// Tokens of the shortest and the longest example.
        public let range: ClosedRange<Int>
        /// Tokens of an example on average.
        public let mean: Double
        /// Half of all examples have at most so many tokens, and 90 and 99 of a hundred.
        public let median: Int, ninetieth: Int, ninetyNinth: Int
    }

    /// What the lengths of a side are like; nil where there are no examples.
    public func lengthSummary(ofSide side: Int) -> LengthSummary? {
        let sorted = lengthCounts[side].sorted { $0.key < $1.key }
        guard let first = sorted.first, let last = sorted.last else { return nil }
        func upTo(_ share: Double) -> Int {
            let wanted = Int((share * Double(count)).rounded(.up))
            var seen = 0
            for (length, examples) in sorted {
                seen += examples
                if seen >= wanted { return length }
            }
            return last.key
        }
        return LengthSummary(
            range: first.key...last.key, mean: Double(sorted.reduce(0) { $0 + $1.key * $1.value }) / Double(count),
            median: upTo(0.5), ninetieth: upTo(0.9), ninetyNinth: upTo(0.99))
    }

    /// What another file has that a training file has too, or lacks.
    public struct Comparison: Sendable, Equatable {
        /// Examples that the training file has to the letter.
        public let shared: Int
        /// Labels that it lacks, the most frequent first, and how often each occurs.
        public let unknownLabels: [(label: String, count: Int)]

        /// Whether two comparisons say the same.
        public static func == (one: Comparison, other: Comparison) -> Bool {
            one.shared == other.shared && one.unknownLabels.elementsEqual(other.unknownLabels, by: ==)
        }
    }

    /// Compares this file with one that a model would be trained on.
    public func compared(toTraining training: ExampleReport) -> Comparison {
        let missing = labelCounts.typesByFrequency().filter { training.labelCounts.count(of: labelCounts.token($0)) == 0 }
        return Comparison(
            shared: hashes.reduce(0) { $0 + (training.hashes[$1.key] == nil ? 0 : $1.value) },
            unknownLabels: missing.map { (labelCounts.token($0), labelCounts.counts[$0]) })
    }
}

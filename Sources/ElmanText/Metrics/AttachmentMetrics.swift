import ElmanTensor

/// How many words got the right head, and with it the right relation, as the evaluation of the CoNLL 2018 task counts them.
///
/// All words count, punctuation too. Of a relation only what stands before `:` counts (`nsubj:pass` is `nsubj`).
public struct AttachmentMetrics: Sendable {
    /// Sentences.
    public private(set) var sentences = 0
    /// Words.
    public private(set) var tokens = 0
    /// Words with the right head.
    public private(set) var correctHeads = 0
    /// Words with the right head and relation.
    public private(set) var correctArcs = 0
    /// For every relation the number of its spelling before `:`.
    private let universal: [Int32]

    /// Nothing counted yet. The vocabulary has all relations, predicted and gold (`Vocabulary.extended`).
    public init(relations: Vocabulary) {
        var table = ByteTable()
        universal = (0..<relations.count).map { index in
            let relation = relations.bytes(at: index)
            return relation.prefix { $0 != UInt8(ascii: ":") }.withUnsafeBufferPointer { Int32(table.insert($0)) }
        }
    }

    /// One word's arc: its head (0 is the root) and the index of its relation.
    public typealias Arc = (head: Int32, relation: Int32)

    /// Counts a sentence. Fails where there are not as many predicted arcs as gold ones.
    public mutating func add(gold: some Collection<Arc>, predicted: some Collection<Arc>) {
        guard gold.count == predicted.count else { fail("\(predicted.count) predicted arcs for \(gold.count) words") }
        sentences += 1
        tokens += gold.count
        for (gold, predicted) in zip(gold, predicted) where gold.head == predicted.head {
            correctHeads += 1
            correctArcs += universal[Int(gold.relation)] == universal[Int(predicted.relation)] ? 1 : 0
        }
    }

    /// Unlabelled attachment score, 0 to 1; not a number without words.
    public var uas: Double { Double(correctHeads) / Double(tokens) }

    /// Labelled attachment score, 0 to 1; not a number without words.
    public var las: Double { Double(correctArcs) / Double(tokens) }
}

import Elman

/// What of the training data is kept apart for evaluation where no file is given: every tenth block of ten examples, or every
/// tenth example of a few.
struct DevelopmentSplit {
    /// Whether anything is kept apart: there is no file, and there are examples enough.
    let isNeeded: Bool
    private let count: Int

    init(count: Int, hasDevelopment: Bool) {
        self.count = count
        isNeeded = !hasDevelopment && count >= 20
    }

    /// Blocks of ten stay together where there are many, so that text which runs on is cut seldom.
    func isKeptApart(_ example: Int) -> Bool { (count < 100 ? example : example / 10) % 10 == 9 }

    /// What is said of it.
    func summary(_ example: String) -> [String] {
        guard isNeeded else { return [] }
        let what = count < 100 ? example : "block of ten \(example)s"
        return ["every tenth \(what) is kept apart for evaluation (no --dev given)"]
    }
}

/// A number that tells data from others, as text.
struct Fingerprint {
    private var hash: UInt64 = 0xcbf2_9ce4_8422_2325

    mutating func add(_ numbers: some Sequence<Int32>) {
        for number in numbers { hash = (hash ^ UInt64(UInt32(bitPattern: number))) &* 0x100_0000_01b3 }
    }

    /// The lists and the spelling of every type.
    mutating func add(_ lists: TokenLists) {
        add(lists.types)
        add(lists.starts.map { Int32(truncatingIfNeeded: $0) })
        for type in 0..<lists.counts.typeCount { add(lists.bytes(ofType: type).map { Int32($0) }) }
    }

    var text: String { String(hash, radix: 16) }
}

/// What is said of lines that were cut.
func cutWarnings(_ facts: TextStatistics, _ training: TrainSettings) -> [String] {
    guard facts.cutSentences > 0 else { return [] }
    return [
        "\(counted(facts.cutSentences, "line")) cut after \(grouped(training.maximumLength ?? 0)) tokens, "
            + "\(counted(facts.cutTokens, "token")) left out; set --max-length"
    ]
}

/// A share for people.
func percentText(_ share: Double) -> String { share.isFinite ? "\(fixed(100 * share, 2)) %" : "–" }

import ElmanTensor
import ElmanText
import ElmanTraining

/// The batches of examples that a task goes through, drawn anew for every epoch, the same for the same seed.
package struct EpochBatches: Sendable {
    /// How examples are put together.
    package enum Plan: Sendable, Hashable {
        /// So many examples, in any order.
        case examples(Int)
        /// So many examples that are about as long.
        case examplesByLength(Int)
        /// Examples that are about as long, so many that they would have at most this many tokens if they were padded.
        case tokens(Int)
    }

    /// How many examples there are.
    package let exampleCount: Int
    private let sides: [[Int]]
    private let plan: Plan
    private let seed: UInt64
    /// The epoch that the batches are of, counted from 1.
    package private(set) var epoch = 1
    /// The examples of each update.
    package private(set) var batches: [[Int]] = []
    /// What padding these batches would cost; nil where examples are not sorted by length.
    package private(set) var padding: Padding?

    /// Batches of examples whose sides, such as source and target, have the given lengths.
    init(_ plan: Plan, sides: [[Int]], seed: UInt64) {
        self.plan = plan
        self.sides = sides
        self.seed = seed
        exampleCount = sides.first?.count ?? 0
    }

    /// `tokens` where it is given, else `examples`.
    init(examples: Int, tokens: Int?, lengths: [Int], seed: UInt64) {
        self.init(tokens.map { .tokens($0) } ?? .examples(examples), sides: [lengths], seed: seed)
    }

    /// How many updates the epoch has.
    package var count: Int { batches.count }

    /// The examples of an update.
    package subscript(update: Int) -> [Int] { batches[update] }

    /// Draws the batches of an epoch; gives the number of updates.
    mutating func begin(_ epoch: Int) -> Int {
        self.epoch = epoch
        let epochSeed = Self.seed(ofEpoch: epoch, seed)
        let drawn =
            switch plan {
            case .examples(let size): SentenceBatches.shuffled(count: exampleCount, size: size, seed: epochSeed)
            case .examplesByLength(let size):
                SentenceBatches.byLength(sides.first ?? [], limit: .sentences(size), seed: epochSeed)
            case .tokens(let budget): SentenceBatches.byLengths(sides, limit: .tokens(budget), seed: epochSeed)
            }
        batches = drawn.batches
        if case .tokens = plan { padding = drawn.padding }
        return count
    }

    /// What an epoch is shuffled by.
    static func seed(ofEpoch epoch: Int, _ seed: UInt64) -> UInt64 {
        RandomGenerator(seed: seed, stream: UInt64(epoch) &+ 0x6570_6F63_0000).state
    }

    /// The tokens of a batch, all sides together.
    package func tokenCount(of batch: [Int]) -> Int {
        sides.reduce(0) { sum, lengths in sum + batch.reduce(0) { $0 + lengths[$1] } }
    }

    /// The update of the epoch that has the most tokens, the first of several; nil where there is none.
    package var largestUpdate: Int? {
        let counts = batches.map { tokenCount(of: $0) }
        return counts.indices.max { (counts[$0], $1) < (counts[$1], $0) }
    }

    /// The tokens of all examples.
    package var tokenCount: Int { sides.reduce(0) { $0 + $1.reduce(0, +) } }
}

/// A task whose updates are batches of examples.
package protocol BatchedTask: TrainingTask {
    /// The batches of the present epoch.
    var batches: EpochBatches { get }
}

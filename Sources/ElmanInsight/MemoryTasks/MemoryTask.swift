import ElmanTensor

/// A task that can be solved only by remembering over a known distance: what recurrent networks are compared by.
public protocol MemoryTask: Sendable {
    /// The name: `adding`.
    static var name: String { get }
    /// The distance over which something is to be remembered, in steps.
    var length: Int { get }
    /// Elements of an input vector.
    var inputSize: Int { get }
    /// Elements of an output: classes, or 1 for a number.
    var outputSize: Int { get }
    /// Examples drawn by the rules of the task.
    func batch(of count: Int, _ random: inout RandomGenerator) -> MemoryBatch
    /// What a network that remembers nothing reaches.
    var baseline: Double { get }
    /// From what score on the task counts as solved: at most this error, or at least this accuracy.
    var threshold: Double { get }
}

/// Examples of a memory task that run side by side.
public struct MemoryBatch: Sendable {
    /// What is to be given out.
    public enum Targets: Sendable {
        /// A number after the last input, one for each example. The score is the mean squared error.
        case numbers([Float])
        /// A class after each of the last inputs, `[step][example]`. The score is the share of right ones.
        case classes([[Int]])
    }

    /// The inputs of each step, example by example, `inputSize` numbers each.
    public let inputs: [[Float]]
    /// What is to be given out.
    public let targets: Targets

    /// A batch.
    public init(inputs: [[Float]], targets: Targets) {
        self.inputs = inputs
        self.targets = targets
    }
}

extension MemoryTask {
    /// Whether a lower score is better.
    public var isError: Bool { outputSize == 1 }

    /// Whether a score is good enough.
    public func isSolved(_ score: Double) -> Bool { isError ? score <= threshold : score >= threshold }
}

/// The tasks by name.
public enum MemoryTasks {
    /// Their names.
    public static let names = [AddingTask.name, CopyTask.name, RecallTask.name, DyckTask.name]

    /// The task of a name at a distance; nil for other names.
    public static func named(_ name: String, length: Int) -> (any MemoryTask)? {
        switch name {
        case AddingTask.name: AddingTask(length: length)
        case CopyTask.name: CopyTask(length: length)
        case RecallTask.name: RecallTask(length: length)
        case DyckTask.name: DyckTask(length: length)
        default: nil
        }
    }
}

/// How many outputs are the expected ones to the byte.
public struct ExactMatch: Sendable, Hashable {
    /// Outputs.
    public private(set) var count = 0
    /// Outputs that are right.
    public private(set) var correct = 0

    /// Nothing counted yet.
    public init() {}

    /// Counts an output. Texts are compared by their UTF-8.
    public mutating func add(_ output: String, expected: String) {
        count += 1
        correct += output.utf8.elementsEqual(expected.utf8) ? 1 : 0
    }

    /// The share of right outputs; not a number without any.
    public var share: Double { Double(correct) / Double(count) }
}

/// Why an expression cannot be built: shapes that do not fit, an index out of range, a stale or foreign expression.
///
/// Outside `ComputationGraph.checking` it ends the program at the building line; inside it is thrown.
public struct ShapeError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What does not fit, with the op, all shapes and the names of the parameters concerned.
    public let description: String

    /// An error with a message.
    public init(_ description: String) { self.description = description }
}

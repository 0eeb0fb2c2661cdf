import ElmanGraph
import ElmanTensor

/// The vector of a head together with a dependent that was attached to it (Dyer et al. 2015):
///
///     c = tanh(W (head; dependent; relation) + b)
///
/// Parameters: `weights` W [size, 2 size + relationSize], `bias` b [size].
public struct DependencyComposition: Sendable {
    /// Elements of a head, of a dependent and of the result.
    public let size: Int
    /// Elements of a relation's vector; 0 where relations do not count.
    public let relationSize: Int
    /// The layer before tanh.
    public let layer: Linear

    /// A composition with Glorot-uniform weights and a bias of zeros.
    public init(size: Int, relationSize: Int = 0, initializer: Initializer = .glorot(), in parameters: ParameterCollection) {
        self.size = size
        self.relationSize = relationSize
        layer = Linear(inputSize: 2 * size + relationSize, outputSize: size, initializer: initializer, in: parameters)
    }

    /// The vector of `head` with `dependent`, `[size]`, attached by `relation`, `[relationSize]`.
    public func callAsFunction(head: Expression, dependent: Expression, relation: Expression? = nil) -> Expression {
        tanh(layer(concatenate([head, dependent] + (relation.map { [$0] } ?? []))))
    }
}

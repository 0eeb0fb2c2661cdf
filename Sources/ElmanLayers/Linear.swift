import ElmanGraph
import ElmanTensor

/// A linear layer: `weights * x + bias`.
///
/// Parameters: `weights` [outputSize, inputSize], `bias` [outputSize].
public struct Linear: Sendable {
    /// [outputSize, inputSize].
    public let weights: Parameter
    /// [outputSize], or nil.
    public let bias: Parameter?

    /// A layer with Glorot-uniform weights and a bias of zeros.
    public init(
        inputSize: Int, outputSize: Int, hasBias: Bool = true, initializer: Initializer = .glorot(),
        biasInitializer: Initializer = .zeros, in parameters: ParameterCollection
    ) {
        weights = parameters.add([outputSize, inputSize], named: "weights", initializer: initializer)
        bias = hasBias ? parameters.add([outputSize], named: "bias", initializer: biasInitializer) : nil
    }

    /// The layer's value for `[inputSize]` or `[inputSize, columns]`.
    public func callAsFunction(_ x: Expression) -> Expression {
        guard let bias else { return weights(in: x.graph) * x }
        return affine(weights(in: x.graph), x, bias(in: x.graph))
    }
}

/// A linear layer whose weights are the rows of an embedding table (Press and Wolf 2017; Inan et al. 2017).
///
/// Parameters: `bias` [table.count]; the weights are the table's.
public struct TiedLinear: Sendable {
    /// The table, `[inputSize, outputSize]` as a matrix.
    public let table: LookupParameter
    /// [outputSize].
    public let bias: Parameter

    /// A layer on a table, with a bias of zeros.
    public init(_ table: LookupParameter, biasInitializer: Initializer = .zeros, in parameters: ParameterCollection) {
        self.table = table
        bias = parameters.add([table.count], named: "bias", initializer: biasInitializer)
    }

    /// The layer's value for `[table.size]`.
    public func callAsFunction(_ x: Expression) -> Expression {
        transposedAffine(table.matrix(in: x.graph), x, bias(in: x.graph))
    }
}

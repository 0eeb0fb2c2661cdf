import CElmanKernels
import ElmanTensor

// Kept elements are divided by the probability to be kept, so that the expectation stays. Every call draws anew; a rate of 0
// gives the expression itself. Rates lie in 0..<1. What is drawn depends on the graph's seed and on how often it drew before.

/// Every element is zero with probability `rate`.
public func dropout(_ x: Expression, rate: Float) -> Expression {
    rate == 0 ? x : x .* x.graph.dropoutMask(x.shape, rate: rate)
}

/// Everything at one index of all dimensions but `dimension` is zero, or kept, together: for a matrix and dimension 1, whole
/// rows; for dimension 0, whole columns.
public func dropout(_ x: Expression, rate: Float, dimension: Int) -> Expression {
    if rate == 0 { return x }
    let shape = x.shape
    let mask = x.graph.dropoutMask(shape.replacing(dimension, by: 1), rate: rate)
    return x .* broadcast(mask, to: shape)
}

/// Whole members of the batch are zero.
public func dropoutMembers(_ x: Expression, rate: Float) -> Expression {
    rate == 0 ? x : x .* x.graph.dropoutMask(Shape([], batchSize: x.shape.batchSize), rate: rate)
}

/// Everything is zero, or kept, together.
public func blockDropout(_ x: Expression, rate: Float) -> Expression {
    rate == 0 ? x : x .* x.graph.dropoutMask([], rate: rate)
}

/// Normal noise of mean 0 is added to every element.
public func gaussianNoise(_ x: Expression, deviation: Float) -> Expression {
    deviation == 0 ? x : x + x.graph.randomNormal(x.shape, deviation: deviation)
}

extension ComputationGraph {
    /// Zeros with probability `rate` and 1 / (1 - rate) otherwise. Multiplying several expressions with one mask is
    /// variational dropout (Gal and Ghahramani 2016).
    public func dropoutMask(_ shape: Shape, rate: Float) -> Expression {
        guard rate >= 0, rate < 1 else { return failure(ShapeError("dropout: a rate of \(rate) is outside 0..<1")) }
        return insertFilled(shape) { [seed, stream = nextRandomStream()] count, values in
            ek_dropout_mask(seed, stream, count, 1 - rate, values)
        }
    }
}

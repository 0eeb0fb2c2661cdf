import ElmanTensor

// Deviations are those of the population: divided by n, not by n - 1. Moments are raw: the mean of powers.

/// The average of expressions of one shape. Fails for an empty list.
public func average(_ terms: [Expression]) -> Expression { sum(terms) * (1 / Float(Swift.max(terms.count, 1))) }

/// The mean of all elements, one number for each member of the batch.
public func mean(_ x: Expression) -> Expression { sum(x) / Float(x.shape.count) }

/// The mean over one dimension, which disappears.
public func mean(_ x: Expression, dimension: Int) -> Expression { sum(x, dimension: dimension) / Float(x.shape[dimension]) }

/// The mean over the members of the batch.
public func meanOverBatch(_ x: Expression) -> Expression { sumOverBatch(x) / Float(x.shape.batchSize) }

/// The mean of the elements to the power of `order`.
public func moment(_ x: Expression, order: Int) -> Expression { mean(power(x, order)) }

/// The mean over one dimension of the elements to the power of `order`.
public func moment(_ x: Expression, order: Int, dimension: Int) -> Expression {
    mean(power(x, order), dimension: dimension)
}

/// The mean over the members of the batch of the elements to the power of `order`.
public func momentOverBatch(_ x: Expression, order: Int) -> Expression { meanOverBatch(power(x, order)) }

/// √mean((x - mean(x))²) of all elements, one number. The gradient is not finite where all are equal.
public func standardDeviation(_ x: Expression) -> Expression { sqrt(mean(square(x - mean(x)))) }

/// The standard deviation over one dimension, which disappears.
public func standardDeviation(_ x: Expression, dimension: Int) -> Expression {
    let shape = x.shape
    let center = mean(x, dimension: dimension).reshaped(shape.replacing(dimension, by: 1))
    return sqrt(mean(square(x - broadcast(center, to: shape)), dimension: dimension))
}

/// The standard deviation over the members of the batch.
public func standardDeviationOverBatch(_ x: Expression) -> Expression { sqrt(meanOverBatch(square(x - meanOverBatch(x)))) }

private func power(_ x: Expression, _ order: Int) -> Expression {
    switch order {
    case 1: return x
    case 2: return square(x)
    default: return pow(x, Float(order))
    }
}

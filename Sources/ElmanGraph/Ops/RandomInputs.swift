import CElmanKernels
import ElmanTensor

#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

// Constants drawn when they are built. Without a seed of their own they take the next of the graph's random streams; with
// one, the same seed gives the same numbers everywhere.

extension ComputationGraph {
    /// Uniform numbers in `range`.
    public func randomUniform(_ shape: Shape, in range: ClosedRange<Float> = 0...1, seed: UInt64? = nil) -> Expression {
        let (seed, stream) = source(seed)
        return insertFilled(shape) { count, values in
            ek_random_uniform(seed, stream, count, values)
            let width = range.upperBound - range.lowerBound
            for index in 0..<count { values[index] = range.lowerBound + width * values[index] }
        }
    }

    /// Normal numbers.
    public func randomNormal(
        _ shape: Shape, mean: Float = 0, deviation: Float = 1, seed: UInt64? = nil
    ) -> Expression {
        let (seed, stream) = source(seed)
        return insertFilled(shape) { count, values in
            ek_random_normal(seed, stream, count, values)
            for index in 0..<count { values[index] = mean + deviation * values[index] }
        }
    }

    /// `scale` with the given probability, 0 otherwise. Fails for a probability outside 0...1.
    public func randomBernoulli(
        _ shape: Shape, probability: Float, scale: Float = 1, seed: UInt64? = nil
    ) -> Expression {
        guard probability >= 0, probability <= 1 else {
            return failure(ShapeError("randomBernoulli: a probability of \(probability)"))
        }
        let (seed, stream) = source(seed)
        return insertFilled(shape) { count, values in
            ek_random_uniform(seed, stream, count, values)
            for index in 0..<count { values[index] = values[index] < probability ? scale : 0 }
        }
    }

    /// Gumbel numbers: location - scale · log(-log u) for uniform u. Added to log-probabilities, their largest element is a
    /// draw from the distribution.
    public func randomGumbel(
        _ shape: Shape, location: Float = 0, scale: Float = 1, seed: UInt64? = nil
    ) -> Expression {
        let (seed, stream) = source(seed)
        return insertFilled(shape) { count, values in
            ek_random_uniform(seed, stream, count, values)
            for index in 0..<count {
                // Half a step above the 24 bits that are drawn: neither 0 nor 1.
                values[index] = location - scale * logf(-logf(values[index] + 0x1p-25))
            }
        }
    }

    private func source(_ seed: UInt64?) -> (seed: UInt64, stream: UInt64) {
        if let seed { return (seed, 0) }
        return (self.seed, nextRandomStream())
    }

    func nextRandomStream() -> UInt64 {
        storage.pointee.randomStream += 1
        return storage.pointee.randomStream
    }

    /// A constant whose elements `fill` writes.
    func insertFilled(_ shape: Shape, _ fill: (_ count: Int, _ values: UnsafeMutablePointer<Float>) -> Void) -> Expression {
        guard shape.totalCount > 0 else { return failure(ShapeError("input: the shape \(shape) has no elements")) }
        let pointer = storage.pointee.values.allocate(shape.totalCount)
        fill(shape.totalCount, pointer)
        return insertLeaf(.input, shape: shape, flags: [], pointer: pointer, columnStride: shape.rows, data: 0)
    }
}

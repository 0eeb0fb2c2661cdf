import ElmanTensor
import Testing

struct InitializerTests {
    private func values(_ initializer: Initializer, _ shape: Shape) -> [Float] {
        var generator = RandomGenerator(seed: 7)
        return initializer.values(for: shape, using: &generator)
    }

    @Test func glorotDrawsFromTheRangeOfTheDimensions() {
        let matrix = values(.glorot(), [400, 100]), vector = values(.glorot(), [30])
        let largest = matrix.map(abs).max()!
        #expect(largest <= 0.109545 && largest > 0.1094)
        #expect(vector.map(abs).max()! <= (3.0 / 30 as Float).squareRoot())
        #expect(abs(matrix.reduce(0, +) / 40_000) < 2e-3)
    }

    /// As in DyNet, where √3 / 8 is the range of vectors of 64 elements, however many there are.
    @Test func vectorsOfATableAreDrawnEachForItself() {
        for count in [10, 5000] {
            var generator = RandomGenerator(seed: 7)
            let table = Initializer.glorot().values(forTableOf: count, vectorSize: 64, using: &generator)
            let largest = table.map(abs).max()!
            #expect(table.count == count * 64)
            #expect(largest <= (3 as Float).squareRoot() / 8 && largest > 0.21)
        }
        var generator = RandomGenerator(seed: 7)
        #expect(
            Initializer.uniform(0.5).values(forTableOf: 3, vectorSize: 4, using: &generator) == values(.uniform(0.5), [4, 3]))
    }

    @Test func normalTakesTheDeviation() {
        let drawn = values(.normal(deviation: 2), [10_000])
        let variance = drawn.reduce(0) { $0 + Double($1 * $1) } / 10_000
        #expect(abs(variance - 4) < 0.2)
    }

    @Test(arguments: [Shape([3, 5]), Shape([5, 3]), Shape([4, 4])])
    func orthonormalRowsOrColumnsAreSo(_ shape: Shape) {
        let matrix = Tensor(shape: shape, scalars: values(.orthonormal(gain: 2), shape))
        let short = min(shape.rows, shape.columns), long = max(shape.rows, shape.columns)
        for a in 0..<short {
            for b in 0..<short {
                let product = (0..<long).reduce(Float(0)) { sum, index in
                    shape.rows <= shape.columns
                        ? sum + matrix[a, index] * matrix[b, index] : sum + matrix[index, a] * matrix[index, b]
                }
                #expect(abs(product - (a == b ? 4 : 0)) < 1e-5)
            }
        }
    }

    @Test func simpleOnesAreWhatTheySay() {
        #expect(values(.zeros, [2]) == [0, 0])
        #expect(values(.constant(3), [2]) == [3, 3])
        #expect(values(.identity(scale: 2), [2, 3]) == [2, 0, 0, 2, 0, 0])
        #expect(values(.values([1, 2]), [2]) == [1, 2])
        #expect(values(.uniform(0.5), [100]).allSatisfy { abs($0) <= 0.5 })
        #expect(values(.uniform(0.5), [100]) == values(.uniform(0.5), [100]))
    }

    @Test func wrongNumbersOfValuesEndTheProgram() async {
        await #expect(processExitsWith: .failure) {
            var generator = RandomGenerator(seed: 1)
            _ = Initializer.values([1]).values(for: [2], using: &generator)
        }
    }
}

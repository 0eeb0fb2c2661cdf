import ElmanGraph
import ElmanTensor

/// A random program of small ops over vectors of a few sizes, some with a batch: the same for the same seed.
struct RandomProgram {
    let seed: UInt64
    let stepCount: Int
    let parameters: ParameterCollection
    private let weights: [Parameter], biases: [Parameter], table: LookupParameter
    private static let sizes = [2, 3, 5]

    init(seed: UInt64, stepCount: Int) {
        self.seed = seed
        self.stepCount = stepCount
        let parameters = ParameterCollection(seed: seed)
        self.parameters = parameters
        weights = Self.sizes.flatMap { rows in
            Self.sizes.map { parameters.add([rows, $0], named: "w\(rows)\($0)", initializer: .uniform(0.5)) }
        }
        biases = Self.sizes.map { parameters.add([$0], named: "b\($0)", initializer: .uniform(0.5)) }
        table = parameters.addLookup(count: 6, size: 3, named: "table")
    }

    /// Builds the program; returns its loss and what it passed on the way.
    func build(in graph: ComputationGraph) -> (loss: Expression, values: [Expression]) {
        var random = RandomGenerator(seed: seed)
        var values = Self.sizes.indices.map { graph.randomUniform([Self.sizes[$0]], in: -1...1, seed: seed &+ UInt64($0)) }
        values += biases.map { $0(in: graph) }
        for _ in 0..<stepCount { values.append(step(values, &random, graph)) }
        let losses = (0..<6).map { _ in sumOverBatch(sum(pickAny(values, &random))) }
        return (sum(losses), values)
    }

    private func pickAny(_ values: [Expression], _ random: inout RandomGenerator) -> Expression {
        values[random.integer(below: values.count)]
    }

    /// A value of the same dimensions whose batch fits.
    private func partner(of x: Expression, _ values: [Expression], _ random: inout RandomGenerator) -> Expression {
        let shape = x.shape
        let fitting = values.filter { other in
            let other = other.shape
            return other.hasSameDimensions(as: shape)
                && (other.batchSize == shape.batchSize || other.batchSize == 1 || shape.batchSize == 1)
        }
        return pickAny(fitting, &random)
    }

    private func step(_ values: [Expression], _ random: inout RandomGenerator, _ graph: ComputationGraph) -> Expression {
        let x = pickAny(values, &random), size = x.shape.rows
        let column = Self.sizes.firstIndex(of: size)!, row = random.integer(below: Self.sizes.count)
        let matrix = weights[row * Self.sizes.count + column]
        switch random.integer(below: 14) {
        case 0: return tanh(x)
        case 1: return sigmoid(x)
        case 2: return x + partner(of: x, values, &random)
        case 3: return x .* partner(of: x, values, &random)
        case 4: return tanh(matrix(in: graph) * x)
        case 5: return tanh(affine(matrix(in: graph), x, biases[row](in: graph)))
        case 6: return softmax(x)
        case 7: return size == 5 ? x[random.integer(below: 3)..<5][0..<2] : x * 0.5
        case 8: return size == 2 ? concatenate(x, partner(of: x, values, &random), sum(x).reshaped([1])) : 1 - x
        case 9: return x.shape.batchSize > 1 ? x.member(random.integer(below: x.shape.batchSize)) : relu(x)
        case 10: return x.shape.batchSize == 1 ? concatenateToBatch([x, tanh(x), x * -1]) : sumOverBatch(x) * 0.3
        case 11: return table[[0, 3, 3].map { ($0 + Int(random.next() % 3)) }, in: graph]
        case 12: return table[random.integer(below: 6), in: graph]
        default:
            return tanh(
                sum(
                    [x, partner(of: x, values, &random), partner(of: x, values, &random)].filter {
                        $0.shape.batchSize == x.shape.batchSize || $0.shape.batchSize == 1
                    }))
        }
    }
}

import ElmanTensor
import Testing

@testable import ElmanGraph

/// Parameters that are held in fewer bits.
@Suite struct ReducedWeightTests {
    /// Three nodes of an op whose shared matrices are parameters, or tables.
    private struct Network {
        let harness: OpHarness
        let parameters = ParameterCollection()
        private var make: [Int: @Sendable (ComputationGraph) -> Expression] = [:]

        init(_ op: Op, _ sample: OpSample, isTable: Bool) {
            harness = OpHarness(op: op, sample: sample, copies: 3)
            for (position, shape) in sample.arguments.enumerated() where op.shares(position) && shape.rank == 2 {
                let values = harness.values(position, of: 0)
                if isTable {
                    let table = parameters.addLookup(count: shape.columns, size: shape.rows, named: "\(position)")
                    table.values = values
                    make[position] = { table.matrix(in: $0) }
                } else {
                    let parameter = parameters.add(shape, named: "\(position)", initializer: .values(values.scalars))
                    make[position] = { parameter(in: $0) }
                }
            }
        }

        /// The same with what the parameters hold now, as singles.
        func widened(_ isTable: Bool) -> Network {
            let other = Network(harness.op, harness.sample, isTable: isTable)
            for (from, to) in zip(parameters.parameters, other.parameters.parameters) { to.values = from.values }
            for (from, to) in zip(parameters.lookupParameters, other.parameters.lookupParameters) { to.values = from.values }
            return other
        }

        func outputs(in graph: ComputationGraph, copies: Range<Int> = 0..<3) -> [Expression] {
            copies.map { copy in
                let arguments = harness.sample.arguments.indices.map { position in
                    make[position]?(graph)
                        ?? graph.input(harness.values(position, of: harness.op.shares(position) ? 0 : copy))
                }
                return graph.apply(harness.op, arguments, harness.sample.settings)
            }
        }

        func values(_ graph: ComputationGraph = ComputationGraph(keepsForBackward: false)) -> [[Float]] {
            let outputs = outputs(in: graph)
            _ = sum(outputs.map { sumOverBatch(sum($0)) }).value
            return outputs.map { $0.value.scalars }
        }
    }

    /// A network of every sample whose op shares matrices, made when it is asked for: each reserves much address space.
    private static func networks(_ isTable: Bool) -> some Sequence<Network> {
        let samples = Op.all.flatMap { op in op.samples.map { (op: op, sample: $0) } }.filter { op, sample in
            sample.arguments.enumerated().contains { op.shares($0.offset) && $0.element.rank == 2 }
        }
        return samples.lazy.map { op, sample in Network(op, sample, isTable: isTable) }
    }

    @Test(arguments: [false, true]) func everyOpReadsSixteenBitsAsTheRoundedWeights(isTable: Bool) {
        for network in Self.networks(isTable) {
            network.parameters.quantize(to: .bfloat16)
            let name = network.harness.op.name
            #expect(network.values() == network.widened(isTable).values(), "\(name)")
            let whole = ComputationGraph()
            #expect(network.values(whole) == network.widened(isTable).values(ComputationGraph()), "\(name) for backward")
        }
    }

    @Test(arguments: [false, true]) func everyOpReadsEightBits(isTable: Bool) {
        for network in Self.networks(isTable) {
            let exact = network.values()
            network.parameters.quantize(to: .int8)
            let found = network.values(), widened = network.widened(isTable).values(), op = network.harness.op
            let size = exact.joined().map(abs).max() ?? 1
            // Which path is the best one is a choice: it jumps where scores are near each other.
            for (found, exact) in zip(found.joined(), exact.joined()) where op !== Op.bestChainPath {
                #expect(abs(found - exact) <= 0.06 * max(1, size), "\(op.name)")
            }
            // What takes no bytes reads copies.
            if !op.isReducible { #expect(found == widened, "\(op.name)") }
        }
    }

    @Test(arguments: [WeightPrecision.bfloat16, .int8]) func aNodeAloneHasTheBitsOfItsPlaceInABatch(precision: WeightPrecision) {
        for isTable in [false, true] {
            for network in Self.networks(isTable) where network.harness.op.isReducible {
                network.parameters.quantize(to: precision)
                let together = network.values()
                for copy in 0..<3 {
                    let graph = ComputationGraph(batching: .none, keepsForBackward: false)
                    let alone = network.outputs(in: graph, copies: copy..<copy + 1)[0]
                    #expect(alone.value.scalars == together[copy], "\(network.harness.op.name)")
                }
            }
        }
    }

    @Test(arguments: [WeightPrecision.bfloat16, .int8])
    func aGraphForBackwardDifferentiatesTheRoundedWeights(precision: WeightPrecision) {
        let parameters = ParameterCollection(seed: 4)
        let weights = parameters.add([20, 12], named: "weights")
        parameters.quantize(to: precision)
        func gradient(_ weights: (ComputationGraph) -> Expression) -> [Float] {
            let graph = ComputationGraph()
            let x = graph.randomNormal([12], seed: 2)
            let loss = sum(tanh(weights(graph) * x))
            return graph.gradients(of: loss, for: [x])[0].scalars
        }
        let values = weights.values
        #expect(gradient { weights(in: $0) } == gradient { $0.input(values) })
    }

    @Test func valuesAreTheRoundedOnesAndVectorsStay() {
        let parameters = ParameterCollection(seed: 4)
        let matrix = parameters.add([20, 12], named: "matrix"), table = parameters.addLookup(count: 9, size: 5, named: "table")
        let vector = parameters.add([7], named: "vector", initializer: .uniform(1))
        let before = (matrix.values.scalars, table.values.scalars, vector.values.scalars)
        parameters.quantize(to: .int8)
        #expect(vector.values.scalars == before.2)
        for output in 0..<20 {
            let row = stride(from: output, to: 240, by: 20).map { before.0[$0] }, scale = row.map(abs).max()! / 127
            for (column, value) in row.enumerated() {
                let found = matrix.values.scalars[column * 20 + output]
                #expect(abs(found - value) <= scale * 0.5001)
            }
        }
        let graph = ComputationGraph(keepsForBackward: false)
        #expect(table[3, in: graph].value.scalars == Array(table.values.scalars[15..<20]))
        #expect(matrix(in: graph).value == matrix.values)
        #expect(zip(table.values.scalars, before.1).allSatisfy { abs($0 - $1) <= 0.01 })
        #expect(table.values.scalars != before.1 && matrix.isFrozen && !vector.isFrozen)
    }

    /// A view of a matrix, a product the other way round, and a use after a rewind, none of which reads bytes.
    @Test func otherUsesReadCopies() {
        let parameters = ParameterCollection(seed: 4)
        let matrix = parameters.add([20, 12], named: "matrix")
        parameters.quantize(to: .int8)
        let graph = ComputationGraph(keepsForBackward: false), plain = ComputationGraph(keepsForBackward: false)
        let (x, values) = (Tensor((0..<20).map { Float($0) / 7 }), matrix.values)
        let mark = graph.mark()
        for _ in 0..<2 {
            #expect(
                transposedProduct(matrix(in: graph), graph.input(x)).value
                    == transposedProduct(plain.input(values), plain.input(x)).value)
            #expect((matrix(in: graph) .* matrix(in: graph)).value == (plain.input(values) .* plain.input(values)).value)
            graph.rewind(to: mark)
        }
    }

    @Test func newValuesAreOfSinglePrecisionAgain() {
        let parameters = ParameterCollection(seed: 4)
        let matrix = parameters.add([3, 2], named: "matrix")
        parameters.quantize(to: .int8)
        matrix.values = Tensor(shape: [3, 2], scalars: [1, 2, 3, 4, 5, 0.001])
        #expect(matrix.values.scalars == [1, 2, 3, 4, 5, 0.001])
        let graph = ComputationGraph(keepsForBackward: false)
        #expect((matrix(in: graph) * graph.input([1, 1])).value.scalars == [5, 7, 3.001])
    }

    @Test func whatIsToBeLoadedIsHeldInFewerBitsAtOnce() {
        let values = (0..<60).map { Float($0 * 37 % 101) / 50 - 1 }
        for precision in [WeightPrecision.bfloat16, .int8] {
            let later = ParameterCollection(), atOnce = ParameterCollection.toBeLoaded(as: precision)
            let both = [later, atOnce].map { $0.add([10, 6], named: "matrix") }
            for parameter in both { parameter.values = Tensor(shape: [10, 6], scalars: values) }
            later.quantize(to: precision)
            #expect(both[0].values == both[1].values && both[1].values.scalars != values)
        }
    }
}

import ElmanGraph
import ElmanTensor
import Testing

extension Recurrence: CustomTestStringConvertible {
    /// The name, in the list of test cases.
    public var testDescription: String { name }
}

/// Recurrences without products: whole sequences of all lengths are their steps.
@Suite struct RecurrenceTests {
    private static let lengths = [3, 6, 1, 6, 2]

    private static func values(_ shape: Shape, seed: Int) -> Tensor {
        var generator = RandomGenerator(seed: UInt64(seed), stream: 5)
        return Tensor(shape: shape, scalars: (0..<shape.totalCount).map { _ in Float(generator.uniform()) * 2 - 1 })
    }

    /// Sequences of a recurrence, with sizes of its samples and coefficients that are parameters.
    private struct Model {
        let recurrence: Recurrence
        let isReversed: Bool
        let shapes: [Shape]
        let heads: Int, keySize: Int
        let collection = ParameterCollection()
        let coefficients: Parameter?
        let start: Parameter

        init(_ recurrence: Recurrence, isReversed: Bool) {
            self.recurrence = recurrence
            self.isReversed = isReversed
            shapes = recurrence.sequenceOp.samples[0].arguments
            let settings = recurrence.sequenceOp.samples[0].settings
            heads = settings.attribute1 & 0xFFFF
            keySize = settings.attribute1 >> 16
            coefficients =
                shapes.count > 2
                ? collection.add(shapes[2], named: "c", initializer: .values(RecurrenceTests.values(shapes[2], seed: 1).scalars))
                : nil
            start = collection.add(
                shapes[1], named: "s", initializer: .values(RecurrenceTests.values(shapes[1], seed: 2).scalars))
        }

        func input(_ sequence: Int, in graph: ComputationGraph) -> Expression {
            let shape = Shape([shapes[0].rows], batchSize: RecurrenceTests.lengths[sequence])
            return graph.input(RecurrenceTests.values(shape, seed: 10 + sequence))
        }

        func whole(_ input: Expression) -> Expression {
            let graph = input.graph
            let result = recurrence.sequence(
                projected: input, state: start(in: graph), parameters: coefficients.map { $0(in: graph) }, heads: heads,
                keySize: keySize, isReversed: isReversed)
            return concatenate(result.outputs, result.states)
        }

        func steps(_ input: Expression) -> Expression {
            let graph = input.graph, count = input.shape.batchSize
            var state = start(in: graph), outputs: [Expression] = []
            for step in 0..<count {
                let next = recurrence.step(
                    projected: input.member(isReversed ? count - 1 - step : step), state: state,
                    parameters: coefficients.map { $0(in: graph) }, heads: heads,
                    keySize: keySize)
                state = next.state
                outputs.append(concatenate(next.output, next.state))
            }
            return concatenateToBatch(isReversed ? outputs.reversed() : outputs)
        }

        func loss(_ outputs: [Expression]) -> Expression {
            sum(
                outputs.enumerated().map { index, output in
                    sumOverBatch(sum(output .* output.graph.input(RecurrenceTests.values(output.shape, seed: 30 + index))))
                })
        }

        func gradients(_ inputs: [Expression], _ outputs: [Expression]) -> [[Float]] {
            collection.clearGradients()
            let loss = loss(outputs)
            let ofInputs = loss.graph.gradients(of: loss, for: inputs).map(\.scalars)
            loss.backward()
            return ofInputs + collection.parameters.map { $0.gradient?.scalars ?? [] }
        }
    }

    @Test(arguments: Recurrence.all, [false, true])
    func equalsItsStepsToTheBit(_ recurrence: Recurrence, _ isReversed: Bool) {
        let model = Model(recurrence, isReversed: isReversed)
        let expected = Self.lengths.indices.map { sequence in
            model.steps(model.input(sequence, in: ComputationGraph(batching: .none))).value
        }
        for batching in ComputationGraph.Batching.allCases {
            for keeps in [true, false] {
                let graph = ComputationGraph(batching: batching, keepsForBackward: keeps)
                let whole = Self.lengths.indices.map { model.whole(model.input($0, in: graph)) }
                _ = model.loss(whole).value
                #expect(whole.map(\.value) == expected, "\(batching), keeps \(keeps)")
                let steps = Self.lengths.indices.map { model.steps(model.input($0, in: graph)) }
                _ = model.loss(steps).value
                #expect(steps.map(\.value) == expected, "\(batching), keeps \(keeps)")
            }
        }
    }

    @Test(arguments: Recurrence.all, [false, true])
    func gradientsAreThoseOfTheSteps(_ recurrence: Recurrence, _ isReversed: Bool) {
        let model = Model(recurrence, isReversed: isReversed)
        let single = ComputationGraph(batching: .none)
        let inputs = Self.lengths.indices.map { model.input($0, in: single) }
        let expected = model.gradients(inputs, inputs.map { model.steps($0) })
        for batching in ComputationGraph.Batching.allCases {
            let graph = ComputationGraph(batching: batching)
            let inputs = Self.lengths.indices.map { model.input($0, in: graph) }
            let gradients = model.gradients(inputs, inputs.map { model.whole($0) })
            for (gradient, expected) in zip(gradients.joined(), expected.joined()) {
                #expect(abs(gradient - expected) <= 2e-5 * max(1, abs(expected)), "\(batching)")
            }
        }
    }

    @Test func sequencesOfAllLengthsAreOneBatch() {
        let model = Model(.minimalGRU, isReversed: false)
        let graph = ComputationGraph()
        let outputs = Self.lengths.indices.map { model.whole(model.input($0, in: graph)) }
        _ = model.loss(outputs).value
        #expect(graph.explain().contains("minimalGRUSequence [3]: 5 nodes"), "\(graph.explain())")
    }

    @Test func evaluationKeepsLess() {
        let model = Model(.quasi, isReversed: false)
        let training = ComputationGraph(), evaluation = ComputationGraph(keepsForBackward: false)
        for graph in [training, evaluation] { _ = model.whole(model.input(1, in: graph)).value }
        #expect(evaluation.heldCount < training.heldCount)
    }

    @Test func mistakesAreReported() throws {
        let graph = ComputationGraph()
        func shape(_ projected: Shape, _ state: Shape) throws -> Shape {
            try graph.checking {
                Recurrence.quasi.sequence(projected: graph.zeros(projected), state: graph.zeros(state)).states.shape
            }
        }
        #expect(try shape(Shape([6], batchSize: 4), [2]) == Shape([2], batchSize: 4))
        #expect(throws: ShapeError.self) { try shape([7], [2]) }
        #expect(throws: ShapeError.self) { try shape([2, 3], [2]) }
        #expect(throws: ShapeError.self) { try shape([6], Shape([2], batchSize: 2)) }
        #expect(throws: ShapeError.self) { try shape([6], [1, 2]) }
    }
}

import CElmanKernels
import ElmanGraph
import ElmanTensor
import Testing

/// A network over whole sequences, as one node and step by step.
private struct SequenceModel: Sendable, CustomTestStringConvertible {
    let name: String
    let gateCount: Int, partCount: Int
    /// The hidden values after each step; `part` gives the parts of the initial state.
    let whole: @Sendable (Expression, [Expression], [Expression], Bool) -> Expression
    let step: @Sendable (Expression, [Expression], [Expression]) -> [Expression]

    var testDescription: String { name }

    static let all: [SequenceModel] =
        ElmanStepActivation.allCases.map { activation in
            SequenceModel(
                name: "elman \(activation)", gateCount: 1, partCount: 1,
                whole: { x, weights, state, isReversed in
                    elmanSequence(
                        x, inputWeights: weights[0], bias: weights[1], hidden: state[0], recurrentWeights: weights[2],
                        activation: activation, isReversed: isReversed)
                },
                step: { x, weights, state in
                    [
                        elmanStep(
                            projected: affine(weights[0], x, weights[1]), hidden: state[0], recurrentWeights: weights[2],
                            activation: activation)
                    ]
                })
        } + [
            SequenceModel(
                name: "lstm", gateCount: 4, partCount: 2,
                whole: { x, weights, state, isReversed in
                    let result = lstmSequence(
                        x, inputWeights: weights[0], bias: weights[1], hidden: state[0], cell: state[1],
                        recurrentWeights: weights[2], forgetBias: 1, isReversed: isReversed)
                    return concatenate(result.hidden, result.cell)
                },
                step: { x, weights, state in
                    let next = lstmStep(
                        projected: affine(weights[0], x, weights[1]), hidden: state[0], cell: state[1],
                        recurrentWeights: weights[2], forgetBias: 1)
                    return [next.hidden, next.cell]
                })
        ]
}

/// Where sequences start.
private enum Start: CaseIterable {
    case zeros, inputs, oneParameter
}

@Suite(.serialized) struct SequenceTests {
    private static let inputSize = 5, hiddenSize = 7
    private static let lengths = [3, 6, 1, 6, 2]

    private static func values(_ shape: Shape, seed: Int) -> Tensor {
        var generator = RandomGenerator(seed: UInt64(seed), stream: 3)
        return Tensor(shape: shape, scalars: (0..<shape.totalCount).map { _ in Float(generator.uniform()) - 0.5 })
    }

    private static func weights(_ model: SequenceModel, in parameters: ParameterCollection) -> [Parameter] {
        let shapes: [Shape] = [
            [model.gateCount * hiddenSize, inputSize], [model.gateCount * hiddenSize],
            [model.gateCount * hiddenSize, hiddenSize], [hiddenSize], [hiddenSize],
        ]
        return shapes.enumerated().map { index, shape in
            parameters.add(shape, named: "\(index)", initializer: .values(values(shape, seed: index).scalars))
        }
    }

    private struct Network {
        let model: SequenceModel
        let start: Start
        var isReversed = false
        let parameters = ParameterCollection()
        let weights: [Parameter]

        init(_ model: SequenceModel, _ start: Start, isReversed: Bool = false) {
            self.model = model
            self.start = start
            self.isReversed = isReversed
            weights = SequenceTests.weights(model, in: parameters)
        }

        func state(_ sequence: Int, in graph: ComputationGraph) -> [Expression] {
            (0..<model.partCount).map { part in
                switch start {
                case .zeros: graph.zeros([SequenceTests.hiddenSize])
                case .inputs: graph.input(SequenceTests.values([SequenceTests.hiddenSize], seed: 20 + 5 * sequence + part))
                case .oneParameter: weights[3 + part](in: graph)
                }
            }
        }

        func input(_ sequence: Int, in graph: ComputationGraph) -> Expression {
            let shape = Shape([SequenceTests.inputSize], batchSize: SequenceTests.lengths[sequence])
            return graph.input(SequenceTests.values(shape, seed: 50 + sequence)) * 1
        }

        func whole(_ sequence: Int, in graph: ComputationGraph) -> Expression {
            model.whole(
                input(sequence, in: graph), weights.prefix(3).map { $0(in: graph) }, state(sequence, in: graph), isReversed)
        }

        /// As `whole`, of single steps.
        func steps(_ sequence: Int, in graph: ComputationGraph) -> Expression {
            let x = input(sequence, in: graph), count = SequenceTests.lengths[sequence]
            var state = state(sequence, in: graph)
            var outputs: [Expression] = []
            for step in 0..<count {
                let input = x.member(isReversed ? count - 1 - step : step)
                state = model.step(input, weights.prefix(3).map { $0(in: graph) }, state)
                outputs.append(concatenate(state))
            }
            return concatenateToBatch(isReversed ? outputs.reversed() : outputs)
        }

        func loss(_ outputs: [Expression]) -> Expression {
            sum(
                outputs.enumerated().map { index, output in
                    sumOverBatch(sum(output .* output.graph.input(SequenceTests.values(output.shape, seed: 80 + index))))
                })
        }

        func gradients(_ outputs: [Expression]) -> [[Float]] {
            parameters.clearGradients()
            loss(outputs).backward()
            return weights.map { $0.gradient?.scalars ?? [] }
        }
    }

    @Test(arguments: SequenceModel.all, Start.allCases)
    private func equalsItsStepsToTheBit(_ model: SequenceModel, _ start: Start) {
        for isReversed in [false, true] {
            let network = Network(model, start, isReversed: isReversed)
            let expected = Self.lengths.indices.map { network.steps($0, in: ComputationGraph(batching: .none)).value }
            for batching in ComputationGraph.Batching.allCases {
                let graph = ComputationGraph(batching: batching)
                let outputs = Self.lengths.indices.map { network.whole($0, in: graph) }
                _ = network.loss(outputs).value
                #expect(outputs.map(\.value) == expected, "\(batching), reversed \(isReversed)")
            }
        }
    }

    @Test(arguments: SequenceModel.all, Start.allCases)
    private func gradientsAreThoseOfTheSteps(_ model: SequenceModel, _ start: Start) {
        for isReversed in [false, true] {
            let network = Network(model, start, isReversed: isReversed)
            let steps = ComputationGraph(batching: .none)
            let expected = network.gradients(Self.lengths.indices.map { network.steps($0, in: steps) })
            for batching in ComputationGraph.Batching.allCases {
                let graph = ComputationGraph(batching: batching)
                let gradients = network.gradients(Self.lengths.indices.map { network.whole($0, in: graph) })
                for (gradient, expected) in zip(gradients.joined(), expected.joined()) {
                    #expect(abs(gradient - expected) <= 1e-5 * max(1, abs(expected)), "\(batching), reversed \(isReversed)")
                }
            }
        }
    }

    /// Also with respect to what is no parameter: inputs, initial states, and the outputs of each step.
    @Test(arguments: SequenceModel.all)
    private func gradientsOfInputsAndStates(_ model: SequenceModel) {
        let network = Network(model, .inputs, isReversed: true)
        func gradients(_ build: (Expression, [Expression], [Expression], ComputationGraph) -> Expression) -> [[Float]] {
            let graph = ComputationGraph()
            var all: [Expression] = []
            let outputs = Self.lengths.indices.map { sequence in
                let input = network.input(sequence, in: graph), state = network.state(sequence, in: graph)
                all += [input] + state
                return build(input, network.weights.prefix(3).map { $0(in: graph) }, state, graph)
            }
            return graph.gradients(of: network.loss(outputs), for: all).map(\.scalars)
        }
        let whole = gradients { input, weights, state, _ in model.whole(input, weights, state, true) }
        let steps = gradients { input, weights, state, _ in
            var state = state
            var outputs: [Expression] = []
            for step in (0..<input.shape.batchSize).reversed() {
                state = model.step(input.member(step), weights, state)
                outputs.append(concatenate(state))
            }
            return concatenateToBatch(outputs.reversed())
        }
        for (whole, steps) in zip(whole.joined(), steps.joined()) { #expect(abs(whole - steps) <= 1e-5) }
    }

    @Test func sequencesOfAllLengthsAreOneBatch() {
        let parameters = ParameterCollection()
        let table = parameters.addLookup(count: 9, size: Self.inputSize, named: "table")
        let network = Network(SequenceModel.all.last!, .zeros)
        let output = parameters.add([4, Self.hiddenSize], named: "output")
        let graph = ComputationGraph()
        let losses = Self.lengths.map { length -> Expression in
            let words = Array(0..<length)
            let states = lstmSequence(
                table[words, in: graph], inputWeights: network.weights[0](in: graph), bias: network.weights[1](in: graph),
                hidden: graph.zeros([Self.hiddenSize]), cell: graph.zeros([Self.hiddenSize]),
                recurrentWeights: network.weights[2](in: graph))
            return sumOverBatch(pickNegativeLogSoftmax(output(in: graph) * states.hidden, words.map { $0 % 4 }))
        }
        let total = sum(losses)
        let value = total.value
        let text = graph.explain()
        for line in ["lookup [5]: 5 nodes", "lstmSequence [14]: 5 nodes", "linearLoss", "18 rows"] {
            #expect(text.contains(line), "\(text)")
        }
        #expect(text.contains("computed in 5 batches"), "\(text)")
        // Among others or alone, the numbers are the same.
        for (loss, length) in zip(losses, Self.lengths) {
            let alone = ComputationGraph()
            let words = Array(0..<length)
            let states = lstmSequence(
                table[words, in: alone], inputWeights: network.weights[0](in: alone), bias: network.weights[1](in: alone),
                hidden: alone.zeros([Self.hiddenSize]), cell: alone.zeros([Self.hiddenSize]),
                recurrentWeights: network.weights[2](in: alone))
            let single = sumOverBatch(pickNegativeLogSoftmax(output(in: alone) * states.hidden, words.map { $0 % 4 }))
            #expect(single.value == loss.value)
        }
        total.backward()
        #expect(value.scalar.isFinite)
    }

    @Test(arguments: SequenceModel.all)
    private func backwardTwiceIsTheSameTwice(_ model: SequenceModel) {
        for sequences in [[1], [0, 1, 2, 3, 4]] {
            let network = Network(model, .oneParameter)
            let graph = ComputationGraph()
            let outputs = sequences.map { network.whole($0, in: graph) }
            let loss = network.loss(outputs)
            loss.backward()
            let once = network.weights.map { $0.gradient?.scalars ?? [] }
            network.parameters.clearGradients()
            loss.backward()
            #expect(network.weights.map { $0.gradient?.scalars ?? [] } == once)
        }
    }

    @Test(arguments: SequenceModel.all)
    private func threadsDoNotMatter(_ model: SequenceModel) {
        func run(_ threads: Int32) -> [[Float]] {
            ek_set_threads(threads)
            defer { ek_set_threads(ek_hardware_threads()) }
            let network = Network(model, .oneParameter)
            let graph = ComputationGraph()
            let outputs = (0..<12).flatMap { _ in Self.lengths.indices.map { network.whole($0, in: graph) } }
            return network.gradients(outputs) + outputs.map { $0.value.scalars }
        }
        #expect(run(1) == run(2))
    }

    @Test(arguments: SequenceModel.all)
    private func evaluationKeepsLess(_ model: SequenceModel) {
        let network = Network(model, .inputs)
        let training = ComputationGraph(), evaluation = ComputationGraph(keepsForBackward: false)
        let expected = Self.lengths.indices.map { network.whole($0, in: training) }
        let outputs = Self.lengths.indices.map { network.whole($0, in: evaluation) }
        _ = (network.loss(expected).value, network.loss(outputs).value)
        #expect(outputs.map(\.value) == expected.map(\.value))
        #expect(evaluation.heldCount < training.heldCount)
    }

    @Test(arguments: SequenceModel.all)
    private func rewindingAndStartingAgain(_ model: SequenceModel) {
        let network = Network(model, .oneParameter)
        let graph = ComputationGraph()
        let first = network.whole(0, in: graph)
        let mark = graph.mark()
        let before = network.loss([first, network.whole(1, in: graph)]).value
        graph.rewind(to: mark)
        let loss = network.loss([first, network.whole(1, in: graph)])
        #expect(loss.value == before)
        loss.backward()
        #expect(graph.owns(first))
    }

    @Test func mistakesAreReported() throws {
        let graph = ComputationGraph()
        let zeros = graph.zeros([3])
        let x = graph.zeros(Shape([2], batchSize: 4))
        func shape(_ inputs: Shape, _ weights: Shape, _ bias: Shape, _ hidden: Shape, _ recurrent: Shape) throws -> Shape {
            try graph.checking {
                elmanSequence(
                    graph.zeros(inputs), inputWeights: graph.zeros(weights), bias: graph.zeros(bias),
                    hidden: graph.zeros(hidden), recurrentWeights: graph.zeros(recurrent)
                ).shape
            }
        }
        #expect(try shape(x.shape, [3, 2], [3], zeros.shape, [3, 3]) == Shape([3], batchSize: 4))
        #expect(throws: ShapeError.self) { try shape(x.shape, [3, 3], [3], [3], [3, 3]) }
        #expect(throws: ShapeError.self) { try shape(x.shape, [3, 2], [4], [3], [3, 3]) }
        #expect(throws: ShapeError.self) { try shape(x.shape, [3, 2], [3], [3], [3, 2]) }
        #expect(throws: ShapeError.self) { try shape(x.shape, [3, 2], [3], Shape([3], batchSize: 4), [3, 3]) }
        #expect(throws: ShapeError.self) { try shape([2, 2], [3, 2], [3], [3], [3, 3]) }
    }
}

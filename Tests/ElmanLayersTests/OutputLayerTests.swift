import CElmanKernels
import ElmanGraph
import ElmanLayers
import ElmanTensor
import Testing

/// What holds for every output layer: it is a distribution, its gradients are right, and its bits depend on nothing around.
@Suite(.serialized) struct OutputLayerTests {
    static let cases = OutputCase.allCases

    @Test(arguments: cases, [2, 3, 23, 400]) func probabilitiesOfAllWordsSumToOne(_ output: OutputCase, words: Int) {
        for seed in 1...3 as ClosedRange<UInt64> {
            let random = output.make(words: words, inputSize: 8, seed: seed)
            var draw = Draw(seed + 50)
            let graph = ComputationGraph()
            let logs = random.layer.logProbabilities(graph.input(draw.vector(8))).value
            #expect(logs.shape == [words])
            let sum = logs.scalars.reduce(0.0) { $0 + exponential(Double($1)) }
            #expect(abs(sum - 1) < 1e-5, "\(sum)")
        }
    }

    @Test(arguments: cases) func theLossOfAWordIsItsLogProbability(_ output: OutputCase) {
        let random = output.make()
        var draw = Draw(3)
        let x = draw.vector(6), graph = ComputationGraph()
        let logs = random.layer.logProbabilities(graph.input(x)).value.scalars
        for word in 0..<23 {
            let loss = random.layer.losses(graph.input(x), [word]).value.scalar
            #expect(abs(loss + logs[word]) < 2e-6 * max(1, loss), "word \(word): \(loss), \(logs[word])")
        }
    }

    /// Each word after its vector, alone, in a graph of its own.
    private func alone(_ random: RandomLayer, _ vectors: [[Float]], _ words: [Int], isTraining: Bool) -> [Float] {
        zip(vectors, words).map { vector, word in
            let graph = ComputationGraph(batching: .none, seed: 4)
            return loss(random, graph.input(vector), [word], isTraining).value.scalar
        }
    }

    private func loss(_ random: RandomLayer, _ x: Expression, _ words: [Int], _ isTraining: Bool) -> Expression {
        isTraining ? random.layer.trainingLosses(x, words) : random.layer.losses(x, words)
    }

    @Test(arguments: cases, [false, true]) func togetherEqualsAloneToTheBit(_ output: OutputCase, isTraining: Bool) {
        let random = output.make(words: 61, inputSize: 19)
        var draw = Draw(8)
        let vectors = draw.sequence(24, size: 19), words = (0..<24).map { $0 * 37 % 61 }
        let expected = alone(random, vectors, words, isTraining: isTraining)
        for batching in ComputationGraph.Batching.allCases {
            let graph = ComputationGraph(batching: batching, seed: 4)
            let single = zip(vectors, words).map { loss(random, graph.input($0), [$1], isTraining) }
            _ = sum(single).value
            #expect(single.map(\.value.scalar) == expected, "\(batching)")
            // Two batches of different sizes, with members that are left out.
            graph.seed = 4
            graph.renew()
            let first = graph.input(Tensor(shape: Shape([19], batchSize: 10), scalars: vectors[0..<10].flatMap { $0 }))
            let second = graph.input(Tensor(shape: Shape([19], batchSize: 14), scalars: vectors[10...].flatMap { $0 }))
            let padded = words.enumerated().map { $0 % 5 == 2 ? -1 : $1 }
            let parts = [
                loss(random, first, Array(padded[0..<10]), isTraining), loss(random, second, Array(padded[10...]), isTraining),
            ]
            _ = sum(parts.map { sumOverBatch($0) }).value
            #expect(
                parts.flatMap(\.value.scalars) == zip(expected, padded).map { $1 < 0 ? 0 : $0 }, "\(batching), batches")
        }
    }

    @Test(arguments: cases, [false, true]) func threadsDoNotMatter(_ output: OutputCase, isTraining: Bool) {
        let random = output.make(words: 700, inputSize: 48, samples: 300)
        var draw = Draw(2)
        let vectors = draw.sequence(90, size: 48)
        func run(_ threads: Int32) -> [[Float]] {
            ek_set_threads(threads)
            defer { ek_set_threads(ek_hardware_threads()) }
            random.parameters.clearGradients()
            let graph = ComputationGraph(seed: 4)
            let losses = vectors.enumerated().map { loss(random, graph.input($1), [$0 * 37 % 700], isTraining) }
            sum(losses).backward()
            return losses.scalars + random.parameters.parameters.map { $0.gradient?.scalars ?? [] }
                + random.parameters.lookupParameters.map { $0.gradient?.scalars ?? [] }
        }
        #expect(run(1) == run(3))
    }

    @Test(arguments: cases, [false, true]) func gradientsAreThoseOfTheLoss(_ output: OutputCase, isTraining: Bool) {
        let random = output.make(words: 11, inputSize: 4, samples: 6)
        let input = random.parameters.add([4], named: "x", initializer: .values([0.3, -0.8, 0.5, 0.9]))
        let worst = random.worstGradientError { graph in
            graph.seed = 6
            let losses = [0, 4, 10, 5, 7].map { loss(random, input(in: graph), [$0], isTraining) }
            let members = concatenateToBatch([input(in: graph) * 1, input(in: graph) * -2, input(in: graph) * 0.5])
            return sum(losses) + sumOverBatch(loss(random, members, [9, -1, 2], isTraining))
        }
        #expect(worst.error < 2e-3, "\(worst)")
    }

    @Test(arguments: cases, [false, true]) func membersThatAreLeftOutHaveNoGradient(_ output: OutputCase, isTraining: Bool) {
        let random = output.make()
        var draw = Draw(5)
        let vectors = draw.sequence(3, size: 6)
        func gradients(_ vectors: [[Float]], _ words: [Int]) -> [[Float]] {
            random.parameters.clearGradients()
            let graph = ComputationGraph(seed: 9)
            let x = graph.input(Tensor(shape: Shape([6], batchSize: words.count), scalars: vectors.flatMap { $0 }))
            let total = sumOverBatch(loss(random, x, words, isTraining))
            let dx = graph.gradients(of: total, for: [x])[0].scalars
            let kept = words.indices.filter { words[$0] >= 0 }.flatMap { dx[6 * $0..<6 * $0 + 6] }
            for index in words.indices where words[index] < 0 { #expect(dx[6 * index..<6 * index + 6].allSatisfy { $0 == 0 }) }
            return [kept] + random.parameters.parameters.map { $0.gradient?.scalars ?? [] }
                + random.parameters.lookupParameters.map { $0.gradient?.scalars ?? [] }
        }
        let padded = gradients(vectors, [4, -1, 17]), short = gradients([vectors[0], vectors[2]], [4, 17])
        for (left, right) in zip(padded, short) { #expect(distance(left, right) < 1e-6) }
    }

    @Test(arguments: cases) func sizesAreTold(_ output: OutputCase) {
        let random = output.make()
        #expect(random.layer.inputSize == 6 && random.layer.outputCount == 23)
        #expect(random.layer.graphSize(wordCount: 40) > random.layer.graphSize(wordCount: 20))
    }
}

import ElmanGraph
import ElmanTensor
import Testing

/// Whatever the program, the strategies of batching give the same bits, and the same gradients but for the order of sums.
struct RandomProgramTests {
    @Test(arguments: 1...60)
    func strategiesAgree(_ seed: Int) {
        var expected: (values: [[UInt32]], gradients: [Tensor?])?
        for batching in ComputationGraph.Batching.allCases {
            let program = RandomProgram(seed: UInt64(seed), stepCount: 20 + seed)
            let (loss, values) = program.build(in: ComputationGraph(batching: batching))
            loss.backward()
            let found = values.map { bits($0.value) } + [bits(loss.value)]
            let gradients = program.parameters.parameters.map(\.gradient) + program.parameters.lookupParameters.map(\.gradient)
            if let expected {
                #expect(found == expected.values, "\(batching)")
                expectClose(gradients, expected.gradients)
            } else {
                expected = (found, gradients)
            }
        }
    }

    @Test(arguments: 1...10)
    func aGraphUsedAgainAgreesWithAFreshOne(_ seed: Int) {
        let graph = ComputationGraph()
        for round in 0..<3 {
            graph.renew()
            let program = RandomProgram(seed: UInt64(seed + round % 2), stepCount: 30)
            let loss = program.build(in: graph).loss
            loss.backward()
            let other = RandomProgram(seed: UInt64(seed + round % 2), stepCount: 30)
            let fresh = other.build(in: ComputationGraph(batching: .none)).loss
            fresh.backward()
            #expect(bits(loss.value) == bits(fresh.value))
            expectClose(program.parameters.parameters.map(\.gradient), other.parameters.parameters.map(\.gradient))
        }
    }

    @Test(arguments: 1...10)
    func askingForValuesInBetweenChangesNothing(_ seed: Int) {
        let program = RandomProgram(seed: UInt64(seed), stepCount: 40)
        let expected = program.build(in: ComputationGraph()).loss.value
        let (loss, values) = program.build(in: ComputationGraph())
        for index in stride(from: values.count - 1, through: 0, by: -3) { _ = values[index / 2].value }
        #expect(bits(loss.value) == bits(expected))
    }

    @Test(arguments: 1...10)
    func aRewoundGraphGivesTheSameBits(_ seed: Int) {
        let program = RandomProgram(seed: UInt64(seed), stepCount: 25)
        let expected = program.build(in: ComputationGraph()).loss.value
        let graph = ComputationGraph()
        let kept = program.build(in: graph)
        if seed % 2 == 0 { _ = kept.values[kept.values.count / 2].value }
        let mark = graph.mark()
        for _ in 0..<3 {
            let branch = RandomProgram(seed: UInt64(seed + 100), stepCount: 15).build(in: graph).loss
            #expect((branch + kept.loss).value.scalar.isFinite)
            graph.rewind(to: mark)
        }
        #expect(bits(kept.loss.value) == bits(expected))
    }
}

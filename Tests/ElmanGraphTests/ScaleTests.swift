import CElmanKernels
import ElmanGraph
import ElmanTensor
import Testing

/// Long graphs, many graphs, and graphs in several threads.
struct ScaleTests {
    #if DEBUG
        private static let chainLength = 200_000
    #else
        private static let chainLength = 1_000_000
    #endif

    @Test func aMillionNodesInAChainNeedNoStack() {
        let graph = ComputationGraph(), w = ParameterCollection().add([1], named: "w", initializer: .zeros)
        let start = w(in: graph)
        var x = start
        for _ in 0..<Self.chainLength { x = x + start }
        x.backward()
        #expect(x.value.scalars == [0])
        #expect(w.gradient!.scalars == [Float(Self.chainLength + 1)])
    }

    @Test func valuesAskedForAtEveryStepTakeLinearTime() {
        let graph = ComputationGraph()
        var x = graph.input([0])
        for _ in 0..<20_000 {
            x = x + 1
            _ = x.value
        }
        #expect(x.value.scalars == [20_000])
    }

    @Test func graphsInSeveralThreadsShareParameters() async {
        let model = TinyModel()
        let sentences = (0..<16).map { [$0 % 4, ($0 / 4) % 4, 1] }
        let expected = sentences.map { bits(model.loss($0, in: ComputationGraph()).value) }
        let found = await withTaskGroup(of: (Int, [UInt32]).self) { group in
            for (index, sentence) in sentences.enumerated() {
                group.addTask { (index, bits(model.loss(sentence, in: ComputationGraph()).value)) }
            }
            return await group.reduce(into: [Int: [UInt32]]()) { $0[$1.0] = $1.1 }
        }
        for index in sentences.indices { #expect(found[index] == expected[index]) }
    }

    @Test func graphsInSeveralThreadsHaveGradientsOfTheirOwn() async {
        let expected = gradient(of: 0.5)
        let found = await withTaskGroup(of: [UInt32].self) { group in
            for _ in 0..<8 { group.addTask { gradient(of: 0.5) } }
            return await group.reduce(into: [[UInt32]]()) { $0.append($1) }
        }
        for bits in found { #expect(bits == expected) }
    }

    @Test func severalGraphsLiveAtOnce() {
        let model = TinyModel(), first = ComputationGraph(), second = ComputationGraph()
        let a = model.loss([1, 2], in: first), b = model.loss([3], in: second)
        let expected = (model.loss([1, 2], in: ComputationGraph()).value, model.loss([3], in: ComputationGraph()).value)
        #expect(b.value == expected.1)
        #expect(a.value == expected.0)
        second.renew()
        a.backward()
        #expect(a.value == expected.0)
    }

    @Test func aGraphServesManyRounds() {
        let model = TinyModel(), graph = ComputationGraph()
        let expected = model.loss([1, 2, 3, 0], in: ComputationGraph()).value
        for _ in 0..<200 {
            graph.renew()
            let loss = model.loss([1, 2, 3, 0], in: graph)
            loss.backward()
            #expect(loss.value == expected)
        }
    }
}

private func gradient(of value: Float) -> [UInt32] {
    let graph = ComputationGraph()
    let x = graph.constant(value, [3, 3])
    return bits(graph.gradients(of: sum(tanh(x * x)), for: [x])[0])
}

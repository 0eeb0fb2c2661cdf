import CElmanKernels
import ElmanGraph
import ElmanLayers
import ElmanTensor
import Testing

/// The same sequence gives the same bits alone, among others, in any order of work, streamed, padded by hand, and branched.
/// Every comparison is `==`.
@Suite(.serialized) struct SameBitsTests {
    static let kinds = CellKind.allCases
    static let lengths = [5, 2, 7, 1]

    static func sequences(size: Int = 5) -> [[[Float]]] {
        var draw = Draw(17)
        return lengths.map { draw.sequence($0, size: size) }
    }

    static func network(_ kind: CellKind) -> any RecurrentNetwork { randomNetwork(kind, inputSize: 5, hiddenSize: 19) }

    /// Outputs after each input, computed by themselves.
    static func alone(_ network: any RecurrentNetwork, _ sequence: [[Float]]) -> [[Float]] {
        let graph = ComputationGraph(batching: .none)
        return network.transduce(sequence.map { graph.input($0) }).scalars
    }

    @Test(arguments: kinds, ComputationGraph.Batching.allCases)
    func togetherEqualsAlone(_ kind: CellKind, _ batching: ComputationGraph.Batching) {
        let network = Self.network(kind)
        let graph = ComputationGraph(batching: batching)
        let outputs = Self.sequences().map { network.transduce($0.map { graph.input($0) }) }
        _ = weightedSum(outputs.flatMap { $0 }).value
        #expect(outputs.map(\.scalars) == Self.sequences().map { Self.alone(network, $0) })
    }

    @Test(arguments: kinds) func threadsDoNotMatter(_ kind: CellKind) {
        let network = randomNetwork(kind, layerCount: 1, inputSize: 40, hiddenSize: 96)
        var draw = Draw(4)
        let sequences = (0..<24).map { _ in draw.sequence(3, size: 40) }
        func run(_ threads: Int32) -> [[Float]] {
            ek_set_threads(threads)
            defer { ek_set_threads(ek_hardware_threads()) }
            clearGradients(network.parameters)
            let graph = ComputationGraph()
            let outputs = sequences.flatMap { network.transduce($0.map { graph.input($0) }) }
            weightedSum(outputs).backward()
            return outputs.scalars + network.parameters.map { $0.gradient?.scalars ?? [] }
        }
        #expect(run(1) == run(2))
    }

    /// One input at a time, each in a graph of its own.
    @Test(arguments: kinds) func streamedEqualsWhole(_ kind: CellKind) {
        let network = Self.network(kind)
        let sequence = Self.sequences()[2]
        for chunk in [1, 2, 3] {
            let graph = ComputationGraph(keepsForBackward: false)
            var state = network.start(in: graph)
            var outputs: [[Float]] = []
            for (index, input) in sequence.enumerated() {
                if index > 0, index % chunk == 0 { graph.renew(carrying: &state) }
                state.addInput(graph.input(input))
                outputs.append(state.output.value.scalars)
            }
            #expect(outputs == Self.alone(network, sequence))
        }
    }

    /// A batch padded by hand: what comes before a member's end does not see the padding.
    @Test(arguments: kinds) func paddedByHandEqualsAlone(_ kind: CellKind) {
        let network = Self.network(kind)
        let sequences = Self.sequences()
        let graph = ComputationGraph()
        var state = network.start(in: graph)
        for step in 0..<7 {
            let padding = [Float](repeating: 3, count: 5)
            let scalars = sequences.flatMap { step < $0.count ? $0[step] : padding }
            state.addInput(graph.input(Tensor(shape: Shape([5], batchSize: 4), scalars: scalars)))
            let output = state.output.value
            for (member, sequence) in sequences.enumerated() where step < sequence.count {
                #expect(output.member(member).scalars == Self.alone(network, sequence)[step])
            }
        }
    }

    @Test(arguments: kinds) func branchesEqualSequences(_ kind: CellKind) {
        let network = Self.network(kind)
        var draw = Draw(8)
        let prefix = draw.sequence(3, size: 5), endings = draw.sequence(4, size: 5)
        let graph = ComputationGraph()
        var state = network.start(in: graph)
        for input in prefix { state.addInput(graph.input(input)) }
        let before = state.output.value.scalars
        let branches = endings.map { state.addingInput(graph.input($0)) }
        #expect(branches.map(\.output).scalars == endings.map { Self.alone(network, prefix + [$0])[3] })
        #expect(state.output.value.scalars == before)
    }

    /// Two sentences with the state reset between them are two sentences; with the state carried they are one.
    @Test(arguments: kinds) func resetAndCarried(_ kind: CellKind) {
        let network = Self.network(kind)
        var draw = Draw(9)
        let first = draw.sequence(3, size: 5), second = draw.sequence(2, size: 5)
        let graph = ComputationGraph()
        var state = network.start(in: graph)
        for input in first { state.addInput(graph.input(input)) }
        var carried = network.start(from: state.parts, dropout: .none)
        for input in second { carried.addInput(graph.input(input)) }
        var stored = network.start(from: state.values, in: graph)
        for input in second { stored.addInput(graph.input(input)) }
        let whole = Self.alone(network, first + second)
        #expect(carried.output.value.scalars == whole[4])
        #expect(stored.output.value.scalars == whole[4])
    }

    /// Gradients do not depend on how the graph was batched: the order of each sum is that of the steps.
    @Test(arguments: kinds) func gradientsAreClose(_ kind: CellKind) {
        let network = Self.network(kind)
        func gradients(_ batching: ComputationGraph.Batching) -> [[Float]] {
            clearGradients(network.parameters)
            let graph = ComputationGraph(batching: batching)
            weightedSum(Self.sequences().flatMap { network.transduce($0.map { graph.input($0) }) }).backward()
            return network.parameters.map { $0.gradient?.scalars ?? [] }
        }
        let reference = gradients(.none)
        #expect(distance(gradients(.byDepth), reference) < 2e-5)
        #expect(distance(gradients(.byAgenda), reference) < 2e-5)
    }
}

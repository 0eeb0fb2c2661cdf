import ElmanGraph
import ElmanLayers
import ElmanTensor
import Testing

/// A reader of one direction stands where one of both stands.
@Suite struct ForwardReaderTests {
    /// The same network twice: as a reader, and as what language models have.
    private func networks(
        _ kind: CellKind, _ options: NetworkOptions = NetworkOptions()
    ) -> (reader: any BidirectionalNetwork, network: any RecurrentNetwork) {
        let reader = makeBidirectionalNetwork(
            kind: kind, layerCount: 2, inputSize: 3, hiddenSize: 4, options: options, isOneDirectional: true,
            in: ParameterCollection(seed: 4))
        let network = makeNetwork(
            kind: kind, layerCount: 2, inputSize: 3, hiddenSize: 4, options: options, in: ParameterCollection(seed: 9))
        randomize(reader.parameters)
        randomize(network.parameters)
        return (reader, network)
    }

    @Test(arguments: CellKind.allCases, [false, true]) func readsAsARecurrentNetworkDoes(kind: CellKind, isResidual: Bool) {
        let (reader, network) = networks(kind, NetworkOptions(isResidual: isResidual))
        #expect((reader.inputSize, reader.outputSize) == (3, 4))
        #expect(
            reader.parameters.map { $0.name.split(separator: "/").last }
                == network.parameters.map { $0.name.split(separator: "/").last })
        #expect(reader.parameters.allSatisfy { $0.name.hasPrefix("0/forward/") || $0.name.hasPrefix("1/forward/") })
        let graph = ComputationGraph()
        let inputs = BidirectionalTests.inputs(5).map { graph.input($0) }
        let expected = network.transduce(inputs)
        let reading = reader.read(inputs)
        #expect(reading.outputs.scalars == expected.scalars)
        #expect(reading.forward.scalars == expected.scalars)
        #expect(reading.backward.isEmpty)
        #expect(reading.summary.value == expected[4].value)
        let whole = reader.read(sequence: concatenateToBatch(inputs))
        #expect(whole.outputs.scalars == expected.scalars)
        #expect(whole.outputMatrix.value == concatenateColumns(expected).value)
        #expect(reader.read([], in: graph).outputs.isEmpty)
        #expect(reader.read([], in: graph).summary.shape == [4])
    }

    @Test func paddedBatchesAreReadMemberByMember() {
        let (reader, _) = networks(.lstm)
        let graph = ComputationGraph()
        let sequences = [3, 5, 1].map { BidirectionalTests.inputs($0, seed: UInt64($0)) }
        let batch = (0..<5).map { step in
            concatenateToBatch(sequences.map { graph.input(step < $0.count ? $0[step] : [9, 9, 9]) })
        }
        let reading = reader.read(batch, lengths: sequences.map(\.count))
        for (member, sequence) in sequences.enumerated() {
            let alone = reader.read(sequence.map { graph.input($0) })
            #expect(reading.summary.member(member).value.scalars == alone.summary.value.scalars)
            #expect(reading.outputs[sequence.count - 1].member(member).value.scalars == alone.outputs.last!.value.scalars)
        }
    }

    /// Last, largest and mean, of either direction or of both.
    @Test(arguments: [false, true]) func concatenatedPoolingIsLastLargestAndMean(isOneDirectional: Bool) {
        let reader = makeBidirectionalNetwork(
            kind: .gru, inputSize: 3, hiddenSize: 4, isOneDirectional: isOneDirectional, in: ParameterCollection(seed: 4))
        randomize(reader.parameters)
        let size = reader.outputSize
        #expect(PoolingKind.concatenation.outputSize(ofStates: size) == 3 * size)
        #expect(PoolingKind.mean.outputSize(ofStates: size) == size)
        let pooling = Pooling(.concatenation, stateSize: size, in: ParameterCollection())
        let graph = ComputationGraph()
        let reading = reader.read(BidirectionalTests.inputs(6).map { graph.input($0) })
        let outputs = reading.outputs.scalars
        let largest = (0..<size).map { unit in outputs.map { $0[unit] }.max()! }
        let means = (0..<size).map { unit in outputs.reduce(Float(0)) { $0 + $1[unit] } / 6 }
        let pooled = pooling(reading).value.scalars
        #expect(Array(pooled[..<size]) == reading.summary.value.scalars)
        #expect(Array(pooled[size..<2 * size]) == largest)
        #expect(distance(Array(pooled[(2 * size)...]), means) < 1e-6)
        #expect(pooling(reader.read([], in: graph)).shape == [3 * size])
    }
}

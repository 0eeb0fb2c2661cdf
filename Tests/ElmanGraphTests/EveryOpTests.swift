import ElmanGraph
import ElmanTensor
import Testing

extension Op: CustomTestStringConvertible {
    /// The op, in the list of test cases.
    public var testDescription: String { name }
}

/// What every op must do, for every one of its samples.
struct EveryOpTests {
    @Test(arguments: Op.all)
    func gradientIsTheDerivative(_ op: Op) {
        let graph = ComputationGraph()
        for sample in op.samples where sample.tolerance.isFinite {
            let harness = OpHarness(op: op, sample: sample, copies: 1)
            let reference = Gradients.reference(harness)[0]
            for position in sample.arguments.indices {
                let values = harness.values(position, of: 0)
                for element in values.scalars.indices {
                    let numeric = Gradients.numeric(harness, position, element, in: graph)
                    let analytic = Double(reference.gradients[position].scalars[element])
                    let bound = Double(sample.tolerance) * max(1, abs(numeric), abs(analytic))
                    #expect(
                        abs(numeric - analytic) <= bound,
                        "\(op.name) \(sample.arguments): argument \(position), element \(element): \(numeric), not \(analytic)")
                }
            }
        }
    }

    @Test(arguments: Op.all)
    func batchedIsUnbatchedToTheBit(_ op: Op) {
        for sample in op.samples {
            let harness = OpHarness(op: op, sample: sample, copies: 3)
            let reference = Gradients.reference(harness)
            for source in OpHarness.Source.allCases {
                for batching in ComputationGraph.Batching.allCases {
                    let sources = sample.arguments.map { _ in source }
                    check(harness, sources, batching, against: reference)
                }
            }
        }
    }

    @Test(arguments: Op.all)
    func anySetOfArgumentsMayNeedAGradient(_ op: Op) {
        for sample in op.samples {
            let harness = OpHarness(op: op, sample: sample, copies: 3)
            let reference = Gradients.reference(harness)
            let count = min(sample.arguments.count, 4)
            for pattern in 0..<1 << count {
                let sources = sample.arguments.indices.map { position -> OpHarness.Source in
                    pattern >> min(position, count - 1) & 1 == 1 ? .parameter : .input
                }
                for batching in ComputationGraph.Batching.allCases {
                    check(harness, sources, batching, against: reference)
                }
            }
        }
    }

    @Test(arguments: Op.all)
    func gradientOfAnArgumentUsedTwiceIsTheSum(_ op: Op) {
        for sample in op.samples {
            let harness = OpHarness(op: op, sample: sample, copies: 1)
            let graph = ComputationGraph()
            let built = harness.build(in: graph, sources: sample.arguments.map { _ in .computed })
            let again = graph.apply(op, built.arguments[0], sample.settings)
            let twice = OpHarness.Built(
                arguments: built.arguments, outputs: [built.outputs[0], again], parameters: built.parameters)
            let once = Gradients.reference(OpHarness(op: op, sample: sample, copies: 1))[0]
            let weights = OpHarness.weights(built.outputs[0].shape, of: 0)
            let loss = sum(twice.outputs.map { sumOverBatch(sum($0 .* graph.input(weights))) })
            let gradients = graph.gradients(of: loss, for: built.arguments[0])
            for (gradient, single) in zip(gradients, once.gradients) {
                for (twice, once) in zip(gradient.scalars, single.scalars) {
                    #expect(isClose(twice, 2 * once), "\(op.name): \(twice), not twice \(once)")
                }
            }
        }
    }

    /// Values to the bit, gradients of stacked arguments to the bit where each has its own, others closely.
    private func check(
        _ harness: OpHarness, _ sources: [OpHarness.Source], _ batching: ComputationGraph.Batching,
        against reference: [Gradients.OfOneNode]
    ) {
        let graph = ComputationGraph(batching: batching)
        let built = harness.build(in: graph, sources: sources)
        let isSame = sources.contains(.same)
        let loss = built.loss
        let name = "\(harness.op.name) \(harness.sample.arguments), \(batching), \(sources)"
        let isFull = !sources.contains(.parameter)
        if isFull { loss.backward(full: true) } else { loss.backward() }
        for copy in 0..<harness.copies where copy == 0 || !isSame {
            #expect(bits(built.outputs[copy].value) == bits(reference[copy].value), "\(name), node \(copy)")
            for position in sources.indices where isFull || isParameter(harness, sources, position) {
                // A row that several members see has a sum of gradients, whose order is the batch's.
                let isSpread = harness.sample.arguments[position].batchSize < built.outputs[copy].shape.batchSize
                let isAlone = !isSame && !harness.op.shares(position) && !isSpread
                let gradient = built.arguments[copy][position].gradient
                let isOwn = !isSame && !harness.op.shares(position)
                let expected = isOwn ? [reference[copy].gradients[position]] : all(reference, position, isSame)
                compare(gradient, expected, isAlone: isAlone, "\(name), node \(copy), argument \(position)")
            }
        }
    }

    private func isParameter(_ harness: OpHarness, _ sources: [OpHarness.Source], _ position: Int) -> Bool {
        sources[position] == .parameter && harness.sample.arguments[position].batchSize == 1
    }

    /// The gradients that add up at an argument that all nodes share.
    private func all(_ reference: [Gradients.OfOneNode], _ position: Int, _ isSame: Bool) -> [Tensor] {
        if isSame { return reference[0].gradientsWithEveryWeight.map { $0[position] } }
        return reference.map { $0.gradients[position] }
    }

    private func compare(_ gradient: Tensor, _ expected: [Tensor], isAlone: Bool, _ name: String) {
        var sum = [Double](repeating: 0, count: gradient.scalars.count)
        for tensor in expected { for index in sum.indices { sum[index] += Double(tensor.scalars[index]) } }
        for index in sum.indices {
            let fits = isAlone ? gradient[index] == Float(sum[index]) : isClose(gradient[index], Float(sum[index]))
            #expect(fits, "gradient of \(name), element \(index): \(gradient[index]), not \(sum[index])")
        }
    }
}

import ElmanGraph
import ElmanTensor

/// Builds several nodes of one op, with arguments that lie in memory in various ways.
struct OpHarness {
    /// Where the arguments of the nodes come from.
    enum Source: CaseIterable {
        /// Inputs, one after the other.
        case input
        /// Parameters of their own.
        case parameter
        /// Results of one batch.
        case computed
        /// Results of one batch, in the opposite order.
        case reversed
        /// Parts of larger values.
        case view
        /// Parts of the members of one batched value.
        case strided
        /// One expression for all nodes.
        case same
    }

    let op: Op
    let sample: OpSample
    let copies: Int

    /// The elements of argument `position` of node `copy`.
    func values(_ position: Int, of copy: Int) -> Tensor {
        let shape = sample.arguments[position]
        var generator = RandomGenerator(seed: UInt64(1000 * position + (op.shares(position) ? 0 : copy)), stream: 7)
        let scalars = (0..<shape.totalCount).map { _ in
            sample.range.lowerBound + (sample.range.upperBound - sample.range.lowerBound) * Float(generator.uniform())
        }
        return Tensor(shape: shape, scalars: scalars)
    }

    /// Fixed weights of the elements of a result, that make a loss of it.
    static func weights(_ shape: Shape, of copy: Int) -> Tensor {
        var generator = RandomGenerator(seed: UInt64(copy), stream: 11)
        return Tensor(shape: shape, scalars: (0..<shape.totalCount).map { _ in Float(generator.uniform()) * 2 - 1 })
    }

    struct Built {
        var arguments: [[Expression]]
        var outputs: [Expression]
        /// Parameters keep their store alive.
        var parameters: ParameterCollection

        /// The sum of all elements of all results, weighted.
        var loss: Expression {
            let graph = outputs[0].graph
            return sum(
                outputs.enumerated().map { copy, output in
                    sumOverBatch(sum(output .* graph.input(OpHarness.weights(output.shape, of: copy))))
                })
        }
    }

    /// All nodes in one graph. `sources` has one source for each argument.
    func build(in graph: ComputationGraph, sources: [Source]) -> Built {
        let parameters = ParameterCollection()
        let columns = sample.arguments.indices.map { position in
            makeArguments(position, sources[position], in: graph, parameters)
        }
        let arguments = (0..<copies).map { copy in columns.map { $0[copy] } }
        let outputs = arguments.map { graph.apply(op, $0, sample.settings) }
        return Built(arguments: arguments, outputs: outputs, parameters: parameters)
    }

    private func makeArguments(
        _ position: Int, _ source: Source, in graph: ComputationGraph, _ parameters: ParameterCollection
    ) -> [Expression] {
        let shape = sample.arguments[position]
        let tensors = (0..<copies).map { values(position, of: $0) }
        if op.shares(position) || source == .same {
            guard source == .parameter, shape.batchSize == 1 else {
                let one = source == .computed ? graph.input(tensors[0]) * 1 : graph.input(tensors[0])
                return Array(repeating: one, count: copies)
            }
            let handle = parameters.add(shape, named: "\(position)", initializer: .values(tensors[0].scalars))
            return (0..<copies).map { _ in handle(in: graph) }
        }
        switch source {
        case .input, .same: return tensors.map { graph.input($0) }
        case .computed: return tensors.map { graph.input($0) }.map { $0 * 1 }
        case .reversed: return tensors.reversed().map { graph.input($0) * 1 }.reversed()
        case .parameter:
            guard shape.batchSize == 1 else { return tensors.map { graph.input($0) } }
            return tensors.enumerated().map { copy, tensor in
                parameters.add(shape, named: "\(position)/\(copy)", initializer: .values(tensor.scalars))(in: graph)
            }
        case .view: return tensors.map { part(of: $0, in: graph) }
        case .strided:
            guard shape.batchSize == 1 else { return tensors.map { part(of: $0, in: graph) } }
            let rows = tensors.flatMap { tensor -> [Float] in [9, 9] + tensor.scalars + [9] }
            let whole = graph.input(Tensor(shape: Shape([shape.count + 3], batchSize: copies), scalars: rows)) * 1
            return (0..<copies).map { whole.member($0)[2..<2 + shape.count].reshaped(shape) }
        }
    }

    /// The tensor as the middle of a larger value.
    private func part(of tensor: Tensor, in graph: ComputationGraph) -> Expression {
        let shape = tensor.shape
        let rows = (0..<shape.batchSize).flatMap { member -> [Float] in [9, 9] + tensor.member(member).scalars + [9] }
        let whole = graph.input(Tensor(shape: Shape([shape.count + 3], batchSize: shape.batchSize), scalars: rows)) * 1
        return whole[2..<2 + shape.count].reshaped(shape.batched(1))
    }
}

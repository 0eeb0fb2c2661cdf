import ElmanGraph
import ElmanLayers
import ElmanTensor
import Testing

/// What PyTorch computes in double precision. Matrices are row by row.
struct StructureFacts: Sendable {
    let outputs: [Float]
    /// Of the tensors in the script's order, inputs last.
    let gradients: [Float]
}

/// A parameter, as PyTorch has it.
enum FactTensor {
    case parameter(Parameter)
    /// Vectors that are rows in PyTorch and columns here.
    case columns(Parameter)
    case table(LookupParameter)

    /// Fills the k-th by the formulas of Benchmarks/facts/structures.py.
    func fill(_ k: Int) {
        func matrix(_ rows: Int, _ columns: Int) -> [[Float]] {
            (0..<rows).map { i in (0..<columns).map { j in sine(0.4, phase: 1 + 0.9 * Double(k), 0.7, i, 1.3, j) } }
        }
        switch self {
        case .parameter(let parameter) where parameter.shape.rank == 1:
            parameter.values = Tensor((0..<parameter.shape.rows).map { cosine(0.3, phase: 0.5 + Double(k), 0.9, $0) })
        case .parameter(let parameter):
            parameter.values = Tensor(rows: matrix(parameter.shape.rows, parameter.shape.columns))
        case .columns(let parameter):
            let rows = matrix(parameter.shape.columns, parameter.shape.rows)
            parameter.values = Tensor(shape: parameter.shape, scalars: rows.flatMap { $0 })
        case .table(let table):
            table.values = Tensor(shape: [table.size, table.count], scalars: matrix(table.count, table.size).flatMap { $0 })
        }
    }

    var gradient: [Float] {
        switch self {
        case .parameter(let parameter): parameter.gradient!.rows.flatMap { $0 }
        case .columns(let parameter): parameter.gradient!.scalars
        case .table(let table): table.gradient!.scalars
        }
    }
}

/// Attention, trees, biaffine scores and the feed-forward model against PyTorch: values and all gradients.
@Suite struct StructureFactsTests {
    let parameters = ParameterCollection()
    let graph = ComputationGraph()

    /// Vectors as inputs that have gradients.
    func columns(_ size: Int, _ count: Int) -> Parameter { parameters.add([size, count], named: "columns") }

    func query(_ size: Int) -> Parameter { parameters.add([size], named: "query") }

    /// Elements in PyTorch's order.
    func elements(_ tensor: Tensor) -> [Float] { tensor.shape.rank == 2 ? tensor.rows.flatMap { $0 } : tensor.scalars }

    func check(
        _ facts: StructureFacts, _ tensors: [FactTensor], location: SourceLocation = #_sourceLocation,
        _ outputs: () -> [Expression]
    ) {
        for (k, tensor) in tensors.enumerated() { tensor.fill(k) }
        let outputs = outputs()
        #expect(distance(outputs.flatMap { elements($0.value) }, facts.outputs) < 2e-6, sourceLocation: location)
        var count = 0
        let terms = outputs.map { output -> Expression in
            let shape = output.shape
            var weights = Tensor(repeating: 0, shape: shape)
            for index in 0..<shape.totalCount {
                // The index-th element in PyTorch's order.
                let place = shape.rank == 2 ? index % shape.columns * shape.rows + index / shape.columns : index
                weights[place] = cosine(1, phase: 0, 0.4, count + index)
            }
            count += shape.totalCount
            return sumOverBatch(sum(output .* graph.input(weights)))
        }
        sum(terms).backward()
        #expect(distance(tensors.flatMap(\.gradient), facts.gradients) < 4e-6, sourceLocation: location)
    }

    @Test func mlpAttention() {
        let attention = MLPAttention(querySize: 2, stateSize: 3, attentionSize: 4, in: parameters)
        let query = query(2), states = columns(3, 5)
        let own = [attention.queryWeights, attention.stateWeights, attention.scoreWeights, query]
        check(.mlpAttention, own.map(FactTensor.parameter) + [.columns(states)]) {
            let result = attention(query(in: graph), attention.memory(of: states(in: graph)))
            return [result.context, result.weights]
        }
    }

    @Test(arguments: [false, true]) func dotAttention(_ isScaled: Bool) {
        let attention = DotAttention(stateSize: 3, isScaled: isScaled), query = query(3), states = columns(3, 5)
        check(isScaled ? .scaledDotAttention : .dotAttention, [.parameter(query), .columns(states)]) {
            [attention(query(in: graph), attention.memory(of: states(in: graph))).context]
        }
    }

    @Test func bilinearAttention() {
        let attention = BilinearAttention(querySize: 2, stateSize: 3, in: parameters), query = query(2), states = columns(3, 5)
        check(.bilinearAttention, [.parameter(attention.weights), .parameter(query), .columns(states)]) {
            let result = attention(query(in: graph), attention.memory(of: states(in: graph)))
            return [result.context, result.weights]
        }
    }

    @Test func attentionPooling() {
        let pooling = AttentionPooling(stateSize: 3, attentionSize: 4, in: parameters), states = columns(3, 5)
        let own = [pooling.weights, pooling.bias, pooling.scoreWeights]
        check(.attentionPooling, own.map(FactTensor.parameter) + [.columns(states)]) {
            let result = pooling(states(in: graph))
            return [result.context, result.weights]
        }
    }

    @Test(arguments: [false, true]) func treeLSTM(_ innerInputs: Bool) {
        let cell = TreeLSTMCell(inputSize: 3, hiddenSize: 2, innerInputs: innerInputs, in: parameters), inputs = columns(3, 5)
        var tensors = [cell.inputWeights, cell.childWeights, cell.bias, cell.forgetBias].map(FactTensor.parameter)
        if innerInputs { tensors.append(.parameter(cell.forgetInputWeights!)) }
        // Without inner inputs the last two vectors have no gradient; the script gives zeros.
        check(innerInputs ? .treeLSTMWithInnerInputs : .treeLSTM, tensors + [.columns(inputs)]) {
            let x = (0..<5).map { inputs(in: graph).columns($0..<$0 + 1).reshaped([3]) }
            let states = cell.states(of: [
                TreeNode(input: x[0]), TreeNode(input: x[1]), TreeNode(input: x[2]),
                TreeNode(children: [0, 1], input: innerInputs ? x[3] : nil),
                TreeNode(children: [3, 2], input: innerInputs ? x[4] : nil),
            ])
            return states.map(\.hidden) + [states[4].cell]
        }
    }

    @Test func childSumTreeLSTM() {
        let cell = ChildSumTreeLSTMCell(inputSize: 3, hiddenSize: 2, in: parameters), inputs = columns(3, 5)
        let own = [cell.inputWeights, cell.recurrentWeights, cell.forgetWeights, cell.bias]
        check(.childSumTreeLSTM, own.map(FactTensor.parameter) + [.columns(inputs)]) {
            let x = (0..<5).map { inputs(in: graph).columns($0..<$0 + 1).reshaped([3]) }
            let states = cell.states(of: [
                TreeNode(input: x[0]), TreeNode(input: x[1]), TreeNode(input: x[2]),
                TreeNode(children: [0, 1, 2], input: x[3]), TreeNode(children: [3], input: x[4]),
            ])
            return states.map(\.hidden) + [states[4].cell]
        }
    }

    @Test func biaffineArcs() {
        let scorer = BiaffineArcScorer(stateSize: 2, arcSize: 3, in: parameters), states = columns(2, 4)
        let own = [
            scorer.dependent.weights, scorer.dependent.bias!, scorer.head.weights, scorer.head.bias!, scorer.headWeights,
        ]
        var tensors = own.map(FactTensor.parameter)
        // The script's U has a row for each element of h; the layer's product is U d all the same.
        tensors.insert(.parameter(scorer.weights), at: 4)
        check(.biaffineArcs, tensors + [.columns(states)]) { [scorer(states(in: graph))] }
    }

    @Test func biaffineLabels() {
        let scorer = BiaffineLabelScorer(stateSize: 2, labelSize: 3, labelCount: 2, in: parameters), states = columns(2, 4)
        let own = [
            scorer.dependent.weights, scorer.dependent.bias!, scorer.head.weights, scorer.head.bias!, scorer.weights,
            scorer.linear.weights, scorer.linear.bias!,
        ]
        check(.biaffineLabels, own.map(FactTensor.parameter) + [.columns(states)]) {
            [scorer(states(in: graph), heads: [2, 0, 2])]
        }
    }

    @Test func feedForwardNGram() {
        let model = FeedForwardNGram(
            wordCount: 5, contextCount: 2, embeddingSize: 2, hiddenSize: 3, hasDirectConnections: true, in: parameters)
        let own = [model.hidden.weights, model.hidden.bias!, model.output.weights, model.output.bias!]
        check(.feedForwardNGram, own.map(FactTensor.parameter) + [.table(model.embeddings)]) {
            [pickNegativeLogSoftmax(model([[4, 1], [1, 3]], in: graph), [3, 0])]
        }
    }
}

import ElmanGraph
import ElmanLayers
import ElmanTensor
import Testing

/// What PyTorch computes in double precision with two layers of three units on two sequences of up to four inputs.
struct PyTorchFacts: Sendable {
    /// By step, member and unit; zeros beyond a sequence's end.
    let outputs: [Float]
    /// By part (hidden, cell), layer, direction, member and unit.
    let final: [Float]
    let loss: Float
    /// By step, member and element.
    let inputGradients: [Float]
    /// Of PyTorch's parameters, in its order.
    let gradients: [Float]
}

/// A layer's weights and their gradients, as PyTorch has them.
struct PyTorchLayer {
    var inputWeights: [[Float]], recurrentWeights: [[Float]], inputBias: [Float], recurrentBias: [Float]

    /// The layer whose first parameter is the k-th, filled by the formulas of Benchmarks/facts/cells.py.
    init(k: Int, gateCount: Int, inputSize: Int, hiddenSize: Int) {
        func matrix(_ k: Int, _ columns: Int) -> [[Float]] {
            (0..<gateCount * hiddenSize).map { i in
                (0..<columns).map { j in sine(0.4, phase: 1 + 0.9 * Double(k), 0.7, i, 1.3, j) }
            }
        }
        func vector(_ k: Int) -> [Float] {
            (0..<gateCount * hiddenSize).map { cosine(0.3, phase: 0.5 + Double(k), 0.9, $0) }
        }
        inputWeights = matrix(k, inputSize)
        recurrentWeights = matrix(k + 1, hiddenSize)
        inputBias = vector(k + 2)
        recurrentBias = vector(k + 3)
    }

    init(_ inputWeights: Tensor, _ recurrentWeights: Tensor, _ inputBias: [Float], _ recurrentBias: [Float]) {
        self.inputWeights = inputWeights.rows
        self.recurrentWeights = recurrentWeights.rows
        self.inputBias = inputBias
        self.recurrentBias = recurrentBias
    }

    var scalars: [Float] { inputWeights.flatMap { $0 } + recurrentWeights.flatMap { $0 } + inputBias + recurrentBias }
}

/// A cell that PyTorch has too, with the stated mapping of weights.
protocol PyTorchCell: RecurrentCell {
    static var gateCount: Int { get }
    func load(_ layer: PyTorchLayer)
    /// The gradients of PyTorch's parameters that follow from ours.
    var gradients: PyTorchLayer { get }
}

/// A cell with the gates in PyTorch's order, whose one bias is the sum of PyTorch's two.
protocol SummedBiasCell: PyTorchCell {
    var inputWeights: Parameter { get }
    var recurrentWeights: Parameter { get }
    var bias: Parameter { get }
}

extension SummedBiasCell {
    func load(_ layer: PyTorchLayer) {
        inputWeights.values = Tensor(rows: layer.inputWeights)
        recurrentWeights.values = Tensor(rows: layer.recurrentWeights)
        bias.values = Tensor(zip(layer.inputBias, layer.recurrentBias).map { $0 + $1 })
    }

    var gradients: PyTorchLayer {
        let bias = bias.gradient!.scalars
        return PyTorchLayer(inputWeights.gradient!, recurrentWeights.gradient!, bias, bias)
    }
}

extension ElmanCell: SummedBiasCell {
    static var gateCount: Int { 1 }
}

/// The forget bias must be 0.
extension LSTMCell: SummedBiasCell {
    static var gateCount: Int { 4 }
}

extension GRUCell: PyTorchCell {
    static var gateCount: Int { 3 }

    /// The order of the gates is the same; the two biases are added but for those of the candidate.
    func load(_ layer: PyTorchLayer) {
        let size = hiddenSize
        inputWeights.values = Tensor(rows: layer.inputWeights)
        recurrentWeights.values = Tensor(rows: layer.recurrentWeights)
        bias.values = Tensor(
            layer.inputBias.indices.map { layer.inputBias[$0] + ($0 < 2 * size ? layer.recurrentBias[$0] : 0) })
        recurrentBias?.values = Tensor(Array(layer.recurrentBias[(2 * size)...]))
    }

    var gradients: PyTorchLayer {
        let bias = bias.gradient!.scalars
        return PyTorchLayer(
            inputWeights.gradient!, recurrentWeights.gradient!, bias,
            bias[..<(2 * hiddenSize)] + (recurrentBias?.gradient?.scalars ?? []))
    }
}

@Suite struct PyTorchTests {
    static let inputSize = 2, hiddenSize = 3, stepCount = 4, batchSize = 2

    /// sin(0.3 + 0.8 t + 1.7 b + 0.6 i).
    static func input(_ t: Int) -> Tensor {
        var scalars: [Float] = []
        for b in 0..<batchSize {
            for i in 0..<inputSize { scalars.append(sine(1, phase: 0.3 + 0.8 * Double(t), 1.7, b, 0.6, i)) }
        }
        return Tensor(shape: Shape([inputSize], batchSize: batchSize), scalars: scalars)
    }

    /// All elements in order, the n-th times cos(0.4 n).
    static func loss(_ expressions: [Expression]) -> Expression {
        var n = 0
        return sum(
            expressions.map { x in
                let weights = (n..<n + x.shape.totalCount).map { cosine(1, phase: 0, 0.4, $0) }
                n += weights.count
                return sumOverBatch(sum(x .* x.graph.input(Tensor(shape: x.shape, scalars: weights))))
            })
    }

    /// The inputs of every step, in a new graph.
    private func makeInputs() -> [Expression] {
        let graph = ComputationGraph()
        return (0..<Self.stepCount).map { graph.input(Self.input($0)) }
    }

    /// Gives cells the weights of PyTorch's layers, in the same order.
    private func load<Cell: PyTorchCell>(_ cells: [Cell]) {
        for (index, cell) in cells.enumerated() {
            cell.load(
                PyTorchLayer(k: 4 * index, gateCount: Cell.gateCount, inputSize: cell.inputSize, hiddenSize: Self.hiddenSize))
        }
    }

    /// Compares everything that there is: outputs, the state at the end, the loss of both, and its gradients.
    private func compare(
        _ facts: PyTorchFacts, _ inputs: [Expression], _ outputs: [Expression], _ states: [[Expression]],
        _ cells: [some PyTorchCell], sourceLocation: SourceLocation
    ) {
        let final = states[0].indices.flatMap { part in states.map { $0[part] } }
        let loss = Self.loss(outputs + final)
        loss.backward(full: true)
        func expect(_ values: [Float], _ expected: [Float], _ tolerance: Float, _ what: Comment) {
            #expect(distance(values, expected) < tolerance, what, sourceLocation: sourceLocation)
        }
        expect(outputs.scalars.flatMap { $0 }, facts.outputs, 1e-6, "outputs")
        expect(final.scalars.flatMap { $0 }, facts.final, 1e-6, "final states")
        expect([loss.value.scalar], [facts.loss], 3e-6, "loss")
        expect(inputs.flatMap { $0.gradient.scalars }, facts.inputGradients, 3e-6, "gradients of the inputs")
        expect(cells.flatMap { $0.gradients.scalars }, facts.gradients, 6e-6, "gradients of the weights")
    }

    private func check<Cell: PyTorchCell>(
        _ facts: PyTorchFacts, sourceLocation: SourceLocation = #_sourceLocation,
        _ makeCell: (Int, Int, ParameterCollection) -> Cell
    ) {
        let builder = RecurrentBuilder(
            layerCount: 2, inputSize: Self.inputSize, hiddenSize: Self.hiddenSize, in: ParameterCollection(),
            makeCell: makeCell)
        load(builder.layers)
        let inputs = makeInputs()
        var state = builder.initialState(in: inputs[0].graph)
        let outputs = inputs.map { input in
            state.addInput(input)
            return state.output
        }
        compare(facts, inputs, outputs, state.parts, builder.layers, sourceLocation: sourceLocation)
    }

    /// In both directions, on sequences of 4 and 2 inputs.
    private func checkBoth<Cell: PyTorchCell>(
        _ facts: PyTorchFacts, sourceLocation: SourceLocation = #_sourceLocation,
        _ makeCell: (Int, Int, ParameterCollection) -> Cell
    ) {
        let reader = Bidirectional(
            layerCount: 2, inputSize: Self.inputSize, hiddenSize: Self.hiddenSize, in: ParameterCollection(),
            makeCell: makeCell)
        let cells = reader.layers.flatMap { [$0.forward.layers[0], $0.backward.layers[0]] }
        load(cells)
        let inputs = makeInputs()
        let reading = reader.read(inputs, lengths: [4, 2])
        compare(facts, inputs, reading.outputs, reading.finalStates, cells, sourceLocation: sourceLocation)
    }

    @Test func elman() { check(.elman) { ElmanCell(inputSize: $0, hiddenSize: $1, in: $2) } }

    @Test func elmanReLU() {
        check(.elmanReLU) { ElmanCell(inputSize: $0, hiddenSize: $1, activation: .relu, in: $2) }
    }

    @Test func elmanReLUOfExpressions() {
        check(.elmanReLU) { ElmanCell(inputSize: $0, hiddenSize: $1, activation: .custom { relu($0) }, in: $2) }
    }

    @Test func lstm() { check(.lstm) { LSTMCell(inputSize: $0, hiddenSize: $1, forgetBias: 0, in: $2) } }

    /// A forget bias of 1 is the same as 1 in the stored bias.
    @Test func lstmWithForgetBias() {
        check(.lstm) { ShiftedLSTMCell(inputSize: $0, hiddenSize: $1, in: $2) }
    }

    @Test func gru() { check(.gru) { GRUCell(inputSize: $0, hiddenSize: $1, in: $2) } }

    @Test func bidirectionalElman() { checkBoth(.bidirectionalElman) { ElmanCell(inputSize: $0, hiddenSize: $1, in: $2) } }

    @Test func bidirectionalLSTM() {
        checkBoth(.bidirectionalLSTM) { LSTMCell(inputSize: $0, hiddenSize: $1, forgetBias: 0, in: $2) }
    }

    @Test func bidirectionalGRU() { checkBoth(.bidirectionalGRU) { GRUCell(inputSize: $0, hiddenSize: $1, in: $2) } }
}

/// An LSTM with a forget bias of 1 from whose stored bias 1 is taken.
private struct ShiftedLSTMCell: PyTorchCell {
    let cell: LSTMCell
    var inputSize: Int { cell.inputSize }
    var hiddenSize: Int { cell.hiddenSize }
    static var gateCount: Int { 4 }

    init(inputSize: Int, hiddenSize: Int, in parameters: ParameterCollection) {
        cell = LSTMCell(inputSize: inputSize, hiddenSize: hiddenSize, in: parameters)
    }

    func load(_ layer: PyTorchLayer) {
        var layer = layer
        for index in hiddenSize..<2 * hiddenSize { layer.inputBias[index] -= 1 }
        cell.load(layer)
    }

    var gradients: PyTorchLayer { cell.gradients }
    func initialState(in graph: ComputationGraph) -> LSTMState { cell.initialState(in: graph) }
    func step(_ input: Expression, from state: LSTMState) -> LSTMState { cell.step(input, from: state) }
    func output(of state: LSTMState) -> Expression { cell.output(of: state) }
    func masked(_ state: LSTMState, by mask: Expression) -> LSTMState { cell.masked(state, by: mask) }
}

import ElmanGraph
import ElmanLayers
import ElmanTensor
import Testing

/// Values that a double-precision computation and DyNet agree on. The tensors are DyNet's, in DyNet's order; the k-th is
/// filled by a formula, and the tests rearrange them.
@Suite struct OracleTableTests {
    /// 0.5 sin(1 + 0.7 i + 1.3 j + k), as rows.
    static func matrix(_ k: Int, rows: Int, columns: Int) -> [[Float]] {
        (0..<rows).map { i in
            (0..<columns).map { j in sine(0.5, phase: 1 + Double(k), 0.7, i, 1.3, j) }
        }
    }

    /// 0.2 cos(0.3 + 0.9 i + k).
    static func vector(_ k: Int, size: Int) -> [Float] { (0..<size).map { cosine(0.2, phase: 0.3 + Double(k), 0.9, $0) } }

    /// Rows of four gates i, f, o, g of two units as i, f, g, o.
    static func gateOrder<Row>(_ rows: [Row]) -> [Row] { [0, 1, 2, 3, 6, 7, 4, 5].map { rows[$0] } }

    static func negated(_ rows: [[Float]]) -> [[Float]] { rows.map { $0.map { -$0 } } }

    /// (0.1 (t + 1), -0.2 (t + 1), 0.05 (t - 1)).
    static let inputs: [[Float]] = [
        [0.1, -0.2, -0.05], [0.2, -0.4, 0], [0.3, -0.6, 0.05], [0.4, -0.8, 0.1],
    ]

    /// Hidden values after each step, and the final parts of the state.
    func run<Cell: RecurrentCell>(_ cell: Cell) -> (hidden: [[Float]], final: [[Float]]) {
        let graph = ComputationGraph()
        var state = RecurrentBuilder(layers: [cell]).initialState(in: graph)
        let hidden = Self.inputs.map { input in
            state.addInput(graph.input(input))
            return state.output.value.scalars
        }
        return (hidden, state.values[0].map(\.scalars))
    }

    @Test func elman() {
        let cell = ElmanCell(inputSize: 3, hiddenSize: 2, in: ParameterCollection())
        cell.inputWeights.values = Tensor(rows: Self.matrix(0, rows: 2, columns: 3))
        cell.recurrentWeights.values = Tensor(rows: Self.matrix(1, rows: 2, columns: 2))
        cell.bias.values = Tensor(Self.vector(2, size: 2))
        let expected: [[Float]] = [
            [-0.1534670, -0.1403510], [-0.2514432, -0.1079792], [-0.3342550, -0.1283096], [-0.4029934, -0.1257869],
        ]
        #expect(distance(run(cell).hidden, expected) < 1e-6)
    }

    /// A GRU of the nine tensors x2z, h2z, bz, x2r, h2r, br, x2h, h2h, bh.
    func gru(_ position: GRUCell.ResetPosition, negatesUpdate: Bool = false) -> GRUCell {
        let cell = GRUCell(inputSize: 3, hiddenSize: 2, resetPosition: position, in: ParameterCollection())
        func update(_ rows: [[Float]]) -> [[Float]] { negatesUpdate ? Self.negated(rows) : rows }
        func input(_ k: Int) -> [[Float]] { Self.matrix(k, rows: 2, columns: 3) }
        func recurrent(_ k: Int) -> [[Float]] { Self.matrix(k, rows: 2, columns: 2) }
        cell.inputWeights.values = Tensor(rows: input(3) + update(input(0)) + input(6))
        cell.bias.values = Tensor(
            Self.vector(5, size: 2) + update([Self.vector(2, size: 2)])[0] + Self.vector(8, size: 2))
        let gates = recurrent(4) + update(recurrent(1))
        cell.recurrentWeights.values = Tensor(rows: position == .afterProduct ? gates + recurrent(7) : gates)
        cell.candidateWeights?.values = Tensor(rows: recurrent(7))
        return cell
    }

    @Test func gruResetBeforeProduct() {
        let expected: [[Float]] = [
            [-0.0638544, -0.0771598], [-0.1322884, -0.1243629], [-0.2021285, -0.1576139], [-0.2713721, -0.1846970],
        ]
        #expect(distance(run(gru(.beforeProduct)).hidden, expected) < 1e-6)
    }

    @Test func gruResetAfterProduct() {
        let expected: [[Float]] = [
            [-0.0745369, -0.0888689], [-0.1559779, -0.1353669], [-0.2403370, -0.1666728], [-0.3245825, -0.1923135],
        ]
        #expect(distance(run(gru(.afterProduct)).hidden, expected) < 1e-6)
    }

    /// With the update gate negated the two forms agree at the first step, where the reset has nothing to act on.
    @Test func gruResetAfterProductWithUpdateNegated() {
        let expected: [[Float]] = [
            [-0.0638544, -0.0771598], [-0.1323309, -0.1241612], [-0.2022778, -0.1566961], [-0.2716676, -0.1824439],
        ]
        let hidden = run(gru(.afterProduct, negatesUpdate: true)).hidden
        #expect(distance(hidden, expected) < 1e-6)
        #expect(distance(hidden[0], run(gru(.beforeProduct)).hidden[0]) < 1e-6)
    }

    @Test func lstm() {
        let cell = LSTMCell(inputSize: 3, hiddenSize: 2, in: ParameterCollection())
        cell.inputWeights.values = Tensor(rows: Self.gateOrder(Self.matrix(0, rows: 8, columns: 3)))
        cell.recurrentWeights.values = Tensor(rows: Self.gateOrder(Self.matrix(1, rows: 8, columns: 2)))
        cell.bias.values = Tensor(Self.gateOrder(Self.vector(2, size: 8)))
        let expected: [[Float]] = [
            [-0.0154971, -0.0618736], [-0.0454153, -0.1351692], [-0.0881645, -0.2163438], [-0.1418958, -0.2987163],
        ]
        let result = run(cell)
        #expect(distance(result.hidden, expected) < 1e-6)
        #expect(distance(result.final[1], [-0.2317740, -0.6164419]) < 1e-6)
    }

    @Test func layerNormLSTM() {
        let cell = LayerNormLSTMCell(inputSize: 3, hiddenSize: 2, in: ParameterCollection())
        cell.inputWeights.values = Tensor(rows: Self.gateOrder(Self.matrix(0, rows: 8, columns: 3)))
        cell.recurrentWeights.values = Tensor(rows: Self.gateOrder(Self.matrix(1, rows: 8, columns: 2)))
        cell.bias.values = Tensor(Self.gateOrder(Self.vector(2, size: 8)))
        let expected: [[Float]] = [
            [0.5209780, -0.3402860], [0.3568219, -0.1632667], [0.3468466, -0.1817230], [0.3617386, -0.1852362],
        ]
        let result = run(cell)
        #expect(distance(result.hidden, expected) < 1e-6)
        #expect(distance(result.final[1], [-1.9656452, -2.2710633]) < 1e-6)
    }

    /// Of the eleven tensors x2i, h2i, c2i, bi, x2o, h2o, c2o, bo, x2c, h2c, bc.
    func coupled(hasPeepholes: Bool) -> CoupledLSTMCell {
        let cell = CoupledLSTMCell(inputSize: 3, hiddenSize: 2, in: ParameterCollection())
        func input(_ k: Int) -> [[Float]] { Self.matrix(k, rows: 2, columns: 3) }
        func recurrent(_ k: Int) -> [[Float]] { Self.matrix(k, rows: 2, columns: 2) }
        cell.inputWeights.values = Tensor(rows: input(0) + input(8) + input(4))
        cell.recurrentWeights.values = Tensor(rows: recurrent(1) + recurrent(9) + recurrent(5))
        cell.bias.values = Tensor(Self.vector(3, size: 2) + Self.vector(10, size: 2) + Self.vector(7, size: 2))
        cell.inputPeephole.values = hasPeepholes ? Tensor(rows: recurrent(2)) : Tensor(repeating: 0, shape: [2, 2])
        cell.outputPeephole.values = hasPeepholes ? Tensor(rows: recurrent(6)) : Tensor(repeating: 0, shape: [2, 2])
        return cell
    }

    @Test func coupledLSTM() {
        let expected: [[Float]] = [
            [-0.0023438, 0.0297013], [0.0104218, 0.0589822], [0.0304055, 0.0857132], [0.0541399, 0.1096893],
        ]
        let result = run(coupled(hasPeepholes: true))
        #expect(distance(result.hidden, expected) < 1e-6)
        #expect(distance(result.final[1], [0.1017544, 0.2551208]) < 1e-6)
    }

    /// DyNet's "fast" LSTM: the coupled one with both peepholes left out.
    @Test func coupledLSTMWithoutPeepholes() {
        let expected: [[Float]] = [
            [-0.0023121, 0.0295213], [0.0103227, 0.0582349], [0.0297311, 0.0836439], [0.0522223, 0.1054247],
        ]
        let result = run(coupled(hasPeepholes: false))
        #expect(distance(result.hidden, expected) < 1e-6)
        #expect(distance(result.final[1], [0.1055438, 0.2605065]) < 1e-6)
    }
}

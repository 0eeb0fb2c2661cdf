import ElmanGraph
import ElmanLayers
import ElmanTensor
import Testing

/// Trees bottom-up: every sort of cell, any shape of tree, any depth.
@Suite struct TreeTests {
    /// A random tree as a list: the children of each node, none for a leaf.
    static func tree(leafCount: Int, maximumChildren: Int, _ random: inout RandomGenerator) -> [[Int]] {
        var nodes = Array(repeating: [Int](), count: leafCount), open = Array(0..<leafCount)
        while open.count > 1 {
            let count = min(open.count, 2 + random.integer(below: maximumChildren - 1))
            let first = random.integer(below: open.count - count + 1)
            nodes.append(Array(open[first..<first + count]))
            open.replaceSubrange(first..<first + count, with: [nodes.count - 1])
        }
        return nodes
    }

    static func trees(_ count: Int, maximumChildren: Int) -> [[[Int]]] {
        var random = RandomGenerator(seed: 4)
        return (1...count).map { tree(leafCount: $0, maximumChildren: maximumChildren, &random) }
    }

    static let names = ["binary", "ternary", "ternary with inputs", "child-sum", "recursive"]

    static func maximumChildren(_ name: String) -> Int { name == "binary" ? 2 : 3 }

    /// Each tree in a graph of its own, with a cell of the same seed and so the same weights.
    static func alone(_ name: String) -> [[Float]] {
        trees(9, maximumChildren: maximumChildren(name)).flatMap {
            AnyCell(name).outputs($0, ComputationGraph(batching: .none)).scalars
        }
    }

    @Test(arguments: names, ComputationGraph.Batching.allCases)
    func togetherEqualsAlone(_ name: String, _ batching: ComputationGraph.Batching) {
        let graph = ComputationGraph(batching: batching)
        let cell = AnyCell(name)
        let outputs = Self.trees(9, maximumChildren: Self.maximumChildren(name)).flatMap { cell.outputs($0, graph) }
        weightedSum(outputs).backward()
        #expect(outputs.scalars == Self.alone(name))
    }

    /// A cell of three units that reads vectors of four elements, for trees without words.
    struct AnyCell {
        let parameters = ParameterCollection()
        private let run: ([TreeNode]) -> [Expression]
        private let innerInputs: Bool

        init(_ name: String) {
            func make(_ cell: some TreeCell) -> ([TreeNode]) -> [Expression] { { cell.outputs(of: $0) } }
            innerInputs = name == "ternary with inputs" || name == "child-sum"
            run =
                switch name {
                case "binary": make(TreeLSTMCell(inputSize: 4, hiddenSize: 3, in: parameters))
                case "ternary": make(TreeLSTMCell(inputSize: 4, hiddenSize: 3, childCount: 3, in: parameters))
                case "ternary with inputs":
                    make(TreeLSTMCell(inputSize: 4, hiddenSize: 3, childCount: 3, innerInputs: true, in: parameters))
                case "child-sum": make(ChildSumTreeLSTMCell(inputSize: 4, hiddenSize: 3, in: parameters))
                default: make(RecursiveCell(inputSize: 4, hiddenSize: 3, childCount: 3, in: parameters))
                }
        }

        func outputs(_ tree: [[Int]], _ graph: ComputationGraph) -> [Expression] {
            var draw = Draw(UInt64(tree.count))
            return run(
                tree.map { children in
                    let input = graph.input(draw.vector(4)) * 1
                    return TreeNode(children: children, input: children.isEmpty || innerInputs ? input : nil)
                })
        }
    }

    @Test(arguments: names) func gradients(_ name: String) {
        let cell = AnyCell(name)
        randomize(cell.parameters.parameters)
        let trees = Self.trees(5, maximumChildren: Self.maximumChildren(name))
        let worst = worstGradientError(cell.parameters.parameters) { graph in
            weightedSum(trees.flatMap { cell.outputs($0, graph) })
        }
        #expect(worst.error < 3e-3, "\(worst.name)")
    }

    /// The fused step gives what its equations give written out.
    @Test func treeLSTMFollowsItsEquations() {
        let parameters = ParameterCollection(), cell = TreeLSTMCell(inputSize: 4, hiddenSize: 19, forgetBias: 0.3, in: parameters)
        let graph = ComputationGraph()
        var draw = Draw(2)
        let x = [graph.input(draw.vector(4)), graph.input(draw.vector(4))]
        let states = cell.states(of: [TreeNode(input: x[0]), TreeNode(input: x[1]), TreeNode(children: [0, 1])])
        func leaf(_ x: Expression) -> (h: Expression, c: Expression) {
            let z = affine(cell.inputWeights(in: graph), x, cell.bias(in: graph))
            let c = sigmoid(z[0..<19]) .* tanh(z[38..<57])
            return (sigmoid(z[19..<38]) .* tanh(c), c)
        }
        let left = leaf(x[0]), right = leaf(x[1])
        let bias = concatenate(cell.bias(in: graph), cell.forgetBias(in: graph), cell.forgetBias(in: graph))
        let z = cell.childWeights(in: graph) * concatenate(left.h, right.h) + bias
        let c = sigmoid(z[0..<19]) .* tanh(z[38..<57]) + sigmoid(z[57..<76]) .* left.c + sigmoid(z[76..<95]) .* right.c
        #expect(distance(states[2].cell.value.scalars, c.value.scalars) < 1e-6)
        #expect(distance(states[2].hidden.value.scalars, (sigmoid(z[19..<38]) .* tanh(c)).value.scalars) < 1e-6)
    }

    /// A missing child is a child whose state is zero.
    @Test func missingChildrenAreZeros() {
        let cell = TreeLSTMCell(inputSize: 4, hiddenSize: 3, in: ParameterCollection()), graph = ComputationGraph()
        let leaf = cell.leaf(graph.input([1, 2, 3, 4]))
        let zero = TreeLSTMState(joined: graph.input([Float](repeating: 0, count: 6)))
        #expect(cell.node([leaf]).joined.value == cell.node([leaf, zero]).joined.value)
    }

    /// The order of a node's children does not matter to the sum, beyond rounding.
    @Test func childSumDoesNotSeeTheOrder() {
        let cell = ChildSumTreeLSTMCell(inputSize: 4, hiddenSize: 3, in: ParameterCollection()), graph = ComputationGraph()
        var draw = Draw(8)
        let leaves = (0..<4).map { _ in cell.leaf(graph.input(draw.vector(4))) }, input = graph.input(draw.vector(4))
        let there = cell.node(leaves, input: input).joined, back = cell.node(leaves.reversed(), input: input).joined
        #expect(distance(there.value.scalars, back.value.scalars) < 1e-6)
    }

    /// A chain of 100,000 nodes, forward and backward.
    @Test func deepTreesDoNotOverflowTheStack() {
        let parameters = ParameterCollection(), cell = TreeLSTMCell(inputSize: 2, hiddenSize: 2, in: parameters)
        let graph = ComputationGraph()
        var nodes = [TreeNode(input: graph.input([0.5, -0.5]))]
        for index in 0..<100_000 { nodes.append(TreeNode(children: [index])) }
        let root = cell.output(of: cell.states(of: nodes)[100_000])
        sum(root).backward()
        #expect(root.value.scalars.allSatisfy { $0.isFinite })
        #expect(cell.childWeights.gradient?.scalars.allSatisfy { $0.isFinite } == true)
    }
}

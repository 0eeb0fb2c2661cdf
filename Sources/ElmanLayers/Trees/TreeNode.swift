import ElmanGraph
import ElmanTensor

/// A node of a tree that is given as a list in which children stand before their parents.
public struct TreeNode {
    /// Where the children stand in the list, first to last.
    public var children: [Int]
    /// What the node itself says, `[inputSize]`: of a leaf the word's vector; of an inner node as its cell wants it.
    public var input: Expression?

    /// A leaf.
    public init(input: Expression) { self.init(children: [], input: input) }

    /// An inner node.
    public init(children: [Int], input: Expression? = nil) {
        self.children = children
        self.input = input
    }
}

/// One node of a recursive network: takes its children's states and, for some cells, an input.
public protocol TreeCell: Sendable {
    /// What a node hands to its parent.
    associatedtype State
    /// Elements of an input vector.
    var inputSize: Int { get }
    /// Elements of the output vector.
    var hiddenSize: Int { get }
    /// The state of a node without children.
    func leaf(_ input: Expression) -> State
    /// The state of a node with at least one child.
    func node(_ children: [State], input: Expression?) -> State
    /// The output of a state, `[hiddenSize]`.
    func output(of state: State) -> Expression
}

extension TreeCell {
    /// The states of all nodes of a tree, or of several, in the order of the list: bottom-up and without recursion, so that no
    /// tree is too deep. Nodes that can run together do, within a tree and between trees. Fails where a child does not stand
    /// before its parent, and where a leaf has no input.
    public func states(of nodes: [TreeNode]) -> [State] {
        var states: [State] = []
        states.reserveCapacity(nodes.count)
        for (index, node) in nodes.enumerated() {
            if node.children.isEmpty {
                guard let input = node.input else { fail("node \(index) of a tree has neither children nor an input") }
                states.append(leaf(input))
                continue
            }
            if let wrong = node.children.first(where: { $0 < 0 || $0 >= index }) {
                fail("child \(wrong) of node \(index) does not stand before it; list a tree's nodes bottom-up")
            }
            states.append(self.node(node.children.map { states[$0] }, input: node.input))
        }
        return states
    }

    /// The outputs of all nodes, `[hiddenSize]` each, in the order of the list.
    public func outputs(of nodes: [TreeNode]) -> [Expression] { states(of: nodes).map(output) }
}

import ElmanTensor

/// The shape of one tree: its nodes in postorder, children before their parent, the root last.
public struct Tree: Sendable, Hashable {
    /// For every node where its children start, and at last where they end, in numbers of `allChildren`.
    private let childStarts: ArraySlice<Int>
    private let allChildren: ArraySlice<Int32>

    init(childStarts: ArraySlice<Int>, children: ArraySlice<Int32>) {
        self.childStarts = childStarts
        allChildren = children
    }

    /// How many nodes there are, leaves included.
    public var count: Int { childStarts.count - 1 }

    /// The root: the last node.
    public var root: Int { count - 1 }

    /// The children of a node from left to right; none for a leaf. Fails where there is no such node.
    public func children(of node: Int) -> ArraySlice<Int32> {
        guard (0..<count).contains(node) else { fail("node \(node) of a tree of \(count)") }
        let start = childStarts.startIndex + node
        return allChildren[childStarts[start]..<childStarts[start + 1]]
    }

    /// Whether a node has a word and no children. The k-th leaf in postorder has the k-th word.
    public func isLeaf(_ node: Int) -> Bool { children(of: node).isEmpty }

    /// The most nodes from the root to a leaf, both counted.
    public var depth: Int {
        var depths: [Int] = []
        for node in 0..<count { depths.append(1 + (children(of: node).map { depths[Int($0)] }.max() ?? 0)) }
        return depths.last ?? 0
    }

    /// The tree in brackets. Fails where labels or words are not as many as nodes or leaves.
    public func text(labels: [String], words: [String]) -> String {
        guard labels.count == count else { fail("\(labels.count) labels for a tree of \(count) nodes") }
        var result = "(" + labels[root]
        var rest = words[...]
        var open = [(node: root, next: 0)]
        while let (node, next) = open.last {
            let children = children(of: node)
            if next < children.count {
                open[open.count - 1].next += 1
                let child = Int(children[children.startIndex + next])
                result += " (" + labels[child]
                open.append((child, 0))
                continue
            }
            if children.isEmpty {
                guard let word = rest.popFirst() else { fail("\(words.count) words for a tree with more leaves") }
                result += " " + word
            }
            result += ")"
            open.removeLast()
        }
        return result
    }
}

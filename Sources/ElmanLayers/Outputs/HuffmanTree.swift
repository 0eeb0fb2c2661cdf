import ElmanGraph
import ElmanTensor

/// A binary tree of words in which frequent words are near the root (Huffman 1952).
///
/// n words have n - 1 inner nodes; 0 is the root, and parents have lower numbers than their children.
public struct HuffmanTree: Sendable, Hashable {
    /// What is to the left and to the right of each inner node: an inner node as its number, a word as -1 minus its number.
    public let children: [Int32]
    /// The way to each word.
    public let paths: [BinaryPath]
    /// Turns of the way to a word, on average over the counts.
    public let meanDepth: Double

    /// The tree that makes the ways shortest, on average over the counts. Of equal counts, words with higher numbers are joined
    /// first. Fails for less than two words.
    public init(counts: [Int]) {
        guard counts.count >= 2 else { fail("a tree of \(counts.count) words; at least two are needed") }
        let pairs = Self.joined(counts)
        // The last pair is the root.
        let last = pairs.count - 1
        var children: [Int32] = []
        for pair in pairs.reversed() {
            for child in [pair.left, pair.right] {
                children.append(Int32(child < counts.count ? -1 - child : last - (child - counts.count)))
            }
        }
        self.children = children
        paths = Self.paths(children, wordCount: counts.count)
        var turns = 0.0, total = 0.0
        for (count, path) in zip(counts, paths) {
            turns += Double(Swift.max(count, 1)) * Double(path.turnCount)
            total += Double(Swift.max(count, 1))
        }
        meanDepth = turns / total
    }

    /// What is joined with what, in the order of joining: words by their numbers, pairs by theirs behind those of the words.
    private static func joined(_ counts: [Int]) -> [(left: Int, right: Int)] {
        let masses = counts.map { Swift.max($0, 1) }
        let leaves = masses.indices.sorted { (masses[$0], $1) < (masses[$1], $0) }
        var pairMasses: [Int] = [], pairs: [(left: Int, right: Int)] = []
        var nextLeaf = 0, nextPair = 0
        // Both queues rise; of equal masses a leaf is taken, which keeps the tree flat.
        func takeSmallest() -> (node: Int, mass: Int) {
            let hasLeaf = nextLeaf < leaves.count
            if hasLeaf, nextPair >= pairMasses.count || masses[leaves[nextLeaf]] <= pairMasses[nextPair] {
                nextLeaf += 1
                return (leaves[nextLeaf - 1], masses[leaves[nextLeaf - 1]])
            }
            nextPair += 1
            return (counts.count + nextPair - 1, pairMasses[nextPair - 1])
        }
        while pairs.count < counts.count - 1 {
            let first = takeSmallest(), second = takeSmallest()
            // The heavier one to the left.
            pairs.append((second.node, first.node))
            pairMasses.append(first.mass + second.mass)
        }
        return pairs
    }

    private static func paths(_ children: [Int32], wordCount: Int) -> [BinaryPath] {
        var toNode = [[(node: Int, isRight: Bool)]](repeating: [], count: children.count / 2)
        var paths = [BinaryPath](repeating: BinaryPath([]), count: wordCount)
        for (position, child) in children.enumerated() {
            let way = toNode[position / 2] + [(position / 2, position % 2 == 1)]
            if child >= 0 { toNode[Int(child)] = way } else { paths[Int(-1 - child)] = BinaryPath(way) }
        }
        return paths
    }
}

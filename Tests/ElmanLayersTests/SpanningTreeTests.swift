import ElmanLayers
import ElmanTensor
import Testing

/// Maximum spanning trees against the best of all assignments of heads that are trees.
@Suite struct SpanningTreeTests {
    /// Whether every word reaches the root.
    static func isTree(_ heads: [Int], hasSingleRoot: Bool) -> Bool {
        if hasSingleRoot, heads.filter({ $0 == 0 }).count != 1 { return false }
        return heads.indices.allSatisfy { start in
            var node = start + 1, steps = 0
            while node != 0, steps <= heads.count {
                node = heads[node - 1]
                steps += 1
            }
            return node == 0
        }
    }

    static func score(_ heads: [Int], _ scores: Tensor) -> Double {
        heads.enumerated().reduce(0) { $0 + Double(scores[$1.element, $1.offset]) }
    }

    static func assignments(_ count: Int) -> [[Int]] {
        (0..<count).reduce([[]]) { lists, _ in lists.flatMap { list in (0...count).map { list + [$0] } } }
    }

    @Test(arguments: 1...5, [false, true]) func bestOfAllTrees(_ count: Int, _ hasSingleRoot: Bool) {
        let trees = Self.assignments(count).filter { Self.isTree($0, hasSingleRoot: hasSingleRoot) }
        var draw = Draw(UInt64(count))
        for round in 0..<(count < 5 ? 200 : 60) {
            // Every third time whole numbers, so that there are ties.
            let values = draw.vector((count + 1) * count).map { round % 3 == 0 ? ($0 * 3).rounded() : $0 * 3 }
            let scores = Tensor(shape: [count + 1, count], scalars: values)
            let found = maximumSpanningTree(scores: scores, hasSingleRoot: hasSingleRoot)
            #expect(Self.isTree(found, hasSingleRoot: hasSingleRoot))
            let best = trees.map { Self.score($0, scores) }.max()!
            #expect(Self.score(found, scores) == best || abs(Self.score(found, scores) - best) < 1e-12)
            #expect(found == maximumSpanningTree(scores: scores, hasSingleRoot: hasSingleRoot))
        }
    }

    /// Arcs that are not wanted are taken only where there is no other way.
    @Test func unwantedArcs() {
        let none = -Float.infinity
        let scores = Tensor(rows: [[none, 1, 1], [9, 9, 9], [2, 9, none], [.nan, 5, 9]])
        #expect(maximumSpanningTree(scores: scores) == [2, 0, 1])
        let nothing = Tensor(repeating: none, shape: [4, 3])
        #expect(Self.isTree(maximumSpanningTree(scores: nothing), hasSingleRoot: true))
    }

    /// Large sentences, where circles lie within circles: always a tree, never worse than chains.
    @Test func largeSentences() {
        var draw = Draw(6)
        for count in [40, 150] {
            let scores = Tensor(shape: [count + 1, count], scalars: draw.vector((count + 1) * count))
            let found = maximumSpanningTree(scores: scores)
            #expect(Self.isTree(found, hasSingleRoot: true))
            #expect(Self.score(found, scores) > Self.score(Array(0..<count), scores))
            #expect(Self.score(found, scores) <= Self.score(maximumSpanningTree(scores: scores, hasSingleRoot: false), scores))
        }
    }
}

import ElmanTensor

/// The dependency tree with the highest sum of scores (Chu and Liu 1965; Edmonds 1967), for a sentence of n words. Where
/// `hasSingleRoot`, exactly one word hangs on the root (as Universal Dependencies demand), which is exact and not a repair.
///
/// - Parameters:
///   - scores: `[n + 1, n]`: element `[head, word - 1]` is the score of `head` as the head of `word`; head 0 is the root. Arcs
///     with -∞ or no number are taken only where no tree does without.
///   - hasSingleRoot: whether only one word may have head 0.
/// - Returns: the head of each word 1...n, 0 for the root. Among equally good trees the choice is always the same.
///
/// O(n²) steps.
public func maximumSpanningTree(scores: Tensor, hasSingleRoot: Bool = true) -> [Int] {
    let count = scores.shape.columns
    guard scores.shape.rank == 2, scores.shape.rows == count + 1 else {
        fail("scores of \(scores.shape) are not those of n + 1 heads of n words")
    }
    var search = ArborescenceSearch(count: count, scores: scores.scalars, hasSingleRoot: hasSingleRoot)
    return search.run()
}

/// How good an arc, or a sum and difference of arcs, is: first few that are not wanted, then few at the root, then the score.
private struct ArcWeight {
    var unwanted = 0, atRoot = 0, score = 0.0

    static func - (left: ArcWeight, right: ArcWeight) -> ArcWeight {
        ArcWeight(unwanted: left.unwanted - right.unwanted, atRoot: left.atRoot - right.atRoot, score: left.score - right.score)
    }

    func isBetter(than other: ArcWeight) -> Bool {
        if unwanted != other.unwanted { return unwanted < other.unwanted }
        if atRoot != other.atRoot { return atRoot < other.atRoot }
        return score > other.score
    }
}

/// Chu and Liu's contraction on a dense matrix: a circle of best heads becomes one node, whose arcs remember where they lead.
private struct ArborescenceSearch {
    /// Nodes 0...n, 0 the root; contracted nodes take the place of one of their members.
    private let size: Int
    /// `weights[head * size + node]`, between contracted nodes.
    private var weights: [ArcWeight]
    /// The arc of the sentence behind `weights`.
    private var arcs: [(head: Int32, word: Int32)]
    private var isAlive: [Bool]
    /// The words that a node stands for.
    private var words: [[Int32]]
    /// The contractions, in order: for each member of the circle the arc it had and the words it stood for.
    private var circles: [[(head: Int32, word: Int32, words: [Int32])]] = []

    init(count: Int, scores: [Float], hasSingleRoot: Bool) {
        size = count + 1
        weights = Array(repeating: ArcWeight(), count: size * size)
        arcs = Array(repeating: (0, 0), count: size * size)
        isAlive = Array(repeating: true, count: size)
        words = (0..<size).map { [Int32($0)] }
        for word in 1..<max(size, 1) {
            for head in 0..<size {
                let score = scores[(word - 1) * size + head], isWanted = score > -.infinity
                weights[head * size + word] = ArcWeight(
                    unwanted: isWanted ? 0 : 1, atRoot: head == 0 && hasSingleRoot ? 1 : 0,
                    score: isWanted ? Double(min(score, .greatestFiniteMagnitude)) : 0)
                arcs[head * size + word] = (Int32(head), Int32(word))
            }
        }
    }

    mutating func run() -> [Int] {
        var heads = bestHeads()
        while let circle = findCircle(heads) {
            let isMember = contract(circle, heads)
            // Only the arcs into the circle's node changed, and those out of its members.
            for other in 1..<size where isAlive[other] && isMember[heads[other]] { heads[other] = circle[0] }
            heads[circle[0]] = bestHead(of: circle[0])
        }
        return expand(heads)
    }

    private func bestHeads() -> [Int] {
        var heads = [Int](repeating: 0, count: size)
        for node in 1..<max(size, 1) { heads[node] = bestHead(of: node) }
        return heads
    }

    private func bestHead(of node: Int) -> Int {
        var best = -1
        for head in 0..<size where isAlive[head] && head != node {
            if best < 0 || weights[head * size + node].isBetter(than: weights[best * size + node]) { best = head }
        }
        return best
    }

    /// The nodes of a circle of heads; nil where there is none.
    private func findCircle(_ heads: [Int]) -> [Int]? {
        var mark = [Int](repeating: 0, count: size)
        for start in 1..<max(size, 1) where isAlive[start] && mark[start] == 0 {
            var node = start
            while node != 0, mark[node] == 0 {
                mark[node] = start
                node = heads[node]
            }
            guard node != 0, mark[node] == start else { continue }
            var circle = [node], next = heads[node]
            while next != node {
                circle.append(next)
                next = heads[next]
            }
            return circle.sorted()
        }
        return nil
    }

    /// Puts the circle's first node in its place; returns who the members were.
    private mutating func contract(_ circle: [Int], _ heads: [Int]) -> [Bool] {
        let node = circle[0]
        var isMember = [Bool](repeating: false, count: size)
        for member in circle { isMember[member] = true }
        circles.append(
            circle.map { member in
                let arc = arcs[heads[member] * size + member]
                return (arc.head, arc.word, words[member])
            })
        // Arcs that enter at a member replace that member's arc in the circle.
        let own = circle.map { weights[heads[$0] * size + $0] }
        for other in 0..<size where isAlive[other] && !isMember[other] {
            var enter = (weight: ArcWeight(), arc: (head: Int32(0), word: Int32(0))), leave = enter, isFirst = true
            for (position, member) in circle.enumerated() {
                let weight = weights[other * size + member] - own[position]
                if isFirst || weight.isBetter(than: enter.weight) { enter = (weight, arcs[other * size + member]) }
                let out = weights[member * size + other]
                if isFirst || out.isBetter(than: leave.weight) { leave = (out, arcs[member * size + other]) }
                isFirst = false
            }
            weights[other * size + node] = enter.weight
            arcs[other * size + node] = enter.arc
            weights[node * size + other] = leave.weight
            arcs[node * size + other] = leave.arc
        }
        for member in circle.dropFirst() {
            isAlive[member] = false
            words[node] += words[member]
        }
        return isMember
    }

    /// The tree, with the contractions undone last first: each circle keeps all its arcs but that into the member which the arc
    /// from outside enters.
    private func expand(_ heads: [Int]) -> [Int] {
        var result = [Int32](repeating: -1, count: size)
        for node in 1..<max(size, 1) where isAlive[node] {
            let arc = arcs[heads[node] * size + node]
            result[Int(arc.word)] = arc.head
        }
        for circle in circles.reversed() {
            let isOpen = circle.map { member in member.words.allSatisfy { result[Int($0)] < 0 } }
            for (member, isOpen) in zip(circle, isOpen) where isOpen { result[Int(member.word)] = member.head }
        }
        return result.dropFirst().map { Int($0) }
    }
}

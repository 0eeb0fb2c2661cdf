/// What can be asked of the heads of one sentence: numbers of words from 1, 0 for a root.
public enum DependencyTree {
    /// Why some heads are no tree.
    public struct Fault: Sendable, Hashable {
        /// The word at fault, counted from 1.
        public let word: Int
        /// What is wrong with it.
        public let message: String
    }

    /// What keeps the heads from being a tree: one out of range, no root, several roots, a cycle; nil where nothing does.
    public static func fault(in heads: some Collection<Int32>, requiresSingleRoot: Bool = true) -> Fault? {
        let heads = heads.map { Int($0) }
        var root: Int?
        for (index, head) in heads.enumerated() {
            guard (0...heads.count).contains(head) else {
                return Fault(word: index + 1, message: "the head \(head) is out of range; the sentence has \(heads.count) words")
            }
            guard head == 0 else { continue }
            if requiresSingleRoot, let root {
                return Fault(word: index + 1, message: "a second root, after word \(root); exactly one word has the head 0")
            }
            root = root ?? index + 1
        }
        if let word = wordInCycle(heads) {
            return Fault(word: word, message: "word \(word) is in a cycle of heads; following them must lead to 0")
        }
        return nil
    }

    /// The first word that follows its heads back to itself. Every word is looked at twice at most.
    private static func wordInCycle(_ heads: [Int]) -> Int? {
        /// By which word's walk each word was reached, 0 by none.
        var reached = [Int](repeating: 0, count: heads.count + 1)
        var first: Int?
        for start in 1...max(heads.count, 1) where start <= heads.count {
            var word = start
            while word != 0, reached[word] == 0 {
                reached[word] = start
                word = heads[word - 1]
            }
            guard word != 0, reached[word] == start else { continue }
            var (smallest, next) = (word, heads[word - 1])
            while next != word {
                smallest = min(smallest, next)
                next = heads[next - 1]
            }
            first = min(first ?? smallest, smallest)
        }
        return first
    }

    /// Whether no two arcs cross, the root's from 0 included: below every word stand neighbours only. The heads must be a tree.
    public static func isProjective(_ heads: some Collection<Int32>) -> Bool {
        let heads = heads.map { Int($0) }
        let count = heads.count
        var (low, high, size) = (Array(0...count), Array(0...count), [Int](repeating: 1, count: count + 1))
        var waiting = [Int](repeating: 0, count: count + 1)
        for head in heads { waiting[head] += 1 }
        var ready = (1...max(count, 1)).filter { $0 <= count && waiting[$0] == 0 }
        while let word = ready.popLast() {
            guard high[word] - low[word] + 1 == size[word] else { return false }
            let head = heads[word - 1]
            low[head] = min(low[head], low[word])
            high[head] = max(high[head], high[word])
            size[head] += size[word]
            waiting[head] -= 1
            if head != 0, waiting[head] == 0 { ready.append(head) }
        }
        return true
    }
}

/// Learns merges of byte-pair encoding from word counts (Sennrich et al. 2016): again and again the most frequent pair of neighbours.
///
/// Among equally frequent pairs the one that is last by its bytes wins, so the merges are those of the authors' `subword-nmt`. Only words
/// that hold a merged pair are looked at again; pairs wait in a heap, where outdated entries are passed over.
struct BytePairTrainer {
    struct Pair: Hashable {
        let left: Int32
        let right: Int32
    }

    private struct Candidate {
        let count: Int
        let pair: Pair
    }

    private(set) var symbols = ByteTable()
    private var words: [[Int32]] = []
    private var wordCounts: [Int] = []
    private var pairCounts: [Pair: Int] = [:]
    /// Words that hold a pair, or held it.
    private var places: [Pair: [Int32]] = [:]
    private var heap: [Candidate] = []

    init(_ counts: TokenCounts) {
        for type in 0..<counts.typeCount {
            counts.table.withEntry(type) { bytes in
                words.append(Self.symbols(of: bytes).map { Int32($0.withUnsafeBufferPointer { symbols.insert($0) }) })
            }
            wordCounts.append(counts.counts[type])
        }
        for (index, word) in words.enumerated() {
            for pair in Self.pairs(of: word) {
                pairCounts[pair, default: 0] += wordCounts[index]
                if places[pair]?.last != Int32(index) { places[pair, default: []].append(Int32(index)) }
            }
        }
        for (pair, count) in pairCounts { push(Candidate(count: count, pair: pair)) }
    }

    /// The characters of a word, its last one with the end mark.
    static func symbols(of word: ByteView) -> [[UInt8]] {
        var symbols: [[UInt8]] = []
        forEachToken(in: word, unit: .char) { character in
            symbols.append(Array(character))
            return true
        }
        if let last = symbols.popLast() { symbols.append(last + BytePairEncoding.endMark) }
        return symbols
    }

    private static func pairs(of word: [Int32]) -> [Pair] { zip(word, word.dropFirst()).map { Pair(left: $0, right: $1) } }

    /// Merges the most frequent pair and returns it; nil where none occurs that often.
    mutating func merge(minimumFrequency: Int) -> Pair? {
        while let best = pop() {
            let count = pairCounts[best.pair] ?? 0
            if count != best.count { continue }
            guard count >= max(minimumFrequency, 1) else { return nil }
            apply(best.pair)
            return best.pair
        }
        return nil
    }

    private mutating func apply(_ pair: Pair) {
        let merged = Array(symbols.entry(Int(pair.left))) + symbols.entry(Int(pair.right))
        let symbol = Int32(merged.withUnsafeBufferPointer { symbols.insert($0) })
        var changed: Set<Pair> = []
        for place in places.removeValue(forKey: pair) ?? [] {
            let index = Int(place)
            let (old, new) = (words[index], Self.merging(pair, into: symbol, words[index]))
            guard new.count < old.count else { continue }
            for pair in Self.pairs(of: old) {
                pairCounts[pair, default: 0] -= wordCounts[index]
                changed.insert(pair)
            }
            for pair in Self.pairs(of: new) {
                pairCounts[pair, default: 0] += wordCounts[index]
                changed.insert(pair)
                if pair.left == symbol || pair.right == symbol, places[pair]?.last != place {
                    places[pair, default: []].append(place)
                }
            }
            words[index] = new
        }
        pairCounts[pair] = nil
        for pair in changed { if let count = pairCounts[pair], count > 0 { push(Candidate(count: count, pair: pair)) } }
    }

    private static func merging(_ pair: Pair, into symbol: Int32, _ word: [Int32]) -> [Int32] {
        var result: [Int32] = []
        var index = 0
        while index < word.count {
            let isPair = index + 1 < word.count && word[index] == pair.left && word[index + 1] == pair.right
            result.append(isPair ? symbol : word[index])
            index += isPair ? 2 : 1
        }
        return result
    }
}

extension BytePairTrainer {
    /// Whether the first candidate comes before the second: more frequent, else last by the bytes of left and right.
    private func precedes(_ first: Candidate, _ second: Candidate) -> Bool {
        if first.count != second.count { return first.count > second.count }
        let (left, right) = (first.pair, second.pair)
        if left.left != right.left {
            return symbols.entry(Int(right.left)).lexicographicallyPrecedes(symbols.entry(Int(left.left)))
        }
        return symbols.entry(Int(right.right)).lexicographicallyPrecedes(symbols.entry(Int(left.right)))
    }

    private mutating func push(_ candidate: Candidate) {
        heap.append(candidate)
        var child = heap.count - 1
        while child > 0 {
            let parent = (child - 1) / 2
            guard precedes(heap[child], heap[parent]) else { return }
            heap.swapAt(child, parent)
            child = parent
        }
    }

    private mutating func pop() -> Candidate? {
        guard let first = heap.first, let last = heap.popLast() else { return nil }
        if heap.isEmpty { return first }
        heap[0] = last
        var parent = 0
        while true {
            var best = parent
            for child in [2 * parent + 1, 2 * parent + 2] where child < heap.count && precedes(heap[child], heap[best]) {
                best = child
            }
            if best == parent { return first }
            heap.swapAt(parent, best)
            parent = best
        }
    }
}

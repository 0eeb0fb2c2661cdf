/// Merges of neighbouring symbols by rank, applied to one word at a time.
struct MergeTable: Sendable, Equatable {
    /// What a pair of symbols becomes.
    struct Merge: Sendable, Hashable {
        /// Lower ones come first.
        let rank: Int32
        /// The merged symbol.
        let symbol: Int32
    }

    private struct Pair: Hashable, Sendable {
        let left: Int32
        let right: Int32
    }

    private var merges: [Pair: Merge] = [:]

    /// Adds a merge; of two for one pair the first stays.
    mutating func add(_ left: Int32, _ right: Int32, _ merge: Merge) {
        let pair = Pair(left: left, right: right)
        if merges[pair] == nil { merges[pair] = merge }
    }

    /// Merges until no two neighbours can be: always the pair of the lowest rank, the leftmost first.
    ///
    /// The time is n log n for n symbols, so that a word of a million characters is no trap.
    func apply(to symbols: inout [Int32]) {
        guard symbols.count > 1 else { return }
        var next = Array(1...symbols.count)
        var previous = Array(-1..<symbols.count - 1)
        var heap = MergeHeap()
        for index in 0..<symbols.count - 1 { offer(index, symbols, next, &heap) }
        while let (place, rank) = heap.pop() {
            guard symbols[place] >= 0, next[place] < symbols.count else { continue }
            let right = next[place]
            guard let merge = merges[Pair(left: symbols[place], right: symbols[right])], merge.rank == rank else { continue }
            symbols[place] = merge.symbol
            symbols[right] = -1
            next[place] = next[right]
            if next[place] < symbols.count { previous[next[place]] = place }
            offer(place, symbols, next, &heap)
            if previous[place] >= 0 { offer(previous[place], symbols, next, &heap) }
        }
        symbols.removeAll { $0 < 0 }
    }

    private func offer(_ place: Int, _ symbols: [Int32], _ next: [Int], _ heap: inout MergeHeap) {
        guard next[place] < symbols.count else { return }
        if let merge = merges[Pair(left: symbols[place], right: symbols[next[place]])] { heap.push(place, rank: merge.rank) }
    }
}

/// Places of pairs, the lowest rank first, then the leftmost.
private struct MergeHeap {
    private var keys: [UInt64] = []

    mutating func push(_ place: Int, rank: Int32) {
        keys.append(UInt64(UInt32(rank)) << 32 | UInt64(place))
        var child = keys.count - 1
        while child > 0, keys[child] < keys[(child - 1) / 2] {
            keys.swapAt(child, (child - 1) / 2)
            child = (child - 1) / 2
        }
    }

    mutating func pop() -> (place: Int, rank: Int32)? {
        guard let first = keys.first, let last = keys.popLast() else { return nil }
        if !keys.isEmpty {
            keys[0] = last
            var parent = 0
            while true {
                var best = parent
                for child in [2 * parent + 1, 2 * parent + 2] where child < keys.count && keys[child] < keys[best] {
                    best = child
                }
                if best == parent { break }
                keys.swapAt(parent, best)
                parent = best
            }
        }
        return (Int(first & 0xFFFF_FFFF), Int32(first >> 32))
    }
}

/// Which sentences are computed in one graph: runs of them, in order, of at most so many tokens, but of one sentence at least.
func sentenceGroups(_ lengths: [Int], tokensAtOnce: Int = 1024) -> [Range<Int>] {
    var groups: [Range<Int>] = []
    var (start, tokens) = (0, 0)
    for (index, length) in lengths.enumerated() {
        if index > start, tokens + length > tokensAtOnce {
            groups.append(start..<index)
            (start, tokens) = (index, 0)
        }
        // A sentence of no words takes a place too.
        tokens += max(length, 1)
    }
    if start < lengths.count { groups.append(start..<lengths.count) }
    return groups
}

/// The name among the valid ones that a misspelt one most likely meant, or nil when none is near.
///
/// Near is: equal but for case, `-`, `_` and `.`; an abbreviation by first letters (`lr` for `learning-rate`) or by a beginning of
/// three letters (`eval` for `evaluate`); or few slips of the keyboard apart: one in names of up to five letters, two up to nine,
/// three beyond. Of equally near names the first counts.
func nearestName(to name: String, among names: some Sequence<String>) -> String? {
    let wanted = folded(name)
    guard !wanted.isEmpty, wanted.count <= 64 else { return nil }
    let limit = wanted.count <= 5 ? 1 : (wanted.count <= 9 ? 2 : 3)
    var best: (name: String, distance: Int)?
    for candidate in names {
        let letters = folded(candidate)
        var distance = editDistance(wanted, letters)
        let isAbbreviation = wanted.count >= 3 && letters.starts(with: wanted)
        if distance > limit && (isAbbreviation || (wanted.count >= 2 && wanted == initials(candidate))) { distance = limit }
        // A name of which nothing is left as it was is no likeness.
        guard distance <= limit, distance < max(wanted.count, letters.count) else { continue }
        if distance < (best?.distance ?? .max) { best = (candidate, distance) }
    }
    return best?.name
}

/// The end of a message on an unknown name: `; did you mean "hidden"?`, or, when none is near, a list of the valid names
/// (at most 24), or nothing.
func suggestion(for name: String, among names: [String]) -> String {
    if let near = nearestName(to: name, among: names) { return "; did you mean \"\(near)\"?" }
    guard !names.isEmpty, names.count <= 24 else { return "" }
    return "; valid: " + names.joined(separator: ", ")
}

/// The number of insertions, deletions, replacements and swaps of neighbours that turn one text into the other, where no piece is
/// edited twice (optimal string alignment).
func editDistance(_ first: [Unicode.Scalar], _ second: [Unicode.Scalar]) -> Int {
    if first.isEmpty || second.isEmpty { return max(first.count, second.count) }
    var older = [Int](repeating: 0, count: second.count + 1)
    var previous = Array(0...second.count)
    var current = previous
    for row in 1...first.count {
        current[0] = row
        for column in 1...second.count {
            let same = first[row - 1] == second[column - 1]
            var cost = min(previous[column] + 1, current[column - 1] + 1, previous[column - 1] + (same ? 0 : 1))
            let isSwap = row > 1 && column > 1 && first[row - 1] == second[column - 2] && first[row - 2] == second[column - 1]
            if isSwap { cost = min(cost, older[column - 2] + 1) }
            current[column] = cost
        }
        (older, previous, current) = (previous, current, older)
    }
    return previous[second.count]
}

private func folded(_ name: String) -> [Unicode.Scalar] {
    name.lowercased().unicodeScalars.filter { $0 != "-" && $0 != "_" && $0 != "." }
}

private func initials(_ name: String) -> [Unicode.Scalar] {
    name.lowercased().split(whereSeparator: { "-_.".contains($0) }).compactMap { $0.unicodeScalars.first }
}

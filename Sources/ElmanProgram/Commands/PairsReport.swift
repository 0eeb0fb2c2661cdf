import Elman

/// What `elman pairs` found, as lines and as JSON: one model, or several side by side.
struct PairsReport {
    /// The models in the order they were named; the first is the one that the others are compared with.
    let results: [(name: String, metrics: MinimalPairMetrics)]
    let scoring: MinimalPairScoring

    private var first: MinimalPairMetrics { results[0].metrics }

    // MARK: Lines

    var lines: [String] {
        var rows = [row("all pairs", \.all)]
        if first.known.pairs < first.all.pairs { rows.append(row("without unknown words", \.known)) }
        for place in groupOrder { rows.append(groupRow(place)) }
        let header = ["", "pairs"] + results.flatMap { [printable($0.name), "95 %"] }
        return alignedColumns(rows, header: header) + notes
    }

    /// The places of the groups: kind by kind as they occur in the file; numbers by size, then other names as they occur.
    private var groupOrder: [Int] {
        let groups = first.groups.map(\.group)
        func rank(_ place: Int) -> (Int, Int, Int) {
            let kind = groups.firstIndex { $0.key == groups[place].key } ?? place
            return Int(groups[place].name).map { (kind, 0, $0) } ?? (kind, 1, place)
        }
        return groups.indices.sorted { rank($0) < rank($1) }
    }

    private func row(_ name: String, _ share: KeyPath<MinimalPairMetrics, MinimalPairMetrics.Share>) -> [String] {
        [name, grouped(first[keyPath: share].pairs)] + results.flatMap { cells($0.metrics[keyPath: share]) }
    }

    private func groupRow(_ place: Int) -> [String] {
        let (group, share) = first.groups[place]
        return ["\(printable(group.key)) \(printable(group.name))", grouped(share.pairs)]
            + results.flatMap { cells($0.metrics.groups[place].share) }
    }

    private func cells(_ share: MinimalPairMetrics.Share) -> [String] {
        guard share.pairs > 0 else { return ["–", ""] }
        let confidence = share.confidence
        return [percentText(share.accuracy), "\(fixed(100 * confidence.low, 1))–\(fixed(100 * confidence.high, 1))"]
    }

    private var notes: [String] {
        var notes: [String] = []
        if first.ties > 0 {
            notes.append("\(counted(first.ties, "pair")) with equal scores for both sentences, counted as wrong")
        }
        let unknown = first.commonestUnknownWords(8).map { printable($0.word) }
        if !unknown.isEmpty {
            let rest = first.unknownWords.count > unknown.count ? ", …" : ""
            notes.append("\(counted(first.unknownWords.count, "unknown word")): \(unknown.joined(separator: ", "))\(rest)")
        }
        for rival in results.dropFirst() {
            let test = McNemar(first.outcomes, rival.metrics.outcomes)
            notes.append(
                "\(printable(results[0].name)) and \(printable(rival.name)): \(test.onlyFirst) pairs only the first has right, "
                    + "\(test.onlySecond) only the second; p = \(significant(test.probability, 3)) (McNemar)")
        }
        return notes.isEmpty ? [] : [""] + notes
    }

    // MARK: JSON

    var json: JSONObject {
        var object: JSONObject = ["task": "pairs", "scoring": .string(scoring.rawValue)]
        add(results[0].metrics, to: &object)
        if results.count > 1 {
            object["compared"] = .array(
                results.dropFirst().map { rival in
                    let test = McNemar(first.outcomes, rival.metrics.outcomes)
                    var other: JSONObject = ["name": .string(rival.name)]
                    add(rival.metrics, to: &other)
                    other["only_this"] = JSONValue(test.onlySecond)
                    other["only_first"] = JSONValue(test.onlyFirst)
                    other["p"] = JSONValue(test.probability)
                    return .object(other)
                })
        }
        return object
    }

    private func add(_ metrics: MinimalPairMetrics, to object: inout JSONObject) {
        for member in json(metrics.all).members { object[member.key] = member.value }
        object["ties"] = JSONValue(metrics.ties)
        object["known"] = .object(json(metrics.known))
        object["unknown_words"] = JSONValue(metrics.unknownWords.count)
        var groups = JSONObject()
        for (group, share) in groupOrder.map({ metrics.groups[$0] }) {
            var names = groups[group.key]?.asObject ?? JSONObject()
            names[group.name] = .object(json(share))
            groups[group.key] = .object(names)
        }
        object["groups"] = .object(groups)
    }

    private func json(_ share: MinimalPairMetrics.Share) -> JSONObject {
        let confidence = share.confidence
        return [
            "pairs": JSONValue(share.pairs), "accuracy": share.pairs == 0 ? nil : JSONValue(share.accuracy),
            "ci95_low": JSONValue(confidence.low), "ci95_high": JSONValue(confidence.high),
        ]
    }
}

import ElmanFiles

extension ExampleReport {
    private static let shownLabels = 20

    /// The report as lines of plain text, faults last. Control characters of the file are escaped.
    public func textLines() -> [String] {
        var rows = [("examples", examplesText)]
        let sides = lengthCounts.count == 1 ? ["tokens"] : ["source tokens", "target tokens"]
        for (side, name) in sides.enumerated() {
            if let summary = lengthSummary(ofSide: side) { rows.append((name, text(summary))) }
        }
        if let noun = form.labelNoun, labelCounts.typeCount > 0 { rows.append((noun + "s", labelsText)) }
        if case .tagged = form, let scheme = TagSchemeReport(tags) { rows.append(("spans", text(scheme))) }
        if duplicates > 0 { rows.append(("duplicates", "\(grouped(duplicates)) of them, to the letter")) }
        if count == 0 { rows.append(("problem", "no \(form.noun)s that could be learnt")) }
        if faultCount > 0 { rows.append(("bad lines", grouped(faultCount) + ":")) }
        return alignedRows(rows) + faults.map { "    " + $0.description }
            + (faultCount > faults.count ? ["    and \(grouped(faultCount - faults.count)) more"] : [])
    }

    private var examplesText: String {
        let noun = form.noun + (count == 1 ? "" : "s")
        return "\(grouped(count)) \(noun)" + (leftOut > 0 ? ", \(grouped(leftOut)) left out as one side is blank" : "")
    }

    private func text(_ summary: LengthSummary) -> String {
        let mean = Double((summary.mean * 10).rounded()) / 10
        return "\(grouped(summary.range.lowerBound)) to \(grouped(summary.range.upperBound)), \(mean) on average; half up to "
            + "\(grouped(summary.median)), 90 % up to \(grouped(summary.ninetieth)), 99 % up to \(grouped(summary.ninetyNinth))"
    }

    private var labelsText: String {
        let counts = labelCounts
        let shown = counts.typesByFrequency().prefix(Self.shownLabels).map {
            "\(counts.token($0)) (\(grouped(counts.counts[$0])))"
        }
        let more = counts.typeCount - shown.count
        return "\(grouped(counts.typeCount)): " + shown.joined(separator: ", ") + (more > 0 ? ", … \(grouped(more)) more" : "")
    }

    private func text(_ scheme: TagSchemeReport) -> String {
        let name = scheme.scheme.rawValue.uppercased()
        guard let place = scheme.firstViolation else { return name }
        return
            "\(name), which \(grouped(scheme.violations)) words violate, the first in the sentence of line \(tagLines[place.text])"
    }
}

extension ExampleReport.Comparison {
    /// The comparison as lines of plain text; `noun` is an example.
    public func textLines(_ noun: String) -> [String] {
        var lines: [String] = []
        if shared > 0 {
            lines.append(
                "\(grouped(shared)) \(noun)\(shared == 1 ? " stands" : "s stand") in the training file too, to the letter")
        }
        if !unknownLabels.isEmpty {
            let labels = unknownLabels.prefix(10).map { "\(printable($0.label)) (\(grouped($0.count)))" }
            lines.append(
                "not in the training file: " + labels.joined(separator: ", ")
                    + (unknownLabels.count > labels.count ? " … (\(grouped(unknownLabels.count)) different)" : ""))
        }
        return lines
    }
}

/// Names and values, one a line, the values below each other.
func alignedRows(_ rows: [(name: String, value: String)]) -> [String] {
    let width = rows.map(\.name.utf8.count).max() ?? 0
    return rows.map { name, value in
        "  " + name + String(repeating: " ", count: width - name.utf8.count + 2) + printable(value)
    }
}

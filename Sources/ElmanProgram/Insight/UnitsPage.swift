import Elman

/// The page of `elman units`.
struct UnitsPage {
    let run: String
    let target: SearchedText.Target
    let search: UnitSearch
    let table: StateTable
    let unit: TextUnit
    let ablation: UnitAblation?

    /// How many tokens of the held-out half are shown.
    private static let mostTokens = 1500

    /// The page. `signature` is its last line.
    func page(signature: String) -> HTMLReport {
        let best = search.ranking[0]
        var page = HTMLReport(
            title: "Units of \(FileSystem.name(of: run)) that follow \(target.name)",
            subtitle: "\(grouped(search.rows.searched)) rows searched, \(grouped(search.rows.heldOut)) held out")
        page.figures(
            [
                ("best unit", best.unit.description), ("correlation held out", significant(best.heldOut, 3)),
                ("best unit of shifted values", significant(search.control.mean, 3)),
            ] + (best.threshold.map { [("area under the curve", fixed($0.areaUnderCurve, 3))] } ?? []))
        page.heading("The unit on the text")
        page.paragraph(
            "A part of the half that was held out, on shades of the unit's value: blue high, orange low, with the mean of the "
                + "text without a shade. Underlined: where \(target.name) \(isBinary ? "is true" : "is above its mean").")
        page.markup(shadedText(best.unit))
        page.heading("The best units")
        page.table(header: UnitsReport.header, rows: UnitsReport.rows(search, count: 20), highlighted: [0])
        if !search.control.correlations.isEmpty { page.figure(plot().svg(), caption: caption) }
        if let ablation {
            page.heading("With units held")
            page.table(header: UnitsReport.ablationHeader, rows: UnitsReport.rows(ablation), highlighted: [])
        }
        page.signature(signature)
        return page
    }

    private var isBinary: Bool { target.values.allSatisfy { $0 == 0 || $0 == 1 || !$0.isFinite } }

    private var caption: String {
        "Dots: |r| on the held-out half of the best unit for values shifted along the text; a unit that follows nothing but the text's "
            + "own rhythm reaches as much."
    }

    private func plot() -> DotPlot {
        let best = search.ranking[0], control = search.control.correlations
        return DotPlot(
            title: "Held-out correlation", xLabel: "|r|", text: { significant($0, 3) },
            rows: [
                DotPlot.Row(
                    name: best.unit.description, values: [], mean: abs(best.heldOut), interval: nil, color: 0),
                DotPlot.Row(
                    name: "shifted", values: control.map { ($0, "a shift: \(significant($0, 3))") }, mean: search.control.mean,
                    interval: nil, color: 1),
            ])
    }

    private func shadedText(_ chosen: NetworkUnit) -> String {
        guard let part = table.parts.first(where: { $0.name == chosen.part }) else { return "" }
        let heldOut = max(0, table.tokens.count - search.rows.heldOut)..<table.tokens.count
        // A little before the first place where there is something to see.
        let first = heldOut.first { !isBinary || target.values[$0] == 1 } ?? heldOut.lowerBound
        let start = max(heldOut.lowerBound, first - Self.mostTokens / 4)
        let rows = start..<min(heldOut.upperBound, start + Self.mostTokens)
        let values = rows.map { Double(part.values[$0 * part.size + chosen.index]) }
        let mean = values.reduce(0, +) / Double(max(values.count, 1))
        let largest = values.map { abs($0 - mean) }.max() ?? 0
        let known = target.values.filter(\.isFinite), middle = isBinary ? 0.5 : known.reduce(0, +) / Double(max(known.count, 1))
        let spans = zip(rows, values).map { row, value in
            shadedSpan(
                runningText(table.tokens[row], unit), largest > 0 ? (value - mean) / largest : 0, title: significant(value, 3),
                underlined: target.values[row] > middle)
        }
        return element("p", ["class": "shaded"], spans.joined())
    }
}

/// What `elman units` found, as rows.
enum UnitsReport {
    static let header = ["Unit", "r searched", "r held out", "Right %", "Area"]

    static func rows(_ search: UnitSearch, count: Int) -> [[String]] {
        search.ranking.prefix(count).map { score in
            [
                score.unit.description, fixed(score.searched, 3), fixed(score.heldOut, 3),
                score.threshold.map { fixed(100 * $0.accuracy, 2) } ?? "–",
                score.threshold.map { fixed($0.areaUnderCurve, 3) } ?? "–",
            ]
        }
    }

    static let ablationHeader = ["Tokens", "Count", "Loss", "Held", "Perplexity", "Held", "Right %", "Held"]

    static func rows(_ ablation: UnitAblation) -> [[String]] {
        ablation.groups.map { group in
            let count = Double(max(group.count, 1))
            let losses = (group.loss.before / count, group.loss.after / count)
            return [
                group.name, grouped(group.count), fixed(losses.0, 4), fixed(losses.1, 4), significant(exponential(losses.0)),
                significant(exponential(losses.1)), fixed(100 * Double(group.right.before) / count, 2),
                fixed(100 * Double(group.right.after) / count, 2),
            ]
        }
    }

    static func json(_ search: UnitSearch, _ target: String, count: Int) -> JSONObject {
        let units = search.ranking.prefix(count).map { score -> JSONValue in
            var object: JSONObject = [
                "unit": .string(score.unit.description), "r_searched": JSONValue(score.searched),
                "r_held_out": JSONValue(score.heldOut),
            ]
            if let threshold = score.threshold {
                object["threshold"] = JSONValue(Double(threshold.value))
                object["accuracy"] = JSONValue(threshold.accuracy)
                object["majority"] = JSONValue(threshold.majority)
                object["auc"] = JSONValue(threshold.areaUnderCurve)
            }
            return .object(object)
        }
        return [
            "predicate": .string(target), "rows_searched": JSONValue(search.rows.searched),
            "rows_held_out": JSONValue(search.rows.heldOut), "units": .array(units),
            "control_mean": JSONValue(search.control.mean), "control_highest": JSONValue(search.control.highest),
            "significance": JSONValue(search.control.significance(of: search.ranking.first?.heldOut ?? 0)),
        ]
    }

    static func json(_ ablation: UnitAblation) -> JSONValue {
        .array(
            ablation.groups.map { group in
                let count = Double(max(group.count, 1))
                return [
                    "tokens": .string(group.name), "count": JSONValue(group.count), "loss": JSONValue(group.loss.before / count),
                    "loss_held": JSONValue(group.loss.after / count), "accuracy": JSONValue(Double(group.right.before) / count),
                    "accuracy_held": JSONValue(Double(group.right.after) / count),
                ]
            })
    }
}

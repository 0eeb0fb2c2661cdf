import Elman

/// How far back networks learn: a line for each, before and after learning, and what their gates do.
struct GradientReport {
    /// One network.
    struct Entry {
        let name: String
        /// At initialisation; nil for a trained run.
        let initial: GradientFlow?
        let trained: GradientFlow?
        let gates: [GateSummary]
        var note = ""
    }

    let title: String
    let subtitle: String
    let entries: [Entry]
    /// How far the gradient of a trained run's loss reaches.
    var reach: GradientReach?

    private func row(_ name: String, _ flow: GradientFlow, _ note: String) -> [String] {
        func norm(_ distance: Int) -> String { distance < flow.norms.count ? significant(flow.norms[distance], 3) : "–" }
        return [
            name, norm(1), norm(10), norm(50), norm(flow.norms.count - 1), significant(flow.factor(), 4),
            "\(flow.memoryLength())", note,
        ]
    }

    static let header = ["network", "1 step", "10", "50", "all", "factor a step", "memory", ""]

    var rows: [[String]] {
        entries.flatMap { entry in
            [
                entry.initial.map { row(entry.trained == nil ? entry.name : "\(entry.name), at first", $0, "") },
                entry.trained.map { row(entry.initial == nil ? entry.name : "\(entry.name), trained", $0, entry.note) },
            ].compactMap { $0 }
        }
    }

    var gateRows: [[String]] {
        entries.flatMap { entry in
            entry.gates.map { gate in
                let constants = gate.timeConstants.sorted()
                let spread =
                    constants.isEmpty
                    ? ""
                    : "\(significant(constants[constants.count / 2], 3)) (\(significant(constants[0], 3)) to "
                        + "\(significant(constants[constants.count - 1], 3)))"
                let prefix = entry.name + "/"
                let name = gate.name.hasPrefix(prefix) ? String(gate.name.dropFirst(prefix.count)) : gate.name
                return [
                    entry.name, name, significant(gate.mean, 3), percentText(gate.shutShare), percentText(gate.openShare), spread,
                ]
            }
        }
    }

    static let gateHeader = ["network", "gate", "mean", "below 0.1", "above 0.9", "steps a memory lasts"]
    static let legend =
        "norm of the Jacobian of the last output by the state so many steps before, 1 at distance 0; factor: by what it is "
        + "multiplied at each step; memory: the largest distance at which it is at least a tenth"

    /// Distances of the table of the loss.
    private static let tokens = [0, 1, 2, 5, 10, 20, 50]
    static let reachHeader = ["gradient of the loss"] + tokens.map { $0 == 0 ? "own" : $0 == 1 ? "1 token" : "\($0)" }
    static let reachLegend = "norm at the vectors of tokens so far from what is decided, mean over decisions"

    var reachRows: [[String]] {
        guard let reach else { return [] }
        func row(_ name: String, _ value: (Int) -> Double?) -> [String] {
            [name] + Self.tokens.map { value($0).map { significant($0, 3) } ?? "–" }
        }
        func norm(_ norms: [Double], _ index: Int) -> Double? { norms.indices.contains(index) ? norms[index] : nil }
        let before = row("tokens before") { norm(reach.before, $0) }
        return reach.after.isEmpty ? [before] : [before, row("tokens after") { norm(reach.after, $0 - 1) }]
    }

    var lines: [String] {
        var lines = alignedColumns(rows, header: Self.header) + ["", Self.legend]
        if !reachRows.isEmpty {
            lines += [""] + alignedColumns(reachRows, header: Self.reachHeader) + ["", Self.reachLegend]
        }
        if !gateRows.isEmpty { lines += [""] + alignedColumns(gateRows, header: Self.gateHeader) }
        return lines
    }

    var json: JSONObject {
        func numbers(_ flow: GradientFlow?) -> JSONValue { flow.map { .array($0.norms.map { JSONValue($0) }) } ?? .null }
        var object: JSONObject = [
            "networks": .array(
                entries.map { entry in
                    [
                        "name": .string(entry.name), "initial": numbers(entry.initial), "trained": numbers(entry.trained),
                        "gates": .array(
                            entry.gates.map { gate in
                                [
                                    "name": .string(gate.name), "mean": JSONValue(gate.mean), "shut": JSONValue(gate.shutShare),
                                    "open": JSONValue(gate.openShare),
                                    "time_constants": .array(gate.timeConstants.map { JSONValue($0) }),
                                ]
                            }),
                    ]
                })
        ]
        if let reach {
            object["loss"] = [
                "before": .array(reach.before.map { JSONValue($0) }), "after": .array(reach.after.map { JSONValue($0) }),
            ]
        }
        return object
    }

    func page(command: String) -> HTMLReport {
        var page = HTMLReport(title: title, subtitle: subtitle)
        let charts = [
            ("At initialisation", entries.map { ($0.name, $0.initial) }),
            (entries.contains { $0.initial != nil } ? "After learning" : "Trained", entries.map { ($0.name, $0.trained) }),
        ]
        for (title, flows) in charts where flows.contains(where: { $0.1 != nil }) {
            page.figure(
                Self.chart(title, "steps back", "norm of the Jacobian", flows.map { ($0.0, 0, $0.1?.norms ?? []) }),
                caption:
                    "How much the last output depends on the state so many steps before. What falls fast cannot be learnt from.")
        }
        page.table(header: Self.header, rows: rows)
        page.paragraph(Self.legend.prefix(1).uppercased() + Self.legend.dropFirst() + ".")
        addReach(to: &page)
        if !gateRows.isEmpty {
            page.heading("Gates")
            page.table(header: Self.gateHeader, rows: gateRows)
        }
        page.signature("elman \(elmanVersion): \(command)")
        return page
    }

    private func addReach(to page: inout HTMLReport) {
        guard let reach else { return }
        page.heading("The loss")
        page.figure(
            Self.chart(
                "Gradient of the loss", "tokens away", "norm of the gradient",
                [("tokens before", 0, reach.before), ("tokens after", 1, reach.after)]),
            caption: "How much what is decided depends on the vectors of tokens so far away: what the model reads of its text.")
        page.table(header: Self.reachHeader, rows: reachRows)
        page.paragraph(Self.reachLegend.prefix(1).uppercased() + Self.reachLegend.dropFirst() + ".")
    }

    /// Lines of norms by distance, each with the distance of its first; those without norms are left out and keep their colour.
    private static func chart(_ title: String, _ xLabel: String, _ yLabel: String, _ lines: [(String, Int, [Double])]) -> SVG {
        let names = withoutCommonFolders(lines.map(\.0))
        let series = lines.enumerated().filter { !$0.element.2.isEmpty }.map { index, line in
            let points = line.2.enumerated().map { ChartPoint(Double($0.offset + line.1), $0.element) }
            return ChartSeries(name: names[index], points: points, color: index)
        }
        return LineChart(
            title: title, xLabel: xLabel, yLabel: yLabel, xScale: .whole, yScale: .logarithmic, series: series
        ).svg()
    }
}

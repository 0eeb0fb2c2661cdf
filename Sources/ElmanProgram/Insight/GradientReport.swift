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
                return [
                    entry.name, gate.name, significant(gate.mean, 3), percentText(gate.shutShare), percentText(gate.openShare),
                    spread,
                ]
            }
        }
    }

    static let gateHeader = ["network", "gate", "mean", "below 0.1", "above 0.9", "steps a memory lasts"]
    static let legend =
        "norm of the Jacobian of the last output by the state so many steps before, 1 at distance 0; factor: by what it is "
        + "multiplied at each step; memory: the largest distance at which it is at least a tenth"

    var lines: [String] {
        var lines = alignedColumns(rows, header: Self.header) + ["", Self.legend]
        if !gateRows.isEmpty { lines += [""] + alignedColumns(gateRows, header: Self.gateHeader) }
        return lines
    }

    var json: JSONObject {
        func numbers(_ flow: GradientFlow?) -> JSONValue { flow.map { .array($0.norms.map { JSONValue($0) }) } ?? .null }
        return [
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
    }

    func page(command: String) -> HTMLReport {
        var page = HTMLReport(title: title, subtitle: subtitle)
        let charts = [
            ("At initialisation", entries.map { ($0.name, $0.initial) }),
            (entries.contains { $0.initial != nil } ? "After learning" : "Trained", entries.map { ($0.name, $0.trained) }),
        ]
        for (title, flows) in charts where flows.contains(where: { $0.1 != nil }) {
            let series = flows.enumerated().compactMap { index, item in
                item.1.map { flow in
                    ChartSeries(
                        name: item.0, points: flow.norms.enumerated().map { ChartPoint(Double($0.offset), $0.element) },
                        color: index)
                }
            }
            let chart = LineChart(
                title: title, xLabel: "steps back", yLabel: "norm of the Jacobian", yScale: .logarithmic, series: series)
            page.figure(
                chart.svg(),
                caption:
                    "How much the last output depends on the state so many steps before. What falls fast cannot be learnt from.")
        }
        page.table(header: Self.header, rows: rows)
        page.paragraph(Self.legend.prefix(1).uppercased() + Self.legend.dropFirst() + ".")
        if !gateRows.isEmpty {
            page.heading("Gates")
            page.table(header: Self.gateHeader, rows: gateRows)
        }
        page.signature("elman \(elmanVersion): \(command)")
        return page
    }
}

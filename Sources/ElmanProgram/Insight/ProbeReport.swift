import Elman

/// What `elman probe` found.
struct ProbeReport {
    let run: String
    let label: String
    let result: Probing

    private static let header = ["Layer", "Units", "Accuracy %", "95 % interval", "Control %", "Selectivity", "Penalty"]

    private var rows: [[String]] {
        result.layers.map { layer in
            [
                printable(layer.layer), grouped(layer.size), fixed(100 * layer.accuracy, 2),
                "\(fixed(100 * layer.confidence.low, 1))–\(fixed(100 * layer.confidence.high, 1))", fixed(100 * layer.control, 2),
                fixed(100 * layer.selectivity, 2), significant(layer.penalty),
            ]
        }
    }

    private var facts: String {
        "\(counted(result.names.count, "label")), fitted on \(counted(result.examples.fitted, "example")), measured on "
            + "\(grouped(result.examples.measured)) of other texts; the commonest label has \(percentText(result.majority))"
    }

    /// For people.
    var lines: [String] { ["\(label): \(facts)"] + alignedColumns(rows, header: Self.header) }

    /// As one object.
    var json: JSONObject {
        let layers = result.layers.map { layer -> JSONValue in
            [
                "layer": .string(layer.layer), "units": JSONValue(layer.size), "accuracy": JSONValue(layer.accuracy),
                "ci95_low": JSONValue(layer.confidence.low), "ci95_high": JSONValue(layer.confidence.high),
                "control": JSONValue(layer.control), "selectivity": JSONValue(layer.selectivity), "l2": JSONValue(layer.penalty),
            ]
        }
        return [
            "label": .string(label), "labels": .array(result.names.map { .string($0) }), "majority": JSONValue(result.majority),
            "examples_fitted": JSONValue(result.examples.fitted), "examples_measured": JSONValue(result.examples.measured),
            "layers": .array(layers),
        ]
    }

    /// The page. `signature` is its last line.
    func page(signature: String) -> HTMLReport {
        var page = HTMLReport(title: "Probing \(FileSystem.name(of: run)) for \(label)", subtitle: facts)
        let plot = DotPlot(
            title: "Accuracy of linear probes", xLabel: "accuracy", text: { percentText($0) },
            rows: result.layers.enumerated().map { number, layer in
                DotPlot.Row(
                    name: layer.layer, values: [(layer.control, "\(layer.layer): control task \(percentText(layer.control))")],
                    mean: layer.accuracy, interval: layer.confidence.low...layer.confidence.high, color: number)
            } + [
                DotPlot.Row(name: "commonest label", values: [], mean: result.majority, interval: nil, color: result.layers.count)
            ])
        page.figure(
            plot.svg(),
            caption:
                "Rings: the probe, with its 95 % interval. Dots: a probe for the control task, in which every word has a label drawn "
                + "for it: what can be reached by remembering words. The distance between the two is the selectivity.")
        page.table(header: Self.header, rows: rows)
        page.signature(signature)
        return page
    }
}

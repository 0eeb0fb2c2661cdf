import Elman

/// What `elman graph` found.
struct GraphReport {
    let run: String
    let texts: [InspectedText]
    let batching: String
    let graph: ExecutedGraph

    private static let header = ["Op", "Pass", "Batches", "Nodes", "µs", "Share %"]

    private var total: Double { graph.totals.reduce(0) { $0 + $1.seconds } }

    private var rows: [[String]] {
        graph.totals.map { total in
            [
                printable(total.op), total.pass.rawValue, grouped(total.batchCount), grouped(total.nodeCount),
                microseconds(total.seconds), fixed(100 * total.seconds / max(self.total, 1e-12), 1),
            ]
        }
    }

    private func microseconds(_ seconds: Double) -> String { grouped(seconds * 1e6, 1) }

    private var summary: String {
        "\(counted(texts.count, "text")) of \(counted(texts.reduce(0) { $0 + $1.tokens.count }, "token")): "
            + "\(counted(graph.nodes.count, "node")), \(grouped(graph.computedCount)) computed in "
            + "\(counted(graph.batchCount, "batch")) (\(batching))"
    }

    /// For people.
    var lines: [String] {
        let times = ExecutionProfile.Pass.allCases.map { ($0, graph.seconds(of: $0)) }.filter { $0.1 > 0 }
        return [
            summary, times.map { "\($0.0.rawValue) \(microseconds($0.1)) µs" }.joined(separator: ", "),
        ] + alignedColumns(rows, header: Self.header)
    }

    /// As one object.
    var json: JSONObject {
        var seconds = JSONObject()
        for pass in ExecutionProfile.Pass.allCases { seconds[pass.rawValue] = JSONValue(graph.seconds(of: pass)) }
        let ops = graph.totals.map { total -> JSONValue in
            [
                "op": .string(total.op), "pass": .string(total.pass.rawValue), "batches": JSONValue(total.batchCount),
                "nodes": JSONValue(total.nodeCount), "seconds": JSONValue(total.seconds),
            ]
        }
        return [
            "texts": JSONValue(texts.count), "nodes": JSONValue(graph.nodes.count), "computed": JSONValue(graph.computedCount),
            "batches": JSONValue(graph.batchCount), "batching": .string(batching), "seconds": .object(seconds),
            "ops": .array(ops),
        ]
    }

    /// The page. `signature` is its last line.
    func page(signature: String) -> HTMLReport {
        var page = HTMLReport(title: "A graph of \(FileSystem.name(of: run))", subtitle: summary)
        page.figures([
            ("nodes computed", grouped(graph.computedCount)), ("batches", grouped(graph.batchCount)),
            ("nodes a batch", significant(Double(graph.computedCount) / Double(max(graph.batchCount, 1)), 3)),
            ("µs in all passes", microseconds(total)),
        ])
        page.heading("What ran together")
        let colors = OpColors(graph)
        if graph.nodes.count <= GraphDrawing.mostNodes {
            page.figure(
                GraphDrawing(graph.nodes, colors).svg(title: "The unrolled graph, batch by batch"),
                caption:
                    "Time goes from left to right. Discs above each other ran together as one batch; each is a node, its colour the op. "
                    + "Squares are parameters and inputs, small rings parts of other values, which cost nothing.")
        } else {
            page.note(
                "\(grouped(graph.nodes.count)) nodes are too many to be drawn; \(grouped(GraphDrawing.mostNodes)) or fewer are.")
        }
        page.heading("How long it took")
        page.figure(
            BatchTimeline(spans: graph.spans, colors: colors).svg(title: "Batches in time"),
            caption:
                "Each bar is a batch: forward, then the gradients back through the batches in the opposite order, then the products "
                + "that make the gradients of weights, put off until all their parts are there. Gaps are planning and bookkeeping."
        )
        page.table(header: Self.header, rows: rows)
        page.signature(signature)
        return page
    }
}

/// Colours of ops: the most frequent ones have their own, all others share the last.
struct OpColors {
    /// The ops that have a colour of their own.
    let named: [String]
    /// Whether there are others.
    let hasOthers: Bool

    init(_ graph: ExecutedGraph) {
        var counts: [String: Int] = [:]
        for node in graph.nodes where node.batch != nil { counts[node.name, default: 0] += 1 }
        let ops = counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map(\.key)
        hasOthers = ops.count > seriesColors.count
        named = Array(ops.prefix(hasOthers ? seriesColors.count - 1 : seriesColors.count))
    }

    /// The colour of an op.
    func callAsFunction(_ op: String) -> Int { named.firstIndex(of: op) ?? seriesColors.count - 1 }

    /// A line that says which is which, beginning at a place; and how long it is.
    func legend(x: Double, y: Double) -> (markup: String, width: Double) {
        var result = "", place = x
        for (color, name) in (named + (hasOthers ? ["others"] : [])).enumerated() {
            let index = color < named.count ? color : seriesColors.count - 1
            result += element(
                "circle",
                ["class": "e-dot e-f\(index)", "cx": coordinate(place + 5), "cy": coordinate(y - 4), "r": "4.5"])
            result += element("text", ["x": coordinate(place + 14), "y": coordinate(y)], text: name) + "\n"
            place += 14 + estimatedWidth(name) * 1.08 + 16
        }
        return (result, place - x)
    }
}

import Elman

/// When the batches of a graph ran: a bar each, as long as it took.
struct BatchTimeline {
    private static let width = 760.0, left = 70.0, top = 52.0, bar = 26.0, gap = 10.0

    let spans: [ExecutionProfile.Span]
    let colors: OpColors

    func svg(title: String) -> SVG {
        let end = spans.map { $0.start + $0.duration }.max() ?? 1, begin = spans.map(\.start).min() ?? 0
        let passes = ExecutionProfile.Pass.allCases.filter { pass in spans.contains { $0.pass == pass } }
        let legend = colors.legend(x: Self.left, y: 36)
        var body = element("text", ["class": "e-title", "x": "0", "y": "14"], text: title) + legend.markup
        for (line, pass) in passes.enumerated() {
            let y = Self.top + Double(line) * (Self.bar + Self.gap)
            body += element(
                "text", ["x": coordinate(Self.left - 8), "y": coordinate(y + Self.bar / 2 + 4), "text-anchor": "end"],
                text: pass.rawValue)
            for span in spans where span.pass == pass { body += "\n" + bar(span, y: y, from: begin, to: end) }
        }
        let height = Self.top + Double(passes.count) * (Self.bar + Self.gap) + 16
        body += element(
            "text", ["x": coordinate(Self.left), "y": coordinate(height - 6)],
            text: "\(significant((end - begin) * 1e6, 4)) µs from the first batch to the end of the last")
        return SVG(width: max(Self.width, Self.left + legend.width), height: height, label: title, body: body)
    }

    private func bar(_ span: ExecutionProfile.Span, y: Double, from begin: Double, to end: Double) -> String {
        let scale = (Self.width - Self.left - 10) / max(end - begin, 1e-9)
        let nodes = span.nodeCount > 0 ? ": \(counted(span.nodeCount, "node"))" : ""
        let text = "\(span.op) \(span.shape)\(nodes), \(significant(span.duration * 1e6, 3)) µs"
        // Products of several ops have none of their colours.
        return element(
            "rect",
            [
                "class": span.pass == .deferred ? "e-dot" : "e-dot e-f\(colors(span.op))",
                "fill": span.pass == .deferred ? "#8a949e" : nil, "x": coordinate(Self.left + (span.start - begin) * scale),
                "y": coordinate(y), "width": coordinate(max(0.6, span.duration * scale - 0.3)), "height": coordinate(Self.bar),
            ], element("title", text: text))
    }
}

/// Values of several groups as dots along one axis, a row each, with the mean and an interval under them.
struct DotPlot: Sendable {
    /// A group.
    struct Row: Sendable {
        /// Its name, at the left.
        var name: String
        /// Its values with what a reader who points at one learns; those that are not finite are left out.
        var values: [(value: Double, title: String)]
        /// Where the ring is drawn.
        var mean: Double?
        /// Where the line is drawn.
        var interval: ClosedRange<Double>?
        /// Which of the colours.
        var color: Int
    }

    /// What stands above.
    var title: String
    /// What the axis shows.
    var xLabel: String
    /// How numbers are written in titles.
    var text: @Sendable (Double) -> String
    /// The groups, from top to bottom.
    var rows: [Row]

    private static let rowHeight = 46.0

    /// The drawing.
    func svg() -> SVG {
        let names = rows.map { estimatedWidth(LineChart.Frame.shortName($0.name)) * 1.2 }.max() ?? 0
        let left = max(52, 16 + min(names, 230)), right = 740.0, top = 30.0
        let bottom = top + Double(rows.count) * Self.rowHeight
        let ends = rows.flatMap { row in [row.interval?.lowerBound, row.interval?.upperBound, row.mean].compactMap { $0 } }
        let axis = Axis(.linear, for: rows.flatMap { $0.values.map(\.value) } + ends, count: 8)
        func x(_ value: Double) -> Double { left + axis.position(of: value) * (right - left) }
        var body = element("text", ["class": "e-title", "x": "0", "y": "14"], text: title) + "\n"
        for tick in axis.ticks {
            let place = coordinate(x(tick.value))
            body += element(
                "line", ["class": "e-grid", "x1": place, "x2": place, "y1": coordinate(top), "y2": coordinate(bottom)])
            body += element("text", ["x": place, "y": coordinate(bottom + 18), "text-anchor": "middle"], text: tick.label)
        }
        body += element(
            "text",
            ["class": "e-muted", "x": coordinate((left + right) / 2), "y": coordinate(bottom + 38), "text-anchor": "middle"],
            text: xLabel)
        for (number, row) in rows.enumerated() {
            let middle = top + (Double(number) + 0.5) * Self.rowHeight
            body += "\n" + markup(row, middle: middle, left: left, x)
        }
        return SVG(
            width: 760, height: bottom + 46, label: "\(title): \(rows.map(\.name).joined(separator: ", "))", body: body + "\n")
    }

    private func markup(_ row: Row, middle: Double, left: Double, _ x: (Double) -> Double) -> String {
        let color = row.color % seriesColors.count
        let name = LineChart.Frame.shortName(row.name)
        var result = element(
            "text",
            ["class": "e-name e-f\(color)", "x": coordinate(left - 12), "y": coordinate(middle + 4), "text-anchor": "end"],
            (name == row.name ? "" : element("title", text: row.name)) + escaped(name))
        // Dots lie on different heights, so that equal values show beside each other.
        for (number, dot) in row.values.enumerated() where dot.value.isFinite {
            let height = middle - 8 + Double((number * 2) % 5 - 2) * 3
            result += element(
                "circle",
                ["class": "e-dot e-f\(color)", "cx": coordinate(x(dot.value)), "cy": coordinate(height), "r": "3"],
                element("title", text: dot.title))
        }
        let low = middle + 12
        if let interval = row.interval {
            let words = "\(row.name): 95 % interval of the mean \(text(interval.lowerBound)) to \(text(interval.upperBound))"
            result += element(
                "line",
                [
                    "class": "e-line e-s\(color)", "x1": coordinate(x(interval.lowerBound)),
                    "x2": coordinate(x(interval.upperBound)), "y1": coordinate(low), "y2": coordinate(low),
                ], element("title", text: words))
        }
        if let mean = row.mean {
            result += element(
                "circle", ["class": "e-ring e-s\(color)", "cx": coordinate(x(mean)), "cy": coordinate(low), "r": "4.5"],
                element("title", text: "\(row.name): mean \(text(mean))"))
        }
        return result
    }
}

/// A grid of values as shades: attention, gates, confusions. Rows and columns bear names; every cell has its value as a `<title>`.
struct HeatGrid: Sendable {
    /// What stands above.
    var title: String
    /// The names at the left, from top to bottom.
    var rows: [String]
    /// The names above, from left to right.
    var columns: [String]
    /// The values, one array a row; those that are not finite leave their cell empty.
    var values: [[Double]]
    /// What the darkest shade stands for; nil for the largest absolute value.
    var largest: Double?
    /// Whether the values are written into the cells as well.
    var showsValues = false

    /// The number of shades of a colour. Their strength falls evenly, so that they also tell more from less in grey.
    static let shades = 16

    /// The opacity of a share of the largest value, in one of the steps.
    static func shade(_ share: Double) -> Double {
        guard share.isFinite else { return 0 }
        return (min(1, max(0, share)) * Double(shades - 1)).rounded() / Double(shades - 1)
    }

    /// The drawing. Positive values are shades of the first colour, negative ones of the second.
    func svg() -> SVG {
        let side = showsValues ? 40.0 : 26.0
        let height = showsValues ? 28.0 : 26.0
        let left = 10 + min(220, (rows.map { estimatedWidth($0) }.max() ?? 0) * 1.12)
        // Long names stand aslant above their columns, short ones upright.
        let isAslant = columns.contains { estimatedWidth($0) > side - 6 }
        let longest = min(170, columns.map { estimatedWidth($0) }.max() ?? 0)
        let top = 34 + (isAslant ? longest * 0.72 + 10 : 16)
        let tail = isAslant ? longest * 0.72 : 0
        let scale = largest ?? values.joined().filter(\.isFinite).map(abs).max() ?? 1
        var body = element("text", ["class": "e-title", "x": "0", "y": "14"], text: title) + "\n"
        for (column, name) in columns.enumerated() {
            let (x, y) = (coordinate(left + (Double(column) + 0.5) * side), coordinate(top - 8))
            body += element(
                "text",
                [
                    "x": x, "y": y, "text-anchor": isAslant ? "start" : "middle",
                    "transform": isAslant ? "rotate(-45 \(x) \(y))" : nil,
                ], text: short(name))
        }
        for (row, name) in rows.enumerated() {
            let y = top + Double(row) * height
            body +=
                "\n"
                + element(
                    "text", ["x": coordinate(left - 8), "y": coordinate(y + height / 2 + 4), "text-anchor": "end"],
                    text: short(name))
            for (column, value) in (row < values.count ? values[row] : []).prefix(columns.count).enumerated() {
                let title = "\(name) × \(columns[column]): \(significant(value, 3))"
                body += cell(value, title, x: left + Double(column) * side, y: y, width: side, height: height, scale: scale)
            }
        }
        let width = max(left + Double(columns.count) * side + tail + 8, estimatedWidth(title, fontSize: 13) * 1.1 + 8)
        return SVG(width: width, height: top + Double(rows.count) * height + 8, label: title, body: body, fillsWidth: false)
    }

    private func cell(
        _ value: Double, _ title: String, x: Double, y: Double, width: Double, height: Double, scale: Double
    ) -> String {
        let strength = HeatGrid.shade(abs(value) / scale)
        let color = value < 0 ? 1 : 0
        var result = element(
            "rect",
            [
                "class": value.isFinite ? "e-f\(color)" : "e-empty", "fill-opacity": fixed(strength, 2), "x": coordinate(x + 1),
                "y": coordinate(y + 1), "width": coordinate(width - 2), "height": coordinate(height - 2), "rx": "2",
            ], element("title", text: title))
        if showsValues && value.isFinite {
            result += element(
                "text",
                [
                    "class": strength > 0.75 ? "e-value e-strong" : (strength > 0.62 ? "e-value e-middle" : "e-value"),
                    "x": coordinate(x + width / 2),
                    "y": coordinate(y + height / 2 + 4), "text-anchor": "middle", "pointer-events": "none",
                ], text: significant(value, 2))
        }
        return result
    }

    private func short(_ name: String) -> String { name.count <= 30 ? name : name.prefix(29) + "…" }
}

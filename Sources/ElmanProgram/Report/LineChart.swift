/// A point of a series.
struct ChartPoint: Sendable, Hashable {
    /// Across.
    var x: Double
    /// Up.
    var y: Double
    /// What a reader who points at it learns, if more than its numbers.
    var title: String?

    /// A point.
    init(_ x: Double, _ y: Double, title: String? = nil) {
        self.x = x
        self.y = y
        self.title = title
    }
}

/// A line of a chart.
struct ChartSeries: Sendable {
    /// What the line is, beside its end and in its marks' titles.
    var name: String
    /// Its points, by rising `x`. Where a value is not finite the line is broken.
    var points: [ChartPoint]
    /// Which of the colours.
    var color: Int
    /// Whether it is drawn dotted, as what matters less.
    var isDashed = false
    /// Whether its name is written at its end.
    var isLabelled = true
    /// The point to mark with a ring, the best one for instance.
    var marked: Int?
}

/// Lines on two axes, named at their ends, every point with its numbers as a `<title>`.
struct LineChart: Sendable {
    /// What stands above.
    var title: String
    /// What is shown across.
    var xLabel: String
    /// What one value is called in the points' titles.
    var yLabel: String
    /// How values become positions across.
    var xScale = AxisScale.linear
    /// How values become positions up.
    var yScale = AxisScale.linear
    /// Whether the vertical axis begins at zero.
    var includesZero = false
    /// Whether a value holds until the next, as a learning rate does.
    var isStepwise = false
    /// The lines.
    var series: [ChartSeries]
    /// What solid and dotted lines stand for, if there are both.
    var key: (solid: String, dashed: String)?

    /// Points beyond this number a line are thinned out, the extremes of each stretch kept.
    static let mostPoints = 400
    /// Beyond this number a line's points have no visible dots, but still titles.
    static let mostDots = 40

    /// The drawing.
    func svg() -> SVG {
        let frame = Frame(self)
        var body = element("text", ["class": "e-title", "x": "0", "y": "14"], text: title) + frame.keyMarkup(key) + "\n"
        body += frame.axesMarkup(xLabel: xLabel)
        // Dotted lines first, so that the others lie on top.
        for line in series.filter(\.isDashed) + series.filter({ !$0.isDashed }) { body += markup(line, frame) }
        body += frame.labelsMarkup(series)
        return SVG(
            width: frame.width, height: frame.height, label: "\(title): \(series.map(\.name).joined(separator: ", "))", body: body
        )
    }

    private func markup(_ line: ChartSeries, _ frame: Frame) -> String {
        let color = line.color % seriesColors.count
        let points = thinned(line.points, keeping: line.marked)
        var style = "e-line e-s\(color)"
        if line.isDashed { style += " e-dashed" } else if line.color >= seriesColors.count { style += " e-broken" }
        var strokes = ""
        for stretch in points.split(whereSeparator: { !frame.canShow($0.point) }) where stretch.count > 1 {
            strokes +=
                element(
                    "polyline", ["class": style, "points": path(stretch.map(\.point), frame)],
                    element("title", text: line.name)) + "\n"
        }
        let shown = points.filter { frame.canShow($0.point) }
        let radius = shown.count > LineChart.mostDots ? nil : (line.isDashed ? 1.75 : 2.5)
        let dots = shown.map { item -> String in
            let isMarked = item.index == line.marked
            let kind = isMarked ? "e-ring e-s\(color)" : (radius == nil ? "e-hover e-f\(color)" : "e-dot e-f\(color)")
            return element(
                "circle",
                [
                    "class": kind, "cx": coordinate(frame.x(item.point.x)), "cy": coordinate(frame.y(item.point.y)),
                    "r": coordinate(isMarked ? 4.5 : radius ?? 6),
                ], element("title", text: describe(item.point, of: line)))
        }
        return strokes + dots.joined(separator: "\n") + "\n"
    }

    private func describe(_ point: ChartPoint, of line: ChartSeries) -> String {
        if let title = point.title { return title }
        let across = xScale == .time ? duration(point.x) : "\(xLabel) \(significant(point.x, 6))"
        return "\(line.name), \(across): \(yLabel) \(significant(point.y))"
    }

    private func path(_ points: [ChartPoint], _ frame: Frame) -> String {
        var corners: [String] = []
        var height = ""
        for point in points {
            let (across, up) = (coordinate(frame.x(point.x)), coordinate(frame.y(point.y)))
            if isStepwise && !corners.isEmpty && up != height { corners.append("\(across),\(height)") }
            corners.append("\(across),\(up)")
            height = up
        }
        return corners.joined(separator: " ")
    }

    /// At most `mostPoints` points: of each stretch the first, the lowest and the highest, in order, so that no extreme is lost.
    private func thinned(_ points: [ChartPoint], keeping marked: Int?) -> [(index: Int, point: ChartPoint)] {
        let all = points.enumerated().map { (index: $0.offset, point: $0.element) }
        guard points.count > LineChart.mostPoints else { return all }
        let size = (points.count * 3 + LineChart.mostPoints - 1) / LineChart.mostPoints
        var kept: Set<Int> = [points.count - 1]
        if let marked { kept.insert(marked) }
        for start in stride(from: 0, to: points.count, by: size) {
            let stretch = all[start..<min(start + size, points.count)]
            kept.insert(start)
            let finite = stretch.filter { $0.point.y.isFinite }
            if let low = finite.min(by: { $0.point.y < $1.point.y }) { kept.insert(low.index) }
            if let high = finite.max(by: { $0.point.y < $1.point.y }) { kept.insert(high.index) }
            if finite.count < stretch.count, let gap = stretch.first(where: { !$0.point.y.isFinite }) { kept.insert(gap.index) }
        }
        return kept.sorted().map { all[$0] }
    }
}

/// Names by which lines are told apart: paths without the folders that all have in common, unless only numbers would be left.
func withoutCommonFolders(_ names: [String]) -> [String] {
    var paths = names.map { $0.split(separator: "/", omittingEmptySubsequences: false)[...] }
    while let first = paths.first?.first, paths.count > 1, paths.allSatisfy({ $0.first == first }) {
        let shorter = paths.map { $0.dropFirst() }
        guard shorter.allSatisfy({ $0.contains { $0.contains(where: \.isLetter) } }) else { break }
        paths = shorter
    }
    return paths.map { $0.joined(separator: "/") }
}

extension LineChart {
    /// The chart's surface: axes, margins, and the names at the lines' ends.
    struct Frame {
        let width = 760.0
        let height: Double
        let left: Double
        let right: Double
        let top = 36.0
        let bottom: Double
        let across: Axis
        let up: Axis

        private static let lineHeight = 15.0

        init(_ chart: LineChart) {
            let points = chart.series.flatMap(\.points).filter { $0.x.isFinite && $0.y.isFinite }
            let labelled = chart.series.filter { $0.isLabelled && !$0.points.isEmpty }
            height = max(320, 96 + Double(labelled.count) * Frame.lineHeight)
            bottom = height - 46
            across = Axis(chart.xScale, for: points.map(\.x), count: 8, extends: false)
            up = Axis(chart.yScale, for: points.map(\.y), count: 5, includesZero: chart.includesZero)
            // Margins have a least width, so that the axes of charts below each other agree; names are bold, hence the factor.
            left = max(52, 14 + (up.ticks.map { estimatedWidth($0.label) }.max() ?? 0))
            let names = labelled.map { estimatedWidth(Frame.shortName($0.name)) * 1.2 }.max() ?? 0
            right = width - max(60, 18 + min(names, 220))
        }

        func x(_ value: Double) -> Double { left + across.position(of: value) * (right - left) }

        func y(_ value: Double) -> Double { bottom - up.position(of: value) * (bottom - top) }

        func canShow(_ point: ChartPoint) -> Bool {
            point.x.isFinite && point.y.isFinite && (up.scale != .logarithmic || point.y > 0)
                && (across.scale != .logarithmic || point.x > 0)
        }

        static func shortName(_ name: String) -> String { name.count <= 28 ? name : name.prefix(13) + "…" + name.suffix(14) }

        /// What solid and dotted mean, at the top right.
        func keyMarkup(_ key: (solid: String, dashed: String)?) -> String {
            guard let key else { return "" }
            var result = ""
            var end = right
            for (name, style) in [(key.dashed, "e-line e-dashed"), (key.solid, "e-line")] {
                let start = end - estimatedWidth(name)
                result += element(
                    "text", ["class": "e-muted", "x": coordinate(end), "y": "14", "text-anchor": "end"], text: name)
                result += element(
                    "line",
                    [
                        "class": style, "stroke": "currentColor", "x1": coordinate(start - 34), "x2": coordinate(start - 6),
                        "y1": "10", "y2": "10",
                    ])
                end = start - 50
            }
            return result
        }

        func axesMarkup(xLabel: String) -> String {
            var result = ""
            for tick in up.ticks {
                let height = coordinate(y(tick.value))
                result += element(
                    "line", ["class": "e-grid", "x1": coordinate(left), "x2": coordinate(right), "y1": height, "y2": height])
                result += element(
                    "text", ["x": coordinate(left - 8), "y": coordinate(y(tick.value) + 4), "text-anchor": "end"],
                    text: tick.label)
            }
            result += "\n"
            let floor = coordinate(bottom)
            result += element(
                "line", ["class": "e-axis", "x1": coordinate(left), "x2": coordinate(right), "y1": floor, "y2": floor])
            for tick in across.ticks {
                let position = coordinate(x(tick.value))
                result += element(
                    "line", ["class": "e-axis", "x1": position, "x2": position, "y1": floor, "y2": coordinate(bottom + 4)])
                result += element(
                    "text", ["x": position, "y": coordinate(bottom + 18), "text-anchor": "middle"], text: tick.label)
            }
            result += element(
                "text",
                ["class": "e-muted", "x": coordinate((left + right) / 2), "y": coordinate(bottom + 38), "text-anchor": "middle"],
                text: xLabel)
            return result + "\n"
        }

        /// The names beside the lines' ends, moved apart where they would overlap, with a thin line to an end that is not near.
        func labelsMarkup(_ series: [ChartSeries]) -> String {
            var labels: [(name: String, color: Int, endX: Double, endY: Double, y: Double)] = []
            for line in series where line.isLabelled {
                guard let last = line.points.last(where: canShow) else { continue }
                labels.append((line.name, line.color % seriesColors.count, x(last.x), y(last.y), y(last.y)))
            }
            labels.sort { $0.y < $1.y }
            let heights = Frame.spread(labels.map(\.y), distance: Frame.lineHeight, within: top...bottom)
            var result = ""
            for (label, height) in zip(labels, heights) {
                if abs(height - label.endY) > 5 || right - label.endX > 12 {
                    result += element(
                        "polyline",
                        [
                            "class": "e-leader e-s\(label.color)", "fill": "none",
                            "points": "\(coordinate(label.endX + 6)),\(coordinate(label.endY)) "
                                + "\(coordinate(right + 3)),\(coordinate(label.endY)) "
                                + "\(coordinate(right + 11)),\(coordinate(height))",
                        ])
                }
                let name = Frame.shortName(label.name)
                result +=
                    element(
                        "text", ["class": "e-name e-f\(label.color)", "x": coordinate(right + 14), "y": coordinate(height + 4)],
                        (name == label.name ? "" : element("title", text: label.name)) + escaped(name)) + "\n"
            }
            return result
        }

        /// Rising positions moved as little as needed to lie `distance` apart, within the bounds as far as there is room.
        static func spread(_ wanted: [Double], distance: Double, within bounds: ClosedRange<Double>) -> [Double] {
            // Labels that touch form a block, which lies where its members want it on average.
            var blocks: [(sum: Double, count: Int)] = []
            func start(_ block: (sum: Double, count: Int)) -> Double {
                let length = Double(block.count - 1) * distance
                let middle = block.sum / Double(block.count)
                return max(bounds.lowerBound, min(middle - length / 2, bounds.upperBound - length))
            }
            for position in wanted {
                blocks.append((position, 1))
                while blocks.count > 1 {
                    let (above, below) = (blocks[blocks.count - 2], blocks[blocks.count - 1])
                    guard start(above) + Double(above.count) * distance > start(below) else { break }
                    blocks.removeLast(2)
                    blocks.append((above.sum + below.sum, above.count + below.count))
                }
            }
            return blocks.flatMap { block in (0..<block.count).map { start(block) + Double($0) * distance } }
        }
    }
}

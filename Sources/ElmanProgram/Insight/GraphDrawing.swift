import Elman

/// A computation graph as it ran: time goes from left to right, one column a batch, the nodes of a batch one above the other.
struct GraphDrawing {
    /// Beyond so many nodes a drawing says nothing any more.
    static let mostNodes = 1500
    private static let step = 26.0, row = 13.0, radius = 4.5, left = 24.0
    /// Where the columns begin: above them stand the names of their ops, sloping.
    private static let top = 144.0

    private let nodes: [OutlinedNode]
    private let colors: OpColors
    /// Where the nodes are drawn that ran, or that something that ran needs.
    let places: [Int: (x: Double, y: Double)]
    private let size: (width: Double, height: Double)

    init(_ outline: [OutlinedNode], _ colors: OpColors) {
        nodes = outline
        self.colors = colors
        let columns = Self.columns(outline)
        let ranks = Dictionary(uniqueKeysWithValues: Set(columns.values).sorted().enumerated().map { ($0.element, $0.offset) })
        var heights: [Int: Int] = [:], places: [Int: (x: Double, y: Double)] = [:]
        for node in outline {
            guard let column = columns[node.index], let rank = ranks[column] else { continue }
            let height = heights[rank, default: 0]
            heights[rank] = height + 1
            places[node.index] = (Self.left + Double(rank) * Self.step, Self.top + Double(height) * Self.row)
        }
        self.places = places
        size = (
            Self.left * 2 + Double(max(1, ranks.count)) * Self.step + 40,
            Self.top + Double(heights.values.max() ?? 1) * Self.row + 16
        )
    }

    /// The column of every node: batches have even ones; parameters and inputs stand before the first batch that needs them, parts of
    /// values behind the batch that they are a part of.
    private static func columns(_ outline: [OutlinedNode]) -> [Int: Int] {
        var columns: [Int: Int] = [:]
        for node in outline { if let batch = node.batch { columns[node.index] = 2 * batch + 2 } }
        for node in outline where node.kind == .view {
            if let column = node.arguments.first.flatMap({ columns[$0] }) { columns[node.index] = column | 1 }
        }
        // Last nodes first: when a node's turn comes, all that needs it has had its own.
        let ofBatches = Set(columns.keys)
        for node in outline.reversed() {
            // What did not run, and what nothing needs that did, is not drawn.
            guard let column = columns[node.index] else { continue }
            let before = column % 2 == 0 ? column - 1 : max(1, column - 2)
            for argument in node.arguments where outline[argument].kind != .op && !ofBatches.contains(argument) {
                columns[argument] = min(columns[argument] ?? .max, before)
            }
        }
        return columns
    }

    func svg(title: String) -> SVG {
        var edges = "", marks = ""
        for node in nodes {
            guard let place = places[node.index] else { continue }
            for argument in node.arguments {
                if let from = places[argument] { edges += edge(from, place) + "\n" }
            }
            marks += mark(node, place) + "\n"
        }
        let heading = element("text", ["class": "e-title", "x": "0", "y": "14"], text: title)
        let legend = colors.legend(x: 0, y: 34)
        return SVG(
            width: max(size.width, legend.width, estimatedWidth(title, fontSize: 13) * 1.1 + 8), height: size.height,
            label: title,
            body: heading + legend.markup + names() + edges + marks, fillsWidth: false)
    }

    /// The op of every batch above its column.
    private func names() -> String {
        var seen: Set<Int> = [], result = ""
        for node in nodes {
            guard let batch = node.batch, let place = places[node.index], seen.insert(batch).inserted else { continue }
            let (x, y) = (coordinate(place.x), coordinate(Self.top - 12))
            result +=
                element("text", ["x": x, "y": y, "transform": "rotate(-55 \(x) \(y))"], text: String(node.name.prefix(14))) + "\n"
        }
        return result
    }

    private func edge(_ from: (x: Double, y: Double), _ to: (x: Double, y: Double)) -> String {
        let middle = coordinate((from.x + to.x) / 2)
        let path =
            "M\(coordinate(from.x)) \(coordinate(from.y))C\(middle) \(coordinate(from.y)) \(middle) "
            + "\(coordinate(to.y)) \(coordinate(to.x)) \(coordinate(to.y))"
        return element("path", ["class": "e-axis", "stroke-opacity": "0.4", "fill": "none", "d": path])
    }

    private func mark(_ node: OutlinedNode, _ place: (x: Double, y: Double)) -> String {
        let batch = node.batch.map { ", batch \($0 + 1)" } ?? ""
        let title = element("title", text: "\(node.index): \(node.name) \(node.shape)\(batch)")
        let (x, y, r) = (place.x, place.y, Self.radius)
        switch node.kind {
        case .op:
            return element(
                "circle",
                [
                    "class": "e-dot e-f\(colors(node.name))", "cx": coordinate(x), "cy": coordinate(y), "r": coordinate(r),
                ], title)
        case .parameter, .leaf:
            return element(
                "rect",
                [
                    "class": "e-axis", "fill-opacity": "0", "x": coordinate(x - r + 1), "y": coordinate(y - r + 1),
                    "width": coordinate(2 * r - 2), "height": coordinate(2 * r - 2),
                ], title)
        case .view:
            return element(
                "circle", ["class": "e-axis", "fill-opacity": "0", "cx": coordinate(x), "cy": coordinate(y), "r": "2"], title)
        }
    }
}

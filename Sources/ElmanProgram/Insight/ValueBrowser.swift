import Elman

/// Grids of values over the steps of a text, one of whose rows colours the text: units of a part of a network, decisions.
struct ValueBrowser {
    /// One grid.
    struct Part {
        /// What is chosen by.
        var name: String
        /// One array a step, as recordings have it; of equal sizes.
        var values: [[Float]]
        /// The text of each step as it is shown.
        var tokens: [String]
        /// What rows are called; nil: `noun` and a number.
        var rowNames: [String]?
        /// What rows are called where they have no names.
        var noun = "unit"
        /// The row that is shown first; nil: the one that changes most.
        var first: Int?

        var rows: Int { values.first?.count ?? 0 }
    }

    var parts: [Part]

    /// The bytes of a page that values may take.
    static let mostBytes = 8 << 20

    /// How many bytes the values of a part take.
    static func bytes(of part: Part) -> Int { part.rows * part.values.count * 4 / 3 }

    /// The markup: controls, the text shaded by the first row, the grid, and the data for the script.
    var markup: String {
        guard let first = parts.first, first.rows > 0 else { return "" }
        let options = parts.enumerated().map { element("option", ["value": "\($0.offset)"], text: $0.element.name) }.joined()
        let controls = element(
            "div", ["class": "controls", "hidden": "hidden"],
            element("select", ["aria-label": "part"], options)
                + element("input", ["type": "range", "min": "0", "value": "0", "aria-label": "row"]) + element("output", [:], ""))
        let row = Self.best(first), scale = Self.scale(first)
        let spans = zip(first.tokens, first.values).map { token, values in
            shadedSpan(token, Double(values[row] / scale), title: "\(first.noun) \(row): \(significant(Double(values[row]), 3))")
        }
        let grid = element(
            "div", ["class": "grid"], element("canvas", [:], "") + element("div", ["class": "frame"], ""))
        return element(
            "div", ["class": "browser"],
            controls + "\n" + element("p", ["class": "shaded"], spans.joined()) + "\n" + grid + "\n"
                + parts.map(data).joined(separator: "\n"))
    }

    private func data(_ part: Part) -> String {
        let scale = Self.scale(part)
        var bytes: [UInt8] = []
        bytes.reserveCapacity(part.rows * part.values.count)
        for row in 0..<part.rows {
            for values in part.values {
                let share = values[row] / scale
                bytes.append(UInt8(bitPattern: Int8(share.isFinite ? (max(-1, min(1, share)) * 127).rounded() : 0)))
            }
        }
        func list(_ names: [String]) -> String { JSONValue.array(names.map { .string($0) }).text() }
        return element(
            "div",
            [
                "class": "data", "data-rows": "\(part.rows)", "data-best": "\(Self.best(part))", "data-scale": "\(scale)",
                "data-noun": part.noun, "data-tokens": list(part.tokens), "data-names": part.rowNames.map(list),
            ], text: base64(bytes))
    }

    /// The largest absolute value.
    private static func scale(_ part: Part) -> Float {
        let largest = part.values.joined().reduce(Float(0)) { $1.isFinite ? max($0, abs($1)) : $0 }
        return largest > 0 ? largest : 1
    }

    /// The row that is shown first.
    private static func best(_ part: Part) -> Int {
        if let first = part.first { return first }
        var best = (row: 0, change: -1.0)
        for row in 0..<part.rows {
            let values = part.values.map { Double($0[row]) }
            let mean = values.reduce(0, +) / Double(values.count)
            let change = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
            if change > best.change { best = (row, change) }
        }
        return best.row
    }
}

/// A piece of text on a shade of its share of the largest value.
func shadedSpan(_ text: String, _ share: Double, title: String, underlined: Bool = false) -> String {
    let step = Int((HeatGrid.shade(abs(share)) * Double(HeatGrid.shades - 1)).rounded())
    var classes: [String] = []
    if share.isFinite, step > 0 { classes.append("\(share < 0 ? "n" : "p")\(step)") }
    if underlined { classes.append("u") }
    return element("span", ["class": classes.isEmpty ? nil : classes.joined(separator: " "), "title": title], text: text)
}

/// Bytes as text, by the alphabet of RFC 4648.
func base64(_ bytes: [UInt8]) -> String {
    let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    var result: [UInt8] = []
    result.reserveCapacity((bytes.count + 2) / 3 * 4)
    for start in stride(from: 0, to: bytes.count, by: 3) {
        let piece = bytes[start..<min(start + 3, bytes.count)]
        var number = piece.reduce(0) { $0 << 8 | Int($1) }
        number <<= 8 * (3 - piece.count)
        for place in 0..<4 {
            result.append(place <= piece.count ? alphabet[number >> (18 - 6 * place) & 63] : UInt8(ascii: "="))
        }
    }
    return String(decoding: result, as: UTF8.self)
}

/// A token as it is shown in running text: ends of lines can be seen, words have a space behind them.
func runningText(_ token: String, _ unit: TextUnit) -> String {
    switch (token, unit) {
    case ("\n", _): "↵\n"
    case (_, .char): token
    case (_, .word): token + " "
    }
}

/// A token as it is shown by itself: spaces and ends of lines can be seen.
func visibleToken(_ token: String) -> String {
    switch token {
    case " ": "␣"
    case "\n": "↵"
    case "\t": "⇥"
    default: token
    }
}

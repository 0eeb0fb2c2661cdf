/// One self-contained page: styles and drawings inside, no script but one of ours, nothing loaded from elsewhere. Well-formed XML as
/// well as HTML.
struct HTMLReport: Sendable {
    /// The page's title.
    let title: String
    private var parts: [String] = []
    private var footer: String?
    private var script: (code: String, style: String)?

    /// An empty page with a title and, under it, a line that says what the page is about.
    init(title: String, subtitle: String? = nil) {
        self.title = title
        if let subtitle { parts.append(element("p", ["class": "subtitle"], text: subtitle)) }
    }

    /// A heading of a section (level 2) or of a part of one (level 3).
    mutating func heading(_ text: String, level: Int = 2) {
        parts.append(element("h\(min(max(level, 2), 4))", text: text))
    }

    /// A paragraph.
    mutating func paragraph(_ text: String) { parts.append(element("p", text: text)) }

    /// A paragraph that stands out: a warning, a fact that is easily missed.
    mutating func note(_ text: String) { parts.append(element("p", ["class": "note"], text: text)) }

    /// Names and values: a configuration, the facts about a file.
    mutating func facts(_ pairs: [(name: String, value: String)]) {
        let rows = pairs.map { element("div", [:], element("dt", text: $0.name) + element("dd", text: $0.value)) }
        parts.append(element("dl", [:], "\n" + rows.joined(separator: "\n") + "\n"))
    }

    /// The few numbers that matter most, large: `("best dev perplexity", "143.2")`.
    mutating func figures(_ pairs: [(name: String, value: String)]) {
        let tiles = pairs.map {
            element(
                "div", [:],
                element("span", ["class": "value"], text: $0.value) + element("span", ["class": "name"], text: $0.name))
        }
        parts.append(element("div", ["class": "figures"], "\n" + tiles.joined(separator: "\n") + "\n"))
    }

    /// A table. Columns of numbers stand to the right; the rows of these indices (the best, say) stand out.
    mutating func table(header: [String], rows: [[String]], highlighted: Set<Int> = []) {
        let columns = max(header.count, rows.map(\.count).max() ?? 0)
        let isNumeric = (0..<columns).map { column in
            let cells = rows.compactMap { column < $0.count && !$0[column].isEmpty ? $0[column] : nil }
            return !cells.isEmpty && cells.allSatisfy(isNumber)
        }
        func cells(_ row: [String], _ name: String) -> String {
            (0..<columns).map { column in
                element(name, ["class": isNumeric[column] ? "number" : nil], text: column < row.count ? row[column] : "")
            }.joined()
        }
        let head = header.isEmpty ? "" : element("thead", [:], element("tr", [:], cells(header, "th"))) + "\n"
        let body = rows.enumerated().map {
            element("tr", ["class": highlighted.contains($0.offset) ? "best" : nil], cells($0.element, "td"))
        }
        let table = element("table", [:], "\n" + head + element("tbody", [:], "\n" + body.joined(separator: "\n") + "\n"))
        parts.append(element("div", ["class": "wide"], table))
    }

    /// A drawing, with a line under it that says what to see in it.
    mutating func figure(_ drawing: SVG, caption: String? = nil) {
        let text = caption.map { "\n" + element("figcaption", text: $0) } ?? ""
        parts.append(element("figure", [:], element("div", ["class": "wide"], drawing.inline) + text))
    }

    /// Text as it is, in a typeface of even width.
    mutating func preformatted(_ text: String) { parts.append(element("pre", text: text)) }

    /// Samples of text, each with a few words of its own: the prompt, a score.
    mutating func samples(_ samples: [(name: String, text: String)]) {
        for sample in samples {
            let name = sample.name.isEmpty ? "" : element("figcaption", text: sample.name) + "\n"
            parts.append(element("figure", ["class": "sample"], name + element("blockquote", text: sample.text)))
        }
    }

    /// Pieces of text, each on a shade of its value: positive in the first colour, negative in the second.
    mutating func shadedText(_ pieces: [(text: String, value: Double)], largest: Double? = nil) {
        let scale = largest ?? pieces.map { abs($0.value) }.filter(\.isFinite).max() ?? 1
        let spans = pieces.map { piece in
            let step = Int(HeatGrid.shade(abs(piece.value) / scale) * Double(HeatGrid.shades - 1))
            let kind = piece.value.isFinite && step > 0 ? "\(piece.value < 0 ? "n" : "p")\(step)" : nil
            return element("span", ["class": kind, "title": significant(piece.value, 3)], text: piece.text)
        }
        parts.append(element("p", ["class": "shaded"], spans.joined()))
    }

    /// Markup as it is.
    mutating func markup(_ markup: String) { parts.append(markup) }

    /// A script of ours at the end of the page, without `<` and `&`, and the styles of what it works on.
    mutating func run(_ code: String, style: String) { script = (code, style) }

    /// A last line, small: what made the page, and how to make it again.
    mutating func signature(_ text: String) { footer = text }

    /// What our script is known by: a number that no text can have guessed, since it follows from all of them. Nil without a script.
    private var scriptNumber: String? {
        guard script != nil else { return nil }
        var fingerprint = Fingerprint()
        fingerprint.add(parts.flatMap { $0.utf8.map { Int32($0) } })
        return fingerprint.text
    }

    /// The whole page.
    var html: String {
        var result = "<!DOCTYPE html>\n<html lang=\"en\" xmlns=\"http://www.w3.org/1999/xhtml\">\n<head>\n"
        result += "<meta charset=\"utf-8\"/>\n"
        result += "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n"
        result += "<meta name=\"color-scheme\" content=\"light dark\"/>\n"
        // Even if text from a file got past the escaping, a browser would run and load nothing.
        let once = scriptNumber
        let scripts = once.map { "; script-src 'nonce-\($0)'" } ?? ""
        let policy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:" + scripts
        result += element("meta", ["http-equiv": "Content-Security-Policy", "content": policy]) + "\n"
        result +=
            element("title", text: title) + "\n<style>\n" + pageStyle + chartStyle + (script?.style ?? "")
            + "</style>\n</head>\n<body>\n<main>\n"
        result += element("h1", text: title) + "\n" + parts.joined(separator: "\n") + "\n</main>\n"
        if let footer { result += element("footer", text: footer) + "\n" }
        if let script, let once { result += element("script", ["nonce": once], "\n" + script.code) + "\n" }
        return result + "</body>\n</html>\n"
    }
}

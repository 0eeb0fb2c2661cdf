/// A finished drawing.
struct SVG: Sendable, Equatable {
    /// The width in units that are pixels at the natural size.
    let width: Double
    /// The height in the same units.
    let height: Double
    /// What the drawing shows, for those who cannot see it.
    let label: String
    /// The elements inside.
    let body: String
    /// Whether the drawing takes the page's width, as charts do, or keeps its own.
    var fillsWidth = true

    /// The drawing for a page that has `chartStyle` among its styles.
    var inline: String {
        element(
            "svg",
            [
                "viewBox": "0 0 \(coordinate(width)) \(coordinate(height))", "width": coordinate(width),
                "height": coordinate(height), "class": fillsWidth ? "chart" : "chart natural", "role": "img", "aria-label": label,
            ], body)
    }

    /// The drawing as a file of its own, with a margin.
    var standalone: String {
        let margin = 16.0
        let (outerWidth, outerHeight) = (coordinate(width + 2 * margin), coordinate(height + 2 * margin))
        let paper = element(
            "rect",
            ["class": "paper", "x": coordinate(-margin), "y": coordinate(-margin), "width": outerWidth, "height": outerHeight])
        let root = element(
            "svg",
            [
                "xmlns": "http://www.w3.org/2000/svg",
                "viewBox": "\(coordinate(-margin)) \(coordinate(-margin)) \(outerWidth) \(outerHeight)",
                "width": outerWidth, "height": outerHeight, "class": "chart", "role": "img", "aria-label": label,
            ], "\n<style>\n\(chartStyle)</style>\n" + paper + body)
        return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n" + root + "\n"
    }
}

/// Colours told apart with every kind of colour blindness, on white and (the second of each pair) on near-black. The first five
/// differ most; each has at least three times its background's luminance contrast.
let seriesColors: [(light: String, dark: String)] = [
    ("#0b69b3", "#62b0f2"), ("#bf5000", "#ef8a2c"), ("#1a9a89", "#97efd2"), ("#95065b", "#cc739f"), ("#8d70ee", "#9583f0"),
    ("#a38c00", "#e8d660"), ("#5a1214", "#f5a5a8"),
]

/// The styles of every drawing, for light and dark surroundings. Class names begin with `e-`.
let chartStyle: String = {
    func colors(_ choose: ((light: String, dark: String)) -> String) -> String {
        seriesColors.enumerated().map { ".chart .e-s\($0){stroke:\(choose($1))}.chart .e-f\($0){fill:\(choose($1))}" }.joined(
            separator: "\n")
    }
    return """
        .chart{font-family:system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;font-size:12px;color:#1b1f24}
        .chart text{fill:#59636e}
        .chart text.e-name{font-weight:600}
        .chart text.e-title{fill:#1b1f24;font-size:13px;font-weight:600}
        .chart .paper{fill:#fff}
        .e-grid{stroke:#e4e7eb;stroke-width:1}
        .e-axis{stroke:#98a2ad;stroke-width:1}
        .e-line{fill:none;stroke-width:2;stroke-linejoin:round;stroke-linecap:round}
        .e-dashed{stroke-dasharray:2 4.5;stroke-width:1.75}
        .e-broken{stroke-dasharray:9 5}
        .e-dot{stroke:none}
        .e-ring{fill:#fff;stroke-width:2.25}
        .e-leader{stroke-width:1;opacity:.45}
        .e-hover{fill-opacity:0;stroke:none}
        .e-hover:hover{fill-opacity:.35}
        .e-empty{fill:none;stroke:#e4e7eb}
        .chart text.e-value{font-size:11px;fill:#1b1f24}
        .chart text.e-strong{fill:#fff}
        \(colors(\.light))
        .chart text.e-muted{fill:#6e7781;font-weight:400}
        @media (prefers-color-scheme:dark){
        .chart{color:#e6e9ed}
        .chart text{fill:#9aa4af}
        .chart text.e-title,.chart text.e-value{fill:#e6e9ed}
        .chart .paper{fill:#16181c}
        .e-grid,.e-empty{stroke:#2b3036}
        .e-axis{stroke:#6b757f}
        .e-ring{fill:#16181c}
        .chart text.e-middle,.chart text.e-strong{fill:#0d0f12}
        .chart text.e-muted{fill:#8a949e}
        \(colors(\.dark))
        }

        """
}()

/// The width of a text in the drawings' typeface, roughly: there is nothing to measure it with.
func estimatedWidth(_ text: String, fontSize: Double = 12) -> Double {
    let units = text.unicodeScalars.reduce(0.0) { sum, scalar in
        switch scalar {
        case "i", "j", "l", "I", "|", "!", "'", ".", ",", ":", ";": sum + 0.29
        case "f", "r", "t", "(", ")", "[", "]", "/", " ", "-": sum + 0.37
        case "m", "w", "M", "W", "@", "%": sum + 0.88
        case "A"..."Z": sum + 0.68
        default: sum + (scalar.value < 0x2E80 ? 0.57 : 1.0)
        }
    }
    return units * fontSize
}

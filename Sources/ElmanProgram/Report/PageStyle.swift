/// The styles of a page, for light and dark surroundings and for paper.
let pageStyle: String = {
    func shades(strongest: Double, _ choose: ((light: String, dark: String)) -> String) -> String {
        (1..<HeatGrid.shades).map { step in
            let alpha = hexadecimal(Double(step) / Double(HeatGrid.shades - 1) * strongest)
            let (positive, negative) = (choose(seriesColors[0]) + alpha, choose(seriesColors[1]) + alpha)
            return ".p\(step){background:\(positive)}.n\(step){background:\(negative)}"
        }.joined(separator: "\n")
    }
    return """
        :root{color-scheme:light dark;--paper:#fff;--ink:#1b1f24;--soft:#59636e;--rule:#e4e7eb;--tint:#f5f7f9;--accent:#0b69b3}
        *{box-sizing:border-box}
        body{margin:0;background:var(--paper);color:var(--ink);
        font:16px/1.55 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif}
        main,footer{max-width:812px;margin:0 auto;padding:0 24px}
        main{padding-top:40px;padding-bottom:24px}
        h1{font-size:28px;line-height:1.2;letter-spacing:-.01em;margin:0 0 6px}
        h2{font-size:20px;line-height:1.3;margin:44px 0 12px}
        h3{font-size:16px;margin:28px 0 8px}
        p{margin:0 0 14px;max-width:68ch}
        .subtitle{color:var(--soft);margin-bottom:28px}
        .note{border-left:3px solid var(--accent);background:var(--tint);padding:10px 14px;border-radius:0 6px 6px 0}
        .figures{display:flex;flex-wrap:wrap;gap:12px 44px;margin:0 0 28px}
        .figures div{display:flex;flex-direction:column}
        .figures .value{font-size:30px;line-height:1.15;font-weight:650;letter-spacing:-.015em;font-variant-numeric:tabular-nums}
        .figures .name{font-size:13px;color:var(--soft)}
        dl{display:grid;grid-template-columns:repeat(auto-fill,minmax(240px,1fr));gap:0 32px;margin:0 0 20px;font-size:14px}
        dl div{display:flex;justify-content:space-between;gap:16px;border-bottom:1px solid var(--rule);padding:6px 0}
        dt{color:var(--soft)}
        dd{margin:0;text-align:right;overflow-wrap:anywhere;font-variant-numeric:tabular-nums}
        .wide{overflow-x:auto}
        table{border-collapse:collapse;width:100%;font-size:14px;font-variant-numeric:tabular-nums;margin:0 0 20px}
        th,td{padding:7px 14px 7px 0;text-align:left;border-bottom:1px solid var(--rule);vertical-align:top;overflow-wrap:break-word;max-width:44ch}
        th{color:var(--soft);font-weight:500;font-size:13px;vertical-align:bottom;border-bottom-color:var(--soft)}
        th:last-child,td:last-child{padding-right:0}
        .number{text-align:right;white-space:nowrap}
        .best td{font-weight:650;background:var(--tint)}
        figure{margin:0 0 32px}
        figcaption{font-size:14px;color:var(--soft);max-width:76ch;margin-top:6px}
        .sample{margin-bottom:16px}
        .sample figcaption{margin:0 0 2px;font-size:13px}
        blockquote{margin:0;padding:2px 0 2px 16px;border-left:2px solid var(--rule);white-space:pre-wrap;overflow-wrap:anywhere;
        font:16px/1.6 Georgia,"Iowan Old Style","Times New Roman",serif}
        pre{background:var(--tint);border-radius:6px;padding:12px 14px;overflow-x:auto;
        font:13px/1.5 ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace}
        .shaded{font:14px/1.9 ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;white-space:pre-wrap;
        max-width:none;overflow-wrap:anywhere}
        .shaded span{padding:2px 0}
        .shaded .u{text-decoration:underline;text-decoration-thickness:2px;text-underline-offset:4px}
        svg.chart{display:block;width:100%;height:auto;min-width:560px}
        svg.chart.natural{width:auto;max-width:none;min-width:0}
        footer{font-size:13px;color:var(--soft);padding-top:14px;padding-bottom:36px}
        \(shades(strongest: 0.8, \.light))
        @media (prefers-color-scheme:dark){
        :root{--paper:#16181c;--ink:#e6e9ed;--soft:#9aa4af;--rule:#2b3036;--tint:#1e2126;--accent:#62b0f2}
        \(shades(strongest: 0.62, \.dark))
        }
        @media print{main,footer{max-width:none}figure,table{break-inside:avoid}}

        """
}()

/// A share as the two hexadecimal digits that end a colour with opacity.
private func hexadecimal(_ share: Double) -> String {
    let text = String(Int((share * 255).rounded()), radix: 16)
    return text.count == 1 ? "0" + text : text
}

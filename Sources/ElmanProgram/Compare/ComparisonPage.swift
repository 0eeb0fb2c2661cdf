import Elman

/// `comparison.html`: every seed as a dot, learning curves in one colour a configuration, and the tables.
enum ComparisonPage {
    static func page(_ tables: ComparisonTables, signature: String) -> HTMLReport {
        let comparison = tables.comparison
        var page = HTMLReport(
            title: "Comparison of \(counted(comparison.entries.count, "configuration"))", subtitle: tables.title)
        page.figure(
            dots(comparison).svg(),
            caption: "Every dot is a run; rings are means, lines their 95 % intervals (Student's t).")
        page.heading("Scores")
        page.table(header: tables.scores[0], rows: Array(tables.scores.dropFirst()))
        if !tables.differences.isEmpty {
            page.heading("Differences")
            page.table(header: tables.differences[0], rows: Array(tables.differences.dropFirst()))
            page.paragraph(tables.method)
            if let weakness = comparison.weakness { page.note(weakness.prefix(1).uppercased() + weakness.dropFirst() + ".") }
        }
        page.heading("Cost")
        page.table(header: tables.costs[0], rows: Array(tables.costs.dropFirst()))
        addCurves(comparison, to: &page)
        addSettings(comparison, to: &page)
        page.signature(signature)
        return page
    }

    private static func dots(_ comparison: SeedComparison) -> DotPlot {
        let score = comparison.score
        // Shares are drawn in percent, as the tables show them.
        let scale = score.isShare ? 100.0 : 1
        let rows = comparison.entries.enumerated().map { index, entry in
            let summary = entry.summary(score.key)
            return DotPlot.Row(
                name: entry.name,
                values: entry.runs.compactMap { run in
                    run.value(score.key).map { ($0 * scale, "\(entry.name), seed \(run.seed): \(score.text($0))") }
                },
                mean: summary.map { $0.mean * scale },
                interval: summary?.interval().map { $0.low * scale...$0.high * scale }, color: index)
        }
        return DotPlot(
            title: score.name.prefix(1).uppercased() + score.name.dropFirst(), xLabel: score.name,
            text: { score.text($0 / scale) }, rows: rows)
    }

    private static func addCurves(_ comparison: SeedComparison, to page: inout HTMLReport) {
        let logs = comparison.entries.flatMap { $0.runs.map(\.log) }.filter { !$0.rows.isEmpty }
        guard let metric = SeedComparison.developmentMetric(logs, comparison.score) else { return }
        page.heading("Learning curves")
        page.figure(
            chart(LearningCurve(logs), metric, comparison).svg(),
            caption: "One line a seed, one colour a configuration; rings mark the best value of each run.")
        if logs.allSatisfy({ !$0.values("seconds").isEmpty }) {
            page.figure(
                chart(LearningCurve(logs, over: .seconds), metric, comparison).svg(),
                caption: "The same over the time of training.")
        }
    }

    /// The curves with the colours of their configurations, of which each is named once.
    static func chart(_ curve: LearningCurve, _ metric: Metric, _ comparison: SeedComparison) -> LineChart {
        var chart = curve.chart(metric)
        var named: Set<String> = []
        for index in chart.series.indices {
            let name = chart.series[index].name
            guard let entry = comparison.entries.firstIndex(where: { $0.runs.contains { $0.log.name == name } }) else {
                // What all have to beat.
                chart.series[index].color = comparison.entries.count
                continue
            }
            chart.series[index].color = entry
            chart.series[index].isLabelled = named.insert(comparison.entries[entry].name).inserted
            if chart.series[index].isLabelled { chart.series[index].name = comparison.entries[entry].name }
        }
        return chart
    }

    private static func addSettings(_ comparison: SeedComparison, to page: inout HTMLReport) {
        let configurations = comparison.entries.map(\.configuration)
        var keys: [String] = []
        for key in configurations.flatMap(\.settings.keys) where !keys.contains(key) { keys.append(key) }
        func value(_ configuration: ComparedConfiguration, _ key: String) -> String {
            configuration.settings[key].map { $0.asString ?? $0.text() } ?? "–"
        }
        let different = keys.filter { key in Set(configurations.map { value($0, key) }).count > 1 }
        page.heading("Settings that differ")
        if different.isEmpty { return page.paragraph("None: the configurations have the same settings.") }
        page.table(
            header: ["Setting"] + configurations.map(\.name),
            rows: different.map { key in [key] + configurations.map { value($0, key) } })
    }
}

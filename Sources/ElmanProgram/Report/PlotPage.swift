/// The page of `elman plot`, and most of a run's own report: how one or more runs learned.
enum PlotPage {
    /// The page. `signature` is its last line.
    static func page(of runs: [TrainingRun], title: String? = nil, signature: String? = nil) -> HTMLReport {
        let usual = runs.count == 1 ? "Training of \(runs[0].name)" : "Training of \(runs.count) runs"
        let evaluations = counted(runs.map(\.rows.count).reduce(0, +), "evaluation")
        var page = HTMLReport(title: title ?? usual, subtitle: "\(counted(runs.count, "run")), \(evaluations)")
        addCurves(of: runs, to: &page)
        if let signature { page.signature(signature) }
        return page
    }

    /// Adds summary and charts to a page.
    static func addCurves(of all: [TrainingRun], to page: inout HTMLReport) {
        let named = TrainingRun.distinguished(all)
        for run in named where run.rows.isEmpty { page.note("\(run.name) has no evaluations in its log yet.") }
        let runs = named.filter { !$0.rows.isEmpty }
        if runs.isEmpty { return }
        let metrics = Metric.onDev(runs)
        if runs.count == 1 { page.figures(keyNumbers(of: runs[0], metrics.first)) }
        noteFaults(of: runs, to: &page)
        if runs.count > 1 { addSummary(of: runs, metrics.first, to: &page) }
        addCharts(of: runs, metrics, to: &page)
        if runs.count > 1 { addDifferences(of: runs, to: &page) }
    }

    private static func addCharts(of runs: [TrainingRun], _ metrics: [Metric], to page: inout HTMLReport) {
        let curve = LearningCurve(runs)
        page.heading("Learning curves")
        if let metric = metrics.first {
            page.figure(curve.chart(metric).svg(), caption: caption(metric, runs))
            if runs.count > 1 && curve.horizontal != .seconds && runs.allSatisfy({ !$0.values("seconds").isEmpty }) {
                page.figure(
                    LearningCurve(runs, over: .seconds).chart(metric).svg(),
                    caption: "The same over the time of training: what a run reaches in the time it is given.")
            }
        }
        if metrics.first?.key != "dev_loss" || runs.contains(where: { !$0.values("train_loss").isEmpty }),
            let loss = curve.lossChart()
        {
            page.figure(
                loss.svg(), caption: "Where the loss on dev data rises while that on training data falls, a model overfits.")
        }
        // These say the same as the perplexity or the loss.
        let others = metrics.dropFirst().filter { !["dev_loss", "dev_nll"].contains($0.key) && !$0.key.hasPrefix("dev_bits") }
        for metric in others.prefix(4) { page.figure(curve.chart(metric).svg(), caption: caption(metric, runs)) }
        if let rates = curve.learningRateChart() { page.figure(rates.svg()) } else { noteRate(of: runs, to: &page) }
        if let speed = curve.speedChart() {
            page.heading("Speed")
            page.figure(speed.svg())
        }
    }

    private static func caption(_ metric: Metric, _ runs: [TrainingRun]) -> String {
        let side = metric.isLowerBetter ? "Lower is better" : "Higher is better"
        return side + (runs.count == 1 ? "; the ring marks the best value." : "; rings mark each run's best value.")
    }

    /// The numbers that matter most of one run.
    private static func keyNumbers(of run: TrainingRun, _ metric: Metric?) -> [(name: String, value: String)] {
        var result: [(name: String, value: String)] = []
        if let metric, let best = run.bestRow(metric), let value = run.rows[best][metric.key] {
            result.append(("best \(metric.name)", metric.text(value)))
            if let epoch = run.rows[best]["epoch"] { result.append(("at epoch", significant(epoch, 3))) }
            if let step = run.rows[best]["step"] { result.append(("at step", significant(step, 9))) }
        }
        if let baseline = run.baseline, baseline.key == metric?.key {
            result.append((baseline.name, metric?.text(baseline.value) ?? ""))
        }
        if let seconds = run.values("seconds").last { result.append(("time", duration(seconds))) }
        if let speed = run.median("words_per_second") { result.append(("words per second", compact(speed))) }
        return result
    }

    private static func addSummary(of runs: [TrainingRun], _ metric: Metric?, to page: inout HTMLReport) {
        let name = metric.map { "Best \($0.name)" } ?? "Best"
        let header = ["Run", name, "At epoch", "At step", "Train loss there", "Evaluations", "Words/s", "Time"]
        var best: (row: Int, value: Double)?
        let rows = runs.enumerated().map { index, run -> [String] in
            let row = metric.flatMap { run.bestRow($0) }.map { run.rows[$0] }
            let value = metric.flatMap { row?[$0.key] }
            if let value, let metric, best.map({ metric.isBetter(value, than: $0.value) }) ?? true { best = (index, value) }
            func cell(_ value: Double?, _ text: (Double) -> String) -> String { value.map(text) ?? "–" }
            return [
                run.name, cell(value) { metric?.text($0) ?? "" }, cell(row?["epoch"]) { significant($0, 3) },
                cell(row?["step"]) { significant($0, 9) }, cell(row?["train_loss"]) { significant($0, keepsZeros: true) },
                grouped(run.rows.count),
                cell(run.median("words_per_second"), compact), cell(run.values("seconds").last, duration),
            ]
        }
        page.table(header: header, rows: rows, highlighted: Set([best?.row].compactMap { $0 }))
    }

    /// What was set differently among the runs.
    private static func addDifferences(of runs: [TrainingRun], to page: inout HTMLReport) {
        var names: [String] = []
        for name in runs.flatMap({ $0.settings.map(\.name) }) where !names.contains(name) { names.append(name) }
        func value(_ run: TrainingRun, _ name: String) -> String { run.settings.first { $0.name == name }?.value ?? "–" }
        let different = names.filter { name in Set(runs.map { value($0, name) }).count > 1 }
        guard !names.isEmpty else { return }
        page.heading("Settings that differ")
        if different.isEmpty { return page.paragraph("None: the runs were trained with the same settings.") }
        page.table(header: ["Setting"] + runs.map(\.name), rows: different.map { name in [name] + runs.map { value($0, name) } })
    }

    private static func noteRate(of runs: [TrainingRun], to page: inout HTMLReport) {
        let rates = runs.compactMap { run in run.values("learning_rate").first.map { (run.name, significant($0)) } }
        guard let first = rates.first else { return }
        if rates.allSatisfy({ $0.1 == first.1 }) { return page.paragraph("The learning rate was \(first.1) throughout.") }
        let list = rates.map { "\($0.0) \($0.1)" }.joined(separator: ", ")
        page.paragraph("Learning rates, the same throughout each run: \(list).")
    }

    /// Says which values were not finite: the charts cannot show them.
    private static func noteFaults(of runs: [TrainingRun], to page: inout HTMLReport) {
        for run in runs {
            let bad = run.rows.filter { $0.values.contains { !$0.isFinite } }
            guard let first = bad.first else { continue }
            let place = first["step"].map { ", first at step \(significant($0, 9))" } ?? ""
            let count = counted(bad.count, "evaluation")
            page.note("\(run.name): \(count) with values that are not finite\(place); the lines are broken there.")
        }
    }
}

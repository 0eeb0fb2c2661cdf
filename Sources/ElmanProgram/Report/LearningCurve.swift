/// How a number of several runs changed while they learned.
struct LearningCurve: Sendable {
    /// What is shown across.
    enum Horizontal: String, Sendable, CaseIterable {
        case epoch
        case step
        case seconds
    }

    /// The runs, of which each has its colour.
    let runs: [TrainingRun]
    /// What is shown across.
    let horizontal: Horizontal

    /// Curves of these runs, by default over the first of epochs, steps and seconds that every run has logged.
    init(_ runs: [TrainingRun], over horizontal: Horizontal? = nil) {
        self.runs = runs
        self.horizontal = horizontal ?? LearningCurve.common(runs)
    }

    private static func common(_ runs: [TrainingRun]) -> Horizontal {
        Horizontal.allCases.first { key in runs.allSatisfy { $0.rows.isEmpty || !$0.values(key.rawValue).isEmpty } } ?? .step
    }

    /// A metric of every run, the best value marked.
    func chart(_ metric: Metric) -> LineChart {
        let series = runs.indices.map { index in
            line(index, metric.name, marked: runs[index].bestRow(metric)) { $0[metric.key] }
        }
        let lines = (series + [baseline(metric)].compactMap { $0 }).filter(hasValues)
        return chart(metric.heading, metric.name, lines, logarithmicFrom: metric.logarithmicFrom)
    }

    /// What the runs have to beat, where all have the same, as a dotted line across.
    private func baseline(_ metric: Metric) -> ChartSeries? {
        guard let baseline = runs[0].baseline, baseline.key == metric.key, runs.allSatisfy({ $0.baseline == baseline }) else {
            return nil
        }
        let across = runs.flatMap { $0.values(horizontal.rawValue) }
        guard let first = across.min(), let last = across.max() else { return nil }
        let title = "\(baseline.name): \(metric.name) \(metric.text(baseline.value))"
        return ChartSeries(
            name: baseline.name, points: [first, last].map { ChartPoint($0, baseline.value, title: title) }, color: runs.count,
            isDashed: true)
    }

    /// The loss on training data and on dev data, or nil where neither was logged.
    ///
    /// One run's two lines differ in colour; of several runs, each has its colour and training loss is dotted.
    func lossChart() -> LineChart? {
        let isSingle = runs.count == 1
        var series: [ChartSeries] = []
        for index in runs.indices {
            var dev = line(index, "dev loss", value: TrainingRun.devLoss)
            var train = line(index, "train loss") { $0["train_loss"] }
            train.isDashed = !isSingle
            if isSingle {
                (dev.name, train.name, train.color) = ("dev", "train", 1)
                (dev.isLabelled, train.isLabelled) = (true, true)
            } else {
                train.name += ", train"
                train.isLabelled = !hasValues(dev)
            }
            series += [dev, train].filter(hasValues)
        }
        guard !series.isEmpty else { return nil }
        var chart = chart("Loss", "loss", series, logarithmicFrom: Metric(key: "loss").logarithmicFrom)
        let hasBoth = series.contains(where: \.isDashed) && series.contains { !$0.isDashed }
        if hasBoth { chart.key = ("dev", "train") }
        return chart
    }

    /// The learning rate, or nil where it was not logged or never changed.
    func learningRateChart() -> LineChart? {
        guard runs.contains(where: { Set($0.values("learning_rate")).count > 1 }) else { return nil }
        let series = runs.indices.map { line($0, "learning rate") { $0["learning_rate"] } }
        var chart = chart("Learning rate", "learning rate", series.filter(hasValues), logarithmicFrom: 4)
        chart.isStepwise = true
        chart.includesZero = chart.yScale == .linear
        return chart
    }

    /// The speed, or nil where it was not logged.
    func speedChart() -> LineChart? {
        let series = runs.indices.map { line($0, "words per second") { $0["words_per_second"] } }.filter(hasValues)
        guard !series.isEmpty else { return nil }
        var chart = chart("Words per second", "words per second", series)
        chart.includesZero = true
        return chart
    }

    /// A run's line. Rows that lack the value are left out; those where it is not finite break the line.
    private func line(
        _ index: Int, _ what: String, marked: Int? = nil, value: ([String: Double]) -> Double?
    ) -> ChartSeries {
        let run = runs[index]
        var series = ChartSeries(name: run.name, points: [], color: index, isLabelled: runs.count > 1)
        for (number, row) in run.rows.enumerated() {
            guard let y = value(row), let x = row[horizontal.rawValue] else { continue }
            if number == marked { series.marked = series.points.count }
            let best = number == marked ? " (best)" : ""
            let places = Horizontal.allCases.compactMap { key in row[key.rawValue].map { place(key, $0) } }
            let title = "\(run.name): \(what) \(significant(y))\(best), \(places.joined(separator: ", "))"
            series.points.append(ChartPoint(x, y, title: title))
        }
        return series
    }

    private func place(_ key: Horizontal, _ value: Double) -> String {
        switch key {
        case .epoch: "epoch \(significant(value))"
        case .step: "step \(significant(value, 9))"
        case .seconds: duration(value)
        }
    }

    private func hasValues(_ series: ChartSeries) -> Bool { series.points.contains { $0.y.isFinite && $0.x.isFinite } }

    /// A chart of these lines, on a logarithmic axis where the highest value is so many times the lowest.
    private func chart(_ title: String, _ yLabel: String, _ series: [ChartSeries], logarithmicFrom limit: Double = .infinity)
        -> LineChart
    {
        let values = series.flatMap(\.points).map(\.y).filter(\.isFinite)
        let isLogarithmic = (values.min() ?? 0) > 0 && (values.max() ?? 0) > limit * (values.min() ?? 0)
        let title = horizontal == .seconds ? title + " over time" : title
        return LineChart(
            title: isLogarithmic ? title + ", logarithmic scale" : title,
            xLabel: horizontal == .seconds ? "time" : horizontal.rawValue, yLabel: yLabel,
            xScale: horizontal == .seconds ? .time : .linear, yScale: isLogarithmic ? .logarithmic : .linear, series: series)
    }
}

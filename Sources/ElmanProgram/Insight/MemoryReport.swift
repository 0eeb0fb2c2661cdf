import Elman

/// Which cells solved a memory task at which distance.
struct MemoryReport {
    /// What a cell reached at a distance.
    struct Row {
        let task: any MemoryTask
        let cell: CellKind
        let result: MemoryTrial.Result
        let seconds: Double

        var verdict: String {
            let score = task.isError ? "error \(significant(result.best, 3))" : "accuracy \(percentText(result.best))"
            return result.solvedAt.map { "solved after \(grouped($0)) updates" } ?? "not solved, \(score)"
        }
    }

    let task: String
    let options: MemoryTrialOptions
    private(set) var rows: [Row] = []

    init(task: String, options: MemoryTrialOptions) {
        self.task = task
        self.options = options
    }

    mutating func add(_ row: Row) { rows.append(row) }

    private var cells: [CellKind] {
        rows.reduce(into: []) { cells, row in if !cells.contains(row.cell) { cells.append(row.cell) } }
    }

    private var lengths: [Int] { Set(rows.map(\.task.length)).sorted() }

    /// Cells down, distances across: updates until solved, or the best score in brackets.
    var table: [[String]] {
        [["cell"] + lengths.map { "\($0) steps" }]
            + cells.map { cell in
                [cell.rawValue]
                    + lengths.map { length in
                        guard let row = rows.first(where: { $0.cell == cell && $0.task.length == length }) else { return "" }
                        return row.result.solvedAt.map { grouped($0) } ?? "(\(significant(row.result.best, 3)))"
                    }
            }
    }

    /// What the numbers of the table are.
    var legend: String {
        guard let first = rows.first?.task else { return "nothing was run" }
        let measure = first.isError ? "mean squared error" : "accuracy"
        return "updates of \(options.batchSize) sequences until the \(measure) is \(first.threshold) or better, of at most "
            + "\(grouped(options.updates)); in brackets the best \(measure) where it is not; a network that remembers nothing "
            + "reaches \(significant(first.baseline, 3))"
    }

    var lines: [String] { alignedColumns(Array(table.dropFirst()), header: table[0]) + ["", legend] }

    var json: JSONObject {
        let results = rows.map { row -> JSONValue in
            [
                "cell": .string(row.cell.rawValue), "length": JSONValue(row.task.length),
                "solved_at": row.result.solvedAt.map { JSONValue($0) } ?? .null, "best": JSONValue(row.result.best),
                "updates": JSONValue(row.result.curve.last?.update ?? 0), "seconds": JSONValue(row.seconds),
            ]
        }
        return [
            "task": .string(task), "hidden": JSONValue(options.hiddenSize), "batch_size": JSONValue(options.batchSize),
            "learning_rate": JSONValue(options.learningRate), "seed": JSONValue(options.seed),
            "baseline": rows.first.map { JSONValue($0.task.baseline) } ?? .null,
            "threshold": rows.first.map { JSONValue($0.task.threshold) } ?? .null, "results": .array(results),
        ]
    }

    /// Table and curves.
    func page(command: String) -> HTMLReport {
        var page = HTMLReport(
            title: "Memory task: \(task)",
            subtitle:
                "Networks of one layer of \(options.hiddenSize) units, Adam at \(options.learningRate), seed \(options.seed).")
        page.table(header: table[0], rows: Array(table.dropFirst()))
        page.paragraph(legend.prefix(1).uppercased() + legend.dropFirst() + ".")
        for length in lengths {
            let series = rows.filter { $0.task.length == length }.map { row in
                ChartSeries(
                    name: row.cell.rawValue, points: row.result.curve.map { ChartPoint(Double($0.update), $0.score) },
                    color: cells.firstIndex(of: row.cell) ?? 0)
            }
            let isError = rows.first?.task.isError ?? true
            let chart = LineChart(
                title: "\(length) steps", xLabel: "updates", yLabel: isError ? "mean squared error" : "accuracy",
                yScale: isError ? .logarithmic : .linear, includesZero: !isError, series: series)
            page.figure(chart.svg(), caption: isError ? "Lower is better." : "Higher is better.")
        }
        page.signature("elman \(elmanVersion): \(command)")
        return page
    }
}

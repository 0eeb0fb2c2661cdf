import Elman

/// Shows a training run on standard error: a bar for each epoch on a terminal, and a line for each evaluation.
final class TrainingDisplay {
    private let console: Console
    private let metricName: String
    private let unit: String
    private var bar: Progress?
    private var hasHeader = false
    private var watch = GradientWatch()
    private var warnings = TrainingWarnings()
    /// Updates of the first epoch that were done before the run was resumed.
    private var resumedUpdates = 0

    init(console: Console, metricName: String, unit: String) {
        self.console = console
        self.metricName = metricName
        self.unit = unit
    }

    func show(_ event: TrainingEvent) {
        switch event {
        case .started(let progress, let isResumed):
            resumedUpdates = progress.updateInEpoch
            if isResumed { console.note("going on at update \(grouped(progress.update)), epoch \(progress.epoch)") }
        case .epochBegan(let epoch, let updateCount):
            bar?.finish()
            bar = console.progress("epoch \(epoch)", total: updateCount, unit: "update", work: unit, completed: resumedUpdates)
            resumedUpdates = 0
        case .updated(let report):
            if let norm = report.gradientNorm, let usual = watch.usualNorm(ifExceededBy: norm) {
                warn(
                    "update \(grouped(report.progress.update)): the gradient's norm is \(significant(norm)), usual is "
                        + "\(significant(usual)); if the loss rises, lower --learning-rate or set --clip")
            }
            bar?.detail = "loss \(fixed(report.loss, 2))"
            bar?.advance(by: 1, work: report.unitCount)
        case .evaluated(let report): evaluated(report)
        case .saved(let update): console.detail("saved at update \(grouped(update))")
        case .warning(let message): console.warn(message)
        }
    }

    func finish() { bar?.finish() }

    private func evaluated(_ report: EvaluationReport) {
        let progress = report.progress
        if !hasHeader {
            log("epoch    update  train loss  \(metricName)       rate  \(unit)s/s      time")
            hasHeader = true
        }
        let epoch = progress.updateInEpoch == 0 ? progress.epoch - 1 : progress.epoch
        let value = report.evaluation.map { fixed($0.value, 2) } ?? "–"
        let loss = report.trainLoss < 1e6 ? fixed(report.trainLoss, 4) : significant(report.trainLoss)
        let columns = [
            right("\(epoch)", 5), right(grouped(progress.update), 10), right(loss, 12),
            right(value, metricName.count + 2), right(significant(report.learningRate), 11),
            right(grouped(Int(report.unitsPerSecond)), 9), right(duration(progress.seconds), 10),
        ]
        log(columns.joined() + (report.isBest && report.evaluation != nil ? "  best" : ""))
        if let evaluation = report.evaluation, !evaluation.value.isFinite {
            warn("the \(metricName) is beyond all bounds: the training has gone wrong; lower --learning-rate or set --clip")
        }
        for item in warnings.examine(report) { warn(item.evidence) }
    }

    private func warn(_ message: String) { log(warningLine(message, terminal: console.terminal)) }

    private func log(_ line: String) {
        if let bar, console.verbosity > .quiet { bar.log(line) } else { console.note(line) }
    }

    private func right(_ text: String, _ width: Int) -> String {
        String(repeating: " ", count: max(0, width - text.count)) + text
    }
}

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Where progress is shown.
struct ProgressOutput {
    /// Replaces the status line, or with nil takes it away.
    var showStatus: (String?) -> Void
    /// Writes a line that stays.
    var writeLine: (String) -> Void
}

/// How far some work is: on a terminal as a bar that is drawn anew at most ten times a second,
/// `epoch 1:  77%|███████▋  | 23/30 [00:04<00:01, 5.75 batches/s, loss 4.21]`, elsewhere as a plain line now and then.
///
/// The speed is an average of the recent past, in which what happened `memory` seconds ago counts 1/e. For the thread that does the work.
final class Progress {
    /// How to show it.
    enum Display {
        /// A bar, as wide as the window is at the time.
        case bar(width: () -> Int, isUnicode: Bool)
        /// A line every so many seconds.
        case lines(interval: Double)
        /// Not at all.
        case none
    }

    /// What the work is.
    let description: String
    /// How many there are to do, if known.
    let total: Int?
    /// How many are done.
    private(set) var completed: Int
    /// Text at the end, for instance the loss so far.
    var detail = ""

    private let unit: String
    private let workUnit: String?
    private let display: Display
    private let output: ProgressOutput
    private let clock: () -> Double
    private let timeOfDay: (Double) -> String
    private let memory: Double

    private let start: Double
    private var lastShown: Double
    private var hasShown = false
    private var totalWork = 0
    private let completedBefore: Int
    // Sums in which older intervals weigh less, so that their ratio is the recent speed from the first interval on.
    private var measured = (time: 0.0, completed: 0.0, work: 0.0)
    private var unmeasured = (since: 0.0, completed: 0, work: 0)

    /// Progress of `total` units of work, of which `completed` were done before. Names in the singular: `"sentence"`.
    ///
    /// The speed is given in `work` where that is named (words, say, when sentences are counted), in `unit` otherwise.
    init(
        _ description: String, total: Int?, unit: String, work: String? = nil, completed: Int = 0, display: Display,
        output: ProgressOutput, clock: @escaping () -> Double = monotonicSeconds,
        timeOfDay: @escaping (Double) -> String = timeOfDay(after:), memory: Double = 15
    ) {
        self.description = description
        self.total = total
        self.unit = unit
        workUnit = work
        self.completed = completed
        completedBefore = completed
        self.display = display
        self.output = output
        self.clock = clock
        self.timeOfDay = timeOfDay
        self.memory = memory
        start = clock()
        lastShown = start
        unmeasured.since = start
    }

    /// Counts what was done, and shows it if it is time to.
    func advance(by count: Int = 1, work: Int = 0) {
        completed += count
        totalWork += work
        unmeasured.completed += count
        unmeasured.work += work
        let interval: Double
        switch display {
        case .none: return
        case .bar: interval = hasShown ? 0.1 : 0
        case .lines(let seconds): interval = seconds
        }
        let now = clock()
        guard now - lastShown >= interval else { return }
        show(now)
    }

    /// Shows how far the work is now.
    func show() { show(clock()) }

    /// Writes a line that stays above the bar.
    func log(_ line: String) {
        if case .bar = display { output.showStatus(nil) }
        output.writeLine(line)
    }

    /// Ends the display: takes the bar away and, if asked to, leaves a line that sums up.
    func finish(leavingSummary: Bool = false) {
        if case .bar = display { output.showStatus(nil) }
        if case .none = display { return }
        if leavingSummary { output.writeLine(summary(clock())) }
    }

    private func show(_ now: Double) {
        measure(now)
        lastShown = now
        hasShown = true
        switch display {
        case .none: break
        case .bar(let width, let isUnicode): output.showStatus(bar(now, width: width(), isUnicode: isUnicode))
        case .lines: output.writeLine(line(now))
        }
    }

    private func measure(_ now: Double) {
        let elapsed = now - unmeasured.since
        guard elapsed > 0 else { return }
        let fading = exp(-elapsed / memory)
        measured.time = measured.time * fading + elapsed
        measured.completed = measured.completed * fading + Double(unmeasured.completed)
        measured.work = measured.work * fading + Double(unmeasured.work)
        unmeasured = (now, 0, 0)
    }

    /// Seconds left at the recent speed, if the end is known and the work moves.
    var secondsLeft: Double? {
        guard let total, measured.completed > 0 else { return nil }
        return Double(max(0, total - completed)) * measured.time / measured.completed
    }

    private var speed: String {
        let (amount, name) = workUnit.map { (measured.work, $0) } ?? (measured.completed, unit)
        return rate(measured.time > 0 ? amount / measured.time : 0, name)
    }

    private var share: Double? { total.map { $0 > 0 ? min(1, Double(completed) / Double($0)) : 1 } }

    private var count: String { total.map { "\(grouped(completed))/\(grouped($0))" } ?? grouped(completed) }

    private var percent: String? { share.map { "\(Int($0 * 100))%" } }

    /// The wall clock's time at the end, for work that goes on for more than an hour.
    private var end: String? { secondsLeft.flatMap { $0 >= 3600 && $0 < 1e9 ? "ends \(timeOfDay($0))" : nil } }

    private func bar(_ now: Double, width: Int, isUnicode: Bool) -> String {
        let left = total == nil ? "" : "<" + (secondsLeft.map(duration) ?? "?")
        let facts = [duration(now - start) + left, end, speed, detail].compactMap { $0 }.filter { !$0.isEmpty }
        let tail = "\(count) [\(facts.joined(separator: ", "))]"
        // The last column stays free: some terminals break the line there.
        guard let share, let percent else { return shortened("\(description): \(tail)", to: width - 1) }
        let head = "\(description): " + String(repeating: " ", count: max(0, 4 - percent.count)) + percent
        let room = width - 1 - displayWidth(head) - displayWidth(tail) - 3
        guard room >= 5 else { return shortened("\(head) \(tail)", to: width - 1) }
        return "\(head)|\(Progress.blocks(share, count: min(room, 60), isUnicode: isUnicode))| \(tail)"
    }

    /// So many columns, filled to a share; in Unicode to the eighth of a column.
    static func blocks(_ share: Double, count: Int, isUnicode: Bool) -> String {
        let eighths = Int(share * Double(count * 8))
        let (full, rest) = (eighths / 8, eighths % 8)
        let partial = full < count && rest > 0
        let filled = String(repeating: isUnicode ? "█" : "#", count: full)
        let part = partial ? (isUnicode ? ["▏", "▎", "▍", "▌", "▋", "▊", "▉"][rest - 1] : "-") : ""
        return filled + part + String(repeating: isUnicode ? " " : "-", count: count - full - (partial ? 1 : 0))
    }

    private func line(_ now: Double) -> String {
        var parts = ["\(percent.map { "\($0), " } ?? "")\(count) \(plural(unit))", speed, "\(duration(now - start)) elapsed"]
        if let secondsLeft { parts.append("\(duration(secondsLeft)) left") }
        parts += [end, detail].compactMap { $0 }.filter { !$0.isEmpty }
        return "\(description): " + parts.joined(separator: ", ")
    }

    private func summary(_ now: Double) -> String {
        let elapsed = now - start
        let (amount, name) = workUnit.map { (totalWork, $0) } ?? (completed - completedBefore, unit)
        var parts = ["\(counted(completed - completedBefore, unit)) in \(duration(elapsed))"]
        if elapsed > 0 { parts.append(rate(Double(amount) / elapsed, name)) }
        if !detail.isEmpty { parts.append(detail) }
        return "\(description): " + parts.joined(separator: ", ")
    }
}

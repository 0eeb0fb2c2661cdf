#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// How much the program says beside its results.
enum Verbosity: Int, Sendable, Comparable {
    /// Errors only.
    case quiet
    case normal
    /// Every detail.
    case verbose

    /// The order from quiet to verbose.
    static func < (first: Verbosity, second: Verbosity) -> Bool { first.rawValue < second.rawValue }
}

/// The program's two voices: results on standard output, everything else on standard error.
///
/// Standard output is buffered; what is in the buffer is written when the program ends by `exit` or by returning from its main
/// function. When its reader goes away the program ends quietly, as other programs do, by SIGPIPE.
struct Console: Sendable {
    /// What standard output can show.
    let outputTerminal: Terminal
    /// What standard error can show.
    let terminal: Terminal
    /// How much to say.
    let verbosity: Verbosity

    /// The console of this process.
    init(color: ColorChoice = .auto, verbosity: Verbosity = .normal) {
        outputTerminal = Terminal(descriptor: STDOUT_FILENO, color: color)
        terminal = Terminal(descriptor: STDERR_FILENO, color: color)
        self.verbosity = verbosity
    }

    /// Standard output.
    static let output: TextWriter = {
        atexit { Console.output.flush() }
        return TextWriter(
            descriptor: STDOUT_FILENO, capacity: 1 << 16, flushesLines: isatty(STDOUT_FILENO) == 1, onFailure: endOfOutput)
    }()

    /// Standard error, unbuffered; that nobody reads it is no reason to stop.
    static let errors = TextWriter(descriptor: STDERR_FILENO, capacity: 0)

    /// Where SIGPIPE was ignored by whoever started us, this does what it would have done. Any other failure is told and ends the
    /// program, because results that are not written are no results.
    @Sendable private static func endOfOutput(_ number: Int32) {
        if number == EPIPE { _exit(ExitStatus.brokenPipe.rawValue) }
        errors.write("elman: error: standard output: \(String(cString: strerror(number)))\n")
        _exit(ExitStatus.inputOutput.rawValue)
    }

    /// Writes a line of results to standard output.
    func print(_ line: String = "") {
        if outputTerminal.isInteractive { Console.errors.showStatus(nil) }
        Console.output.write(line + "\n")
    }

    /// Tells something on standard error, unless quiet.
    func note(_ line: String = "") {
        if verbosity >= .normal { tell(line) }
    }

    /// Tells a detail on standard error, when verbose.
    func detail(_ line: @autoclosure () -> String) {
        if verbosity >= .verbose { tell(line()) }
    }

    /// Tells how much memory the program has had at most so far, when verbose.
    func detailPeakMemory() { detail("peak memory \(byteSize(Int(Measurement.peakMemory * 1_048_576)))") }

    /// Tells of something odd on standard error, unless quiet.
    func warn(_ message: String) {
        if verbosity >= .normal { tell(warningLine(message, terminal: terminal)) }
    }

    /// Tells of an error, however quiet, and gives the status to end with.
    func report(_ error: any Error) -> ExitStatus {
        tell(errorLine(error, terminal: terminal))
        return ExitStatus(of: error)
    }

    /// Shows the progress of some work on standard error: a bar on a terminal, a line now and then otherwise, nothing when quiet.
    func progress(
        _ description: String, total: Int?, unit: String, work: String? = nil, completed: Int = 0, interval: Double = 10
    ) -> Progress {
        let display: Progress.Display
        if verbosity == .quiet {
            display = .none
        } else if terminal.isInteractive {
            display = .bar(width: { Terminal.width(of: STDERR_FILENO) }, isUnicode: terminal.hasUnicode)
        } else {
            display = .lines(interval: interval)
        }
        return Progress(
            description, total: total, unit: unit, work: work, completed: completed, display: display,
            output: ProgressOutput(showStatus: { Console.errors.showStatus($0) }, writeLine: tell))
    }

    /// Results first, so that on a terminal both come in the order in which they were said.
    private func tell(_ line: String) {
        if outputTerminal.isInteractive { Console.output.flush() }
        Console.errors.write(line + "\n")
    }
}

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Signals as flags that a training loop asks for between two batches.
///
/// SIGINT, SIGTERM and SIGHUP ask for a stop; SIGUSR1 asks for a checkpoint and no stop. A second SIGINT or SIGTERM ends the
/// program at once. A second SIGHUP does not: terminals and service managers send it along with the first signal.
enum Signals {
    /// A signal that asks the program to stop.
    enum Stop: Int32, Sendable, CaseIterable {
        case hangUp = 1
        case interrupt = 2
        case terminate = 15

        /// The exit status after a clean save: 128 and the signal's number.
        var status: ExitStatus {
            switch self {
            case .hangUp: .hangUp
            case .interrupt: .interrupted
            case .terminate: .terminated
            }
        }
    }

    /// What a handler does about a signal.
    enum Reaction: Sendable, Equatable {
        case save
        case stop
        case end(Int32)
        case nothing
    }

    /// The flags, in memory that is allocated once and never freed: `[0]` the first stop signal or 0, `[1]` saves asked for.
    private nonisolated(unsafe) static let flags: UnsafeMutablePointer<sig_atomic_t> = {
        let memory = UnsafeMutablePointer<sig_atomic_t>.allocate(capacity: 2)
        memory.initialize(repeating: 0, count: 2)
        return memory
    }()

    /// Catches the signals from here on and forgets those received before. Only for work that asks for them: while they are caught,
    /// a read that waits for the keyboard is not ended by Ctrl-C.
    ///
    /// A hang-up that was ignored at the start (`nohup`) stays ignored. An interrupt is caught even then: shells start background
    /// jobs so, and a script that sends one means it.
    static func install() {
        flags.update(repeating: 0, count: 2)  // also runs the initialiser, which a handler must not
        let ignoresHangUp = isIgnored(SIGHUP)
        for number in [SIGINT, SIGTERM, SIGUSR1] { _ = signal(number, handler) }
        if !ignoresHangUp { _ = signal(SIGHUP, handler) }
        unblock([SIGINT, SIGTERM, SIGHUP, SIGUSR1])
    }

    /// Lets signals through that whoever started us had blocked, as programs with many threads do.
    private static func unblock(_ numbers: [Int32]) {
        var set = sigset_t()
        sigemptyset(&set)
        for number in numbers { sigaddset(&set, number) }
        pthread_sigmask(SIG_UNBLOCK, &set, nil)
    }

    /// Gives the signals back their default effect. What was received stays readable.
    static func restore() {
        for number in [SIGINT, SIGTERM, SIGUSR1] { _ = signal(number, SIG_DFL) }
        if !isIgnored(SIGHUP) { _ = signal(SIGHUP, SIG_DFL) }
    }

    /// The first signal that asked for a stop, if any.
    @inline(never)
    static var stop: Stop? { Stop(rawValue: Int32(flags[0])) }

    /// Whether a checkpoint was asked for since the last call.
    @inline(never)
    static func takeSaveRequest() -> Bool {
        let isAsked = flags[1] != 0
        flags[1] = 0
        return isAsked
    }

    /// What to do about a signal, given the stop signal received before (0 for none).
    static func reaction(to number: Int32, after first: Int32) -> Reaction {
        if number == SIGUSR1 { return .save }
        if first == 0 { return .stop }
        return number == SIGHUP ? .nothing : .end(128 + number)
    }

    /// Calls nothing but `write` and `_exit`, which POSIX allows here, and keeps the interrupted code's `errno`.
    private static let handler: @convention(c) (Int32) -> Void = { number in
        switch reaction(to: number, after: Int32(flags[0])) {
        case .save: flags[1] = 1
        case .stop: flags[0] = sig_atomic_t(number)
        case .end(let status):
            var newline = UInt8(ascii: "\n")
            _ = write(STDERR_FILENO, &newline, 1)
            _exit(status)
        case .nothing: break
        }
    }

    private static func isIgnored(_ number: Int32) -> Bool {
        var current = sigaction()
        guard sigaction(number, nil, &current) == 0 else { return false }
        #if canImport(Glibc)
            let handler = current.__sigaction_handler.sa_handler
        #elseif canImport(Musl)
            let handler = current.__sa_handler.sa_handler
        #else
            let handler = current.__sigaction_u.__sa_handler
        #endif
        return unsafeBitCast(handler, to: Int.self) == 1  // SIG_IGN, which the importer gives as an incomparable function
    }
}

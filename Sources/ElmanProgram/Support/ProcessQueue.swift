#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif
import Elman

/// Some work that processes of this program do for us, one after the other.
protocol QueuedWork: AnyObject {
    /// The next process; nil when all is done or nothing more can be.
    func nextCommand() throws -> ChildProcess.Command?
    /// What became of the process that was begun last.
    func ended(_ end: ChildProcess.End) throws
}

/// Does several works side by side, each of them step by step.
struct ProcessQueue {
    /// How many processes run at a time.
    let width: Int
    /// Variables of the environment that the processes do not get.
    var hiddenVariables: Set<String> = []

    /// How long to wait before looking again, in microseconds.
    private static let pause: UInt32 = 10_000

    /// Works everything off. A signal that asks for a stop is passed on, once, and the running processes are waited for; `finished` is
    /// called with each work that has come to its end, and `whileWaiting` again and again in between.
    ///
    /// `Signals.install()` must have been called. Throws what a work throws, after the others have been stopped in the same way.
    func run<Work: QueuedWork>(_ works: [Work], finished: (Work) -> Void, whileWaiting: () -> Void = {}) throws {
        var waiting = works[...]
        var running: [(work: Work, process: ChildProcess)] = []
        var failure: (any Error)?
        var hasPassedOn = false
        while true {
            let isStopping = Signals.stop != nil || failure != nil
            if isStopping, !hasPassedOn {
                for entry in running { entry.process.send(Signals.stop?.rawValue ?? SIGTERM) }
                hasPassedOn = true
            }
            do {
                while !isStopping, running.count < max(width, 1), let work = waiting.popFirst() {
                    if let process = try start(work) { running.append((work, process)) } else { finished(work) }
                }
                for index in running.indices.reversed() {
                    guard let end = running[index].process.poll() else { continue }
                    let work = running.remove(at: index).work
                    try work.ended(end)
                    if Signals.stop != nil || failure != nil { continue }
                    if let process = try start(work) { running.append((work, process)) } else { finished(work) }
                }
            } catch {
                failure = failure ?? error
            }
            if running.isEmpty, waiting.isEmpty || Signals.stop != nil || failure != nil { break }
            whileWaiting()
            usleep(Self.pause)
        }
        if let failure { throw failure }
    }

    private func start(_ work: some QueuedWork) throws -> ChildProcess? {
        guard let command = try work.nextCommand() else { return nil }
        return try ChildProcess(command, withoutVariables: hiddenVariables)
    }
}

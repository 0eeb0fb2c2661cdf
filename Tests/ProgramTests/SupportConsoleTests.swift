import ElmanFiles
import Testing

@testable import ElmanProgram

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

@Suite struct SupportConsoleTests {
    private func terminal(_ environment: [String: String], isTerminal: Bool = true, color: ColorChoice = .auto) -> Terminal {
        Terminal(isTerminal: isTerminal, color: color) { environment[$0] }
    }

    @Test func colourFollowsTheEnvironment() {
        #expect(terminal(["TERM": "xterm"]).hasColor)
        #expect(!terminal(["TERM": "xterm"], isTerminal: false).hasColor)
        #expect(!terminal(["TERM": "dumb"]).hasColor)
        #expect(!terminal([:]).hasColor)
        #expect(!terminal(["TERM": "xterm", "NO_COLOR": "1"]).hasColor)
        #expect(terminal(["TERM": "xterm", "NO_COLOR": ""]).hasColor)
        #expect(terminal(["CLICOLOR_FORCE": "1"], isTerminal: false).hasColor)
        #expect(!terminal(["CLICOLOR_FORCE": "0"], isTerminal: false).hasColor)
        #expect(!terminal(["CLICOLOR_FORCE": "1", "NO_COLOR": "1"]).hasColor)
        #expect(terminal(["NO_COLOR": "1"], isTerminal: false, color: .always).hasColor)
        #expect(!terminal(["TERM": "xterm", "CLICOLOR_FORCE": "1"], color: .never).hasColor)
    }

    @Test func interactionAndCharacters() {
        #expect(terminal(["TERM": "xterm"]).isInteractive)
        #expect(!terminal(["TERM": "dumb"]).isInteractive)
        #expect(!terminal([:], isTerminal: false).isInteractive)
        #expect(terminal(["LANG": "de_DE.UTF-8"]).hasUnicode)
        #expect(terminal(["LANG": "C", "LC_ALL": "C.utf8"]).hasUnicode)
        #expect(!terminal(["LANG": "en_US.UTF-8", "LC_ALL": "C"]).hasUnicode)
        #expect(terminal(["LANG": "en_US.UTF-8", "LC_ALL": ""]).hasUnicode)
        #expect(!terminal([:]).hasUnicode)
    }

    @Test func widths() {
        #expect(Terminal.width(of: -1) { _ in "132" } == 132)
        #expect(Terminal.width(of: -1) { _ in nil } == 80)
        #expect(Terminal.width(of: -1) { _ in "wide" } == 80)
        #expect(Terminal.width(of: -1) { _ in "-5" } == 80)
    }

    @Test func styles() {
        let colored = Terminal(isInteractive: true, hasColor: true, hasUnicode: true)
        #expect(colored.styled("x", .bold, .red) == "\u{1B}[1;31mx\u{1B}[0m")
        #expect(Terminal.plain.styled("x", .bold) == "x")
    }

    /// What a writer sends through a pipe.
    private func received(capacity: Int, flushesLines: Bool = false, _ body: (TextWriter, () -> String) -> Void) {
        var ends: [Int32] = [0, 0]
        #expect(pipe(&ends) == 0)
        _ = fcntl(ends[0], F_SETFL, O_NONBLOCK)
        body(TextWriter(descriptor: ends[1], capacity: capacity, flushesLines: flushesLines)) {
            var buffer = [UInt8](repeating: 0, count: 1 << 16)
            let count = read(ends[0], &buffer, buffer.count)
            return String(decoding: buffer.prefix(max(0, count)), as: UTF8.self)
        }
        close(ends[0])
        close(ends[1])
    }

    @Test func bufferIsSentWhenFullOrFlushed() {
        received(capacity: 8) { writer, read in
            writer.write("abc\n")
            #expect(read() == "")
            writer.write("defg")
            #expect(read() == "abc\ndefg")
            writer.write("h")
            writer.flush()
            #expect(read() == "h")
            writer.write(bytes: [])
            writer.flush()
            #expect(read() == "")
        }
        received(capacity: 100, flushesLines: true) { writer, read in
            writer.write("abc")
            #expect(read() == "")
            writer.write("\n")
            #expect(read() == "abc\n")
        }
    }

    @Test func statusLineIsErasedBeforeText() {
        received(capacity: 0) { writer, read in
            writer.showStatus(nil)
            writer.showStatus("10%")
            writer.showStatus("20%")
            writer.write("line\n")
            writer.write("line\n")
            writer.showStatus(nil)
            let erase = "\r\u{1B}[K"
            #expect(read() == erase + "10%" + erase + "20%" + erase + "line\nline\n")
        }
    }

    @Test func failureIsReportedOnce() {
        nonisolated(unsafe) var numbers: [Int32] = []
        let writer = TextWriter(descriptor: -1, capacity: 0) { numbers.append($0) }
        writer.write("x")
        #expect(numbers == [EBADF])
        writer.flush()
        #expect(numbers == [EBADF])
    }
}

@Suite struct SupportExitTests {
    @Test func statusesOfFaults() {
        let expected: [(DataError.Kind, Int32)] = [
            (.badData, 65), (.missingInput, 66), (.cannotCreate, 73), (.inputOutput, 74), (.configuration, 78), (.memory, 71),
            (.computation, 70),
        ]
        for (kind, code) in expected { #expect(ExitStatus(of: DataError(kind, "x")).rawValue == code) }
        #expect(ExitStatus(of: ProgramError(.unavailable, "port 8080 is in use")).rawValue == 69)
        #expect(ExitStatus(of: CancellationError()).rawValue == 70)
        #expect(ExitStatus.allCases.map(\.rawValue) == [0, 64, 65, 66, 69, 70, 71, 73, 74, 75, 78, 129, 130, 141, 143])
    }

    @Test func messages() {
        let error = DataError(.badData, path: "train.tsv", line: 7, "no tab; put one between label and text")
        #expect(errorLine(error) == "elman: error: train.tsv:7: no tab; put one between label and text")
        #expect(errorLine(ProgramError(.usage, "a\nb\u{1B}[31m")) == "elman: error: a\\u{A}b\\u{1B}[31m")
        #expect(errorLine(CancellationError()).hasPrefix("elman: error: internal fault: "))
        #expect(errorLine(ProgramError(.usage, "txt.\u{202E}exe")) == "elman: error: txt.\\u{202E}exe")
        #expect(warningLine("odd") == "elman: warning: odd")
        let colored = Terminal(isInteractive: true, hasColor: true, hasUnicode: true)
        #expect(errorLine(ProgramError(.usage, "x"), terminal: colored) == "\u{1B}[1;31melman: error:\u{1B}[0m x")
    }
}

/// Signals belong to the whole process, so these run one after the other.
@Suite(.serialized) struct SupportSignalTests {
    @Test func reactions() {
        #expect(Signals.reaction(to: SIGINT, after: 0) == .stop)
        #expect(Signals.reaction(to: SIGINT, after: SIGINT) == .end(130))
        #expect(Signals.reaction(to: SIGTERM, after: SIGINT) == .end(143))
        #expect(Signals.reaction(to: SIGHUP, after: 0) == .stop)
        #expect(Signals.reaction(to: SIGHUP, after: SIGTERM) == .nothing)
        #expect(Signals.reaction(to: SIGUSR1, after: 0) == .save)
        #expect(Signals.reaction(to: SIGUSR1, after: SIGINT) == .save)
        #expect(Signals.Stop.allCases.map(\.status.rawValue) == [129, 130, 143])
        #expect(Signals.Stop.allCases.map(\.rawValue) == [SIGHUP, SIGINT, SIGTERM])
    }

    @Test func requestsAreSeenAndTaken() {
        // Threads of a pool may block signals; here each shall arrive before `raise` returns.
        var (signals, former) = (sigset_t(), sigset_t())
        sigemptyset(&signals)
        for number in [SIGUSR1, SIGTERM, SIGHUP] { sigaddset(&signals, number) }
        pthread_sigmask(SIG_UNBLOCK, &signals, &former)
        Signals.install()
        defer {
            Signals.restore()
            pthread_sigmask(SIG_SETMASK, &former, nil)
        }
        #expect(Signals.stop == nil)
        #expect(!Signals.takeSaveRequest())
        raise(SIGUSR1)
        #expect(Signals.takeSaveRequest())
        #expect(!Signals.takeSaveRequest())
        #expect(Signals.stop == nil)
        raise(SIGTERM)
        #expect(Signals.stop == .terminate)
        raise(SIGHUP)
        #expect(Signals.stop == .terminate)
        Signals.install()
        #expect(Signals.stop == nil)
    }
}

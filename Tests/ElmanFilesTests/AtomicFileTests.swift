import Testing

@testable import ElmanFiles

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

@Suite struct AtomicFileTests {
    @Test func aFileAppearsWithItsContentsAndNothingElse() throws {
        let scratch = ScratchFolder()
        try AtomicFile.write("one", to: scratch("a"))
        try AtomicFile.write("two", to: scratch("a"))
        #expect(try scratch.read("a") == "two")
        #expect(scratch.names == ["a"])
    }

    @Test func largeAndSmallPiecesKeepTheirOrder() throws {
        let scratch = ScratchFolder()
        var expected: [UInt8] = []
        try AtomicFile.write(to: scratch("a")) { (file) throws(DataError) in
            for size in [1, 300_000, 0, 7, 200_000, 100_000, 262_144, 3] {
                let piece = [UInt8](repeating: UInt8(truncatingIfNeeded: size), count: size)
                expected += piece
                try file.write(piece)
            }
            #expect(file.count == expected.count)
        }
        #expect(try FileSystem.readFile(scratch("a")) == expected)
    }

    @Test func theOldFileStaysWhenTheBodyFails() throws {
        let scratch = ScratchFolder()
        try scratch.write("a", "old")
        let error = failure {
            try AtomicFile.write(to: scratch("a")) { (file) throws(DataError) in
                try file.write("new")
                throw DataError(.computation, "stop")
            }
        }
        #expect(error.message == "stop")
        #expect(try scratch.read("a") == "old")
        #expect(scratch.names == ["a"])
    }

    @Test func nothingAppearsBeforeCommitAndDroppedFilesLeaveNothing() throws {
        let scratch = ScratchFolder()
        do {
            let file = try AtomicFile(scratch("a"))
            try file.write("x")
            #expect(!FileSystem.exists(scratch("a")))
        }
        #expect(scratch.names.isEmpty)
        let file = try AtomicFile(scratch("a"))
        try file.commit()
        #expect(failure { try file.commit() }.kind == .inputOutput)
        #expect(failure { try file.write([UInt8](repeating: 0, count: 1 << 20)) }.kind == .inputOutput)
        #expect(try scratch.read("a").isEmpty)
    }

    /// One call after the other fails as on a full disk; each time the old file or the new one is there, whole, and nothing else.
    @Test func everyFailingCallLeavesAWholeFile() throws {
        let scratch = ScratchFolder()
        let content = [UInt8](repeating: 0x62, count: 600_000)
        try scratch.write("a", "old")
        let counter = Faults()
        try counter.during { try AtomicFile.write(content, to: scratch("a")) }
        var kinds: Set<DataError.Kind> = []
        for failing in 1...counter.count {
            try scratch.write("a", "old")
            let faults = Faults { count, _ in count == failing ? ENOSPC : 0 }
            do { try faults.during { try AtomicFile.write(content, to: scratch("a")) } } catch let error as DataError {
                kinds.insert(error.kind)
                #expect(error.path == scratch("a"))
            }
            let now = try FileSystem.readFile(scratch("a"))
            #expect(now == Array("old".utf8) || now == content)
            #expect(scratch.names == ["a"])
        }
        #expect(kinds == [.inputOutput])
    }

    /// From one call on nothing works any more, not even the removal of the temporary file: as after a kill at that place.
    @Test func aKillAtEveryCallLeavesAWholeFile() throws {
        let scratch = ScratchFolder()
        let content = [UInt8](repeating: 0x62, count: 600_000)
        try scratch.write("a", "old")
        let counter = Faults()
        try counter.during { try AtomicFile.write(content, to: scratch("a")) }
        var leftOvers = 0
        for failing in 1...counter.count {
            try scratch.write("a", "old")
            let faults = Faults { count, _ in count >= failing ? EIO : 0 }
            _ = try? faults.during { try AtomicFile.write(content, to: scratch("a")) }
            let now = try FileSystem.readFile(scratch("a"))
            #expect(now == Array("old".utf8) || now == content)
            leftOvers += scratch.names.count - 1
            for name in scratch.names where name != "a" { try FileSystem.remove(scratch(name)) }
        }
        #expect(leftOvers > 0)
    }

    @Test func theFileIsOnTheDiskBeforeItHasItsNameAndTheFolderAfterwards() throws {
        let scratch = ScratchFolder()
        let calls = CallList()
        let faults = Faults { _, call in
            calls.add(call)
            return 0
        }
        try faults.during { try AtomicFile.write("x", to: scratch("a")) }
        let order: [System.Call] = [.write, .synchronize, .close, .rename, .open, .synchronize]
        #expect(Array(calls.all.suffix(order.count)) == order)
    }

    @Test func aFullDiskIsAnErrorWithThePathAndTheBytes() throws {
        let error = failure { try AtomicFile.write([UInt8](repeating: 1, count: 300_000), to: "/dev/full") }
        #expect(error.kind == .inputOutput)
        #expect(error.path == "/dev/full")
        #expect(error.message.contains("after 0 of 300000 bytes: No space left on device"))
        #expect(failure { try AtomicFile.write("x", to: "/dev/full") }.kind == .inputOutput)
        #expect(try System.status(of: "/dev/full").kind == .other)
        try AtomicFile.write("x", to: "/dev/null")
        #expect(try System.status(of: "/dev/null").kind == .other)
    }

    @Test func whatCannotBeMadeIsAnErrorThatSaysWhy() throws {
        let scratch = ScratchFolder()
        try scratch.write("file", "")
        symlink(scratch("loop"), scratch("loop"))
        let cases = [
            (scratch.path, "is a folder"), (scratch("missing/a"), "No such file"), (scratch("file/a"), "Not a directory"),
            (scratch("loop"), "symbolic links"), ("", "is empty"), (scratch(String(repeating: "n", count: 300)), "too long"),
            (scratch("a\0b"), "Invalid argument"),
        ]
        for (path, says) in cases {
            let error = failure { try AtomicFile.write("x", to: path) }
            #expect(error.kind == .cannotCreate && error.message.contains(says), "\(error)")
        }
        #expect(scratch.names == ["file", "loop"])
    }

    @Test func symbolicLinksAndPermissionsStay() throws {
        let scratch = ScratchFolder()
        try scratch.write("target", "old")
        chmod(scratch("target"), 0o640)
        symlink("target", scratch("link"))
        try AtomicFile.write("new", to: scratch("link"))
        #expect(try scratch.read("target") == "new")
        #expect(try System.status(of: scratch("link"), followingLinks: false).kind == .link)
        #expect(try System.status(of: scratch("target")).permissions == 0o640)
    }

    @Test func leftOversOfDeadProcessesAreSwept() throws {
        let scratch = ScratchFolder()
        let dead = 99_999_999
        for name in [".elman-tmp-\(dead)-abc-1", ".elman-tmp-\(dead)", ".elman-tmp-\(getpid())-other-1", ".elman-tmp-1-abc-1"] {
            try scratch.write(name, "x")
        }
        try scratch.write(".elman-tmp-notes", "mine")
        try scratch.write("a", "x")
        let running = try AtomicFile(scratch("b"))
        FileSystem.sweepTemporaryFiles(in: scratch.path)
        #expect(scratch.names.filter { $0.hasPrefix(".elman-tmp-1-") }.count == 1)
        #expect(scratch.names.filter { $0.hasPrefix(".elman-tmp-\(getpid())-") }.count == 1)
        #expect(scratch.names.count == 4)
        try running.write("y")
        try running.commit()
        #expect(try scratch.read("b") == "y")
        FileSystem.sweepTemporaryFiles(in: scratch("missing"))
    }
}

/// What was called, in order.
final class CallList: @unchecked Sendable {
    private(set) var all: [System.Call] = []
    func add(_ call: System.Call) { all.append(call) }
}

import Testing

@testable import ElmanFiles

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

@Suite struct FolderLockTests {
    @Test func theSecondIsRefusedWithTheFirstOnesNumber() throws {
        let scratch = ScratchFolder()
        let first = try FolderLock(scratch.path)
        let error = failure { _ = try FolderLock(scratch.path) }
        #expect(error.kind == .cannotCreate)
        #expect(error.message.contains("in use by process \(getpid()) on \(System.hostName)"))
        first.release()
        first.release()
        #expect(scratch.names.isEmpty)
        _ = try FolderLock(scratch.path)
    }

    @Test func theEndOfTheObjectFreesIt() throws {
        let scratch = ScratchFolder()
        for _ in 0..<3 { _ = try FolderLock(scratch.path) }
        #expect(scratch.names.isEmpty)
    }

    /// A killed process leaves the file; the system has freed its lock.
    @Test func theFileOfADeadProcessIsTakenOver() throws {
        let scratch = ScratchFolder()
        for text in ["99999999 \(System.hostName)\n", "1 elsewhere\n", "", "garbage"] {
            try scratch.write("lock", text)
            let lock = try FolderLock(scratch.path)
            #expect(try scratch.read("lock") == "\(getpid()) \(System.hostName)\n")
            lock.release()
        }
    }

    @Test func aLockHeldElsewhereIsRefusedWhateverTheFileSays() throws {
        let scratch = ScratchFolder()
        try scratch.write("lock", "")
        let descriptor = try Descriptor(System.open(scratch("lock"), .readWrite))
        try System.lock(descriptor.number)
        #expect(failure { _ = try FolderLock(scratch.path) }.message.contains("another process"))
    }

    /// The owner removes its file between our opening and our locking: the lock of a file without a name is worth nothing.
    @Test func aFileThatVanishesMeanwhileIsNotTheLock() throws {
        let scratch = ScratchFolder()
        let path = scratch("lock")
        try scratch.write("lock", "")
        let faults = Faults { count, call in
            if call == .lock, count < 5 { unlink(path) }
            return 0
        }
        let lock = try faults.during { try FolderLock(scratch.path) }
        #expect(failure { _ = try FolderLock(scratch.path) }.kind == .cannotCreate)
        lock.release()
    }

    @Test func withoutLocksOfTheSystemTheFileItselfIsTheLock() throws {
        let scratch = ScratchFolder()
        let faults = Faults { _, call in call == .lock ? ENOTSUP : 0 }
        let lock = try faults.during { try FolderLock(scratch.path) }
        #expect(failure { _ = try faults.during { try FolderLock(scratch.path) } }.message.contains("process \(getpid())"))
        lock.release()
        for (owner, isFree) in [("99999999 \(System.hostName)\n", true), ("99999999 elsewhere\n", false), ("", false)] {
            try scratch.write("lock", owner)
            let taken = try? faults.during { try FolderLock(scratch.path) }
            #expect((taken != nil) == isFree)
        }
    }

    @Test func aFolderThatCannotBeWrittenIsRefused() throws {
        let scratch = ScratchFolder()
        #expect(failure { _ = try FolderLock(scratch("missing")) }.kind == .cannotCreate)
        let readOnly = Faults { _, call in call == .open ? EROFS : 0 }
        #expect(failure { _ = try readOnly.during { try FolderLock(scratch.path) } }.message.contains("Read-only"))
        let full = Faults { _, call in call == .write ? ENOSPC : 0 }
        #expect(failure { _ = try full.during { try FolderLock(scratch.path) } }.kind == .inputOutput)
        #expect(scratch.names.isEmpty)
    }
}

@Suite struct RunFolderTests {
    @Test func aNewRunHasItsLayoutAndItsLock() throws {
        let scratch = ScratchFolder()
        let path = scratch("runs/first")
        var run: RunFolder? = try RunFolder.create(path)
        #expect(try FileSystem.list(path) == ["checkpoints", "lock"])
        #expect(failure { _ = try RunFolder.create(path) }.message.contains("in use by process"))
        #expect(failure { _ = try RunFolder.create(path, force: true) }.message.contains("in use by process"))
        try run?.write(configuration: ["task": "lm"], programVersion: "0.1")
        #expect(failure { _ = try RunFolder.resume(path) }.message.contains("in use by process"))
        _ = try RunFolder.open(path)
        run = nil
        #expect(try FileSystem.list(path) == ["checkpoints", "config.json"])
        run = try RunFolder.resume(path)
        #expect(run?.lock != nil)
    }

    @Test func whatIsThereAlreadyIsOverwrittenOnlyOnRequest() throws {
        let scratch = ScratchFolder()
        let path = scratch("run")
        try RunFolder.create(path).write(configuration: [:], programVersion: "0.1")
        for name in ["model.safetensors", "log.jsonl", "checkpoints/state", "notes.txt"] { try scratch.write("run/" + name, "x") }
        let error = failure { _ = try RunFolder.create(path) }
        #expect(error.kind == .cannotCreate && error.message.contains("holds a run already"))
        #expect(try FileSystem.list(path).count == 5)
        _ = try RunFolder.create(path, force: true)
        #expect(try FileSystem.list(path) == ["checkpoints", "notes.txt"])
        #expect(failure { _ = try RunFolder.create(path) }.message.contains("is not empty"))
        try scratch.write("file", "x")
        #expect(failure { _ = try RunFolder.create(scratch("file"), force: true) }.message.contains("is a file"))
        #expect(try scratch.read("file") == "x")
        #expect(failure { _ = try RunFolder.create("") }.kind == .cannotCreate)
    }

    @Test func aFolderThatCannotBeWrittenIsFoundBeforeTraining() throws {
        let scratch = ScratchFolder()
        let readOnly = Faults { _, call in call == .open || call == .makeFolder ? EACCES : 0 }
        #expect(failure { _ = try readOnly.during { try RunFolder.create(scratch("run")) } }.kind == .cannotCreate)
        let calls = CallList()
        let full = Faults { _, call in
            calls.add(call)
            return call == .write && calls.all.filter { $0 == .write }.count > 1 ? ENOSPC : 0
        }
        let error = failure { _ = try full.during { try RunFolder.create(scratch("run")) } }
        #expect(error.kind == .inputOutput && error.message.contains("nothing can be written"))
        #expect(try FileSystem.list(scratch("run")).isEmpty)
    }

    @Test func whatIsNoRunIsNotOpened() throws {
        let scratch = ScratchFolder()
        try scratch.write("file", "")
        for (path, says) in [
            (scratch("missing"), "no such run"), (scratch("file"), "is a file"), (scratch.path, "no config.json"),
        ] {
            for error in [failure { _ = try RunFolder.open(path) }, failure { _ = try RunFolder.resume(path) }] {
                #expect(error.kind == .missingInput && error.message.contains(says))
            }
        }
        #expect(scratch.names == ["file"])
    }

    @Test func theConfigurationMakesTheRoundTrip() throws {
        let scratch = ScratchFolder()
        let run = try RunFolder.create(scratch("run"))
        try run.write(configuration: ["task": "lm", "format_version": 99, "hidden": 128], programVersion: "0.1.0")
        let expected: JSONObject = ["format_version": 1, "program_version": "0.1.0", "task": "lm", "hidden": 128]
        #expect(try run.readConfiguration() == expected)
    }

    @Test(arguments: [
        (
            #"{"format_version":2,"program_version":"3.1"}"#,
            "made by version 3.1 with format 2, this program reads up to format 1"
        ),
        (#"{"format_version":2}"#, "made by a newer version"), ("{}", "'format_version' is missing"),
        (#"{"format_version":"1"}"#, "'format_version' is missing"), (#"{"format_version":0}"#, "'format_version'"),
        ("[]", "is an array, not an object"), ("", "malformed JSON"),
        (#"{"format_version":1,"format_version":1}"#, "stands twice"),
    ])
    func configurationsThatCannotBeReadSayWhy(_ text: String, _ says: String) throws {
        let scratch = ScratchFolder()
        try scratch.write("config.json", text)
        let error = failure { _ = try RunFolder.open(scratch.path).readConfiguration() }
        #expect(error.kind == .badData && error.message.contains(says), "\(error)")
        #expect(error.path == scratch("config.json"))
    }

    @Test func onlyPlainFileNamesAreTakenFromAConfiguration() throws {
        let scratch = ScratchFolder()
        let run = try RunFolder.create(scratch("run"))
        for name in ["labels.txt", "a b", "é", "a..b", "-"] { #expect(try run.file(named: name) == run.path + "/" + name) }
        for name in [
            "", ".", "..", "../x", "a/b", "/etc/passwd", "a\\b", ".hidden", "a\0b", "a\n", "\u{1B}",
            String(repeating: "a", count: 256),
        ] {
            #expect(failure { _ = try run.file(named: name) }.kind == .badData)
        }
    }

    @Test func theLogGrowsByWholeLines() throws {
        let scratch = ScratchFolder()
        let run = try RunFolder.create(scratch("run"))
        #expect(try run.readLog().isEmpty)
        #expect(try run.truncateLog(toLineCount: 5) == 0)
        for step in 0..<5 { try run.appendToLog(["step": JSONValue(step), "loss": JSONValue(Float(0.1))]) }
        #expect(try scratch.read("run/log.jsonl").hasPrefix("{\"step\":0,\"loss\":0.1}\n"))
        #expect(try run.readLog().map { $0["step"]?.asInteger } == [0, 1, 2, 3, 4])
        #expect(try run.truncateLog(toLineCount: 3) == 3)
        #expect(try run.truncateLog(toLineCount: 9) == 3)
        try run.appendToLog(["step": 3])
        #expect(try run.readLog().map { $0["step"]?.asInteger } == [0, 1, 2, 3])
        #expect(try run.truncateLog(toLineCount: 0) == 0)
        #expect(try FileSystem.readFile(run.logPath).isEmpty)
    }

    @Test func aLineThatAKillCutOffIsRemoved() throws {
        let scratch = ScratchFolder()
        let log = LineFile(scratch("log"))
        for (start, after) in [("{}\n{\"st", "{}\nx\n"), ("{\"st", "x\n"), ("{}\n", "{}\nx\n"), ("", "x\n")] {
            try scratch.write("log", start)
            try log.append(Array("x".utf8))
            #expect(try scratch.read("log") == after)
        }
        try scratch.write("log", "a\nb\npart")
        #expect(try log.truncate(toLineCount: .max) == 2)
        #expect(try scratch.read("log") == "a\nb\n")
        #expect(try log.truncate(toByteCount: 3) == 1)
        #expect(try scratch.read("log") == "a\n")
        try scratch.write("config.json", "{}")
        try scratch.write("log.jsonl", "{\"a\":1}\n{\"b")
        #expect(try RunFolder.open(scratch.path).readLog() == [["a": 1]])
        try scratch.write("log.jsonl", "{}\nbroken\n{}\n")
        let error = failure { _ = try RunFolder.open(scratch.path).readLog() }
        #expect(error.line == 2 && error.path == scratch("log.jsonl"))
    }

    @Test func aFullDiskLeavesTheLogAsItWas() throws {
        let scratch = ScratchFolder()
        let log = LineFile(scratch("log"))
        try log.append(Array("one".utf8))
        let full = Faults { _, call in call == .write ? ENOSPC : 0 }
        #expect(failure { try full.during { try log.append(Array("two".utf8)) } }.kind == .inputOutput)
        #expect(try scratch.read("log") == "one\n")
        #expect(failure { try LineFile("/dev/full").append(Array("x".utf8)) }.message.contains("No space left"))
        #expect(failure { try LineFile(scratch("missing/log")).append([]) }.kind == .cannotCreate)
    }

    @Test func theLogIsLongerThanOneBuffer() throws {
        let scratch = ScratchFolder()
        let log = LineFile(scratch("log"))
        let text = (0..<20_000).map { "line \($0)\n" }.joined()
        try scratch.write("log", text + "part")
        #expect(try log.truncate(toLineCount: 12_345) == 12_345)
        #expect(try scratch.read("log").hasSuffix("line 12344\n"))
    }

    @Test func resumingSweepsWhatKilledProcessesLeft() throws {
        let scratch = ScratchFolder()
        let path = scratch("run")
        try RunFolder.create(path).write(configuration: [:], programVersion: "1")
        for folder in ["run/", "run/checkpoints/"] { try scratch.write(folder + ".elman-tmp-99999999-a-b", "x") }
        let run = try RunFolder.resume(path)
        #expect(try FileSystem.list(path) == ["checkpoints", "config.json", "lock"])
        #expect(try FileSystem.list(run.checkpointsPath).isEmpty)
    }
}

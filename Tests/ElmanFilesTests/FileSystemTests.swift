import Testing

@testable import ElmanFiles

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A path from which the bytes come through a pipe.
func withPipe<Result>(_ bytes: [UInt8], _ body: (String) throws -> Result) rethrows -> Result {
    var ends: [Int32] = [0, 0]
    pipe(&ends)
    defer { close(ends[0]) }
    _ = bytes.withUnsafeBytes { write(ends[1], $0.baseAddress, $0.count) }
    close(ends[1])
    return try body("/dev/fd/\(ends[0])")
}

@Suite struct FileSystemTests {
    @Test func filesPipesAndDevicesAreReadWhole() throws {
        let scratch = ScratchFolder()
        let bytes = (0..<200_000).map { UInt8(truncatingIfNeeded: $0 * 7) }
        for size in [0, 1, 65_535, 65_536, 65_537, 200_000] {
            try AtomicFile.write(Array(bytes[..<size]), to: scratch("a"))
            #expect(try FileSystem.readFile(scratch("a")) == Array(bytes[..<size]))
            #expect(FileSystem.size(of: scratch("a")) == size)
        }
        #expect(try withPipe(Array(bytes[..<30_000])) { try FileSystem.readFile($0) } == Array(bytes[..<30_000]))
        #expect(try FileSystem.readFile("/dev/null").isEmpty)
    }

    @Test func whatCannotBeReadIsAnErrorThatSaysWhy() throws {
        let scratch = ScratchFolder()
        try scratch.write("file", "x")
        symlink(scratch("loop"), scratch("loop"))
        let cases = [
            (scratch.path, "is a folder"), (scratch("missing"), "No such file"), (scratch("file/a"), "Not a directory"),
            (scratch("loop"), "symbolic links"), ("", "No such file"), (scratch("file\0"), "Invalid argument"),
        ]
        for (path, says) in cases {
            for error in [
                failure { _ = try FileSystem.readFile(path) }, failure { _ = try ByteReader(path) },
                failure { _ = try SafetensorsFile(path) },
            ] {
                #expect(error.kind == .missingInput && error.message.contains(says), "\(error)")
                #expect(error.path == path)
            }
        }
        let denied = Faults { _, call in call == .open ? EACCES : 0 }
        let error = failure { try denied.during { _ = try FileSystem.readFile(scratch("file")) } }
        #expect(error.kind == .missingInput && error.message.contains("Permission denied"))
    }

    @Test func readingThatBreaksIsAnError() throws {
        let scratch = ScratchFolder()
        try AtomicFile.write(Safetensors.encode(tensors: [TensorSource(name: "a", shape: [], floats: [1])]), to: scratch("m"))
        let file = try SafetensorsFile(scratch("m"))
        let broken = Faults { _, call in call == .read ? EIO : 0 }
        for error in [
            failure { try broken.during { _ = try FileSystem.readFile(scratch("m")) } },
            failure { try broken.during { _ = try SafetensorsFile(scratch("m")) } },
            failure { try broken.during { _ = try file.floats(named: "a") } },
            failure {
                var reader = try ByteReader(scratch("m"))
                _ = try broken.during { try reader.nextLine() }
            },
        ] { #expect(error.kind == .inputOutput && error.message.contains("reading failed")) }
    }

    @Test func filesThatAreTooLargeAreRefused() throws {
        let scratch = ScratchFolder()
        try scratch.write("a", "12345")
        #expect(try FileSystem.readFile(scratch("a"), maximumSize: 5).count == 5)
        #expect(failure { _ = try FileSystem.readFile(scratch("a"), maximumSize: 4) }.kind == .badData)
        #expect(failure { _ = try FileSystem.readFile("/dev/zero", maximumSize: 1 << 20) }.kind == .badData)
        // A file with a hole as large as no memory is.
        let descriptor = open(scratch("huge"), O_RDWR | O_CREAT, 0o600)
        #expect(ftruncate(descriptor, 1 << 43) == 0)
        close(descriptor)
        #expect(failure { _ = try FileSystem.readFile(scratch("huge")) }.kind == .memory)
        #expect(failure { _ = try SafetensorsFile(scratch("huge")) }.kind == .badData)
    }

    @Test func aTensorLargerThanTheMemoryIsRefusedBeforeItIsRead() throws {
        let scratch = ScratchFolder()
        let count = 1 << 41
        let header = "{\"a\":{\"dtype\":\"F32\",\"shape\":[\(count)],\"data_offsets\":[0,\(4 * count)]}}"
        let start = HandMadeFile.bytes(Array(header.utf8), data: 0)
        try AtomicFile.write(start, to: scratch("m"))
        let descriptor = open(scratch("m"), O_RDWR)
        #expect(ftruncate(descriptor, off_t(start.count + 4 * count)) == 0)
        close(descriptor)
        let file = try SafetensorsFile(scratch("m"))
        #expect(failure { _ = try file.floats(named: "a") }.kind == .memory)
        #expect(failure { _ = try file.bytes(named: "a") }.kind == .memory)
    }

    @Test func aModelIsReadFromAPipeAndAfterItWasReplaced() throws {
        let scratch = ScratchFolder()
        let bytes = try Safetensors.encode(tensors: [TensorSource(name: "a", shape: [2], floats: [1, 2])])
        #expect(try withPipe(bytes) { try SafetensorsFile($0).floats(named: "a") } == [1, 2])
        try AtomicFile.write(bytes, to: scratch("m"))
        let file = try SafetensorsFile(scratch("m"))
        try AtomicFile.write("other", to: scratch("m"))
        #expect(try file.floats(named: "a") == [1, 2])
        try AtomicFile.write(bytes, to: scratch("m"))
        let cut = try SafetensorsFile(scratch("m"))
        truncate(scratch("m"), 20)
        #expect(failure { _ = try cut.floats(named: "a") }.message.contains("another program"))
    }

    @Test func foldersAreMadeListedAndRemoved() throws {
        let scratch = ScratchFolder()
        try FileSystem.createDirectory(scratch("a/b/c"))
        try FileSystem.createDirectory(scratch("a/b/c/"))
        #expect(FileSystem.isDirectory(scratch("a/b/c")))
        for name in ["z", "B", "é", "a"] { try scratch.write("a/" + name, "") }
        #expect(try FileSystem.list(scratch("a")) == ["B", "a", "b", "z", "é"])
        symlink(scratch.path, scratch("a/b/up"))
        try FileSystem.remove(scratch("a"))
        try FileSystem.remove(scratch("a"))
        #expect(scratch.names.isEmpty && FileSystem.exists(scratch.path))
        try scratch.write("file", "")
        #expect(failure { try FileSystem.createDirectory(scratch("file")) }.kind == .cannotCreate)
        #expect(failure { try FileSystem.createDirectory(scratch("file/a/b")) }.kind == .cannotCreate)
        #expect(failure { _ = try FileSystem.list(scratch("missing")) }.kind == .missingInput)
        #expect(failure { _ = try FileSystem.list(scratch("file")) }.kind == .missingInput)
    }

    @Test func pathsAreSplitAndJoined() {
        for (path, folder, name) in [
            ("a", ".", "a"), ("a/b", "a", "b"), ("/a", "/", "a"), ("a/b/", "a", "b"), ("/", "/", ""), ("a//b", "a", "b"),
            ("", ".", ""),
            ("//a", "/", "a"), ("./a", ".", "a"),
        ] {
            #expect(FileSystem.folder(of: path) == folder)
            #expect(FileSystem.name(of: path) == name)
        }
        #expect(FileSystem.join("a", "b") == "a/b" && FileSystem.join("a/", "b") == "a/b" && FileSystem.join("", "b") == "b")
    }

    @Test func messagesCannotCommandATerminal() {
        let error = failure { _ = try FileSystem.readFile("/missing/\u{1B}[31m") }
        #expect(!error.description.unicodeScalars.contains("\u{1B}"))
    }
}

@Suite struct ByteReaderTests {
    private func lines(_ path: String, bufferSize: Int = 1 << 18) throws -> [String] {
        var reader = try ByteReader(path, bufferSize: bufferSize)
        var lines: [String] = []
        while let line = try reader.nextLine() { lines.append(String(decoding: line, as: UTF8.self)) }
        #expect(try reader.nextLine() == nil)
        #expect(reader.lineNumber == lines.count)
        return lines
    }

    @Test(
        arguments: [
            ("", []), ("\n", [""]), ("a", ["a"]), ("a\n", ["a"]), ("a\nb", ["a", "b"]), ("a\r\nb\r\n", ["a", "b"]),
            ("\n\na", ["", "", "a"]),
            ("a\rb\n", ["a\rb"]), ("a\r\r\n", ["a\r"]), ("\r\n", [""]), ("a\r", ["a"]), ("\u{FEFF}a\n", ["a"]), ("\u{FEFF}", []),
            ("\u{FEFF}\n\u{FEFF}", ["", "\u{FEFF}"]), ("\u{85}\u{2028}\u{B}\u{C}a", ["\u{85}\u{2028}\u{B}\u{C}a"]),
            ("a\0b\n", ["a\0b"]),
            (
                "abcdefghijklmnopqrstuvwxyz\nabcdefghijklmnopqrstuvwxyz0123456789\nx",
                [
                    "abcdefghijklmnopqrstuvwxyz", "abcdefghijklmnopqrstuvwxyz0123456789", "x",
                ]
            ),
        ] as [(String, [String])])
    func linesAreThoseOfTheText(_ text: String, _ expected: [String]) throws {
        let scratch = ScratchFolder()
        try scratch.write("a", text)
        for bufferSize in [16, 17, 1 << 18] {
            #expect(try lines(scratch("a"), bufferSize: bufferSize) == expected)
            #expect(try withPipe(Array(text.utf8)) { try lines($0, bufferSize: bufferSize) } == expected)
        }
    }

    @Test func randomTextsAreSplitAsByTheSimpleRule() throws {
        let scratch = ScratchFolder()
        var generator = TestGenerator(state: 4)
        for _ in 0..<100 {
            let bytes = (0..<Int.random(in: 0...300, using: &generator)).map { _ in
                [10, 13, 97, 98, 99, 0][Int.random(in: 0..<6, using: &generator)] as UInt8
            }
            let path = scratch("a")
            let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
            _ = bytes.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
            close(descriptor)
            var expected = bytes.split(separator: 10, omittingEmptySubsequences: false).map { $0.last == 13 ? $0.dropLast() : $0 }
            if bytes.isEmpty || bytes.last == 10 { expected.removeLast() }
            var reader = try ByteReader(path, bufferSize: 16)
            for line in expected { #expect(try reader.nextLine() == line) }
            #expect(try reader.nextLine() == nil)
        }
    }

    @Test func placesOfLinesAreCounted() throws {
        let scratch = ScratchFolder()
        try scratch.write("a", "\u{FEFF}ab\r\n\nlast")
        var reader = try ByteReader(scratch("a"), bufferSize: 16)
        #expect(reader.size == 12 && reader.lineNumber == 0)
        var places: [[Int]] = []
        while let line = try reader.nextLine() { places.append([reader.lineNumber, reader.lineOffset, line.count]) }
        #expect(places == [[1, 3, 2], [2, 7, 0], [3, 8, 4]])
    }

    @Test func aLineStaysValidAfterTheNextOne() throws {
        let scratch = ScratchFolder()
        try scratch.write("a", (0..<1000).map { "line \($0)\n" }.joined())
        var reader = try ByteReader(scratch("a"), bufferSize: 64)
        var lines: [ArraySlice<UInt8>] = []
        while let line = try reader.nextLine() { lines.append(line) }
        for (index, line) in lines.enumerated() { #expect(line.elementsEqual("line \(index)".utf8)) }
        #expect(lines.count == 1000)
    }

    @Test func longLinesAreReadAndTooLongOnesRefused() throws {
        let scratch = ScratchFolder()
        let long = [UInt8](repeating: 0x61, count: 2_000_000)
        try AtomicFile.write(long + [10] + long, to: scratch("a"))
        var reader = try ByteReader(scratch("a"))
        #expect(try reader.nextLine()?.count == long.count)
        #expect(try reader.nextLine()?.count == long.count)
        for limit in [10, 1_999_999] {
            var limited = try ByteReader(scratch("a"), maximumLineLength: limit)
            let error = failure { _ = try limited.nextLine() }
            #expect(error.kind == .badData && error.line == 1 && error.message.contains("longer than \(limit) bytes"))
        }
        var exact = try ByteReader(scratch("a"), maximumLineLength: 2_000_000)
        #expect(try exact.nextLine()?.count == long.count)
    }

    @Test func standardInputIsReadUnderItsSign() throws {
        let saved = dup(0)
        defer {
            dup2(saved, 0)
            close(saved)
        }
        let read = try withPipe(Array("a\nb".utf8)) { path in
            let descriptor = open(path, O_RDONLY)
            dup2(descriptor, 0)
            close(descriptor)
            return try lines("-")
        }
        #expect(read == ["a", "b"])
        #expect(try ByteReader("-").path == "standard input")
    }
}

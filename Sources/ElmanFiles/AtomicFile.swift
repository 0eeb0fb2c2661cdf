/// A file that appears under its name only when it is whole: written beside it, brought to the disk, then renamed.
///
/// Whatever happens in between, a full disk, a killed process, a power cut, the name shows either the old file or the new one. A
/// device or a pipe that exists under the name is written directly. Symbolic links are followed; an old file's permissions are
/// kept. Throws `.cannotCreate` where the file cannot be made and `.inputOutput` where writing breaks; the temporary file is
/// removed then.
public final class AtomicFile {
    /// The name that was asked for.
    public let path: String
    /// Bytes given to `write` so far.
    public private(set) var count = 0
    private let expectedSize: Int?
    private let destination: String
    /// Nil for a device or a pipe.
    private let temporaryPath: String?
    private var descriptor: Int32?
    private var buffer: [UInt8] = []
    private var flushedCount = 0

    private static let bufferSize = 1 << 18

    /// Begins a file. `expectedSize`, in bytes, is only for the message when the disk is full.
    public init(_ path: String, expectedSize: Int? = nil) throws(DataError) {
        self.path = path
        self.expectedSize = expectedSize
        if path.isEmpty { throw DataError(.cannotCreate, "the name of a file to write is empty; give one") }
        let old: (path: String, status: FileStatus?)
        do { old = try Self.oldFile(path) } catch { throw .creating(path, error) }
        destination = old.path
        if old.status?.kind == .folder { throw DataError(.cannotCreate, path: path, "is a folder; choose another name") }
        if old.status != nil, !System.isWritable(old.path) {
            throw DataError(.cannotCreate, path: path, "must not be overwritten; choose another name or change its permissions")
        }
        do throws(SystemError) {
            if old.status?.kind == .other {
                temporaryPath = nil
                descriptor = try System.open(old.path, .write)
            } else {
                let temporary = try TemporaryName.open(in: FileSystem.folder(of: old.path))
                temporaryPath = temporary.path
                descriptor = temporary.descriptor
                if let permissions = old.status?.permissions { try? System.setPermissions(temporary.descriptor, permissions) }
            }
        } catch {
            throw .creating(path, error)
        }
    }

    deinit { discard() }

    /// What stands under the name, behind symbolic links.
    private static func oldFile(_ path: String) throws(SystemError) -> (path: String, status: FileStatus?) {
        do throws(SystemError) {
            var target = path
            if try System.status(of: path, followingLinks: false).kind == .link { target = try System.resolve(path) }
            return (target, try System.status(of: target))
        } catch {
            if error.isMissing { return (path, nil) }
            throw error
        }
    }

    /// Adds bytes.
    public func write(_ bytes: UnsafeRawBufferPointer) throws(DataError) {
        count += bytes.count
        if buffer.count + bytes.count > Self.bufferSize { try flush() }
        if bytes.count >= Self.bufferSize { try writeOut(bytes) } else { buffer.append(contentsOf: bytes) }
    }

    /// Adds bytes.
    public func write(_ bytes: [UInt8]) throws(DataError) {
        try bytes.withUnsafeBufferPointer { (buffer) throws(DataError) in try write(UnsafeRawBufferPointer(buffer)) }
    }

    /// Adds a text as UTF-8.
    public func write(_ text: String) throws(DataError) { try write(Array(text.utf8)) }

    /// Hands what was written to the operating system.
    func flush() throws(DataError) {
        guard !buffer.isEmpty else { return }
        let bytes = buffer
        buffer.removeAll(keepingCapacity: true)
        try bytes.withUnsafeBufferPointer { (buffer) throws(DataError) in try writeOut(UnsafeRawBufferPointer(buffer)) }
    }

    private func writeOut(_ bytes: UnsafeRawBufferPointer) throws(DataError) {
        guard let descriptor else { throw DataError(.inputOutput, path: path, "was written after it had been closed") }
        var rest = bytes[...]
        while !rest.isEmpty {
            do throws(SystemError) {
                let written = try System.write(descriptor, UnsafeRawBufferPointer(rebasing: rest))
                flushedCount += written
                rest = rest.dropFirst(written)
            } catch {
                discard()
                throw .writing(path, error, written: flushedCount, of: expectedSize)
            }
        }
    }

    /// Brings the file to the disk and puts it under its name. Nothing may be written afterwards.
    public func commit() throws(DataError) {
        try flush()
        guard let descriptor else { throw DataError(.inputOutput, path: path, "was closed twice") }
        do throws(SystemError) {
            if temporaryPath != nil { try System.synchronize(descriptor) }
            self.descriptor = nil
            try System.closeChecked(descriptor)
            if let temporaryPath { try System.rename(temporaryPath, to: destination) }
        } catch {
            if self.descriptor != nil { System.close(descriptor) }
            self.descriptor = nil
            if let temporaryPath { try? System.removeFile(temporaryPath) }
            throw error.isFolder ? .creating(path, error) : .writing(path, error, written: flushedCount, of: expectedSize)
        }
        guard temporaryPath != nil else { return }
        do { try FileSystem.synchronize(folder: FileSystem.folder(of: destination)) } catch { throw .writing(path, error) }
    }

    /// Gives the file up; the old one stays. Does nothing after `commit()`.
    public func discard() {
        guard let descriptor else { return }
        self.descriptor = nil
        System.close(descriptor)
        if let temporaryPath { try? System.removeFile(temporaryPath) }
    }
}

extension AtomicFile {
    /// Writes a whole file through `body`; if that throws, the old file stays.
    public static func write(
        to path: String, expectedSize: Int? = nil, _ body: (AtomicFile) throws(DataError) -> Void
    ) throws(DataError) {
        let file = try AtomicFile(path, expectedSize: expectedSize)
        do { try body(file) } catch {
            file.discard()
            throw error
        }
        try file.commit()
    }

    /// Writes a whole file.
    public static func write(_ bytes: [UInt8], to path: String) throws(DataError) {
        try write(to: path, expectedSize: bytes.count) { (file) throws(DataError) in try file.write(bytes) }
    }

    /// Writes a text as UTF-8.
    public static func write(_ text: String, to path: String) throws(DataError) { try write(Array(text.utf8), to: path) }
}

extension FileSystem {
    /// Waits until the names in a folder are on the disk, where the file system can do that.
    static func synchronize(folder: String) throws(SystemError) {
        let descriptor: Descriptor
        do { descriptor = Descriptor(try System.open(folder, .folder)) } catch { return }
        do { try System.synchronize(descriptor.number) } catch { if !error.isUnsupported { throw error } }
    }

    /// Removes temporary files that killed processes left in a folder; those of running ones stay. What cannot be removed is
    /// left.
    public static func sweepTemporaryFiles(in folder: String) {
        guard let names = try? System.list(folder) else { return }
        for name in names where TemporaryName.isLeftOver(name) { try? System.removeFile(join(folder, name)) }
    }
}

/// Names of files that are being written: `.elman-tmp-PROCESS-TOKEN-NUMBER`.
enum TemporaryName {
    static let prefix = ".elman-tmp-"
    /// Tells this process from an earlier one that had the same number, as happens in containers.
    private static let token = String(UInt64.random(in: .min ... .max), radix: 36)

    /// A new file in a folder, open for writing.
    static func open(in folder: String) throws(SystemError) -> (path: String, descriptor: Int32) {
        while true {
            let number = String(UInt32.random(in: .min ... .max), radix: 36)
            let path = FileSystem.join(folder, "\(prefix)\(System.processNumber)-\(token)-\(number)")
            do { return (path, try System.open(path, .createNew)) } catch { if !error.alreadyExists { throw error } }
        }
    }

    /// Whether the name is one of ours whose process has ended.
    static func isLeftOver(_ name: String) -> Bool {
        guard name.hasPrefix(prefix) else { return false }
        let parts = name.dropFirst(prefix.count).split(separator: "-")
        guard let first = parts.first, let process = Int(first) else { return false }
        if process == System.processNumber { return parts.count < 2 || parts[1] != token }
        return !System.isAlive(process: process)
    }
}

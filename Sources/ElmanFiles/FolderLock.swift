/// The right to write in a folder, held by one process at a time.
///
/// A file `lock` in the folder names the process and its machine. The operating system frees the lock when the process ends in
/// whatever way; on file systems without locks, the file's existence is the lock, and one left by a dead process of the same
/// machine is taken over.
public final class FolderLock: @unchecked Sendable {
    /// The name of the lock file.
    public static let fileName = "lock"
    /// The folder.
    public let folder: String
    /// Only `release()` changes it, which is not for several threads at once.
    private var descriptor: Descriptor?

    /// Takes the lock. Throws `.cannotCreate`, naming the process, where another one holds it, or where the folder is not
    /// writable.
    public init(_ folder: String) throws(DataError) {
        self.folder = folder
        let path = FileSystem.join(folder, Self.fileName)
        let lock: Descriptor?
        do { lock = try Self.take(path) } catch { throw .creating(path, error) }
        guard let lock else { throw Self.inUse(folder, Self.owner(path)) }
        descriptor = lock
        let owner = "\(System.processNumber) \(System.hostName)\n"
        do throws(SystemError) {
            try System.truncate(lock.number, to: 0)
            let written = try Array(owner.utf8).withUnsafeBufferPointer { (bytes) throws(SystemError) in
                try System.write(lock.number, UnsafeRawBufferPointer(bytes))
            }
            guard written == owner.utf8.count else { throw SystemError(code: SystemError.diskFull) }
        } catch {
            release()
            throw .writing(path, error)
        }
    }

    deinit { release() }

    /// Gives the lock back. Ending the process, or the object's life, does the same.
    public func release() {
        guard descriptor != nil else { return }
        // While the lock is still held: whoever opened this file meanwhile sees that it is no longer the folder's.
        try? System.removeFile(FileSystem.join(folder, Self.fileName))
        descriptor = nil
    }

    /// The locked file; nil where another process has it.
    private static func take(_ path: String) throws(SystemError) -> Descriptor? {
        while true {
            let (descriptor, isNew) = try open(path)
            do { try System.lock(descriptor.number) } catch {
                if error.wouldBlock { return nil }
                guard error.isUnsupported else { throw error }
                if isNew { return descriptor }
                guard let owner = owner(path), owner.host == System.hostName, !System.isAlive(process: owner.process) else {
                    return nil
                }
                try System.removeFile(path)
                continue
            }
            // Its last owner may have removed the file between our opening and our locking it.
            let mine = try System.status(of: descriptor.number)
            if let current = try? System.status(of: path), current.identity == mine.identity { return descriptor }
        }
    }

    private static func open(_ path: String) throws(SystemError) -> (Descriptor, isNew: Bool) {
        do { return (Descriptor(try System.open(path, .createNew)), true) } catch {
            guard error.alreadyExists else { throw error }
            return (Descriptor(try System.open(path, .readWrite)), false)
        }
    }

    /// Who wrote the lock file.
    private static func owner(_ path: String) -> (process: Int, host: String)? {
        guard let bytes = try? FileSystem.readFile(path, maximumSize: 4096) else { return nil }
        let words = String(decoding: bytes, as: UTF8.self).split { $0 == " " || $0 == "\n" }
        guard words.count == 2, let process = Int(words[0]) else { return nil }
        return (process, String(words[1]))
    }

    private static func inUse(_ folder: String, _ owner: (process: Int, host: String)?) -> DataError {
        let holder = owner.map { "process \($0.process) on \($0.host)" } ?? "another process"
        return DataError(.cannotCreate, path: folder, "is in use by \(holder); wait until it has ended or choose another folder")
    }
}

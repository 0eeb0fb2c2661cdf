#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Why the operating system refused a call.
struct SystemError: Error, Equatable {
    let code: Int32

    static let diskFull = ENOSPC

    /// The system's own words, such as `No space left on device`.
    var message: String { String(cString: strerror(code)) }

    var isMissing: Bool { code == ENOENT || code == ENOTDIR }
    var alreadyExists: Bool { code == EEXIST }
    var wouldBlock: Bool { code == EWOULDBLOCK || code == EAGAIN }
    var isFull: Bool { code == ENOSPC || code == EDQUOT }
    var isFolder: Bool { code == EISDIR }
    /// The file system or the kind of file does not know the call.
    var isUnsupported: Bool { [EINVAL, ENOTSUP, EOPNOTSUPP, ENOSYS, ENOLCK].contains(code) }
    /// What keeps a file from being made, in contrast to what breaks while it is written.
    var preventsCreation: Bool {
        [EACCES, EPERM, ENOENT, ENOTDIR, EEXIST, EROFS, ELOOP, ENAMETOOLONG, EISDIR, ETXTBSY, EINVAL, ENXIO, ENOTEMPTY].contains(
            code)
    }
}

/// What is known of a file without reading it.
struct FileStatus {
    enum Kind { case regular, folder, link, other }
    let kind: Kind
    /// Bytes.
    let size: Int
    let permissions: UInt32
    /// Device and inode: equal for two names of one file.
    let identity: SIMD2<UInt64>
}

/// An open file, closed with its last reference.
final class Descriptor: Sendable {
    let number: Int32
    private let isOwned: Bool

    init(_ number: Int32, isOwned: Bool = true) {
        self.number = number
        self.isOwned = isOwned
    }

    deinit { if isOwned { System.close(number) } }
}

/// Every call of the operating system that this module makes, so that a test can let each of them fail.
package enum System {
    /// A kind of call.
    package enum Call: Sendable, CaseIterable {
        case open, status, read, write, synchronize, close, truncate, lock, rename, remove, makeFolder, list, permissions
    }

    /// For tests: the error number with which the next call fails, or 0 to let it pass.
    @TaskLocal package static var fault: (@Sendable (Call) -> Int32)?

    /// One call, repeated while a signal interrupts it.
    private static func perform<Result: SignedInteger>(_ call: Call, _ body: () -> Result) throws(SystemError) -> Result {
        if let code = fault?(call), code != 0 { throw SystemError(code: code) }
        while true {
            let result = body()
            let code = errno
            if result >= 0 { return result }
            if code != EINTR { throw SystemError(code: code) }
        }
    }

    /// Refuses a path that C would cut at its zero byte.
    private static func check(_ path: String) throws(SystemError) {
        if path.utf8.contains(0) { throw SystemError(code: EINVAL) }
    }

    enum Mode { case read, readWrite, write, createNew, append, folder }

    static func open(_ path: String, _ mode: Mode) throws(SystemError) -> Int32 {
        try check(path)
        let flags: Int32 =
            switch mode {
            case .read: O_RDONLY
            case .readWrite: O_RDWR | O_CREAT
            case .write: O_WRONLY
            case .createNew: O_WRONLY | O_CREAT | O_EXCL
            case .append: O_RDWR | O_CREAT | O_APPEND
            case .folder: O_RDONLY | O_DIRECTORY
            }
        #if canImport(Darwin)
            return try perform(.open) { Darwin.open(path, flags | O_CLOEXEC, 0o666) }
        #elseif canImport(Glibc)
            return try perform(.open) { Glibc.open(path, flags | O_CLOEXEC, 0o666) }
        #else
            return try perform(.open) { Musl.open(path, flags | O_CLOEXEC, 0o666) }
        #endif
    }

    static func close(_ descriptor: Int32) {
        #if canImport(Darwin)
            _ = Darwin.close(descriptor)
        #elseif canImport(Glibc)
            _ = Glibc.close(descriptor)
        #else
            _ = Musl.close(descriptor)
        #endif
    }

    /// Closes a file and says whether all of it was stored, which some network file systems know only now.
    static func closeChecked(_ descriptor: Int32) throws(SystemError) {
        let injected = fault?(.close) ?? 0
        #if canImport(Darwin)
            let result = Darwin.close(descriptor)
        #elseif canImport(Glibc)
            let result = Glibc.close(descriptor)
        #else
            let result = Musl.close(descriptor)
        #endif
        let code = errno
        // After an interrupted close the descriptor may be another thread's already: not again.
        if injected != 0 { throw SystemError(code: injected) }
        if result != 0, code != EINTR { throw SystemError(code: code) }
    }

    private static func describe(_ status: stat) -> FileStatus {
        let kind: FileStatus.Kind
        switch status.st_mode & S_IFMT {
        case S_IFREG: kind = .regular
        case S_IFDIR: kind = .folder
        case S_IFLNK: kind = .link
        default: kind = .other
        }
        let identity = SIMD2(UInt64(truncatingIfNeeded: status.st_dev), UInt64(truncatingIfNeeded: status.st_ino))
        return FileStatus(kind: kind, size: Int(status.st_size), permissions: UInt32(status.st_mode & 0o7777), identity: identity)
    }

    static func status(of path: String, followingLinks: Bool = true) throws(SystemError) -> FileStatus {
        try check(path)
        var status = stat()
        _ = try perform(.status) { followingLinks ? stat(path, &status) : lstat(path, &status) }
        return describe(status)
    }

    static func status(of descriptor: Int32) throws(SystemError) -> FileStatus {
        var status = stat()
        _ = try perform(.status) { fstat(descriptor, &status) }
        return describe(status)
    }

    /// Bytes read, 0 at the end.
    static func read(_ descriptor: Int32, into buffer: UnsafeMutableRawBufferPointer) throws(SystemError) -> Int {
        #if canImport(Darwin)
            return try perform(.read) { Darwin.read(descriptor, buffer.baseAddress, buffer.count) }
        #elseif canImport(Glibc)
            return try perform(.read) { Glibc.read(descriptor, buffer.baseAddress, buffer.count) }
        #else
            return try perform(.read) { Musl.read(descriptor, buffer.baseAddress, buffer.count) }
        #endif
    }

    /// Bytes read from a place in the file, 0 at the end.
    static func read(_ descriptor: Int32, at offset: Int, into buffer: UnsafeMutableRawBufferPointer) throws(SystemError) -> Int {
        try perform(.read) { pread(descriptor, buffer.baseAddress, buffer.count, off_t(offset)) }
    }

    /// Bytes written, which may be fewer than asked for.
    static func write(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer) throws(SystemError) -> Int {
        #if canImport(Darwin)
            return try perform(.write) { Darwin.write(descriptor, bytes.baseAddress, bytes.count) }
        #elseif canImport(Glibc)
            return try perform(.write) { Glibc.write(descriptor, bytes.baseAddress, bytes.count) }
        #else
            return try perform(.write) { Musl.write(descriptor, bytes.baseAddress, bytes.count) }
        #endif
    }

    /// Waits until the file's contents are on the disk.
    static func synchronize(_ descriptor: Int32) throws(SystemError) {
        #if canImport(Darwin)
            // fsync leaves the data in the drive's own memory there.
            if fault == nil, fcntl(descriptor, F_FULLFSYNC) == 0 { return }
        #endif
        _ = try perform(.synchronize) { fsync(descriptor) }
    }

    static func truncate(_ descriptor: Int32, to size: Int) throws(SystemError) {
        _ = try perform(.truncate) { ftruncate(descriptor, off_t(size)) }
    }

    /// Takes the lock of an open file at once, or fails with `wouldBlock`.
    static func lock(_ descriptor: Int32) throws(SystemError) {
        _ = try perform(.lock) { flock(descriptor, LOCK_EX | LOCK_NB) }
    }

    static func setPermissions(_ descriptor: Int32, _ permissions: UInt32) throws(SystemError) {
        _ = try perform(.permissions) { fchmod(descriptor, mode_t(permissions)) }
    }
}

extension System {
    static func rename(_ source: String, to destination: String) throws(SystemError) {
        try check(source)
        try check(destination)
        #if canImport(Darwin)
            _ = try perform(.rename) { Darwin.rename(source, destination) }
        #elseif canImport(Glibc)
            _ = try perform(.rename) { Glibc.rename(source, destination) }
        #else
            _ = try perform(.rename) { Musl.rename(source, destination) }
        #endif
    }

    static func removeFile(_ path: String) throws(SystemError) {
        try check(path)
        _ = try perform(.remove) { unlink(path) }
    }

    static func removeEmptyFolder(_ path: String) throws(SystemError) {
        try check(path)
        _ = try perform(.remove) { rmdir(path) }
    }

    static func makeFolder(_ path: String) throws(SystemError) {
        try check(path)
        _ = try perform(.makeFolder) { mkdir(path, 0o777) }
    }

    /// The names in a folder, without `.` and `..`, in no order.
    static func list(_ path: String) throws(SystemError) -> [String] {
        try check(path)
        if let code = fault?(.list), code != 0 { throw SystemError(code: code) }
        guard let folder = opendir(path) else { throw SystemError(code: errno) }
        defer { closedir(folder) }
        let nameOffset = MemoryLayout<dirent>.offset(of: \.d_name) ?? 0
        var names: [String] = []
        while let entry = readdir(folder) {
            // Not through `pointee`: an entry is shorter than its declared type.
            let name = String(cString: (UnsafeRawPointer(entry) + nameOffset).assumingMemoryBound(to: CChar.self))
            if name != "." && name != ".." { names.append(name) }
        }
        return names
    }

    /// The path without symbolic links.
    static func resolve(_ path: String) throws(SystemError) -> String {
        try check(path)
        guard let resolved = realpath(path, nil) else { throw SystemError(code: errno) }
        defer { free(resolved) }
        return String(cString: resolved)
    }

    static func isWritable(_ path: String) -> Bool { access(path, W_OK) == 0 }

    static var processNumber: Int { Int(getpid()) }

    /// Whether a process of this machine is running.
    static func isAlive(process: Int) -> Bool {
        guard let number = pid_t(exactly: process), number > 0 else { return false }
        return kill(number, 0) == 0 || errno != ESRCH
    }

    /// The machine's name.
    static var hostName: String {
        var name = [CChar](repeating: 0, count: 256)
        guard gethostname(&name, name.count - 1) == 0 else { return "unknown" }
        return String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// Bytes of memory in the machine: more than this cannot be read into it.
    static let physicalMemory: Int = {
        let (bytes, overflow) = Int(sysconf(Int32(_SC_PHYS_PAGES))).multipliedReportingOverflow(
            by: Int(sysconf(Int32(_SC_PAGESIZE))))
        return overflow || bytes <= 0 ? Int.max : bytes
    }()

    /// Where a byte lies in a buffer, or nil.
    static func offset(of byte: UInt8, in bytes: UnsafeRawBufferPointer) -> Int? {
        guard let start = bytes.baseAddress, let found = memchr(start, Int32(byte), bytes.count) else { return nil }
        return UnsafeRawPointer(found) - start
    }
}

extension DataError {
    /// A file that cannot be opened for reading.
    static func reading(_ path: String, _ error: SystemError) -> DataError {
        if error.isFolder { return folder(path) }
        return DataError(.missingInput, path: path, "cannot be read: \(error.message); check the path and its permissions")
    }

    /// A folder where a file is asked for.
    static func folder(_ path: String) -> DataError {
        DataError(.missingInput, path: path, "is a folder, not a file; name a file in it")
    }

    /// A file or folder that cannot be made.
    static func creating(_ path: String, _ error: SystemError) -> DataError {
        guard error.preventsCreation else { return writing(path, error) }
        return DataError(
            .cannotCreate, path: path, "cannot be created: \(error.message); choose another place or change its permissions")
    }

    /// A file that broke while it was written.
    static func writing(_ path: String, _ error: SystemError, written: Int? = nil, of size: Int? = nil) -> DataError {
        var progress = ""
        if let written { progress = " after \(written)" + (size.map { " of \($0)" } ?? "") + " bytes" }
        let advice = error.isFull ? "make room on the disk or choose another one" : "check the disk"
        return DataError(.inputOutput, path: path, "writing failed\(progress): \(error.message); \(advice)")
    }
}

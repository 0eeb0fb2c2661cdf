/// Files and folders through the calls of the operating system.
public enum FileSystem {
    /// Whether something has this name; a symbolic link to nothing does not count.
    public static func exists(_ path: String) -> Bool { (try? System.status(of: path)) != nil }

    /// Whether a folder has this name.
    public static func isDirectory(_ path: String) -> Bool { (try? System.status(of: path))?.kind == .folder }

    /// Bytes of a file; nil where it is missing or no regular file.
    public static func size(of path: String) -> Int? {
        guard let status = try? System.status(of: path), status.kind == .regular else { return nil }
        return status.size
    }

    /// Makes a folder and those above it. One that exists already is left alone. Throws `.cannotCreate`.
    public static func createDirectory(_ path: String) throws(DataError) {
        if isDirectory(path) { return }
        let parent = folder(of: path)
        if parent != path, !exists(parent) { try createDirectory(parent) }
        do { try System.makeFolder(path) } catch {
            if error.alreadyExists {
                if isDirectory(path) { return }
                throw DataError(.cannotCreate, path: path, "is a file, not a folder; choose another name")
            }
            throw .creating(path, error)
        }
    }

    /// Removes a file or a folder with all that is in it. What is missing already is no error; symbolic links are removed, not
    /// followed.
    public static func remove(_ path: String) throws(DataError) {
        let names: [String]
        do throws(SystemError) {
            guard try System.status(of: path, followingLinks: false).kind == .folder else { return try System.removeFile(path) }
            names = try System.list(path)
        } catch {
            return try checkRemoval(path, error)
        }
        for name in names { try remove(join(path, name)) }
        do { try System.removeEmptyFolder(path) } catch { try checkRemoval(path, error) }
    }

    private static func checkRemoval(_ path: String, _ error: SystemError) throws(DataError) {
        if error.isMissing { return }
        throw DataError(.inputOutput, path: path, "cannot be removed: \(error.message); check its permissions")
    }

    /// The names in a folder, in the order of their bytes. Throws `.missingInput`.
    public static func list(_ path: String) throws(DataError) -> [String] {
        do { return try System.list(path).sorted(by: precedesByBytes) } catch { throw .reading(path, error) }
    }

    /// A name in a folder: `run` and `config.json` give `run/config.json`.
    public static func join(_ folder: String, _ name: String) -> String {
        folder.isEmpty ? name : folder.utf8.last == UInt8(ascii: "/") ? folder + name : folder + "/" + name
    }

    /// The folder in which a path lies; `.` for a plain name.
    public static func folder(of path: String) -> String {
        let (folder, _) = split(path)
        return folder
    }

    /// The last part of a path.
    public static func name(of path: String) -> String {
        let (_, name) = split(path)
        return name
    }

    private static func split(_ path: String) -> (folder: String, name: String) {
        let slash = UInt8(ascii: "/")
        var bytes = Array(path.utf8)[...]
        while bytes.count > 1, bytes.last == slash { bytes.removeLast() }
        guard let cut = bytes.lastIndex(of: slash) else { return (".", String(decoding: bytes, as: UTF8.self)) }
        var folder = bytes[..<cut]
        while folder.count > 1, folder.last == slash { folder.removeLast() }
        let name = String(decoding: bytes[(cut + 1)...], as: UTF8.self)
        return (folder.isEmpty ? "/" : String(decoding: folder, as: UTF8.self), name)
    }

    /// Whether a file can be made in a folder, found out by making one. Throws `.cannotCreate`, or `.inputOutput` on a full disk.
    public static func checkWritable(folder: String) throws(DataError) {
        do throws(SystemError) {
            let probe = try TemporaryName.open(in: folder)
            defer {
                System.close(probe.descriptor)
                try? System.removeFile(probe.path)
            }
            try [0x0A as UInt8].withUnsafeBufferPointer { (bytes) throws(SystemError) in
                _ = try System.write(probe.descriptor, UnsafeRawBufferPointer(bytes))
            }
        } catch {
            let kind: DataError.Kind = error.preventsCreation ? .cannotCreate : .inputOutput
            throw DataError(kind, path: folder, "nothing can be written in this folder: \(error.message); choose another one")
        }
    }
}

extension FileSystem {
    /// All bytes of a file; `-` is standard input.
    ///
    /// Pipes and devices are read to their end. Throws `.missingInput` for what cannot be opened, a folder among them,
    /// `.inputOutput` where reading breaks, `.badData` past `maximumSize` bytes, and `.memory` for more than the machine has.
    public static func readFile(_ path: String, maximumSize: Int = .max) throws(DataError) -> [UInt8] {
        let descriptor = try openForReading(path)
        let shownPath = displayName(path)
        let size = (try? System.status(of: descriptor.number)).map { $0.kind == .regular ? $0.size : 0 } ?? 0
        try checkSize(size, shownPath, maximumSize)
        var bytes = [UInt8](repeating: 0, count: max(size + 1, 1 << 16))
        var count = 0
        while true {
            if count == bytes.count {
                try checkSize(2 * count, shownPath, .max)
                bytes.append(contentsOf: repeatElement(0, count: count))
            }
            let read = try readSome(descriptor, into: &bytes, from: count, path: shownPath)
            if read == 0 { break }
            count += read
            try checkSize(count, shownPath, maximumSize)
        }
        bytes.removeLast(bytes.count - count)
        return bytes
    }

    private static func checkSize(_ size: Int, _ path: String, _ maximumSize: Int) throws(DataError) {
        guard size <= maximumSize else {
            throw DataError(.badData, path: path, "is larger than \(maximumSize) bytes; check that it is the right file")
        }
        guard size < System.physicalMemory else {
            throw DataError(.memory, path: path, "needs \(size) bytes, more than the memory of this machine; split it")
        }
    }

    /// How a path is called in messages.
    static func displayName(_ path: String) -> String { path == "-" ? "standard input" : path }

    /// A descriptor of a file that is no folder; `-` is standard input.
    static func openForReading(_ path: String) throws(DataError) -> Descriptor {
        if path == "-" { return Descriptor(0, isOwned: false) }
        do throws(SystemError) {
            let descriptor = Descriptor(try System.open(path, .read))
            if try System.status(of: descriptor.number).kind != .folder { return descriptor }
        } catch {
            throw .reading(path, error)
        }
        throw .folder(path)
    }

    /// Fills a buffer from a place on; 0 bytes at the end.
    static func readSome(_ descriptor: Descriptor, into bytes: inout [UInt8], from start: Int, path: String) throws(DataError)
        -> Int
    {
        let number = descriptor.number
        do {
            return try bytes.withUnsafeMutableBufferPointer { (buffer) throws(SystemError) -> Int in
                try System.read(
                    number, into: UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(buffer)[start...]))
            }
        } catch {
            if error.isFolder { throw .folder(path) }
            throw DataError(.inputOutput, path: path, "reading failed: \(error.message); check the disk or the connection")
        }
    }
}

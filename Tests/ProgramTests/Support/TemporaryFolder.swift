import Foundation

/// A folder of its own for a test, removed with the last reference.
final class TemporaryFolder: Sendable {
    let path: String
    private let hiddenPath: String

    init() {
        let root = FileManager.default.temporaryDirectory.appendingPathComponent("elman-tests-\(UUID().uuidString)")
        path = root.appendingPathComponent("work").path
        hiddenPath = root.appendingPathComponent("voices").path
        for path in [path, hiddenPath] {
            try! FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        }
    }

    deinit { try? FileManager.default.removeItem(atPath: (path as NSString).deletingLastPathComponent) }

    /// Has it removed when the tests end, for folders that are shared by all of them.
    func removeAtExit() {
        LeftOvers.lock.withLock { LeftOvers.paths.append((path as NSString).deletingLastPathComponent) }
        LeftOvers.registration
    }

    /// The full path of a name in the folder.
    subscript(_ name: String) -> String { path + "/" + name }

    /// The path of a file beside the folder, which does not show in it.
    func hiddenFile(_ name: String) -> String { hiddenPath + "/" + name }

    /// Writes a file.
    func write(_ text: String, to name: String) throws { try write(Array(text.utf8), to: name) }

    /// Writes a file.
    func write(_ bytes: [UInt8], to name: String) throws { try Data(bytes).write(to: URL(fileURLWithPath: self[name])) }

    /// The bytes of a file; empty where there is none.
    func bytes(_ name: String) -> [UInt8] { FileManager.default.contents(atPath: self[name]).map { Array($0) } ?? [] }

    /// A file as text.
    func text(_ name: String) -> String { String(decoding: bytes(name), as: UTF8.self) }

    /// Whether there is something of that name.
    func has(_ name: String) -> Bool { FileManager.default.fileExists(atPath: self[name]) }

    /// Names in a folder within it.
    func names(_ name: String = "") throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: self[name]).sorted()
    }

    /// Changes a text file by replacing a piece that must be there.
    func replace(_ old: String, by new: String, in name: String) throws {
        let before = text(name)
        precondition(before.contains(old), "\(name) has no \(old)")
        try write(before.replacingOccurrences(of: old, with: new), to: name)
    }
}

/// Folders to remove at the end of the process.
private enum LeftOvers {
    static let lock = NSLock()
    nonisolated(unsafe) static var paths: [String] = []
    static let registration: Void = {
        atexit { for path in LeftOvers.paths { try? FileManager.default.removeItem(atPath: path) } }
    }()
}

/// The folder of a training run: configuration, best weights, vocabulary, log, checkpoints, report.
///
/// Whoever trains gets it by `create` or `resume` and holds its lock until the last copy of this value is gone; whoever only
/// reads uses `open`.
public struct RunFolder: Sendable {
    /// The newest layout of a run's folder that this version reads and writes.
    public static let formatVersion = 1
    /// The key of the format version in `config.json`.
    public static let formatVersionKey = "format_version"
    /// The key of the version of the program that wrote `config.json`.
    public static let programVersionKey = "program_version"

    /// The folder.
    public let path: String
    /// Held while the run is written; nil where it is only read.
    public let lock: FolderLock?
    /// Whether `create` made the folder.
    private let isNew: Bool

    /// `config.json`: the resolved configuration.
    public var configurationPath: String { FileSystem.join(path, "config.json") }
    /// `model.safetensors`: the best weights.
    public var weightsPath: String { FileSystem.join(path, "model.safetensors") }
    /// `vocabulary.txt`: one entry a line, in the order of indices.
    public var vocabularyPath: String { FileSystem.join(path, "vocabulary.txt") }
    /// `log.jsonl`: one object a line for each evaluation.
    public var logPath: String { FileSystem.join(path, "log.jsonl") }
    /// `checkpoints`: the folder of the last state.
    public var checkpointsPath: String { FileSystem.join(path, "checkpoints") }
    /// `nan-step-N`: the folder of an update whose loss or gradient was not finite.
    public func nonFiniteStepPath(_ update: Int) -> String { FileSystem.join(path, Self.nonFinitePrefix + String(update)) }
    /// `events.out.tfevents.elman`: what the log says, for TensorBoard.
    public var eventsPath: String { FileSystem.join(path, "events.out.tfevents.elman") }
    /// `report.html`: the run for reading.
    public var reportPath: String { FileSystem.join(path, "report.html") }

    /// The layout, in the order in which an old run is removed: without the first there is no run.
    private static let ownNames = [
        "config.json", "log.jsonl", "checkpoints", "model.safetensors", "vocabulary.txt", "counts.txt", "report.html",
        "characters.txt", "target-vocabulary.txt", "target-characters.txt", "labels.txt", "tags.txt", "relations.txt",
        "merges.txt", "target-merges.txt", "contextual-characters.txt", "contextual-backward-characters.txt",
        "events.out.tfevents.elman",
    ]

    private static let nonFinitePrefix = "nan-step-"

    private static func isOwn(_ name: String) -> Bool {
        ownNames.contains(name) || name.hasPrefix(nonFinitePrefix) && Int(name.dropFirst(nonFinitePrefix.count)) != nil
    }

    private init(path: String, lock: FolderLock?, isNew: Bool = false) {
        self.path = path
        self.lock = lock
        self.isNew = isNew
    }

    /// Makes a folder for a new run, with those above it, and takes its lock.
    ///
    /// Everything that would stop the run from being saved is found here, before any training: `.cannotCreate` where the folder
    /// is not writable, is in use, or has something in it already. With `force` an old run in it is removed, and other files are
    /// left alone.
    public static func create(_ path: String, force: Bool = false) throws(DataError) -> RunFolder {
        if path.isEmpty { throw DataError(.cannotCreate, "the run's folder has no name; give one") }
        let isNew = !FileSystem.exists(path)
        try FileSystem.createDirectory(path)
        let lock = try FolderLock(path)
        try FileSystem.checkWritable(folder: path)
        FileSystem.sweepTemporaryFiles(in: path)
        let run = RunFolder(path: path, lock: lock, isNew: isNew)
        let names = try FileSystem.list(path).filter { $0 != FolderLock.fileName && !$0.hasPrefix(TemporaryName.prefix) }
        if !names.isEmpty, !force {
            let state = names.contains("config.json") ? "holds a run already" : "is not empty"
            throw DataError(.cannotCreate, path: path, "\(state); choose another folder, or overwrite it with --force")
        }
        for name in ownNames + names.filter(isOwn) { try FileSystem.remove(FileSystem.join(path, name)) }
        try FileSystem.createDirectory(run.checkpointsPath)
        return run
    }

    /// Takes away what `create` and vocabularies put into the folder, where nothing came of the run, and the folder where `create`
    /// made it. The lock is given back.
    public func discard() {
        for name in Self.ownNames { try? FileSystem.remove(FileSystem.join(path, name)) }
        guard isNew else { return }
        lock?.release()
        // Not if anybody has put something into it meanwhile.
        try? System.removeEmptyFolder(path)
    }

    /// A run to be read. Throws `.missingInput` where there is none. What is in `config.json` is checked when it is read.
    public static func open(_ path: String) throws(DataError) -> RunFolder {
        guard FileSystem.exists(path) else { throw DataError(.missingInput, path: path, "there is no such run; check the path") }
        guard FileSystem.isDirectory(path) else {
            throw DataError(.missingInput, path: path, "is a file, not a run's folder; name the folder")
        }
        let run = RunFolder(path: path, lock: nil)
        guard FileSystem.exists(run.configurationPath) else {
            throw DataError(.missingInput, path: path, "is not a run's folder: it has no config.json; check the path")
        }
        return run
    }

    /// A run to be continued, with its lock. What killed processes left half written is removed.
    ///
    /// Throws `.missingInput` where there is no run, `.cannotCreate` where it is in use or cannot be written.
    public static func resume(_ path: String) throws(DataError) -> RunFolder {
        let run = RunFolder(path: try open(path).path, lock: try FolderLock(path))
        try FileSystem.checkWritable(folder: path)
        FileSystem.sweepTemporaryFiles(in: path)
        try FileSystem.createDirectory(run.checkpointsPath)
        FileSystem.sweepTemporaryFiles(in: run.checkpointsPath)
        return run
    }
}

extension RunFolder {
    /// The path of a file that the configuration names. Throws `.badData` unless it is a plain name that stays inside the folder.
    public func file(named name: String) throws(DataError) -> String {
        guard Self.isPlainFileName(name) else {
            throw DataError(
                .badData, path: configurationPath,
                "\(quoted(name)) is no plain file name; only files in the run's own folder may be named")
        }
        return FileSystem.join(path, name)
    }

    /// Whether a name means a file in a folder and nothing else: no path, no hidden file, no control character, at most 255
    /// bytes.
    public static func isPlainFileName(_ name: String) -> Bool {
        guard let first = name.utf8.first, first != UInt8(ascii: "."), name.utf8.count <= 255 else { return false }
        return name.unicodeScalars.allSatisfy {
            $0 != "/" && $0 != "\\" && $0.value >= 0x20 && !(0x7F...0x9F).contains($0.value)
        }
    }

    /// The configuration. Throws `.missingInput`, and `.badData` where it is malformed or made by a program with a newer format.
    public func readConfiguration() throws(DataError) -> JSONObject {
        let path = configurationPath
        let value = try JSONValue(parsing: try FileSystem.readFile(path, maximumSize: 1 << 28), path: path)
        guard let object = value.asObject else {
            throw DataError(.badData, path: path, "is \(value.kindName), not an object; restore the file")
        }
        try Self.checkVersion(of: object, path: path)
        // Keys with an underscore say where things came from, for the person who made the run; all others stay in its folder.
        for member in object.members where !member.key.hasPrefix("_") {
            guard let text = member.value.asString, Self.leavesFolder(text) else { continue }
            throw DataError(
                .badData, path: path,
                "'\(member.key)' is \(quoted(text)), which leads out of the run's folder; only plain file names may be given")
        }
        return object
    }

    /// Whether a text is a path that leads out of a folder.
    static func leavesFolder(_ text: String) -> Bool {
        let parts = text.unicodeScalars.split(omittingEmptySubsequences: false) { $0 == "/" || $0 == "\\" }
        guard parts.count > 1 else { return text == ".." }
        return parts[0].isEmpty || String(parts[0]) == "~" || parts.contains { String($0) == ".." }
    }

    /// Checks the format version that a configuration or a checkpoint's state names. Throws `.badData` where it is missing or too
    /// new.
    public static func checkVersion(of object: JSONObject, path: String) throws(DataError) {
        guard let version = object[formatVersionKey]?.asInteger, version >= 1 else {
            throw DataError(
                .badData, path: path, "'\(formatVersionKey)' is missing or no positive whole number; restore the file")
        }
        guard version > formatVersion else { return }
        let program = object[programVersionKey]?.asString.map { "version \($0)" } ?? "a newer version"
        throw DataError(
            .badData, path: path,
            "made by \(program) with format \(version), this program reads up to format \(formatVersion); use a newer program")
    }

    /// Writes `config.json`, with the format version and the program's version in front.
    public func write(configuration: JSONObject, programVersion: String) throws(DataError) {
        var object: JSONObject = [:]
        object[Self.formatVersionKey] = JSONValue(Self.formatVersion)
        object[Self.programVersionKey] = .string(programVersion)
        for member in configuration.members where member.key != Self.formatVersionKey && member.key != Self.programVersionKey {
            object[member.key] = member.value
        }
        try AtomicFile.write(object.text(pretty: true) + "\n", to: configurationPath)
    }

    /// Adds a line to `log.jsonl`.
    public func appendToLog(_ entry: JSONObject) throws(DataError) {
        try LineFile(logPath).append(JSONValue.object(entry).bytes())
    }

    /// The lines of `log.jsonl`, without a last one that a killed process left half written. A missing log has none.
    public func readLog() throws(DataError) -> [JSONObject] {
        guard FileSystem.exists(logPath) else { return [] }
        let bytes = try FileSystem.readFile(logPath)
        var entries: [JSONObject] = []
        var start = 0
        var line = 1
        while let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) {
            let value = try JSONValue(parsing: Array(bytes[start..<end]), path: logPath, firstLine: line)
            guard let object = value.asObject else {
                throw DataError(.badData, path: logPath, line: line, "is \(value.kindName), not an object")
            }
            entries.append(object)
            start = end + 1
            line += 1
        }
        return entries
    }

    /// Keeps only the first lines of `log.jsonl`, so that a resumed run goes on from its checkpoint. Returns how many are left.
    @discardableResult
    public func truncateLog(toLineCount count: Int) throws(DataError) -> Int {
        try LineFile(logPath).truncate(toLineCount: count)
    }
}

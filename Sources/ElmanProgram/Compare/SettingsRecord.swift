import Elman

/// The file of settings that the runs of a configuration are trained with, which also tells what an old folder was made for.
enum SettingsRecord {
    /// Writes the file, or finds that it says the same already. Throws `.configuration` where it says something else: results of
    /// two configurations must not be mixed.
    static func write(
        _ settings: JSONObject, task: String, _ sources: TrainingSources, to path: String
    ) throws(DataError) {
        var object: JSONObject = ["task": .string(task)]
        for member in settings.members + sources.json.members { object[member.key] = member.value }
        guard FileSystem.exists(path) else { return try AtomicFile.write(object.text(pretty: true) + "\n", to: path) }
        let old = try JSONValue(parsing: try FileSystem.readFile(path, maximumSize: 1 << 26), path: path).asObject ?? [:]
        let keys = old.keys + object.keys.filter { old[$0] == nil }
        guard let key = keys.first(where: { old[$0] != object[$0] }) else { return }
        let name = key.hasPrefix("_") ? "the files (\(key.dropFirst()))" : "'\(key)'"
        throw DataError(
            .configuration, path: path,
            "the runs in this folder have \(name) \(old[key]?.text() ?? "unset"), not \(object[key]?.text() ?? "unset"); "
                + "choose another folder with -o, or remove \(FileSystem.folder(of: path))")
    }
}

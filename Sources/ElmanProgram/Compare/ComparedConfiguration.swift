import Elman

/// One of the configurations that are compared.
struct ComparedConfiguration: Equatable {
    /// The name of its file without `.json`, or what of it varies: `cell=gru,hidden=64`. Also that of its folder.
    let name: String
    /// Everything that was set but the seed, by rising key.
    let settings: JSONObject
    /// Passes over the data.
    let epochs: Int
}

/// How configurations are given on a command line.
struct ConfigurationChoice {
    /// Files with settings, of each of which a configuration is made.
    var files: [String] = []
    /// `KEY=V1,V2,…`: all combinations of values are configurations.
    var variations: [String] = []
    /// Settings that were drawn, checked by whoever drew them; they have the rank of flags.
    var drawn: JSONObject = [:]
    /// Settings of all configurations, which come before those of the files.
    var flags: JSONObject = [:]

    /// The configurations, each checked as `elman train` would: what is foreign to the task, or wrong, is refused here.
    func configurations(of task: any ProgramTask.Type, _ sources: TrainingSources) throws -> [ComparedConfiguration] {
        for member in flags.members { try Self.require(member.key, of: task, "--\(member.key)") }
        let combinations = try combinations(of: task)
        var result: [ComparedConfiguration] = []
        let bases: [String?] = files.isEmpty ? [nil] : files
        for file in bases {
            for combination in combinations {
                let names = [file.map(Self.name), combination.isEmpty ? nil : Self.name(of: combination)]
                let name = names.compactMap { $0 }.joined(separator: ",")
                result.append(
                    try configuration(name.isEmpty ? "default" : name, file, combination, task, sources))
            }
        }
        var seen: Set<String> = []
        for configuration in result where !seen.insert(configuration.name).inserted {
            throw ProgramError(
                .usage,
                "two configurations are called '\(configuration.name)'; a configuration has the name of its file, so rename one")
        }
        return result
    }

    private func configuration(
        _ name: String, _ file: String?, _ combination: [JSONObject.Member], _ task: any ProgramTask.Type,
        _ sources: TrainingSources
    ) throws -> ComparedConfiguration {
        guard RunFolder.isPlainFileName(name) else {
            throw ProgramError(.usage, "'\(printable(name))' cannot be the name of a folder; choose other settings or names")
        }
        var settings = flags
        for member in drawn.members + combination { settings[member.key] = member.value }
        let reader = try SettingsReader(flags: settings, file: file, keys: task.keys)
        _ = try task.plan(reader, sources)
        let epochs = try TrainSettings(reader, keys: task.keys).options.epochs
        var given = reader.given
        given["seed"] = nil
        given["epochs"] = nil
        return ComparedConfiguration(name: name, settings: given, epochs: epochs)
    }

    /// All combinations of the values that vary.
    private func combinations(of task: any ProgramTask.Type) throws -> [[JSONObject.Member]] {
        var result: [[JSONObject.Member]] = [[]]
        var keys: Set<String> = []
        for variation in variations {
            let parts = variation.split(separator: "=", maxSplits: 1).map(String.init)
            let values = parts.count == 2 ? parts[1].split(separator: ",", omittingEmptySubsequences: false) : []
            guard parts.count == 2, !values.contains("") else {
                throw ProgramError(.usage, "--vary \(printable(variation)) names no values; write KEY=VALUE,VALUE")
            }
            let key = parts[0]
            try Self.require(key, of: task, "'\(printable(key))' of --vary")
            guard keys.insert(key).inserted, flags[key] == nil else {
                throw ProgramError(.usage, "'\(key)' is given twice; leave one of them out")
            }
            result = result.flatMap { combination in
                values.map { combination + [JSONObject.Member(key, SettingsReader.json(String($0)))] }
            }
        }
        return result
    }

    /// Throws where a task has no such setting, and for the seed.
    private static func require(_ key: String, of task: any ProgramTask.Type, _ name: String) throws {
        if key == "seed" {
            throw ProgramError(.usage, "\(name) cannot be set here; the seeds are those of --seeds and --first-seed")
        }
        guard !task.keys.contains(key) else { return }
        throw ProgramError(.usage, "\(name) has no meaning for task \(task.name)\(suggestion(for: key, among: task.keys))")
    }

    /// `runs/gru.json` is `gru`.
    private static func name(of file: String) -> String {
        let name = FileSystem.name(of: file)
        return name.hasSuffix(".json") ? String(name.dropLast(5)) : name
    }

    private static func name(of combination: [JSONObject.Member]) -> String {
        combination.map { member in
            let text = member.value.asString ?? member.value.text()
            return "\(member.key)=\(String(text.map { $0 == "/" ? "_" : $0 }))"
        }.joined(separator: ",")
    }
}

import Elman

extension SettingsReader {
    /// A model's configuration: its defaults, with what was set in their place.
    ///
    /// - Parameters:
    ///   - defaults: the configuration's keys and values where nothing is set; its kinds of values are the ones expected.
    ///   - choices: for keys that are chosen among names, these names.
    ///   - make: makes the configuration of the resulting object; what it says of a key is reported where that key was set.
    func resolve<Configuration>(
        _ defaults: JSONObject, choices: [String: [String]] = [:], _ make: (JSONObject) throws(DataError) -> Configuration
    ) throws -> Configuration {
        var object = defaults
        for member in defaults.members where member.key != "task" && has(member.key) {
            object[member.key] = try value(member.key, like: member.value, among: choices[member.key])
        }
        if object["cell"] != nil, choices["cell"] == nil, let cell = try cell() { object["cell"] = .string(cell.rawValue) }
        do {
            return try make(object)
        } catch {
            // Messages begin with the key that they are about.
            let key = defaults.members.map(\.key).filter { has($0) && error.message.hasPrefix("\($0) ") }.max {
                $0.count < $1.count
            }
            guard let key else { throw DataError(.configuration, error.message) }
            throw fault(key, String(error.message.dropFirst(key.count + 1)))
        }
    }

    private func value(_ key: String, like sample: JSONValue, among names: [String]?) throws -> JSONValue? {
        if let names { return try choice(key, among: names).map { .string($0) } }
        if sample.asBool != nil { return try bool(key).map { .bool($0) } }
        if sample.asString != nil { return try string(key).map { .string($0) } }
        return try number(key, above: -Double.greatestFiniteMagnitude).map { number in
            Int(exactly: number).map { JSONValue($0) } ?? JSONValue(number)
        }
    }
}

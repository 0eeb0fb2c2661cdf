import ElmanFiles

/// Typed access to the values of a configuration, with errors that name file and key.
package struct ConfigurationReader {
    private let object: JSONObject
    private let path: String

    package init(_ object: JSONObject, path: String) {
        self.object = object
        self.path = path
    }

    package func string(_ key: String) throws(DataError) -> String {
        guard let value = try value(key).asString else { throw wrong(key, "a text") }
        return value
    }

    package func integer(_ key: String) throws(DataError) -> Int {
        guard let value = try value(key).asInteger else { throw wrong(key, "a whole number") }
        return value
    }

    package func number(_ key: String) throws(DataError) -> Double {
        guard let value = try value(key).asDouble else { throw wrong(key, "a number") }
        return value
    }

    package func optionalNumber(_ key: String) throws(DataError) -> Double? {
        guard let value = object[key], value != .null else { return nil }
        guard let number = value.asDouble else { throw wrong(key, "a number or null") }
        return number
    }

    package func optionalInteger(_ key: String) throws(DataError) -> Int? {
        guard let value = object[key], value != .null else { return nil }
        guard let number = value.asInteger else { throw wrong(key, "a whole number or null") }
        return number
    }

    /// Throws `.badData` unless the configuration is that of a task; `title` is for people: a language model.
    package func requireTask(_ name: String, title: String) throws(DataError) {
        let task = try string("task")
        guard task == name else {
            throw DataError(.badData, path: path, "is a run of task '\(task)', not \(title); name another run")
        }
    }

    /// An error of the file.
    package func error(_ message: String) -> DataError { DataError(.badData, path: path, message) }

    /// As `choice`, with a default for runs that were made before there was the key.
    package func choice<Value>(_ key: String, default value: Value, _ parse: (String) -> Value?) throws(DataError) -> Value {
        object[key] == nil ? value : try choice(key, parse)
    }

    /// As `choice`, where null stands for none.
    package func optionalChoice<Value>(_ key: String, _ parse: (String) -> Value?) throws(DataError) -> Value? {
        object[key] == .null ? nil : try choice(key, parse)
    }

    package func bool(_ key: String) throws(DataError) -> Bool {
        guard let value = try value(key).asBool else { throw wrong(key, "true or false") }
        return value
    }

    /// As `bool`, with a default for runs that were made before there was the key.
    package func bool(_ key: String, default value: Bool) throws(DataError) -> Bool {
        object[key] == nil ? value : try bool(key)
    }

    /// As `number`, with a default for runs that were made before there was the key.
    package func number(_ key: String, default value: Double) throws(DataError) -> Double {
        object[key] == nil ? value : try number(key)
    }

    /// As `integer`, with a default for runs that were made before there was the key.
    package func integer(_ key: String, default value: Int) throws(DataError) -> Int {
        object[key] == nil ? value : try integer(key)
    }

    package func choice<Value>(_ key: String, _ parse: (String) -> Value?) throws(DataError) -> Value {
        let text = try string(key)
        guard let value = parse(text) else {
            throw DataError(.badData, path: path, "'\(key)' is '\(text)', which this program does not know")
        }
        return value
    }

    private func value(_ key: String) throws(DataError) -> JSONValue {
        guard let value = object[key] else { throw DataError(.badData, path: path, "'\(key)' is missing; restore the file") }
        return value
    }

    private func wrong(_ key: String, _ expected: String) -> DataError {
        DataError(.badData, path: path, "'\(key)' is \(object[key]?.kindName ?? "missing"), not \(expected)")
    }
}

import Elman

/// Typed access to settings that come from flags, the environment and a configuration file, in this order of precedence.
///
/// Each fault is reported where it was made: a flag is wrong usage, a file a wrong configuration.
struct SettingsReader {
    private struct Value {
        var json: JSONValue
        var source: Source
    }

    private enum Source {
        case flag, environment
        case file(String)
    }

    private var values: [String: Value] = [:]

    /// Settings from flags, then variables such as ELMAN_BATCH_SIZE, then the file. Throws for a file with unknown keys.
    init(flags: JSONObject, file: String?, keys: [String]) throws {
        if let file {
            let value = try JSONValue(parsing: try FileSystem.readFile(file, maximumSize: 1 << 26), path: file)
            guard let object = value.asObject else {
                throw DataError(.configuration, path: file, "is \(value.kindName), not an object of settings")
            }
            for member in object.members {
                // A run's own configuration may be used as it is.
                if ["task", "format_version", "program_version"].contains(member.key) || member.key.hasPrefix("_") { continue }
                guard keys.contains(member.key) else {
                    throw DataError(
                        .configuration, path: file,
                        "there is no setting '\(member.key)'\(suggestion(for: member.key, among: keys))")
                }
                values[member.key] = Value(json: member.value, source: .file(file))
            }
        }
        for key in keys {
            if let text = environmentVariable(Self.variable(key)), !text.isEmpty {
                values[key] = Value(json: Self.json(text), source: .environment)
            }
        }
        for member in flags.members { values[member.key] = Value(json: member.value, source: .flag) }
    }

    /// The settings of a run's configuration, and nothing else.
    init(configuration: JSONObject, path: String) {
        for member in configuration.members { values[member.key] = Value(json: member.value, source: .file(path)) }
    }

    /// Everything that somebody set, by rising key: the file with what comes before it in its place.
    var given: JSONObject {
        var object: JSONObject = [:]
        for (key, value) in values.sorted(by: { $0.key < $1.key }) { object[key] = value.json }
        return object
    }

    /// The environment's name of a setting.
    static func variable(_ key: String) -> String {
        "ELMAN_" + key.uppercased().map { $0 == "-" ? "_" : String($0) }.joined()
    }

    /// Text of the environment as the value it looks like.
    static func json(_ text: String) -> JSONValue {
        if let number = Int(text) { return JSONValue(number) }
        if let number = Double(text) { return JSONValue(number) }
        if text == "true" || text == "false" { return .bool(text == "true") }
        return .string(text)
    }

    /// Whether anybody set it.
    func has(_ key: String) -> Bool { values[key].map { $0.json != .null } ?? false }

    func integer(_ key: String, in range: ClosedRange<Int>) throws -> Int? {
        guard has(key), let value = values[key] else { return nil }
        guard let number = value.json.asInteger, range.contains(number) else {
            throw wrong(key, value, "a whole number from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    /// A number at least (or, where `isOpen`, above) the lower bound and, where there is one, below the upper. It is one that
    /// single precision can hold: neither so large that it would be infinite nor so small that it would be 0.
    func number(_ key: String, above lower: Double, isOpen: Bool = false, below upper: Double? = nil) throws -> Double? {
        guard has(key), let value = values[key] else { return nil }
        let end = upper.map { " and below \(significant($0))" } ?? ""
        let expected = "\(isOpen ? "above" : "at least") \(significant(lower))\(end)"
        guard let number = value.json.asDouble, number.isFinite, isOpen ? number > lower : number >= lower,
            upper.map({ number < $0 }) ?? true
        else { throw wrong(key, value, "a number \(expected)") }
        let single = Float(number)
        guard single.isFinite, number == 0 || single != 0, upper.map({ single < Float($0) }) ?? true else {
            throw wrong(key, value, "a number \(expected) that single precision can hold")
        }
        return number
    }

    func bool(_ key: String) throws -> Bool? {
        guard has(key), let value = values[key] else { return nil }
        guard let bool = value.json.asBool else { throw wrong(key, value, "true or false") }
        return bool
    }

    func string(_ key: String) throws -> String? {
        guard has(key), let value = values[key] else { return nil }
        guard let text = value.json.asString else { throw wrong(key, value, "a text") }
        return text
    }

    func choice(_ key: String, among names: [String]) throws -> String? {
        guard let text = try string(key) else { return nil }
        guard names.contains(text) else {
            throw fault(key, values[key]!, "is '\(text)'\(suggestion(for: text, among: names))")
        }
        return text
    }

    /// A number of bytes: `2000000000`, `2GB`, `512 MB`, `1.5 GiB`.
    func bytes(_ key: String) throws -> Int? {
        guard has(key), let value = values[key] else { return nil }
        let number = value.json.asInteger ?? value.json.asString.flatMap(Self.bytes)
        guard let number, number > 0 else { throw wrong(key, value, "a number of bytes such as 2GB or 512MB") }
        return number
    }

    private static func bytes(_ text: String) -> Int? {
        let digits = text.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
        let unit = text.dropFirst(digits.count).lowercased().filter { $0 != " " }
        let factors: [String: Double] = [
            "": 1, "b": 1, "k": 1e3, "kb": 1e3, "m": 1e6, "mb": 1e6, "g": 1e9, "gb": 1e9, "t": 1e12, "tb": 1e12,
            "kib": 1024, "mib": 1_048_576, "gib": 1_073_741_824, "tib": 1_099_511_627_776,
        ]
        guard let number = Double(digits), let factor = factors[unit] else { return nil }
        return Int(exactly: (number * factor).rounded())
    }

    private func wrong(_ key: String, _ value: Value, _ expected: String) -> any Error {
        fault(key, value, "is \(value.json.asString ?? value.json.text()); give \(expected)")
    }

    /// An error about a setting that somebody set, reported where it was set.
    func fault(_ key: String, _ message: String) -> any Error {
        values[key].map { fault(key, $0, message) } ?? DataError(.configuration, "\(key) \(message)")
    }

    private func fault(_ key: String, _ value: Value, _ message: String) -> any Error {
        switch value.source {
        case .flag: ProgramError(.usage, "--\(key) \(message)")
        case .environment: DataError(.configuration, "the variable \(Self.variable(key)) \(message)")
        case .file(let path): DataError(.configuration, path: path, "'\(key)' \(message)")
        }
    }
}

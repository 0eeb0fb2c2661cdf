import ArgumentParser
import Elman

/// Flags each of which is a setting too: its key is the flag's name, and the flag is declared in one place only.
protocol SettingFlags: ParsableArguments {}

extension SettingFlags {
    /// The keys of all settings, in the order of declaration.
    static var keys: [String] { Self().flags.map(\.key) }

    /// The settings that are given on the command line.
    var settings: JSONObject {
        var object: JSONObject = [:]
        for (key, flag) in flags { if let value = flag.setting { object[key] = value } }
        return object
    }

    /// The properties, as the argument parser itself finds them.
    private var flags: [(key: String, flag: any SettingFlag)] {
        Mirror(reflecting: self).children.map { child in
            guard let label = child.label, let flag = child.value as? any SettingFlag else {
                fail("\(Self.self).\(child.label ?? "?") is no flag that can be a setting")
            }
            return (settingKey(ofProperty: label), flag)
        }
    }
}

/// The key of a property: `_batchSize`, as a property wrapper stores it, is `batch-size`.
func settingKey(ofProperty label: String) -> String {
    var key = ""
    var isAfterSmallLetter = false
    for letter in label.drop(while: { $0 == "_" }) {
        if letter.isUppercase, isAfterSmallLetter { key += "-" }
        key += letter.lowercased()
        isAfterSmallLetter = letter.isLowercase
    }
    return key
}

/// An option or a switch whose value is that of a setting.
private protocol SettingFlag {
    /// The value; nil where it is not given.
    var setting: JSONValue? { get }
}

extension Option: SettingFlag {
    fileprivate var setting: JSONValue? {
        switch wrappedValue as Any? {
        case let text as String: .string(text)
        case let number as Int: JSONValue(number)
        case let number as Double: JSONValue(number)
        default: nil
        }
    }
}

extension Flag: SettingFlag {
    /// A switch that can be turned off says both; any other only that it is on.
    fileprivate var setting: JSONValue? {
        guard let value = wrappedValue as Any? else { return nil }
        if Value.self == Optional<Bool>.self { return (value as? Bool).map { .bool($0) } }
        return value as? Bool == true ? true : nil
    }
}

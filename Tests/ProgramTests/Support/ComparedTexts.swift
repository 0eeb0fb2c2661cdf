import Elman
import Testing

/// Texts for comparisons of small classifiers, which learn some of them in moments.
enum ComparedTexts {
    /// Settings that train in a blink.
    static let small = ["--hidden", "4", "--embedding", "4", "--epochs", "2", "--batch-size", "8", "--learning-rate", "0.02"]

    /// A folder with `train.txt`, `dev.txt`, `test.txt` and the configurations `rnn.json` and `gru.json`.
    static func folder() throws -> TemporaryFolder {
        let folder = TemporaryFolder()
        try folder.write(labelled(40, from: 0), to: "train.txt")
        try folder.write(labelled(15, from: 500), to: "dev.txt")
        try folder.write(labelled(25, from: 900), to: "test.txt")
        try folder.write("{\"cell\": \"rnn\"}", to: "rnn.json")
        try folder.write("{\"cell\": \"gru\", \"hidden\": 5}", to: "gru.json")
        return folder
    }

    /// Sentences with a label that follows from their first two letters, mostly.
    static func labelled(_ count: Int, from first: Int) -> String {
        SampleText.sentences(count, from: first).split(separator: "\n").enumerated().map { number, line in
            let label = line.hasPrefix("the") || number % 7 == 3 ? "yes" : "no"
            return "\(label) ||| \(line)\n"
        }.joined()
    }

    /// A file of JSON.
    static func object(_ name: String, in folder: TemporaryFolder) throws -> JSONObject {
        try #require(try JSONValue(parsing: folder.bytes(name), path: name).asObject)
    }
}

extension JSONValue {
    /// The value without members of this key, however deep.
    func without(_ key: String) -> JSONValue {
        switch self {
        case .array(let values): return .array(values.map { $0.without(key) })
        case .object(let object):
            var result: JSONObject = [:]
            for member in object.members where member.key != key { result[member.key] = member.value.without(key) }
            return .object(result)
        default: return self
        }
    }
}

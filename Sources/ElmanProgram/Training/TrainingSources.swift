import Elman

/// Two files of equal line count: sources and targets.
struct PairedFiles: Equatable {
    let source: String
    let target: String
}

/// The files that a model is trained and evaluated on.
struct TrainingSources {
    var training: [String] = []
    var development: String?
    /// For tasks on pairs, where they lie in two files.
    var pair: PairedFiles?
    var developmentPair: PairedFiles?

    /// All files, for people.
    var names: [String] {
        let pairs = [pair, developmentPair].compactMap { $0 }.flatMap { [$0.source, $0.target] }
        return training + [development].compactMap { $0 } + pairs
    }
}

extension TrainingSources {
    /// Where the data of a run came from, as it is kept in `config.json`.
    var json: JSONObject {
        func texts(_ pair: PairedFiles?) -> JSONValue {
            pair.map { .array([.string($0.source), .string($0.target)]) } ?? .null
        }
        return [
            "_files": .array(training.map { .string($0) }), "_dev": development.map { .string($0) } ?? .null,
            "_pair": texts(pair), "_dev-pair": texts(developmentPair),
        ]
    }

    /// What `json` wrote.
    init(json: JSONObject, path: String) throws(DataError) {
        func texts(_ key: String) -> [String] { json[key]?.asArray?.compactMap(\.asString) ?? [] }
        func files(_ key: String) -> PairedFiles? {
            let names = texts(key)
            return names.count == 2 ? PairedFiles(source: names[0], target: names[1]) : nil
        }
        training = texts("_files")
        development = json["_dev"]?.asString
        pair = files("_pair")
        developmentPair = files("_dev-pair")
        guard !names.isEmpty else {
            throw DataError(.badData, path: path, "'_files' is missing; the run cannot be resumed")
        }
    }
}

import Elman

/// The character language models that a tagger takes up, as flags name them. Once a run has begun it holds them itself.
struct ContextualSettings {
    /// nil: none.
    let models: ContextualModels?
    private let runs: (forward: String?, backward: String?)

    static let keys = ["contextual", "contextual-backward"]

    init(_ reader: SettingsReader) throws {
        runs = (try reader.string("contextual"), try reader.string("contextual-backward"))
        guard let forward = runs.forward else {
            if runs.backward != nil {
                throw reader.fault("contextual-backward", "is a second run beside --contextual; name that too")
            }
            models = nil
            return
        }
        let backward = try runs.backward.map { try LanguageModel(contentsOf: $0) }
        let model = try LanguageModel(contentsOf: forward)
        do {
            models = try ContextualModels(forward: model, backward: backward)
        } catch {
            throw reader.fault("contextual", "is \(forward): \(error.message)")
        }
    }

    /// What is saved.
    var json: JSONObject {
        var object: JSONObject = ["contextual": .null, "contextual-backward": .null]
        if let forward = runs.forward { object["_contextual"] = .string(forward) }
        if let backward = runs.backward { object["_contextual-backward"] = .string(backward) }
        return object
    }

    /// A new tagger with the language models, its parameters declared only.
    func declared(_ model: Tagger) throws -> Tagger { try models.map { try model.with($0, in: .declarations()) } ?? model }

    /// What is said of it.
    var summary: [String] {
        guard let models else { return [] }
        let sizes = [models.forward, models.backward].compactMap { $0?.configuration.hiddenSize }
        return ["contextual vectors of \(sizes.map { grouped($0) }.joined(separator: " and ")) elements, frozen"]
    }
}

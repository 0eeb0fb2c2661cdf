import Elman

/// What a training takes over from other runs, as flags say it. Once a run has begun it has its own weights, so its configuration only
/// tells, under names with an underscore, where they came from.
struct TransferSettings {
    /// nil: nothing is taken over.
    let transfer: Transfer?
    private let newWords: NewWordVectors
    private let keepsVocabulary: Bool
    private let reader: SettingsReader

    static let keys = TransferFlags.keys

    init(_ reader: SettingsReader) throws {
        self.reader = reader
        let names = NewWordVectors.allCases.map(\.rawValue)
        newWords = try reader.choice("new-words", among: names).flatMap(NewWordVectors.init(rawValue:)) ?? .unknown
        keepsVocabulary = try reader.bool("keep-vocabulary") ?? true
        guard let encoder = try Self.encoder("pretrained", reader) else {
            if reader.has("pretrained-backward") {
                throw reader.fault("pretrained-backward", "is a second run beside --pretrained; name that too")
            }
            transfer = nil
            return
        }
        var transfer = try Transfer(encoder, backward: Self.encoder("pretrained-backward", reader))
        transfer.newWords = newWords
        transfer.keepsVocabulary = keepsVocabulary
        self.transfer = transfer
    }

    private static func encoder(_ key: String, _ reader: SettingsReader) throws -> PretrainedEncoder? {
        try reader.string(key).map { try PretrainedEncoder(contentsOf: $0) }
    }

    /// The settings of a model where nothing is said: those of what is taken over.
    func defaults(_ json: JSONObject) -> JSONObject {
        guard let transfer else { return json }
        var result = json
        // The form of characters is read by others too; it must be said.
        for member in transfer.settings.members where result[member.key] != nil && member.key != "normalize" {
            result[member.key] = member.value
        }
        return result
    }

    /// As `defaults`, for a model of encoder and decoder, whose sizes may differ.
    func encoderDefaults(_ json: JSONObject) -> JSONObject {
        guard let transfer else { return json }
        var result = defaults(json)
        result["bidirectional"] = .bool(transfer.settings["one-direction"] == false)
        if reader.has("hidden"), !reader.has("encoder-hidden") { result["encoder-hidden"] = transfer.settings["hidden"] }
        return result
    }

    /// Throws where resolved settings contradict what is taken over.
    func check(_ json: JSONObject) throws {
        guard let transfer else { return }
        for key in Transfer.fixedKeys + ["normalize"] {
            guard let expected = transfer.settings[key] else { continue }
            let isEncoders = key == "hidden" && json["encoder-hidden"].map { $0 != .null } ?? false
            let name = isEncoders ? "encoder-hidden" : key
            guard let value = json[name], value.text() != expected.text() else { continue }
            throw reader.fault(
                name,
                "is \(value.asString ?? value.text()), but \(expected.asString ?? expected.text()) in \(runs(transfer)); "
                    + (key == "normalize" ? "set it to that" : "leave it out, or name another run"))
        }
        if let architecture = json["architecture"]?.asString, architecture != "recurrent" {
            throw reader.fault("architecture", "is \(architecture), which has no layers to take over; leave --pretrained out")
        }
    }

    private func runs(_ transfer: Transfer) -> String {
        ([transfer.encoder.run] + (transfer.backward.map { [$0.run] } ?? [])).joined(separator: " and ")
    }

    /// The model of a run that is resumed, or a new one that knows the words of what it takes over. Its parameters are declared only.
    /// - Parameter extend: gives a new model what it has beside.
    func declared<Model: PretrainableModel>(
        _ configuration: Model.Configuration, for texts: Model.TrainingTexts, resuming folder: RunFolder?,
        extend: (Model) throws -> Model = { $0 }
    ) throws -> (model: Model, prepared: PreparedTransfer?) {
        let model = try extend(Model.declared(configuration, for: texts, resuming: folder))
        guard let transfer, folder == nil else { return (model, nil) }
        let extended = try transfer.extended(model, in: .declarations())
        try transfer.check(extended)
        let audit = try transfer.audit(extended, texts: texts)
        return (extended, PreparedTransfer(transfer: transfer, audit: audit))
    }

    /// What is saved, with where it comes from.
    func json(_ prepared: PreparedTransfer?) -> JSONObject {
        let own: JSONObject = [
            "pretrained": .null, "pretrained-backward": .null, "new-words": .string(newWords.rawValue),
            "keep-vocabulary": .bool(keepsVocabulary),
        ]
        return prepared.map { own.adding($0.json) } ?? own
    }
}

/// What is taken over by a model that is known.
struct PreparedTransfer {
    let transfer: Transfer
    let audit: TransferAudit

    /// Fills a new model.
    func load(into model: some PretrainableModel) throws { try transfer.load(into: model) }

    var json: JSONObject {
        var object: JSONObject = ["_pretrained": .string(transfer.encoder.run), "_transfer": .object(audit.json)]
        if let backward = transfer.backward { object["_pretrained-backward"] = .string(backward.run) }
        return object
    }
}

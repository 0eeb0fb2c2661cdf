import ElmanFiles
import ElmanLayers

/// What keeps a language model from learning its text by heart, beside the plain dropout of its configuration: the methods of the
/// AWD-LSTM (Merity, Keskar and Socher 2018). All of it concerns training alone; rates are in 0..<1.
public struct LanguageModelRegularization: Sendable, Hashable {
    /// Share of rows of the embedding table that are zero for the whole of an update, wherever they are looked up (Gal and
    /// Ghahramani 2016). The output weights of tied embeddings stay whole.
    public var embeddingDropout: Float = 0
    /// Of the tokens' vectors; nil: the configuration's `dropout`, as for the three that follow.
    public var inputDropout: Float?
    /// Of the outputs between two layers.
    public var hiddenDropout: Float?
    /// Of the outputs of the top layer.
    public var outputDropout: Float?
    /// Of the state that recurrent products see, where dropout is variational.
    public var stateDropout: Float?
    /// Share of the elements of recurrent matrices that are zero for the whole of an update (weight drop).
    public var weightDrop: Float = 0
    /// α of activation regularisation (AR): the objective is larger by α times the mean square of the dropped outputs of the top
    /// layer. No part of the reported loss.
    public var activationPenalty: Float = 0
    /// β of temporal activation regularisation (TAR): the objective is larger by β times the mean square of the differences between
    /// successive outputs of the top layer, before dropout. No part of the reported loss.
    public var slownessPenalty: Float = 0

    /// None.
    public init() {}

    /// Keys of `json`.
    package static let keys = LanguageModelRegularization().json.members.map(\.key)

    /// Throws `.configuration` where a rate or a factor is out of range, or where there is nothing that it could regularise.
    func validate(of configuration: LanguageModelConfiguration) throws(DataError) {
        for (rate, name) in [(embeddingDropout, "dropout-embedding"), (weightDrop, "weight-drop")] {
            try ConfigurationCheck.requireRate(rate, name)
        }
        let others = [
            (inputDropout, "dropout-input"), (hiddenDropout, "dropout-hidden"), (outputDropout, "dropout-output"),
            (stateDropout, "dropout-state"),
        ]
        for (rate, name) in others { try ConfigurationCheck.requireRate(rate ?? 0, name) }
        for (factor, name) in [(activationPenalty, "activation-regularization"), (slownessPenalty, "temporal-regularization")]
        where !(factor >= 0 && factor.isFinite) {
            throw DataError(.configuration, "\(name) is \(factor); give a number of at least 0")
        }
        if (stateDropout ?? 0) > 0, !configuration.isDropoutVariational {
            throw DataError(.configuration, "dropout-state is for --variational-dropout; give both or leave it out")
        }
        guard weightDrop > 0 || (hiddenDropout ?? 0) > 0 else { return }
        if configuration.architecture == .feedForward {
            let name = weightDrop > 0 ? "weight-drop" : "dropout-hidden"
            throw DataError(
                .configuration, "\(name) is for recurrent layers, which a feed-forward language model has not; leave it out")
        }
        if weightDrop > 0, !configuration.cell.hasRecurrentMatrices {
            throw DataError(
                .configuration,
                "weight-drop is for cells with recurrent matrices, which \(configuration.cell.rawValue) has not; leave it out")
        }
    }
}

extension LanguageModelRegularization {
    /// As keys and values of `config.json`; what is left out is null.
    var json: JSONObject {
        func value(_ number: Float?) -> JSONValue { number.map { JSONValue($0) } ?? .null }
        func positive(_ number: Float) -> JSONValue { number == 0 ? .null : JSONValue(number) }
        return [
            "dropout-embedding": positive(embeddingDropout), "dropout-input": value(inputDropout),
            "dropout-hidden": value(hiddenDropout), "dropout-output": value(outputDropout),
            "dropout-state": value(stateDropout), "weight-drop": positive(weightDrop),
            "activation-regularization": positive(activationPenalty),
            "temporal-regularization": positive(slownessPenalty),
        ]
    }

    /// Reads what `json` wrote; a missing key is null. Throws `.badData` for a wrong value.
    init(_ reader: ConfigurationReader) throws(DataError) {
        func number(_ key: String) throws(DataError) -> Float? { try reader.optionalNumber(key).map { Float($0) } }
        embeddingDropout = try number("dropout-embedding") ?? 0
        inputDropout = try number("dropout-input")
        hiddenDropout = try number("dropout-hidden")
        outputDropout = try number("dropout-output")
        stateDropout = try number("dropout-state")
        weightDrop = try number("weight-drop") ?? 0
        activationPenalty = try number("activation-regularization") ?? 0
        slownessPenalty = try number("temporal-regularization") ?? 0
    }
}

extension LanguageModelConfiguration {
    /// Dropout of tokens' vectors.
    var inputDropout: Float { regularization.inputDropout ?? dropout }

    /// Dropout of the top layer's outputs.
    var outputDropout: Float { regularization.outputDropout ?? dropout }

    /// The network's dropout while it is trained.
    var recurrentDropout: RecurrentDropout {
        let hidden = regularization.hiddenDropout ?? dropout, weights = regularization.weightDrop
        guard isDropoutVariational else { return RecurrentDropout(betweenLayers: hidden, recurrentWeights: weights) }
        return RecurrentDropout(
            variationalInput: inputDropout, variationalHidden: hidden, variationalState: regularization.stateDropout ?? dropout,
            recurrentWeights: weights)
    }

    /// Whether anything is multiplied by masks in training, weights apart.
    var hasMasks: Bool {
        let rates = [dropout, inputDropout, outputDropout, regularization.hiddenDropout ?? 0, regularization.embeddingDropout]
        return rates.contains { $0 > 0 }
    }
}

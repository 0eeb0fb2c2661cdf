import ElmanFiles
import ElmanGraph
import ElmanLayers
import ElmanTensor

/// Predicts each next word from what a network that reads from the beginning alone says of the words before it: the loss of a
/// language model, kept beside that of a task (Chronopoulou et al. 2019; for taggers Rei 2017).
///
/// Parameters: `weights` [words, size] unless they are the words' vectors, `bias` [words].
package struct NextWordHead: Sendable {
    private let layer: Linear?
    private let tied: TiedLinear?

    /// - Parameters:
    ///   - outputSize: elements of what the network says.
    ///   - isTied: whether the weights are the words' vectors, which must have as many elements.
    init(
        _ embeddings: LookupParameter, outputSize: Int, isTied: Bool, initializer: Initializer?,
        in parameters: ParameterCollection
    ) {
        tied = isTied ? TiedLinear(embeddings, biasInitializer: initializer ?? .zeros, in: parameters) : nil
        layer =
            isTied
            ? nil
            : Linear(
                inputSize: outputSize, outputSize: embeddings.count, initializer: initializer ?? .glorot(),
                biasInitializer: initializer ?? .zeros, in: parameters)
    }

    /// The parameter of the weights; nil where they are the words' vectors.
    var weightsName: String? { layer?.weights.name }
    /// The parameter of the bias.
    var biasName: String? { layer?.bias?.name ?? tied?.bias.name }

    /// The negative log-probabilities of all words but the first, summed; nil where there is no second one.
    /// - Parameter outputs: what the network says at each word.
    func loss(of words: [Int], _ outputs: [Expression]) -> Expression? {
        guard words.count > 1 else { return nil }
        let losses = zip(outputs, words.dropFirst()).map { output, word in
            pickNegativeLogSoftmax(layer.map { $0(output) } ?? tied!(output), word)
        }
        return sum(losses)
    }
}

/// How much the loss of a language model weighs beside that of a task.
public struct NextWordObjective: Sendable, Hashable {
    /// What the loss of the next words is multiplied by; 0: there is none.
    public var weight: Float = 0
    /// The output weights are the words' vectors; these and the outputs of the network must have equal sizes.
    public var tiesEmbeddings = false

    /// None.
    public init() {}

    /// Throws `.configuration` where it does not fit an encoder.
    func validate(_ encoder: EncoderConfiguration) throws(DataError) {
        guard weight >= 0, weight.isFinite else {
            throw DataError(.configuration, "lm-loss is \(weight); give a number of at least 0")
        }
        guard weight > 0 else { return }
        guard encoder.isOneDirectional else {
            throw DataError(
                .configuration,
                "lm-loss is \(weight), but the network sees the next words: it reads in both directions; set --one-direction")
        }
        if tiesEmbeddings, encoder.embeddingSize != encoder.hiddenSize {
            throw DataError(
                .configuration,
                "tie-lm-loss needs word vectors of the size of the network's outputs, but embedding is \(encoder.embeddingSize) and "
                    + "hidden \(encoder.hiddenSize); make the two sizes equal")
        }
    }

    var json: JSONObject { ["lm-loss": JSONValue(weight), "tie-lm-loss": .bool(tiesEmbeddings)] }

    /// Reads what `json` wrote; runs made before there were these keys have none.
    init(_ reader: ConfigurationReader) throws(DataError) {
        weight = Float(try reader.number("lm-loss", default: 0))
        tiesEmbeddings = try reader.bool("tie-lm-loss", default: false)
    }

    /// What predicts the next words of an encoder; nil where the weight is 0.
    func head(_ encoder: TokenEncoder, outputSize: Int, in parameters: ParameterCollection) -> NextWordHead? {
        guard weight > 0 else { return nil }
        return NextWordHead(
            encoder.embeddings, outputSize: outputSize, isTied: tiesEmbeddings,
            initializer: encoder.configuration.initialRange.map { .uniform($0) }, in: parameters.scope("language"))
    }
}

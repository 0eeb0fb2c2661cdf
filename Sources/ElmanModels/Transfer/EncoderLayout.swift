import ElmanGraph

/// Where the parts of an encoder lie among the parameters of a model, and how wide they are.
package struct EncoderLayout: Sendable {
    /// In which direction a layer reads.
    enum Direction: CaseIterable, Sendable {
        case forward, backward
    }

    /// The table of the words' vectors.
    let embeddings: String
    /// Recurrent layers.
    let layerCount: Int
    /// Elements of an input of the lowest layer.
    let inputSize: Int
    /// Units of a layer in each direction.
    let hiddenSize: Int
    /// What stands before the number of a layer in the names of its parameters: `encoder/network/`.
    let layers: String
    /// What stands between the number of a layer and the parameter's own name; nil where nothing reads forwards.
    let forward: String?
    /// The same for what reads backwards.
    let backward: String?
    /// What the names of a reader of characters begin with; nil where there is none.
    var characters: String?
    /// The table of the ways words are written; nil where there is none.
    var cases: String?

    /// What the names of the parameters of a layer begin with; nil where nothing reads in that direction.
    func prefix(_ direction: Direction, _ layer: Int) -> String? {
        (direction == .forward ? forward : backward).map { layers + String(layer) + $0 }
    }

    /// Elements of an input of a layer.
    func width(ofLayer layer: Int) -> Int {
        layer == 0 ? inputSize : hiddenSize * (forward == nil || backward == nil ? 1 : 2)
    }
}

extension EncoderLayout {
    /// Of a `SequenceEncoder` whose parameters' names begin with `prefix`.
    init(_ configuration: EncoderConfiguration, inputSize: Int, prefix: String = "encoder/") {
        self.init(
            embeddings: prefix + "embeddings", layerCount: configuration.layerCount, inputSize: inputSize,
            hiddenSize: configuration.hiddenSize, layers: prefix + "network/", forward: "/forward/",
            backward: configuration.isOneDirectional ? nil : "/backward/",
            characters: configuration.readsCharacters ? prefix + "characters/" : nil,
            cases: configuration.caseSize > 0 ? prefix + "cases" : nil)
    }

    /// Of the encoder of a translator.
    init(_ configuration: TranslatorConfiguration) {
        let isBoth = configuration.isBidirectional
        self.init(
            embeddings: "encoder/embeddings", layerCount: configuration.layerCount, inputSize: configuration.embeddingSize,
            hiddenSize: configuration.encoderHiddenSize ?? configuration.hiddenSize, layers: "encoder/rnn/",
            forward: isBoth ? "/forward/" : "/", backward: isBoth ? "/backward/" : nil)
    }
}

/// From which end a network reads.
public enum ReadingDirections: String, Sendable, Hashable, CaseIterable {
    /// From the beginning.
    case forward
    /// From the end.
    case backward
    /// From both ends.
    case both
}

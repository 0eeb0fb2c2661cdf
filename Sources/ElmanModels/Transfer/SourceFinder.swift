import ElmanGraph
import ElmanTensor

/// Finds for each parameter of a new model where its numbers come from.
struct SourceFinder {
    private let layout: EncoderLayout
    private let head: NextWordHead?
    private let runs: [PretrainedEncoder]
    private let matches: [VocabularyMatch]
    private let characterMatch: VocabularyMatch?

    /// - Parameter matches: for each run which of its words the model's are.
    init(_ model: some PretrainableModel, _ runs: [PretrainedEncoder], _ matches: [VocabularyMatch]) {
        layout = model.encoderLayout
        head = model.nextWordHead
        self.runs = runs
        self.matches = matches
        if let own = model.knownCharacters, let other = runs[0].characters {
            characterMatch = VocabularyMatch(own, in: other)
        } else {
            characterMatch = nil
        }
    }

    /// Where a parameter's numbers come from.
    func source(of name: String, _ shape: Shape) -> TransferPlan.Source {
        if name == layout.embeddings { return vectors }
        if name == layout.cases, let cases = runs[0].layout.cases { return whole(0, cases, shape) }
        if let prefix = layout.characters, name.hasPrefix(prefix) {
            return character(String(name.dropFirst(prefix.count)), shape)
        }
        if let head, let source = nextWord(name, shape, head) { return source }
        for layer in 0..<layout.layerCount {
            for direction in EncoderLayout.Direction.allCases {
                guard let prefix = layout.prefix(direction, layer), name.hasPrefix(prefix) else { continue }
                return recurrent(String(name.dropFirst(prefix.count)), shape, direction, layer)
            }
        }
        return .fresh
    }

    private var vectors: TransferPlan.Source {
        var parts: [TransferPlan.Vectors] = [], offset = 0
        for (run, encoder) in runs.enumerated() {
            parts.append(
                TransferPlan.Vectors(
                    run: run, name: encoder.layout.embeddings, offset: offset, width: encoder.embeddingSize, match: matches[run]))
            offset += encoder.embeddingSize
        }
        return .vectors(parts)
    }

    /// The same parameter of a run, if it has one of this shape.
    private func whole(_ run: Int, _ name: String, _ shape: Shape) -> TransferPlan.Source {
        runs[run].shapes[name] == shape ? .whole(run: run, name: name) : .fresh
    }

    private func character(_ name: String, _ shape: Shape) -> TransferPlan.Source {
        guard let prefix = runs[0].layout.characters, let match = characterMatch else { return .fresh }
        guard name == "embeddings" else { return whole(0, prefix + name, shape) }
        guard runs[0].shapes[prefix + name]?.rows == shape.rows else { return .fresh }
        return .vectors([TransferPlan.Vectors(run: 0, name: prefix + name, offset: 0, width: shape.rows, match: match)])
    }

    /// A parameter of a recurrent layer. Weights of inputs may be those of fewer or more of them: the vectors of words come first,
    /// and of two directions the one that is the same.
    private func recurrent(
        _ name: String, _ shape: Shape, _ direction: EncoderLayout.Direction, _ layer: Int
    ) -> TransferPlan.Source {
        guard let run = runs.indices.first(where: { runs[$0].layout.prefix(direction, layer) != nil }),
            let prefix = runs[run].layout.prefix(direction, layer), let other = runs[run].shapes[prefix + name]
        else { return .fresh }
        let width = layout.width(ofLayer: layer), otherWidth = runs[run].layout.width(ofLayer: layer)
        let isBesideAnother = layer == 0 && runs.count > 1
        if other == shape, !isBesideAnother, width == otherWidth { return .whole(run: run, name: prefix + name) }
        if other == shape, name != "inputWeights" { return .whole(run: run, name: prefix + name) }
        guard name == "inputWeights", shape.rank == 2, other.rank == 2, shape.rows == other.rows, shape.columns == width,
            other.columns == otherWidth
        else { return .fresh }
        var offset = 0
        if layer == 0 {
            offset = run == 0 ? 0 : runs[0].embeddingSize
        } else if direction == .backward, width > otherWidth {
            offset = layout.hiddenSize
        }
        let count = layer == 0 ? min(runs[run].embeddingSize, otherWidth) : min(width, otherWidth)
        return .columns(run: run, name: prefix + name, count: count, offset: offset)
    }

    /// What predicts the next word: the scores of a language model.
    private func nextWord(_ name: String, _ shape: Shape, _ head: NextWordHead) -> TransferPlan.Source? {
        guard name == head.weightsName || name == head.biasName else { return nil }
        let encoder = runs[0]
        guard encoder.task == "lm", let match = matches.first else { return .fresh }
        let words = encoder.vocabulary.count
        if name == head.biasName {
            return encoder.shapes["scores/bias"] == [words] ? .rows(name: "scores/bias", match: match, isTable: false) : .fresh
        }
        let source = encoder.tiesEmbeddings ? encoder.layout.embeddings : "scores/weights"
        let expected: Shape = encoder.tiesEmbeddings ? [shape.columns, words] : [words, shape.columns]
        return encoder.shapes[source] == expected ? .rows(name: source, match: match, isTable: encoder.tiesEmbeddings) : .fresh
    }
}

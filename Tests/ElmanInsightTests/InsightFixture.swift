import ElmanFiles
import ElmanGraph
import ElmanLayers
import ElmanModels
import ElmanTensor
import ElmanText

/// Small models with drawn weights, and texts for them.
enum InsightFixture {
    static let lines = ["the king is dead", "long live the king", "the queen is alive", "long live the queen"]

    static func vocabulary(_ unit: TextUnit = .word) throws -> Vocabulary {
        try TextCorpus(text: Array((lines.joined(separator: "\n") + "\n").utf8), options: ReadingOptions(unit: unit)).vocabulary()
    }

    static func languageModel(_ change: (inout LanguageModelConfiguration) -> Void = { _ in }) throws -> LanguageModel {
        var configuration = LanguageModelConfiguration()
        (configuration.embeddingSize, configuration.hiddenSize) = (5, 6)
        change(&configuration)
        let model = try LanguageModel(configuration, vocabulary: try vocabulary(configuration.unit), seed: 3)
        enlarge(model.parameters)
        return model
    }

    static func encoder(_ cell: CellKind = .lstm) -> EncoderConfiguration {
        var encoder = EncoderConfiguration()
        encoder.cell = cell
        (encoder.embeddingSize, encoder.hiddenSize) = (5, 4)
        return encoder
    }

    static func classifier(_ change: (inout ClassifierConfiguration) -> Void = { _ in }) throws -> Classifier {
        let texts = try LabelledTexts(
            text: Array(lines.map { "\($0.hasPrefix("the") ? "news" : "wish") ||| \($0)\n" }.joined().utf8))
        var configuration = ClassifierConfiguration()
        configuration.encoder = encoder()
        change(&configuration)
        let model = try Classifier(configuration, for: texts, seed: 2)
        enlarge(model.parameters)
        return model
    }

    static func tagger(_ loss: TaggerLoss) throws -> Tagger {
        let texts = try TaggedTexts(text: Array("the|D king|N is|V dead|A\nlong|A live|V the|D queen|N\n".utf8))
        var configuration = TaggerConfiguration()
        configuration.encoder = encoder()
        configuration.encoder.layerCount = 2
        configuration.loss = loss
        let model = try Tagger(configuration, for: texts, seed: 2)
        enlarge(model.parameters)
        return model
    }

    static func pairs() -> PairVocabularies {
        let texts = ParallelTexts(
            sources: TokenLists(lines.map { $0.split(separator: " ").map(String.init) }),
            targets: TokenLists(lines.map { $0.split(separator: " ").reversed().map(String.init) }))
        return try! PairVocabularies(training: texts)
    }

    static func translator() throws -> Translator {
        var configuration = TranslatorConfiguration()
        configuration.attention = .mlp
        (configuration.embeddingSize, configuration.hiddenSize, configuration.attentionSize) = (5, 6, 4)
        let model = try Translator(configuration, vocabularies: pairs(), seed: 2)
        enlarge(model.parameters)
        return model
    }

    static func retriever() throws -> SentenceRetriever {
        var configuration = RetrieverConfiguration()
        (configuration.embeddingSize, configuration.hiddenSize) = (5, 4)
        return try SentenceRetriever(configuration, vocabularies: pairs(), seed: 2)
    }

    static let tree = "(3 (2 (2 the) (2 king)) (1 (1 is) (0 dead)))"

    static func treeClassifier() throws -> TreeClassifier {
        var configuration = TreeClassifierConfiguration()
        (configuration.embeddingSize, configuration.hiddenSize) = (5, 4)
        return try TreeClassifier(configuration, for: try Treebank(text: Array(tree.utf8)), seed: 2)
    }

    static let conllu = """
        1\tthe\t_\tDET\t_\t_\t2\tdet\t_\t_
        2\tking\t_\tNOUN\t_\t_\t3\tnsubj\t_\t_
        3\tsees\t_\tVERB\t_\t_\t0\troot\t_\t_
        4\tthe\t_\tDET\t_\t_\t5\tdet\t_\t_
        5\tship\t_\tNOUN\t_\t_\t3\tobj\t_\t_


        """

    static func bank() throws -> DependencyTreebank { try DependencyTreebank(text: Array(conllu.utf8)) }

    static func parser(_ method: ParsingMethod) throws -> Parser {
        var configuration = ParserConfiguration()
        configuration.method = method
        configuration.encoder = encoder()
        (configuration.tagEmbeddingSize, configuration.arcSize, configuration.labelSize) = (3, 5, 4)
        (configuration.stackSize, configuration.actionSize) = (6, 6)
        return try Parser(configuration, for: bank(), seed: 2)
    }

    /// Weights large enough that units and scores differ.
    static func enlarge(_ parameters: ParameterCollection) {
        for parameter in parameters.parameters {
            parameter.values = Tensor(shape: parameter.shape, scalars: parameter.values.scalars.map { $0 * 2 })
        }
    }

    /// All models that give the tokens of a text a state, with a text for each.
    static func models() throws -> [(name: String, model: any InspectableModel, text: InspectedText)] {
        let sentence = InspectedText(words: lines[0])
        var pair = sentence, tagged = InspectedText(words: "the king sees the ship"), bracketed = sentence
        pair.target = ["dead", "is", "king", "the"]
        tagged.tags = ["DET", "NOUN", "VERB", "DET", "NOUN"]
        bracketed.tree = tree
        bracketed.labels = ["2", "2", "2", "1", "0", "1", "3"]
        var result: [(String, any InspectableModel, InspectedText)] = []
        for cell in CellKind.allCases { result.append(("lm \(cell)", try languageModel { $0.cell = cell }, sentence)) }
        result.append(
            (
                "lm feed-forward",
                try languageModel {
                    $0.architecture = .feedForward
                    $0.order = 3
                }, sentence
            ))
        for kind in OutputKind.allCases where kind != .full {
            result.append(("lm \(kind)", try languageModel { $0.output.kind = kind }, sentence))
        }
        for pooling in [PoolingKind.last, .max, .attention] {
            result.append(("classify \(pooling)", try classifier { $0.pooling = pooling }, sentence))
        }
        result.append(("classify bag", try classifier { $0.architecture = .bagOfWords }, sentence))
        for loss in TaggerLoss.allCases { result.append(("tag \(loss)", try tagger(loss), sentence)) }
        result.append(("seq2seq", try translator(), pair))
        result.append(("retrieve", try retriever(), pair))
        result.append(("tree", try treeClassifier(), bracketed))
        for method in ParsingMethod.allCases { result.append(("parse \(method)", try parser(method), tagged)) }
        return result.map { (name: $0.0, model: $0.1, text: $0.2) }
    }
}

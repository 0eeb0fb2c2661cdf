import Elman

/// What a model has to beat: what is reached without a network on the same texts. Kept in `config.json` under `_baseline`.
struct Baseline: Sendable, Hashable {
    /// What it is, for people.
    let name: String
    /// The key in the log of the measure that it is compared by: `dev_perplexity`.
    let key: String
    /// The measure.
    let value: Double

    init(name: String, key: String, value: Double) {
        (self.name, self.key, self.value) = (name, key, value)
    }

    /// What `json` wrote; nil for anything else.
    init?(json: JSONValue?) {
        guard let name = json?["name"]?.asString, let key = json?["key"]?.asString, let value = json?["value"]?.asDouble
        else { return nil }
        self.init(name: name, key: key, value: value)
    }

    var json: JSONValue {
        .object(["name": .string(name), "key": .string(key), "value": JSONValue(value)])
    }
}

extension Baseline {
    /// Counting takes a second and some 50 MB for a million tokens; for larger texts it is left out.
    private static let mostTokens = 1_500_000

    /// What n-grams with interpolated Kneser-Ney smoothing reach on the development text: of three words, or six characters.
    init?(_ corpora: LanguageModelCorpora, vocabularySize: Int, unit: TextUnit) {
        guard let development = corpora.development, corpora.training.tokens.count <= Self.mostTokens else { return nil }
        let order = unit == .word ? 3 : 6
        let counted = KneserNey(training: corpora.training, vocabularySize: vocabularySize, order: order)
        let perplexity = counted.evaluate(development).perplexity
        guard perplexity.isFinite else { return nil }
        self.init(name: "\(order)-grams, counted", key: "dev_perplexity", value: perplexity)
    }
}

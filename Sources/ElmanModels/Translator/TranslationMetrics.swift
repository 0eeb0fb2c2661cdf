import ElmanFiles
import ElmanText

/// How good the translations of a text are, and how well its targets are predicted.
public struct TranslationMetrics: Sendable, Hashable {
    /// How well given targets are predicted.
    public var prediction: TargetPrediction
    /// Of the translations against the targets.
    public var bleu: BLEU
    /// Of the translations against the targets.
    public var chrF: ChrF
    /// Translations that are their targets to the byte.
    public var exactMatch: ExactMatch
    /// Words of the targets and one end mark each, where tokens are pieces of words; else nil.
    public var wordCount: Int?

    /// What `elman evaluate --json` prints. `tokens` are those of the targets and one end mark each; tokens outside the
    /// vocabulary, `unknown`, are predicted as the unknown token, and left out in `known_perplexity`.
    public func json(version: String) -> JSONObject {
        let tokens = prediction.tokens
        var json: JSONObject = [
            "task": "seq2seq", "sentences": JSONValue(tokens.sentences), "tokens": JSONValue(tokens.tokens),
            "unknown": JSONValue(tokens.unknown), "nll": JSONValue(tokens.negativeLogLikelihood),
            "perplexity": JSONValue(tokens.perplexity), "known_perplexity": JSONValue(prediction.knownPerplexity),
        ]
        if let wordCount { json["perplexity_per_word"] = JSONValue(tokens.perplexity(per: wordCount)) }
        json["bleu"] = JSONValue(bleu.score)
        json["signature"] = .string(bleu.signature(version: version))
        json["chrf"] = JSONValue(chrF.score)
        json["chrf_signature"] = .string(chrF.signature(version: version))
        json["exact_match"] = JSONValue(exactMatch.share)
        return json
    }

    /// The same as names and values for people.
    public var rows: [[String]] {
        let tokens = prediction.tokens
        var rows = [
            ["perplexity", decimal(tokens.perplexity, places: 3)],
            ["perplexity of known tokens", decimal(prediction.knownPerplexity, places: 3)],
        ]
        if let wordCount { rows.append(["perplexity per word", decimal(tokens.perplexity(per: wordCount), places: 3)]) }
        return rows + [
            ["BLEU", decimal(bleu.score, places: 2)], ["chrF2", decimal(chrF.score, places: 2)],
            ["exact match %", percent(exactMatch.share)], ["sentences", "\(tokens.sentences)"],
            ["tokens", "\(tokens.tokens)"], ["unknown", "\(tokens.unknown)"],
        ]
    }
}

extension Translator {
    /// Translates the sources of pairs and compares with the targets, and measures how well the targets are predicted.
    /// - Parameters:
    ///   - options: how to translate; greedily by default.
    ///   - tokenization: how BLEU cuts texts; `none` for texts that are in tokens already.
    public func metrics(
        of pairs: EncodedPairs, _ options: TranslationOptions = TranslationOptions(),
        tokenization: BLEU.Tokenization = .none
    ) throws(DataError) -> TranslationMetrics {
        try options.validate(hasAttention: hasAttention)
        return metrics(of: pairs, options, prediction: prediction(of: pairs), tokenization)
    }

    /// As `metrics(of:)`, where the options fit and the prediction is known already.
    func metrics(
        of pairs: EncodedPairs, _ options: TranslationOptions = TranslationOptions(), prediction: TargetPrediction,
        _ tokenization: BLEU.Tokenization = .none
    ) -> TranslationMetrics {
        var metrics = TranslationMetrics(
            prediction: prediction, bleu: BLEU(tokenization: tokenization), chrF: ChrF(), exactMatch: ExactMatch())
        for (pair, found) in translations(of: pairs.texts.sources, options).enumerated() {
            let translation = found[0]
            let reference = pairs.texts.targets.tokens(of: pair).joined(separator: " ")
            metrics.bleu.add(translation.text, references: [reference])
            metrics.chrF.add(translation.text, references: [reference])
            metrics.exactMatch.add(translation.text, expected: reference)
        }
        if configuration.preparation.usesSubwords { metrics.wordCount = pairs.texts.targets.types.count + pairs.count }
        return metrics
    }
}

import Elman

/// How a language model adapts to a text.
struct Adaptation: Equatable {
    let cache: ContinuousCacheOptions?
    let dynamic: DynamicEvaluationOptions?
    /// What gradients are measured on; nil: what the run was trained on.
    let text: String?

    /// A scorer of a run's model, ready to begin. Throws a `DataError` where the text to measure gradients on cannot be read.
    func scorer(_ model: LanguageModel, _ folder: RunFolder) throws -> AdaptiveScorer {
        let scorer = AdaptiveScorer(model, cache: cache, dynamic: dynamic)
        guard scorer.needsStatistics else { return scorer }
        let configuration = try folder.readConfiguration()
        let files = try text.map { [$0] } ?? TrainingSources(json: configuration, path: folder.configurationPath).training
        for file in files where file != "-" && !FileSystem.exists(file) {
            throw DataError(.missingInput, path: file, "is not there to measure gradients on; name the text with --dynamic-text")
        }
        let options = ReadingOptions(
            unit: model.configuration.unit, keepsBlankLines: model.configuration.unit == .char,
            normalization: model.configuration.normalization)
        try scorer.collectStatistics(on: EncodedCorpus(reading: files, with: model.vocabulary, options: options))
        return scorer
    }

    /// Throws where what was learnt has left nothing that predicts.
    func checkSurvival(_ negativeLogLikelihood: Double) throws {
        guard dynamic != nil, !negativeLogLikelihood.isFinite else { return }
        throw DataError(.computation, "the model did not survive what it learnt; lower --dynamic-rate")
    }

    /// As `elman evaluate` takes it.
    var arguments: [String] {
        var result: [String] = []
        if let cache {
            result += ["--cache", "\(cache.size)", "--cache-theta", "\(cache.theta)", "--cache-weight", "\(cache.weight)"]
        }
        if let dynamic {
            let rule = dynamic.rule
            result += ["--dynamic", rule.kind.rawValue, "--dynamic-rate", "\(rule.rate)", "--dynamic-decay", "\(rule.decay)"]
            if rule.kind == .rms { result += ["--dynamic-epsilon", "\(rule.epsilon)"] }
            result += ["--dynamic-segment", "\(dynamic.segment)"]
        }
        return result + (text.map { ["--dynamic-text", $0] } ?? [])
    }

    /// For `--json`.
    var json: JSONObject {
        var object: JSONObject = [:]
        if let cache {
            object["cache"] = [
                "size": JSONValue(cache.size), "theta": JSONValue(cache.theta), "weight": JSONValue(cache.weight),
            ]
        }
        if let dynamic {
            object["dynamic"] = [
                "rule": .string(dynamic.rule.kind.rawValue), "rate": JSONValue(dynamic.rule.rate),
                "decay": JSONValue(dynamic.rule.decay), "segment": JSONValue(dynamic.segment),
            ]
        }
        return object
    }

    /// For people.
    var rows: [[String]] {
        let ofCache = cache.map {
            ["cache", "\(grouped($0.size)) tokens, θ \(significant($0.theta)), weight \(significant($0.weight))"]
        }
        let ofDynamic = dynamic.map {
            let rule = "\($0.rule.kind.rawValue), rate \(significant($0.rule.rate)), decay \(significant($0.rule.decay))"
            return ["dynamic", "\(rule), every \(counted($0.segment, "token"))"]
        }
        return [ofCache, ofDynamic].compactMap { $0 }
    }
}

import ArgumentParser
import Elman

/// How a language model adapts to the text it is measured on.
struct AdaptationFlags: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Language models with a carried state: words are likelier where they stood in a like place among the last n (Grave et al. "
                + "2017).", valueName: "n"))
    var cache: Int?
    @Option(help: ArgumentHelp("How much likeness counts in the cache (0.3).", valueName: "theta")) var cacheTheta: Double?
    @Option(help: ArgumentHelp("What the cache weighs beside the model, below 1 (0.1).", valueName: "lambda"))
    var cacheWeight: Double?
    @Option(
        help: ArgumentHelp(
            "The same models: learn from the text while it is scored, each segment after its scores are taken; the run stays as it is "
                + "(Krause et al. 2018). rms: by the size of gradients on the training text.",
            valueName: DynamicRule.Kind.allCases.map(\.rawValue).joined(separator: "|")))
    var dynamic: String?
    @Option(help: ArgumentHelp("Rate of learning (sgd 0.1, rms 0.00005).", valueName: "rate")) var dynamicRate: Double?
    @Option(help: ArgumentHelp("How strongly weights are drawn back to the trained ones, 0 to 1 (0.002).", valueName: "lambda"))
    var dynamicDecay: Double?
    @Option(help: ArgumentHelp("Added to the sizes of gradients, rms (0.00002).", valueName: "epsilon")) var dynamicEpsilon:
        Double?
    @Option(help: ArgumentHelp("Tokens to learn from at once (5).", valueName: "n")) var dynamicSegment: Int?
    @Option(
        help: ArgumentHelp("Text to measure gradients on, rms (what the run was trained on).", valueName: "file"),
        completion: .file())
    var dynamicText: String?

    func validate() throws {
        let details: [(Bool, String)] = [
            (cacheTheta != nil && cache == nil, "--cache-theta is for --cache"),
            (cacheWeight != nil && cache == nil, "--cache-weight is for --cache"),
            (dynamicRate != nil && dynamic == nil, "--dynamic-rate is for --dynamic"),
            (dynamicDecay != nil && dynamic == nil, "--dynamic-decay is for --dynamic"),
            (dynamicSegment != nil && dynamic == nil, "--dynamic-segment is for --dynamic"),
            (dynamicEpsilon != nil && dynamic != "rms", "--dynamic-epsilon is for --dynamic rms"),
            (dynamicText != nil && dynamic != "rms", "--dynamic-text is for --dynamic rms"),
        ]
        for (isWrong, message) in details where isWrong { throw ValidationError("\(message); give both or leave it out") }
        try require(cache.map { (1...1_000_000).contains($0) }, "--cache", "1 to 1000000")
        try require(cacheTheta.map { $0 >= 0 && $0 <= 1e6 }, "--cache-theta", "0 to 1000000")
        try require(cacheWeight.map { $0 >= 0 && $0 < 1 }, "--cache-weight", "a number from 0 to below 1")
        try require(dynamic.map { DynamicRule.Kind(rawValue: $0) != nil }, "--dynamic", "sgd or rms")
        try require(dynamicRate.map { $0 >= 0 && $0 <= 1e6 }, "--dynamic-rate", "0 to 1000000")
        try require(dynamicDecay.map { $0 >= 0 && $0 <= 1 }, "--dynamic-decay", "0 to 1")
        try require(dynamicEpsilon.map { $0 >= 1e-30 && $0 <= 1e6 }, "--dynamic-epsilon", "a positive number")
        try require(dynamicSegment.map { (1...1_000_000).contains($0) }, "--dynamic-segment", "1 to 1000000")
    }

    private func require(_ isRight: Bool?, _ name: String, _ expected: String) throws {
        if isRight == false { throw ValidationError("\(name) is out of range; give \(expected)") }
    }

    /// What was asked for; nil: a model as it is.
    var adaptation: Adaptation? {
        guard cache != nil || dynamic != nil else { return nil }
        let kind = dynamic.flatMap { DynamicRule.Kind(rawValue: $0) }
        let rule = kind.map { kind in
            DynamicRule(
                kind, rate: dynamicRate ?? (kind == .sgd ? 0.1 : 5e-5), decay: dynamicDecay ?? 0.002,
                epsilon: dynamicEpsilon ?? 2e-5)
        }
        return Adaptation(
            cache: cache.map { ContinuousCacheOptions(size: $0, theta: cacheTheta ?? 0.3, weight: cacheWeight ?? 0.1) },
            dynamic: rule.map { DynamicEvaluationOptions(rule: $0, segment: dynamicSegment ?? 5) }, text: dynamicText)
    }
}

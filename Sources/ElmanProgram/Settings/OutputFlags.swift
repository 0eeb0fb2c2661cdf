import ArgumentParser
import Elman

/// How a language model tells many words apart.
struct OutputFlags: SettingFlags {
    @Option(
        help: ArgumentHelp(
            "How words get their probabilities; all but full cost less with many words (full).",
            valueName: OutputKind.allCases.map(\.rawValue).joined(separator: "|")))
    var softmax: String?
    @Option(help: ArgumentHelp("Of --softmax class: classes of words (the square root of the words).", valueName: "n"))
    var softmaxClasses: Int?
    @Option(
        help: ArgumentHelp(
            "Of --softmax adaptive: the first word of each cluster, words by falling frequency (those that cost least).",
            valueName: "n,n"))
    var softmaxCutoffs: String?
    @Option(help: ArgumentHelp("Of --softmax adaptive: by how much a cluster has fewer dimensions (4).", valueName: "n"))
    var softmaxDivision: Int?
    @Option(help: ArgumentHelp("Of --softmax sampled and nce: words to draw for an update (1000).", valueName: "n"))
    var softmaxSamples: Int?
    @Option(
        help: ArgumentHelp(
            "Of --softmax sampled and nce: what they are drawn by (log-uniform for sampled, unigram for nce).",
            valueName: WordSampler.Kind.allCases.map(\.rawValue).joined(separator: "|")))
    var softmaxSampler: String?
    @Option(help: ArgumentHelp("Of --softmax nce: the normaliser of the scores, as its logarithm (0).", valueName: "n"))
    var softmaxNormalizer: Double?
}

extension SettingsReader {
    /// The output layer that is asked for. Settings of another one are refused.
    func output() throws -> OutputConfiguration {
        var output = OutputConfiguration()
        let kind = try choice("softmax", among: OutputKind.allCases.map(\.rawValue)).flatMap { OutputKind(rawValue: $0) }
        output.kind = kind ?? .full
        let known = output.settings.members.map(\.key) + ["softmax"]
        if let other = OutputFlags.keys.first(where: { has($0) && !known.contains($0) }) {
            throw fault(
                other, "has no meaning for a softmax that is \(output.kind.rawValue); leave it out, or name another --softmax")
        }
        output.classCount = try integer("softmax-classes", in: 1...1_000_000)
        if let text = try string("softmax-cutoffs") {
            guard let cutoffs = OutputConfiguration.cutoffs(text) else {
                throw fault("softmax-cutoffs", "is '\(text)'; give numbers with commas between them, as 2000,10000")
            }
            output.cutoffs = cutoffs
        }
        output.division = try integer("softmax-division", in: 1...1000) ?? output.division
        output.sampleCount = try integer("softmax-samples", in: 1...10_000_000) ?? output.sampleCount
        output.sampler = try choice("softmax-sampler", among: WordSampler.Kind.allCases.map(\.rawValue))
            .flatMap { WordSampler.Kind(rawValue: $0) }
        output.logNormalizer = Float(
            try number("softmax-normalizer", above: -Double(Float.greatestFiniteMagnitude)) ?? Double(output.logNormalizer))
        return output
    }
}

import ElmanFiles
import ElmanGraph
import ElmanLayers
import ElmanTensor

/// How the words' probabilities come from a language model's state.
public enum OutputKind: String, Sendable, Hashable, CaseIterable {
    /// `FullSoftmax`.
    case full
    /// `ClassFactoredSoftmax`.
    case classFactored = "class"
    /// `HierarchicalSoftmax`.
    case hierarchical
    /// `AdaptiveSoftmax`.
    case adaptive
    /// `SampledSoftmax`.
    case sampled
    /// `NoiseContrastiveEstimation`.
    case noiseContrastive = "nce"

    /// Whether it learns from a sample of the words.
    public var isSampled: Bool { self == .sampled || self == .noiseContrastive }
}

/// The output layer of a language model.
public struct OutputConfiguration: Sendable, Hashable {
    /// Which one.
    public var kind = OutputKind.full
    /// Of `classFactored`: how many classes; nil: the square root of the number of words.
    public var classCount: Int?
    /// Of `adaptive`: the first word of each cluster; none: chosen so that a word costs least.
    public var cutoffs: [Int] = []
    /// Of `adaptive`: by how much each cluster has fewer dimensions than the one before.
    public var division = 4
    /// Of the sampled ones: words that are drawn for an update.
    public var sampleCount = 1000
    /// Of the sampled ones: what they are drawn by; nil: log-uniform for `sampled`, unigram for `noiseContrastive`.
    public var sampler: WordSampler.Kind?
    /// Of `noiseContrastive`: the normaliser that scores are to have, as its natural logarithm.
    public var logNormalizer: Float = 0

    /// A full softmax.
    public init() {}

    /// Whether the layer is made by how often words occur.
    public var needsCounts: Bool { kind != .full }

    /// Throws `.configuration` where a number is out of range.
    public func validate(tiesEmbeddings: Bool) throws(DataError) {
        if kind == .classFactored, let classCount {
            try ConfigurationCheck.require(classCount, "softmax-classes", in: 1...1_000_000)
        }
        if kind == .adaptive { try ConfigurationCheck.require(division, "softmax-division", in: 1...1000) }
        if kind.isSampled { try ConfigurationCheck.require(sampleCount, "softmax-samples", in: 1...10_000_000) }
        guard logNormalizer.isFinite else {
            throw DataError(.configuration, "softmax-normalizer is \(logNormalizer); give a number")
        }
        for (cutoff, next) in zip([0] + cutoffs, cutoffs) where next <= cutoff {
            throw DataError(.configuration, "softmax-cutoffs has \(next) behind \(cutoff); give rising numbers from 1 on")
        }
        if tiesEmbeddings, kind == .hierarchical || kind == .adaptive {
            throw DataError(
                .configuration,
                "tied embeddings have no place in a softmax that is \(kind.rawValue); leave them out, or use another softmax")
        }
    }

    /// Throws `.configuration` where the layer cannot be made for so many words.
    package func validate(vocabularySize: Int) throws(DataError) {
        guard kind == .adaptive, let last = cutoffs.last, last >= vocabularySize else { return }
        throw DataError(
            .configuration, "softmax-cutoffs has \(last), and the vocabulary has \(vocabularySize) entries; give smaller numbers")
    }
}

extension OutputConfiguration {
    /// The layer on a network's output.
    /// - Parameters:
    ///   - counts: how often each word occurs.
    ///   - embeddings: the table that the weights are tied to, or nil.
    ///   - uniform: what all parameters are drawn by, or nil for each layer's own.
    func makeLayer(
        inputSize: Int, counts: [Int], tiedTo embeddings: LookupParameter?, uniform: Initializer?,
        in parameters: ParameterCollection
    ) -> any OutputLayer {
        let bias = uniform ?? .zeros
        switch kind {
        case .full:
            if let embeddings { return FullSoftmax(tiedTo: embeddings, biasInitializer: bias, in: parameters) }
            return FullSoftmax(
                inputSize: inputSize, outputCount: counts.count, initializer: uniform ?? .glorot(),
                biasInitializer: uniform ?? .glorot(), in: parameters)
        case .classFactored:
            return ClassFactoredSoftmax(
                inputSize: inputSize, classes: WordClasses(counts: counts, classCount: classCount), tiedTo: embeddings,
                initializer: uniform, biasInitializer: bias, in: parameters)
        case .hierarchical:
            return HierarchicalSoftmax(
                inputSize: inputSize, tree: HuffmanTree(counts: counts), initializer: uniform, biasInitializer: bias,
                in: parameters)
        case .adaptive:
            let chosen = AdaptiveSoftmax.cutoffs(counts: counts, inputSize: inputSize, division: division)
            return AdaptiveSoftmax(
                inputSize: inputSize, outputCount: counts.count, cutoffs: cutoffs.isEmpty ? chosen : cutoffs, division: division,
                counts: counts, initializer: uniform, in: parameters)
        case .sampled:
            return SampledSoftmax(
                inputSize: inputSize, sampler: WordSampler(sampler ?? .logUniform, counts: counts), sampleCount: sampleCount,
                tiedTo: embeddings, initializer: uniform, biasInitializer: bias, in: parameters)
        case .noiseContrastive:
            return NoiseContrastiveEstimation(
                inputSize: inputSize, sampler: WordSampler(sampler ?? .unigram, counts: counts), sampleCount: sampleCount,
                logNormalizer: logNormalizer, tiedTo: embeddings, initializer: uniform, in: parameters)
        }
    }
}

extension OutputConfiguration {
    /// The settings of a kind, beside `softmax`, and their values; none for a full softmax.
    package var settings: JSONObject {
        var object: JSONObject = [:]
        switch kind {
        case .full, .hierarchical: break
        case .classFactored: object["softmax-classes"] = classCount.map { JSONValue($0) } ?? .null
        case .adaptive:
            object["softmax-cutoffs"] = .string(cutoffs.map { "\($0)" }.joined(separator: ","))
            object["softmax-division"] = JSONValue(division)
        case .sampled, .noiseContrastive:
            object["softmax-samples"] = JSONValue(sampleCount)
            object["softmax-sampler"] = sampler.map { .string($0.rawValue) } ?? .null
            if kind == .noiseContrastive { object["softmax-normalizer"] = JSONValue(logNormalizer) }
        }
        return object
    }

    /// Reads what a configuration of a language model says; an older one says nothing and has a full softmax.
    init(_ reader: ConfigurationReader) throws(DataError) {
        kind = try reader.choice("softmax", default: .full, OutputKind.init(rawValue:))
        switch kind {
        case .full, .hierarchical: break
        case .classFactored: classCount = try reader.optionalInteger("softmax-classes")
        case .adaptive:
            let text = try reader.string("softmax-cutoffs")
            guard let numbers = Self.cutoffs(text) else {
                throw reader.error("'softmax-cutoffs' is '\(text)', not numbers with commas between them")
            }
            cutoffs = numbers
            division = try reader.integer("softmax-division")
        case .sampled, .noiseContrastive:
            sampleCount = try reader.integer("softmax-samples")
            sampler = try reader.optionalChoice("softmax-sampler", WordSampler.Kind.init(rawValue:))
            if kind == .noiseContrastive { logNormalizer = Float(try reader.number("softmax-normalizer")) }
        }
    }

    /// Numbers with commas between them; nil where one is none.
    package static func cutoffs(_ text: String) -> [Int]? {
        let parts = text.split(separator: ",", omittingEmptySubsequences: false)
        if parts.count == 1, parts[0].isEmpty { return [] }
        let numbers = parts.compactMap { Int($0) }
        return numbers.count == parts.count ? numbers : nil
    }
}

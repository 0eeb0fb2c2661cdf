import ElmanFiles
import ElmanGraph
import ElmanTensor
import ElmanText

#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// How text is drawn from a language model.
public struct GenerationOptions: Sendable, Hashable {
    /// Tokens to draw.
    public var length: Int
    /// Scores are divided by it: below 1 safer, above 1 wilder, 0 always the likeliest token.
    public var temperature: Float
    /// Only the so many likeliest tokens may be drawn; nil: all.
    public var topCount: Int?
    /// Only the likeliest tokens that together have this probability may be drawn (Holtzman et al. 2020); nil: all.
    public var topProbability: Float?
    /// Whether `<unk>` may be drawn.
    public var allowsUnknown: Bool
    /// Equal seeds draw equal texts.
    public var seed: UInt64

    /// Options; plain sampling by default.
    public init(
        length: Int = 100, temperature: Float = 1, topCount: Int? = nil, topProbability: Float? = nil,
        allowsUnknown: Bool = false, seed: UInt64 = 1
    ) {
        self.length = length
        self.temperature = temperature
        self.topCount = topCount
        self.topProbability = topProbability
        self.allowsUnknown = allowsUnknown
        self.seed = seed
    }

    /// Throws `.configuration` for a value out of range.
    public func validate() throws(DataError) {
        guard length >= 0, length <= 100_000_000 else {
            throw DataError(.configuration, "the length is \(length); give a number from 0 to 100000000")
        }
        guard temperature >= 0, temperature.isFinite else {
            throw DataError(.configuration, "the temperature is \(temperature); give 0 or a positive number")
        }
        if let topCount, topCount < 1 { throw DataError(.configuration, "top-k is \(topCount); give at least 1") }
        if let topProbability, !(topProbability > 0 && topProbability <= 1) {
            throw DataError(.configuration, "top-p is \(topProbability); give a number above 0 and at most 1")
        }
    }
}

extension LanguageModel {
    /// Draws tokens that follow a prompt. A model that was trained sentence by sentence begins anew after each end mark.
    /// - Parameters:
    ///   - intervention: what is changed in the network while it writes.
    ///   - each: is handed every token as it is drawn; returning false stops.
    public func generate(
        after prompt: [Int32] = [], _ options: GenerationOptions = GenerationOptions(), intervention: Intervention? = nil,
        each: (Int32) -> Bool = { _ in true }
    ) throws(DataError) -> [Int32] {
        try options.validate()
        let graph = ComputationGraph(keepsForBackward: false)
        graph.intervention = intervention
        var reader = LanguageModelReader(self, in: graph)
        for token in prompt { reader.read(token, in: graph) }
        var generator = RandomGenerator(seed: options.seed, stream: 0x67_656E)
        var tokens: [Int32] = []
        while tokens.count < options.length {
            let token = draw(reader.logProbabilities, options, using: &generator)
            tokens.append(token)
            guard each(token), tokens.count < options.length else { break }
            if token == boundary, !configuration.carriesState { reader.reset(in: graph) } else { reader.read(token, in: graph) }
        }
        return tokens
    }

    /// Draws text that follows a prompt, as one string; the prompt is not part of it.
    public func generate(prompt: String, _ options: GenerationOptions = GenerationOptions()) throws(DataError) -> String {
        let tokens = try generate(after: try encoder.encode(prompt).tokens, options)
        return vocabulary.text(of: tokens, unit: configuration.unit)
    }

    private func draw(
        _ logProbabilities: [Float], _ options: GenerationOptions, using generator: inout RandomGenerator
    ) -> Int32 {
        var scores = logProbabilities
        if !options.allowsUnknown, let unknown = vocabulary.unknown, vocabulary.count > 1 { scores[unknown] = -.infinity }
        let best = scores.indices.max { scores[$0] < scores[$1] } ?? 0
        guard options.temperature > 0 else { return Int32(best) }
        let peak = scores[best]
        var weights = scores.map { exp(Double($0 - peak) / Double(options.temperature)) }
        if options.topCount != nil || options.topProbability != nil { keepLikeliest(&weights, options) }
        return Int32(generator.index(weights: weights.map { Float($0) }))
    }

    /// Zeroes the weights of tokens outside the top; of equal weights those with lower indices are kept.
    private func keepLikeliest(_ weights: inout [Double], _ options: GenerationOptions) {
        let order = weights.indices.sorted { (weights[$1], $0) < (weights[$0], $1) }
        let limit = Double(options.topProbability ?? 1) * weights.reduce(0, +)
        var kept = 0.0
        for (rank, index) in order.enumerated() {
            let isOutside = rank >= (options.topCount ?? .max) || kept >= limit
            if isOutside, rank > 0 { weights[index] = 0 } else { kept += weights[index] }
        }
    }
}

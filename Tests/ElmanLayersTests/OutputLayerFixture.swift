import ElmanGraph
import ElmanLayers
import ElmanTensor
import Testing

/// Every kind of output layer.
enum OutputCase: String, CaseIterable, CustomTestStringConvertible {
    case full, tiedFull, classFactored, tiedClassFactored, hierarchical, adaptive, adaptiveWithBias, sampled, tiedSampled,
        noiseContrastive, tiedNoiseContrastive

    var testDescription: String { rawValue }

    /// A layer for so many words whose parameters are all random, biases included.
    func make(words: Int = 23, inputSize: Int = 6, samples: Int = 9, seed: UInt64 = 5) -> RandomLayer {
        let parameters = ParameterCollection(seed: seed)
        let table = rawValue.hasPrefix("tied") ? parameters.addLookup(count: words, size: inputSize, named: "embeddings") : nil
        let layer = layer(words, inputSize, samples, table, in: parameters.scope("scores"))
        var draw = Draw(seed)
        for parameter in parameters.parameters {
            parameter.values = Tensor(shape: parameter.shape, scalars: draw.vector(parameter.shape.count))
        }
        for table in parameters.lookupParameters {
            table.values = Tensor(shape: [table.size, table.count], scalars: draw.vector(table.size * table.count))
        }
        return RandomLayer(layer: layer, parameters: parameters)
    }

    static func counts(_ words: Int) -> [Int] { (0..<words).map { 1 + 7 * words / ($0 + 1) + ($0 * 31) % 5 } }

    private func layer(
        _ words: Int, _ inputSize: Int, _ samples: Int, _ table: LookupParameter?, in parameters: ParameterCollection
    ) -> any OutputLayer {
        let counts = Self.counts(words)
        switch self {
        case .full: return FullSoftmax(inputSize: inputSize, outputCount: words, in: parameters)
        case .tiedFull: return FullSoftmax(tiedTo: table!, in: parameters)
        case .classFactored, .tiedClassFactored:
            return ClassFactoredSoftmax(inputSize: inputSize, classes: WordClasses(counts: counts), tiedTo: table, in: parameters)
        case .hierarchical:
            return HierarchicalSoftmax(inputSize: inputSize, tree: HuffmanTree(counts: counts), in: parameters)
        case .adaptive, .adaptiveWithBias:
            let cutoffs = words < 4 ? [1] : [words / 4, words / 2]
            return AdaptiveSoftmax(
                inputSize: inputSize, outputCount: words, cutoffs: cutoffs, division: 2, hasHeadBias: self == .adaptiveWithBias,
                in: parameters)
        case .sampled, .tiedSampled:
            return SampledSoftmax(
                inputSize: inputSize, sampler: WordSampler(.logUniform, counts: counts), sampleCount: samples, tiedTo: table,
                in: parameters)
        case .noiseContrastive, .tiedNoiseContrastive:
            return NoiseContrastiveEstimation(
                inputSize: inputSize, sampler: WordSampler(.unigram, counts: counts), sampleCount: samples, logNormalizer: 0.5,
                tiedTo: table, in: parameters)
        }
    }
}

/// A layer and its parameters.
struct RandomLayer {
    let layer: any OutputLayer
    let parameters: ParameterCollection

    /// The values of a parameter, row by row.
    func rows(_ name: String) -> [[Double]] {
        if let table = parameters.lookupParameters.first(where: { $0.name == name }) {
            let values = table.values.scalars
            return (0..<table.count).map { row in values[row * table.size..<(row + 1) * table.size].map { Double($0) } }
        }
        let values = parameters.parameters.first { $0.name == name }!.values
        return values.shape.rank == 1 ? [values.scalars.map { Double($0) }] : values.rows.map { $0.map { Double($0) } }
    }

    /// weights_i · x + bias_i, in double precision.
    func scores(_ x: [Float], weights: String = "scores/weights", bias: String? = "scores/bias") -> [Double] {
        let biases = bias.map { rows($0)[0] }
        return rows(weights).enumerated().map { index, row in
            zip(row, x).reduce(biases?[index] ?? 0) { $0 + $1.0 * Double($1.1) }
        }
    }

    /// Loss function and gradient of every parameter, tables included, against differences; the worst error.
    func worstGradientError(_ loss: (ComputationGraph) -> Expression) -> (error: Double, name: String) {
        let graph = ComputationGraph()
        func value() -> Double {
            graph.renew()
            return Double(loss(graph).value.scalar)
        }
        parameters.clearGradients()
        loss(graph).backward()
        var worst = (error: 0.0, name: "")
        for entry in parameters.entries {
            if entry.hasGradient { entry.prepareGradient() }
            let original = entry.copy(of: entry.values)
            let gradient = entry.hasGradient ? entry.copy(of: entry.gradients) : [Float](repeating: 0, count: original.count)
            for index in stride(from: 0, to: original.count, by: 3) {
                func moved(_ change: Float) -> Double {
                    var values = original
                    values[index] += change
                    entry.setValues(values)
                    return value()
                }
                let narrow = (moved(5e-3) - moved(-5e-3)) / 1e-2, wide = (moved(1e-2) - moved(-1e-2)) / 2e-2
                let difference = (4 * narrow - wide) / 3
                let error = abs(difference - Double(gradient[index])) / max(1, abs(difference))
                if !(error <= worst.error) { worst = (error, "\(entry.name)[\(index)]") }
            }
            entry.setValues(original)
        }
        return worst
    }
}

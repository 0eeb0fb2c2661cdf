import ElmanGraph
import ElmanTensor

/// What a language model makes of successive tokens of one sentence, or of parallel streams.
struct LanguageModelSteps {
    /// The negative log-probability of each token, one number; of each step's tokens their sum, for streams.
    var losses: [Expression] = []
    /// The outputs of the top layer that they were told from.
    var outputs: [Expression] = []
    /// The same after dropout.
    var droppedOutputs: [Expression] = []

    mutating func append(loss: Expression, output: Expression, dropped: Expression) {
        losses.append(loss)
        outputs.append(output)
        droppedOutputs.append(dropped)
    }
}

extension LanguageModelRegularization {
    /// α mean(d²) + β mean((h' - h)²), with d the dropped outputs of all sequences and h, h' successive outputs of one, over all
    /// their elements; nil where both factors are 0.
    func penalty(of sequences: [LanguageModelSteps]) -> Expression? {
        let activation = meanSquare(sequences.flatMap(\.droppedOutputs), activationPenalty)
        let differences =
            slownessPenalty == 0 ? [] : sequences.flatMap { zip($0.outputs.dropFirst(), $0.outputs).map { $0 - $1 } }
        let slowness = meanSquare(differences, slownessPenalty)
        guard let activation, let slowness else { return activation ?? slowness }
        return activation + slowness
    }

    private func meanSquare(_ vectors: [Expression], _ factor: Float) -> Expression? {
        guard factor > 0, !vectors.isEmpty else { return nil }
        let count = vectors.reduce(0) { $0 + $1.shape.totalCount }
        return sum(vectors.map { sumOverBatch(squaredNorm($0)) }) * (factor / Float(count))
    }
}

/// Dropout of tokens' vectors and of the top layer's output: a new mask each time, or one for the sequence.
struct TokenMasks {
    private let inputRate: Float, outputRate: Float, rowRate: Float
    private let isVariational: Bool
    private var outputMask: Expression?

    init(_ configuration: LanguageModelConfiguration, isTraining: Bool) {
        inputRate = isTraining ? configuration.inputDropout : 0
        outputRate = isTraining ? configuration.outputDropout : 0
        rowRate = isTraining ? configuration.regularization.embeddingDropout : 0
        isVariational = configuration.isDropoutVariational
    }

    /// The mask that is drawn once; none before.
    var expressions: [Expression] { outputMask.map { [$0] } ?? [] }

    /// The same mask as another expression, of another graph.
    func replaced(by expressions: [Expression]) -> TokenMasks {
        var masks = self
        masks.outputMask = expressions.first
        return masks
    }

    /// The vectors of tokens, one for each of parallel texts. Under variational dropout the network masks its input itself.
    func vectors(_ tokens: [Int], _ table: LookupParameter, in graph: ComputationGraph) -> Expression {
        let vectors = table.vectors(tokens, rowDropout: rowRate, in: graph)
        return isVariational ? vectors : dropout(vectors, rate: inputRate)
    }

    mutating func dropOutput(_ output: Expression) -> Expression {
        guard isVariational, outputRate > 0 else { return dropout(output, rate: outputRate) }
        let mask = outputMask ?? output.graph.dropoutMask(output.shape, rate: outputRate)
        outputMask = mask
        return output .* mask
    }
}

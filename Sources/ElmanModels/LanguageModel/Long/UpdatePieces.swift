import ElmanGraph
import ElmanLayers
import ElmanTensor
import ElmanText

/// What an update of a language model learns from, in pieces of some steps: texts side by side, or a segment of parallel streams.
///
/// Sequences of up to `stepsOfPiece` steps are one piece. Longer ones are computed piece by piece, whether all pieces are held in
/// one graph or not: so the bits of gradients do not depend on the memory there is.
struct UpdatePieces {
    /// Steps of a piece.
    static let stepsOfPiece = 128

    /// Tokens to predict, one after the other.
    struct Run {
        let tokens: ArraySlice<Int32>
        /// What stands before them, where they are no beginning.
        let previous: Int32
        /// They begin anew.
        let isBeginning: Bool
    }

    private enum Texts {
        /// The runs of each text, and the state that one goes on from which does not begin with its first run.
        case side([[Run]], [[[Tensor]]?])
        /// Streams that are read as one batch, and the state they go on from.
        case streams(StreamBatcher.Segment, [[Tensor]]?)
    }

    private let texts: Texts
    private let objective: LanguageModelObjective
    /// Steps of each text.
    let lengths: [Int]
    /// By what the sum of losses is divided.
    private let divisor: Int

    /// Sentences, each of which begins anew.
    init(_ sentences: [ArraySlice<Int32>], objective: LanguageModelObjective) {
        self.init(
            sentences.map { [Run(tokens: $0, previous: 0, isBeginning: true)] }, from: sentences.map { _ in nil },
            objective: objective, streamCount: 1)
    }

    /// Texts of several runs, and the states that they go on from.
    /// - Parameter streamCount: over how many the sum is averaged.
    init(_ texts: [[Run]], from states: [[[Tensor]]?], objective: LanguageModelObjective, streamCount: Int) {
        self.texts = .side(texts, states)
        self.objective = objective
        lengths = texts.map { $0.reduce(0) { $0 + $1.tokens.count } }
        divisor = objective == .sum ? streamCount : lengths.reduce(0, +)
    }

    /// A segment of streams.
    init(_ segment: StreamBatcher.Segment, from state: [[Tensor]]?, objective: LanguageModelObjective) {
        texts = .streams(segment, state)
        self.objective = objective
        lengths = Array(repeating: segment.stepCount, count: segment.streamCount)
        divisor = objective == .sum ? segment.streamCount : segment.stepCount * segment.streamCount
    }

    /// Tokens that are learnt.
    var tokenCount: Int { lengths.reduce(0, +) }

    /// Steps of the longest text.
    var stepCount: Int { lengths.max() ?? 0 }

    /// How many pieces there are.
    var count: Int { max(1, (stepCount + Self.stepsOfPiece - 1) / Self.stepsOfPiece) }

    /// Whether the texts take their steps together.
    var areStreams: Bool { if case .streams = texts { true } else { false } }

    /// The loss of all pieces.
    func computation(_ model: LanguageModel) -> LongComputation<[LanguageModelReading]> {
        LongComputation(pieceCount: count) { graph in
            begin(model, in: graph)
        } piece: { number, readings in
            let steps = number * Self.stepsOfPiece..<min((number + 1) * Self.stepsOfPiece, stepCount)
            switch texts {
            case .side(let texts, _): return loss(model, texts, steps, &readings)
            case .streams(let segment, _): return loss(model, segment.steps(steps), &readings[0])
            }
        }
    }

    private func begin(_ model: LanguageModel, in graph: ComputationGraph) -> [LanguageModelReading] {
        let states =
            switch texts {
            case .side(_, let states): states
            case .streams(_, let state): [state]
            }
        return states.enumerated().map { text, values in
            let state = values.map { model.state(from: $0, in: graph, isTraining: true) }
            return model.reading(text, from: state, in: graph, isTraining: true)
        }
    }

    private func loss(
        _ model: LanguageModel, _ piece: StreamBatcher.Segment, _ reading: inout LanguageModelReading
    ) -> PieceLoss {
        let steps = model.steps(of: piece, from: &reading)
        return loss([steps], model, tokens: piece.stepCount * piece.streamCount)
    }

    /// Texts that have ended are dropped, but for their states after the last piece.
    private func loss(
        _ model: LanguageModel, _ texts: [[Run]], _ steps: Range<Int>, _ readings: inout [LanguageModelReading]
    ) -> PieceLoss {
        var made: [LanguageModelSteps] = [], tokens = 0
        for index in readings.indices {
            let text = readings[index].text, graph = readings[index].state.graph
            for run in Self.part(of: texts[text], steps) {
                if run.isBeginning, !readings[index].isFresh {
                    readings[index] = model.reading(text, in: graph, isTraining: true)
                }
                made.append(
                    model.steps(
                        of: run.tokens, after: run.isBeginning ? model.boundary : run.previous, from: &readings[index]))
                tokens += run.tokens.count
            }
        }
        if steps.upperBound < stepCount { readings.removeAll { lengths[$0.text] <= steps.upperBound } }
        return loss(made, model, tokens: tokens)
    }

    /// What of the runs of a text falls into some of its steps.
    private static func part(of runs: [Run], _ steps: Range<Int>) -> [Run] {
        var first = 0
        return runs.compactMap { run in
            defer { first += run.tokens.count }
            let part = steps.clamped(to: first..<first + run.tokens.count)
            guard !part.isEmpty else { return nil }
            let start = run.tokens.startIndex + part.lowerBound - first
            let isStart = part.lowerBound == first
            return Run(
                tokens: run.tokens[start..<start + part.count], previous: isStart ? run.previous : run.tokens[start - 1],
                isBeginning: isStart && run.isBeginning)
        }
    }

    /// The objective of some steps. What regularises activations counts beside a sum once for each token, beside a mean by the share of
    /// the tokens.
    private func loss(_ steps: [LanguageModelSteps], _ model: LanguageModel, tokens: Int) -> PieceLoss {
        let total = sum(steps.map { sum($0.losses) })
        let objective = divisor == 1 ? total : total * (1 / Float(divisor))
        guard let penalty = model.configuration.regularization.penalty(of: steps) else {
            return PieceLoss(objective, total: total)
        }
        let factor = Float(tokens) / Float(self.objective == .sum ? divisor : tokenCount)
        return PieceLoss(objective + (factor == 1 ? penalty : penalty * factor), total: total)
    }
}

import ElmanFiles
import ElmanGraph
import ElmanLayers
import ElmanTensor
import ElmanText

extension LanguageModel: InspectableModel {
    /// Words or characters.
    public var unit: TextUnit { configuration.unit }

    /// Whether it was trained on a stream.
    public var carriesState: Bool { configuration.carriesState }

    /// The tokens of a text; ends of lines are end marks. A model that reads backwards is given every line from its end.
    public func text(_ string: String) throws(DataError) -> InspectedText {
        let string = configuration.normalization.normalized(string), isOfWords = unit == .word
        let lines = string.split(omittingEmptySubsequences: isOfWords) { $0 == "\n" || $0 == "\r\n" }.map { line -> [String] in
            let tokens =
                isOfWords
                ? line.split(whereSeparator: \.isWhitespace).map(String.init) : line.unicodeScalars.map { String($0) }
            return configuration.isBackward ? tokens.reversed() : tokens
        }
        return InspectedText(tokens: Array(lines.joined(separator: [unit.boundarySpelling])))
    }

    /// Reads tokens after the mark before a text, or after what was read before. Decision i is about the next token, by its
    /// log-probabilities; the first of a text that goes on is about its first token. A model of sentences begins anew after every end mark.
    public func inspect(
        _ text: InspectedText, from start: InspectionState?, in graph: ComputationGraph, deciding: Bool
    ) throws(DataError) -> Inspection {
        let numbers = try indices(of: text.tokens)
        let inputs = start == nil ? [Int(boundary)] + numbers : numbers
        let tokens = start == nil ? [unit.boundarySpelling] + text.tokens : text.tokens
        let vectors = graph.tokenVectors(inputs.map { embeddings[$0, in: graph] }, named: embeddings.name)
        var state = start.map { network.start(from: $0.values, in: graph) } ?? network.start(in: graph)
        let labels = InspectedLabels.vocabulary(vocabulary)
        var decisions: [InspectedDecision] = [], last: Expression?
        if let start {
            let scores = graph.input(start.scores)
            last = scores
            if deciding {
                decisions.append(
                    InspectedDecision(position: -1, about: 0, name: "", scores: scores, labels: labels, outcome: inputs.first))
            }
        }
        let layer = output
        for (place, vector) in vectors.enumerated() {
            if place > 0, inputs[place] == Int(boundary), !carriesState { state = network.start(in: graph) }
            state.addInput(vector)
            let reached = state.output
            guard deciding || place == vectors.count - 1 else { continue }
            let scores = layer.logProbabilities(reached)
            last = scores
            let next = place + 1 < inputs.count ? inputs[place + 1] : nil
            decisions.append(
                InspectedDecision(
                    position: place, about: next == nil ? nil : place + 1, name: tokens[place], scores: scores, labels: labels,
                    outcome: next, losses: { layer.losses(reached, [$0]) }))
        }
        var inspection = Inspection(
            tokens: tokens, places: Array((start == nil ? 1 : 0)..<tokens.count), vectorSeries: embeddings.name,
            steps: [InspectedSteps(names: tokens, first: 0)])
        inspection.unknown = inputs.indices.filter { inputs[$0] == vocabulary.unknown }
        inspection.decisions = deciding ? decisions : []
        if let last {
            inspection.finalState = { InspectionState(values: state.values, scores: last.value.scalars) }
        }
        return inspection
    }

    private func indices(of tokens: [String]) throws(DataError) -> [Int] {
        try tokens.map { token throws(DataError) in
            guard let index = vocabulary.index(of: token) ?? vocabulary.unknown else {
                throw DataError(.badData, "“\(token)” is not in the vocabulary, which has no entry for unknown tokens")
            }
            return index
        }
    }
}

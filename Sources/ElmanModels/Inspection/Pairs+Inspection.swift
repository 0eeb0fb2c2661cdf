import ElmanFiles
import ElmanGraph
import ElmanText

extension PairSide {
    /// The tokens of words, their numbers, and for each word the place of its last piece.
    func inspectedTokens(_ words: [String]) -> (tokens: [String], numbers: [Int32], places: [Int]) {
        var result: (tokens: [String], numbers: [Int32], places: [Int]) = ([], [], [])
        for word in words {
            let lists = TokenLists([[word]])
            result.tokens += tokens(of: lists).tokens(of: 0)
            result.numbers += encode(lists)[0]
            result.places.append(result.tokens.count - 1)
        }
        return result
    }
}

extension Translator: InspectableModel {
    /// Reads the source; decides the tokens of its target, or of its own translation where none is given.
    public func inspect(
        _ text: InspectedText, from state: InspectionState?, in graph: ComputationGraph, deciding: Bool
    ) throws(DataError) -> Inspection {
        let source = vocabularies.source.inspectedTokens(text.tokens)
        let tokens = source.tokens + [vocabularies.source.vocabulary[Int(vocabularies.source.boundary)]]
        var inspection = Inspection(
            tokens: tokens, places: source.places, vectorSeries: encoder.embeddings.name,
            steps: [InspectedSteps(prefix: "encoder/", names: tokens, first: 0)])
        inspection.unknown = source.numbers.indices.filter { source.numbers[$0] == vocabularies.source.unknown }
        var (state, memory) = start(after: source.numbers, in: graph, isTraining: false)
        guard deciding else { return inspection }
        let side = vocabularies.target, boundary = side.boundary
        let target = text.target.map { side.inspectedTokens($0).numbers } ?? ownTranslation(of: source.numbers)
        let written = (target + [boundary]).map { side.vocabulary[Int($0)] }
        inspection.steps.append(InspectedSteps(prefix: "attention/", names: written, first: nil))
        inspection.steps.append(
            InspectedSteps(prefix: "decoder/", names: [side.vocabulary[Int(boundary)]] + written.dropLast(), first: nil))
        var input = boundary
        for (place, token) in (target + [boundary]).enumerated() {
            decoder.add(input, to: &state, memory, in: graph, isTraining: false)
            input = token
            inspection.decisions.append(
                InspectedDecision(
                    position: nil, name: "\(place + 1): \(written[place])", scores: decoder.scores(state.attended),
                    labels: .vocabulary(side.vocabulary), outcome: Int(token)))
        }
        return inspection
    }

    /// The likeliest tokens one by one.
    private func ownTranslation(of source: [Int32]) -> [Int32] {
        let graph = ComputationGraph(keepsForBackward: false)
        return write([source], first: 0, TranslationOptions(), in: graph)[0].tokens.map { Int32($0) }
    }
}

extension SentenceRetriever: InspectableModel {
    /// Reads the text as a source; decides how alike it is to the target, where one is given.
    public func inspect(
        _ text: InspectedText, from state: InspectionState?, in graph: ComputationGraph, deciding: Bool
    ) throws(DataError) -> Inspection {
        let source = vocabularies.source.inspectedTokens(text.tokens)
        var inspection = Inspection(
            tokens: source.tokens, places: source.places, vectorSeries: "source/embeddings",
            steps: [InspectedSteps(prefix: "source/", names: source.tokens, first: 0)])
        inspection.unknown = source.numbers.indices.filter { source.numbers[$0] == vocabularies.source.unknown }
        let vector = vector(of: source.numbers, as: .source, in: graph)
        guard deciding, let words = text.target else { return inspection }
        let target = vocabularies.target.inspectedTokens(words)
        inspection.steps.append(InspectedSteps(prefix: "target/", names: target.tokens, first: nil))
        let similarity = dotProduct(vector, self.vector(of: target.numbers, as: .target, in: graph))
        inspection.decisions = [
            InspectedDecision(
                position: nil, name: "similarity", scores: similarity.reshaped([1]),
                labels: .names([configuration.similarity.rawValue]), outcome: 0)
        ]
        return inspection
    }
}

import ElmanGraph
import ElmanInsight
import ElmanLayers
import ElmanModels
import ElmanTensor
import Testing

/// Gradients of trained models against those of their networks alone, and against differences.
@Suite struct ModelGradientsTests {
    /// The vectors that a language model reads: of the mark before the text, and of its words.
    private func vectors(_ words: [String], _ model: LanguageModel) -> [[Float]] {
        let table = model.embeddings.values.scalars, size = model.embeddings.size
        return ([model.unit.boundarySpelling] + words).map { word in
            let index = model.vocabulary.index(of: word)!
            return Array(table[index * size..<(index + 1) * size])
        }
    }

    @Test(arguments: [CellKind.elman, .lstm, .coupledLSTM, .gru, .lru, .mLSTM])
    func aLayerIsMeasuredAsTheNetworkByItself(_ cell: CellKind) throws {
        let model = try InsightFixture.languageModel { $0.cell = cell }
        let text = InspectedText(words: InsightFixture.lines[0])
        let found = try ModelGradients(of: model, on: [text])
        let expected = GradientFlow(of: model.network, inputs: vectors(text.tokens, model)).norms
        #expect(found.layers.map(\.name) == ["rnn/0"] && found.layers[0].flow.norms.count == expected.count)
        for (norm, other) in zip(found.layers[0].flow.norms, expected) { #expect(abs(norm - other) <= 1e-5 * max(1e-2, other)) }
    }

    /// 40 units by 16 vectors of signs: near the norms of all rows of the Jacobian, and 1 at distance 0.
    @Test func largeLayersAreEstimated() throws {
        let model = try InsightFixture.languageModel { $0.hiddenSize = 40 }
        let text = InspectedText(words: "the king is dead long live the queen")
        let found = try ModelGradients(of: model, on: Array(repeating: text, count: 8)).layers[0].flow.norms
        let expected = GradientFlow(of: model.network, inputs: vectors(text.tokens, model)).norms
        #expect(abs(found[0] - 1) < 1e-6)
        for (norm, other) in zip(found, expected) { #expect(abs(norm / other - 1) < 0.15, "\(norm), \(other)") }
    }

    /// Reading from the end, the last output is the one after the first word.
    @Test func bothDirectionsOfEveryLayerAreMeasured() throws {
        let found = try ModelGradients(
            of: try InsightFixture.tagger(.crf), on: [InspectedText(words: "the king is"), InspectedText(words: "long live")])
        #expect(found.layers.count == 4 && found.layers.allSatisfy { $0.flow.norms.count == 3 })
        for layer in found.layers {
            #expect(abs(layer.flow.norms[0] - 1) < 1e-6 && layer.flow.norms[2] > 0 && layer.flow.norms[2] < 1, "\(layer)")
        }
        #expect(found.reach.before.count == 3 && found.reach.after.count == 2)
        #expect(found.gates.contains { $0.name.hasSuffix("/backward/forgetGate") })
    }

    @Test func theReachOfTheLossAgreesWithDifferences() throws {
        let model = try InsightFixture.languageModel { $0.cell = .gru }
        let text = InspectedText(words: "the king is"), table = model.embeddings, original = table.values
        func loss(_ decision: Int) throws -> Double {
            let decided = try model.inspect(text, in: ComputationGraph()).decisions[decision]
            return Double(decided.loss(decided.outcome!).value.scalar)
        }
        /// ‖∂L/∂x‖ by the vector of a word, which the text has once.
        func slope(_ decision: Int, _ word: String) throws -> Double {
            let row = model.vocabulary.index(of: word)!, step: Float = 1e-2
            var squares = 0.0
            for element in 0..<table.size {
                func value(_ change: Float) throws -> Double {
                    var values = original
                    values[element, row] += change
                    table.values = values
                    defer { table.values = original }
                    return try loss(decision)
                }
                let slope = try (value(step) - value(-step)) / Double(2 * step)
                squares += slope * slope
            }
            return squares.squareRoot()
        }
        // Of three decisions the outcome is known; the first follows the mark, which is distance 0 from it.
        let boundary = model.unit.boundarySpelling, reach = try ModelGradients(of: model, on: [text]).reach
        let expected = try [
            (slope(0, boundary) + slope(1, "the") + slope(2, "king")) / 3, (slope(1, boundary) + slope(2, "the")) / 2,
            slope(2, boundary),
        ]
        #expect(reach.after.isEmpty)
        for (norm, other) in zip(reach.before, expected) { #expect(abs(norm / other - 1) < 1e-2, "\(norm), \(other)") }
    }

    @Test func modelsWithoutStepsAreRefused() throws {
        let text = InspectedText(words: InsightFixture.lines[0])
        #expect(throws: (any Error).self) {
            try ModelGradients(of: try InsightFixture.classifier { $0.architecture = .bagOfWords }, on: [text])
        }
    }
}

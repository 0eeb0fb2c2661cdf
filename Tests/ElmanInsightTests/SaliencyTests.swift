import ElmanGraph
import ElmanInsight
import ElmanLayers
import ElmanModels
import ElmanTensor
import Testing

/// Saliency against differences, and against what it must add up to.
@Suite struct SaliencyTests {
    /// The objective with the vector of one token made longer.
    private func objective(
        _ model: any InspectableModel, _ text: InspectedText, _ decision: Int, _ label: Int, token: Int, times factor: Float
    ) throws -> Double {
        let graph = ComputationGraph(), intervention = Intervention()
        let series = try model.inspect(text, in: ComputationGraph()).vectorSeries
        intervention.replacement = { vectors, name in
            vectors.enumerated().map { name == series && $0 == token ? $1 * factor : $1 }
        }
        graph.intervention = intervention
        return Double(try model.inspect(text, in: graph).decisions[decision].objective(label).value.scalar)
    }

    @Test func gradientTimesInputIsTheSlopeAlongEveryToken() throws {
        for (name, model, text) in try InsightFixture.models() where !name.hasPrefix("parse arc") {
            let decisions = try model.inspect(text, in: ComputationGraph()).decisions.count
            let saliency = try model.saliency(of: text, decisions: [decisions - 1])[0]
            for token in [0, saliency.values.count - 1] {
                let step: Float = 0.02
                func value(_ factor: Float) throws -> Double {
                    try objective(model, text, decisions - 1, saliency.label, token: token, times: factor)
                }
                let slope = try (value(1 + step) - value(1 - step)) / Double(2 * step)
                #expect(abs(slope - saliency.values[token]) < 4e-3 * max(1, abs(slope)), "\(name) token \(token)")
            }
        }
    }

    @Test func integratedGradientsAddUp() throws {
        for (name, model, text) in try InsightFixture.models() {
            let decisions = try model.inspect(text, in: ComputationGraph()).decisions.count
            let found = try model.integratedGradients(of: text, decision: decisions - 1, steps: 32)
            if name.hasPrefix("parse arc") {
                #expect(found == nil)
                continue
            }
            let error = try #require(found?.completenessError)
            // A normalised network jumps at vectors of zeros, which no number of steps sees; that is told.
            #expect(name == "lm layernorm-lstm" ? error > 0.05 : error < 0.05, "\(name): \(error)")
        }
    }

    @Test func moreStepsAddUpBetter() throws {
        let model = try InsightFixture.languageModel(), text = InspectedText(words: InsightFixture.lines[0])
        let errors = try [4, 16, 64].map { steps in
            try #require(try model.integratedGradients(of: text, decision: 4, steps: steps)?.completenessError)
        }
        // The midpoint rule's error falls with the square of the steps, down to the rounding of single precision.
        #expect(errors[1] < errors[0] / 8 && errors[2] < 1e-4, "\(errors)")
    }

    @Test func whatIsSaidBeforeATokenDoesNotRestOnIt() throws {
        let model = try InsightFixture.languageModel()
        let text = InspectedText(words: InsightFixture.lines[0])
        for (place, saliency) in try model.saliency(of: text).enumerated() {
            #expect(saliency.values[(place + 1)...].allSatisfy { $0 == 0 })
            #expect(saliency.values[place] != 0)
        }
    }

    @Test func theGradientOfALinearRecurrenceFallsAsItsWeightsSay() throws {
        // h' = tanh(W h + …) with small values is nearly linear: with W = a · identity norms fall by a each step back.
        let model = try InsightFixture.languageModel { $0.cell = .elman }
        for parameter in model.parameters.parameters where parameter.name.hasPrefix("rnn/") {
            let isRecurrent = parameter.name.hasSuffix("recurrentWeights")
            var values = Tensor(repeating: 0, shape: parameter.shape)
            if isRecurrent { for unit in 0..<6 { values[unit, unit] = 0.5 } }
            parameter.values = values
        }
        let text = InspectedText(words: "the king is dead long live")
        let found = try model.gradientBySteps(of: text, decision: 6)
        let norms = try #require(found.first { $0.series == "rnn/0/hidden" }).norms
        #expect(norms.count == 7)
        for (early, late) in zip(norms, norms.dropFirst()) { #expect(abs(early / late - 0.5) < 1e-5) }
    }

    @Test func weightsKeepNoGradient() throws {
        let model = try InsightFixture.classifier()
        _ = try model.saliency(of: InspectedText(words: InsightFixture.lines[0]))
        #expect(model.parameters.parameters.allSatisfy { $0.gradient == nil })
    }
}

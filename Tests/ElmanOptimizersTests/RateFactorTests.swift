import ElmanGraph
import ElmanOptimizers
import Testing

/// Rates that differ from parameter to parameter.
@Suite struct RateFactorTests {
    /// Every group follows the formulas with a rate of its own; clipping goes by the norm of all together.
    @Test(arguments: allKinds, [false, true]) func everyParameterFollowsTheFormulasAtItsOwnRate(kind: String, isDense: Bool) {
        let model = SmallModel()
        let options = TrainerOptions(learningRate: kind == "adadelta" ? 1 : 0.01, clipNorm: 2, weightDecay: 0.02)
        let trainer = makeAny(kind, model.parameters, options)
        trainer.setRateFactor(0.25, of: model.parameters.scope("layer"))
        trainer.setRateFactor(1 / 2.6, ofParametersNamed: ["table", "nothing"])
        #expect(trainer.rateFactor(ofParameterNamed: "layer/weights") == 0.25)
        #expect(trainer.rateFactor(ofParameterNamed: "bias") == 1)
        #expect(trainer.rateFactor(ofParameterNamed: "nothing") == nil)
        let start = model.values.map(Double.init)
        // One reference for each group, of all numbers; only its own are looked at.
        let groups: [(range: Range<Int>, factor: Double)] = [(0..<5, 1), (5..<26, 0.25), (26..<80, Double(Float(1 / 2.6)))]
        var references = groups.map { group in
            var reference = ReferenceTrainer(kind, rate: trainer.learningRate * group.factor, values: start)
            reference.decay = 0.02
            return reference
        }
        for step in 0..<100 {
            model.setGradients(step: step, isDense: isDense, size: step % 3 == 0 ? 0.1 : 1)
            let all = (model.bias.gradient!.scalars + model.weights.gradient!.scalars + model.table.gradient!.scalars)
                .map(Double.init)
            let rows = isDense ? Array(0..<9) : model.table.entry.touchedRows.map(Int.init)
            let touched = Array(0..<26) + rows.flatMap { row in (0..<6).map { 26 + row * 6 + $0 } }
            let norm = touched.reduce(0) { $0 + all[$1] * all[$1] }.squareRoot()
            for index in references.indices { references[index].update(all, touched, scale: norm > 2 ? 2 / norm : 1) }
            #expect(trainer.update() == .updated)
        }
        let expected = (0..<80).map { index in
            references[groups.firstIndex { $0.range.contains(index) }!].values[index]
        }
        #expect(largestDifference(model.values, expected) < 2e-5)
    }

    /// A factor of 1 is no factor, and one of 0 leaves the parameter as it is.
    @Test(arguments: allKinds) func oneIsNothingAndZeroStops(kind: String) {
        func values(_ factor: Double?) -> SmallModel {
            let model = SmallModel()
            let trainer = makeAny(kind, model.parameters, TrainerOptions(learningRate: 0.1))
            if let factor { trainer.setRateFactor(factor, of: model.parameters.scope("layer")) }
            for step in 0..<5 {
                model.setGradients(step: step)
                trainer.update()
            }
            return model
        }
        let plain = values(nil)
        #expect(values(1).values == plain.values)
        let stopped = values(0)
        #expect(stopped.weights.values == SmallModel().weights.values)
        #expect(stopped.table.values == plain.table.values)
    }
}

import ElmanGraph
import ElmanOptimizers
import Testing

/// Three hundred updates of every trainer, beside the formulas in double precision.
@Suite struct ReferenceTests {
    private static let updateCount = 300

    /// The elements of `SmallModel.values` that have a gradient at a step, with their gradients.
    private func gradients(_ model: SmallModel, isDense: Bool) -> (all: [Double], touched: [Int]) {
        var all: [Float] = model.bias.gradient!.scalars + model.weights.gradient!.scalars
        let first = all.count
        all += model.table.gradient!.scalars
        let rows = isDense ? Array(0..<9) : model.table.entry.touchedRows.map(Int.init)
        return (all.map(Double.init), Array(0..<first) + rows.flatMap { row in (0..<6).map { first + row * 6 + $0 } })
    }

    @Test(arguments: allKinds, [false, true]) func followsTheFormulas(kind: String, isDense: Bool) {
        let model = SmallModel()
        var options = TrainerOptions(learningRate: kind == "adadelta" ? 1 : 0.01, clipNorm: 2, weightDecay: 0.02)
        options.averaging = .none
        let trainer = makeAny(kind, model.parameters, options)
        var reference = ReferenceTrainer(kind, rate: trainer.learningRate, values: model.values.map(Double.init))
        reference.decay = 0.02
        for step in 0..<Self.updateCount {
            // Now above, now below the clipping threshold.
            model.setGradients(step: step, isDense: isDense, size: step % 3 == 0 ? 0.1 : 1)
            let (all, touched) = gradients(model, isDense: isDense)
            let norm = touched.reduce(0) { $0 + all[$1] * all[$1] }.squareRoot()
            reference.update(all, touched, scale: norm > 2 ? 2 / norm : 1)
            #expect(trainer.update() == .updated)
            #expect(abs(trainer.lastGradientNorm! - norm) < 1e-12 * norm)
        }
        #expect(trainer.updateCount == Self.updateCount)
        #expect(trainer.clippedUpdateCount > 100)
        #expect(trainer.clippedUpdateCount < Self.updateCount)
        #expect(largestDifference(model.values, reference.values) < 2e-5)
    }
}

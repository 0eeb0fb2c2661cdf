import ElmanGraph
import ElmanOptimizers
import Testing

/// Weights that follow a text and are drawn back.
@Suite struct DynamicUpdaterTests {
    @Test func withoutARateTheDecayBringsTheWeightsBack() {
        let model = SmallModel(), trained = model.values
        let updater = DynamicUpdater(model.parameters, rule: DynamicRule(.sgd, rate: 0.5, decay: 0))
        model.setGradients(step: 1)
        updater.update()
        #expect(model.values != trained)
        let moved = model.values
        // Gradients are forgotten, and without a decay nothing pulls.
        updater.update()
        #expect(model.values == moved)
        updater.restore()
        #expect(model.values == trained)

        let whole = DynamicUpdater(model.parameters, rule: DynamicRule(.sgd, rate: 1, decay: 1))
        model.setGradients(step: 2)
        whole.update()
        #expect(model.values != trained)
        whole.update()
        #expect(largestDifference(model.values, trained.map(Double.init)) < 1e-6)
    }

    /// Rows of a table that were not looked up are drawn back too, and frozen parameters stay.
    @Test func everythingButTheFrozenMoves() {
        let model = SmallModel(), trained = model.values
        model.bias.isFrozen = true
        let updater = DynamicUpdater(model.parameters, rule: DynamicRule(.sgd, rate: 1, decay: 0.5))
        var tables: [[Float]] = [model.table.values.scalars]
        for step in 0..<3 {
            model.setGradients(step: step)
            updater.update()
            tables.append(model.table.values.scalars)
        }
        #expect(Array(model.values[..<5]) == Array(trained[..<5]))
        // Half of the way, but for the two rows with a gradient.
        let looked = [2 * 5 % 9, (2 * 2 + 1) % 9]
        for row in 0..<9 where !looked.contains(row) {
            for place in row * 6..<row * 6 + 6 {
                let before = tables[2][place] - tables[0][place], after = tables[3][place] - tables[0][place]
                #expect(abs(after - before / 2) < 1e-6)
            }
        }
        #expect(zip(tables[2], tables[0]).filter { $0 != $1 }.count == 4 * 6)
        #expect(model.weights.values.scalars != Array(trained[5..<26]))
        updater.restore()
        #expect(model.values == trained)
    }

    @Test func statisticsAreRootsOfMeanSquares() {
        let model = SmallModel(), trained = model.values
        let rule = DynamicRule(.rms, rate: 0.1, decay: 0.2, epsilon: 0.01)
        let updater = DynamicUpdater(model.parameters, rule: rule)
        #expect(!updater.isReady)
        var squares = [Double](repeating: 0, count: trained.count)
        for step in 0..<4 {
            model.setGradients(step: step, isDense: true)
            for (index, gradient) in gradients(step).enumerated() { squares[index] += gradient * gradient / 4 }
            updater.addStatistics()
        }
        updater.finishStatistics()
        #expect(updater.isReady && model.values == trained)
        let sizes = squares.map { $0.squareRoot() }, mean = sizes.reduce(0, +) / Double(sizes.count)
        var expected = trained.map(Double.init)
        for step in 7..<9 {
            model.setGradients(step: step, isDense: true)
            updater.update()
            for (index, gradient) in gradients(step).enumerated() {
                let back = min(0.2 * sizes[index] / mean, 1) * (Double(trained[index]) - expected[index])
                expected[index] += back - 0.1 * gradient / (sizes[index] + 0.01)
            }
        }
        #expect(largestDifference(model.values, expected) < 1e-5)
    }

    /// As `SmallModel.setGradients` gives them, for all rows.
    private func gradients(_ step: Int) -> [Double] {
        [(5, 0), (21, 1), (54, 2)].flatMap { noise($0, seed: step * 3 + $1).map(Double.init) }
    }
}

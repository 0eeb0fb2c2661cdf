import ElmanGraph
import ElmanOptimizers
import ElmanTensor
import Testing

/// Rows of lookup tables.
@Suite struct SparseTests {
    private func makeTable(_ kind: String) -> (LookupParameter, Trainer) {
        let parameters = ParameterCollection(seed: 2)
        let table = parameters.addLookup(count: 8, size: 5, named: "table", initializer: .uniform(1))
        return (table, makeAny(kind, parameters))
    }

    @Test(arguments: allKinds) func onlyTouchedRowsAndTheirMomentsChange(kind: String) {
        let (table, trainer) = makeTable(kind)
        lookUp(table, (0..<8).map { ($0, noise(5, seed: $0)) })
        trainer.update()
        let before = [table.values] + trainer.state.tensors.map(\.tensor)
        lookUp(table, [(6, noise(5, seed: 20)), (1, noise(5, seed: 21)), (6, noise(5, seed: 22))])
        trainer.update()
        let after = [table.values] + trainer.state.tensors.map(\.tensor)
        for (before, after) in zip(before, after) {
            for row in 0..<8 {
                let range = row * 5..<row * 5 + 5
                #expect((before.scalars[range] == after.scalars[range]) == (row != 6 && row != 1))
            }
        }
    }

    /// Where every row is touched at every update, a table is a dense parameter.
    @Test(arguments: allKinds) func allRowsTouchedIsDense(kind: String) {
        let (sparse, sparseTrainer) = makeTable(kind)
        let (dense, denseTrainer) = makeTable(kind)
        sparseTrainer.weightDecay = .l2(0.1)
        denseTrainer.weightDecay = .l2(0.1)
        for step in 0..<20 {
            let gradients = noise(40, seed: step)
            lookUp(sparse, (0..<8).map { $0 * 3 % 8 }.map { ($0, Array(gradients[$0 * 5..<$0 * 5 + 5])) })
            setGradient(dense.entry, gradients)
            sparseTrainer.update()
            denseTrainer.update()
        }
        #expect(sparse.values == dense.values)
        #expect(sparseTrainer.state == denseTrainer.state)
    }

    /// Without moments, or with moments that only grow, rows that are not touched would not have changed anyway.
    @Test(arguments: ["sgd", "adagrad"]) func someRowsTouchedIsDenseWithZeros(kind: String) {
        let (sparse, sparseTrainer) = makeTable(kind)
        let (dense, denseTrainer) = makeTable(kind)
        for step in 0..<20 {
            let row = step * 3 % 8, gradient = noise(5, seed: step)
            var all = [Float](repeating: 0, count: 40)
            all.replaceSubrange(row * 5..<row * 5 + 5, with: gradient)
            lookUp(sparse, [(row, gradient)])
            setGradient(dense.entry, all)
            sparseTrainer.update()
            denseTrainer.update()
        }
        #expect(sparse.values == dense.values)
    }

    /// The order of look-ups shows neither in the norm nor in the weights.
    @Test func theOrderOfTouchingDoesNotShow() {
        let orders = [Array(0..<8), [7, 2, 5, 0, 1, 6, 4, 3]]
        let results = orders.map { order in
            let (table, trainer) = makeTable("adam")
            trainer.clipNorm = 0.1
            var norms: [Double?] = []
            for step in 0..<20 {
                // Sizes so different that the last bits of the sum depend on its order.
                let sizes: [Float] = [1, 1e-3, 3e-5, 0.1, 7e-2, 1e-4, 0.3, 2e-6]
                lookUp(table, order.map { row in (row, noise(5, seed: row + step).map { $0 * sizes[row] }) })
                trainer.update()
                norms.append(trainer.lastGradientNorm)
            }
            return (table.values, norms)
        }
        #expect(results[0].0 == results[1].0)
        #expect(results[0].1 == results[1].1)
    }

    /// Embeddings that are also the output weights change as a whole.
    @Test func aTiedTableIsDense() {
        let (table, trainer) = makeTable("adam")
        let before = table.values
        let graph = ComputationGraph()
        let hidden = table[3, in: graph]
        (sum(table.matrix(in: graph) .* graph.constant(0.5, [5, 8])) + sum(hidden)).backward()
        trainer.update()
        #expect(zip(before.scalars, table.values.scalars).allSatisfy { $0 != $1 })
        #expect(abs(trainer.lastGradientNorm! - (35 * 0.25 + 5 * 2.25).squareRoot()) < 1e-6)
    }

    /// Adam's correction goes by the trainer's count: a row that comes late makes a larger first step.
    @Test func lateRowsAreCorrectedByTheTrainersCount() {
        let (table, trainer) = makeTable("adam")
        for _ in 0..<2000 {
            lookUp(table, [(0, [1, 1, 1, 1, 1])])
            trainer.update()
        }
        let before = table.values
        lookUp(table, [(5, [1, 1, 1, 1, 1])])
        trainer.update()
        let root = (1 - (0..<2001).reduce(1.0) { kept, _ in kept * 0.999 }).squareRoot()
        let expected = 0.001 * root * 0.1 / 0.001.squareRoot()
        #expect(abs(Double(before[25] - table.values[25]) - expected) < 1e-6)
    }
}

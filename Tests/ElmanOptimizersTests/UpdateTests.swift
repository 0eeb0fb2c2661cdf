import CElmanKernels
import ElmanGraph
import ElmanOptimizers
import ElmanTensor
import Testing

/// What is changed by an update and what is not.
@Suite struct UpdateTests {
    @Test(arguments: allKinds) func withoutAGradientNothingMoves(kind: String) {
        let model = SmallModel()
        let trainer = makeAny(kind, model.parameters, TrainerOptions(learningRate: nil, clipNorm: 1, weightDecay: 0.1))
        trainer.averaging = .exponential(decay: 0.9)
        model.setGradients(step: 1)
        trainer.update()
        let values = model.values, state = trainer.state
        #expect(trainer.update() == .noGradient)
        #expect(model.values == values)
        #expect(trainer.state == state)
        #expect(trainer.updateCount == 1)
    }

    @Test(arguments: allKinds) func aParameterWithoutAGradientIsLeftAlone(kind: String) {
        let model = SmallModel()
        let trainer = makeAny(kind, model.parameters, TrainerOptions(learningRate: nil, weightDecay: 0.1))
        model.setGradients(step: 1)
        trainer.update()
        let weights = model.weights.values, moments = trainer.state.tensors.filter { $0.name.contains("weights") }
        setGradient(model.bias.entry, noise(5, seed: 8))
        trainer.update()
        #expect(model.weights.values == weights)
        #expect(trainer.state.tensors.filter { $0.name.contains("weights") } == moments)
    }

    @Test(arguments: allKinds) func frozenParametersAreLeftAlone(kind: String) {
        let model = SmallModel()
        let trainer = makeAny(kind, model.parameters, TrainerOptions(learningRate: nil, clipNorm: 100, weightDecay: 0.1))
        let weights = model.weights.values, bias = model.bias.values
        model.setGradients(step: 1)
        model.weights.isFrozen = true
        trainer.update()
        #expect(model.weights.values == weights)
        #expect(model.weights.gradient == nil)
        #expect(model.bias.values != bias)
        #expect(!trainer.state.tensors.contains { $0.name.contains("weights") })
        // Nor does a frozen gradient count for the norm.
        let all = noise(5, seed: 3) + noise(12, seed: 5)
        #expect(abs(trainer.lastGradientNorm! - all.reduce(0) { $0 + Double($1) * Double($1) }.squareRoot()) < 1e-6)
    }

    @Test func aScopeIsTrainedAlone() {
        let model = SmallModel()
        let trainer = AdamTrainer(model.parameters.scope("layer"))
        let bias = model.bias.values, weights = model.weights.values
        model.setGradients(step: 1)
        trainer.update()
        #expect(model.bias.values == bias)
        #expect(model.bias.gradient != nil)
        #expect(model.weights.values != weights)
    }

    @Test func parametersAddedLaterTakePart() {
        let model = SmallModel()
        let trainer = AdamTrainer(model.parameters)
        trainer.averaging = .cumulative()
        model.setGradients(step: 1)
        trainer.update()
        let late = model.parameters.add([4], named: "late", initializer: .constant(1))
        setGradient(late.entry, [1, -1, 2, 3])
        trainer.update()
        #expect(late.values.scalars.allSatisfy { $0 != 1 })
        let values = late.values
        trainer.withAverages { #expect(late.values == values) }
    }

    @Test(arguments: [Float.nan, .infinity]) func gradientsThatAreNotFiniteAreSkipped(bad: Float) {
        let model = SmallModel()
        let trainer = AdamTrainer(model.parameters)
        model.setGradients(step: 1)
        trainer.update()
        let values = model.values, tensors = trainer.state.tensors
        model.setGradients(step: 2)
        setGradient(model.weights.entry, noise(20, seed: 1) + [bad])
        lookUp(model.table, [(4, [0, 0, bad, 0, 0, 0])])
        #expect(trainer.update() == .skippedNonFinite(parameters: ["layer/weights", "table"]))
        #expect(model.values == values)
        #expect(trainer.state.tensors == tensors)
        #expect(trainer.updateCount == 1)
        #expect(trainer.skippedUpdateCount == 1)
        #expect(trainer.lastGradientNorm?.isFinite == false)
        #expect(model.weights.gradient == nil)
        #expect(trainer.update() == .noGradient)
    }

    @Test func theNormIsNotComputedWhereNobodyWantsIt() {
        let model = SmallModel()
        let trainer = SGDTrainer(model.parameters)
        trainer.measuresGradientNorm = false
        model.setGradients(step: 1)
        trainer.update()
        #expect(trainer.lastGradientNorm == nil)
        trainer.clipNorm = 1
        model.setGradients(step: 1)
        trainer.update()
        #expect(trainer.lastGradientNorm != nil)
    }

    @Test func clippingIsOverDenseAndSparseTogether() {
        let parameters = ParameterCollection()
        let weight = parameters.add([1], named: "weight", initializer: .zeros)
        let table = parameters.addLookup(count: 10, size: 2, named: "table", initializer: .zeros)
        let trainer = SGDTrainer(parameters, learningRate: 1)
        trainer.clipNorm = 6.5
        setGradient(weight.entry, [3])
        lookUp(table, [(7, [4, 0]), (2, [0, 12])])
        trainer.update()
        #expect(trainer.lastGradientNorm == 13)
        #expect(weight.values.scalar == -1.5)
        #expect(table.values.scalars == [0, 0, 0, 0, 0, -6, 0, 0, 0, 0, 0, 0, 0, 0, -2, 0, 0, 0, 0, 0])
        // Gradients that are small enough are not made larger.
        setGradient(weight.entry, [3])
        trainer.update()
        #expect(weight.values.scalar == -4.5)
        #expect(trainer.clippedUpdateCount == 1)
    }

    @Test func theLargestGradientsAreClipped() {
        let parameters = ParameterCollection()
        let weights = parameters.add([2], named: "weights", initializer: .zeros)
        let trainer = SGDTrainer(parameters, learningRate: 1)
        trainer.clipNorm = 5
        trainer.weightDecay = .l2(0.1)
        setGradient(weights.entry, [3e38, 3e38])
        #expect(trainer.update() == .updated)
        #expect(weights.values.scalars.allSatisfy { abs($0 + Float(12.5).squareRoot()) < 1e-5 })
    }

    @Test(arguments: allKinds) func restartForgetsMomentsAndCount(kind: String) {
        let model = SmallModel(), fresh = SmallModel()
        let trainer = makeAny(kind, model.parameters)
        for step in 0..<5 {
            model.setGradients(step: step)
            trainer.update()
        }
        trainer.restart(learningRate: 0.02)
        #expect(trainer.updateCount == 0)
        #expect(trainer.state.tensors.isEmpty)
        fresh.bias.values = model.bias.values
        fresh.weights.values = model.weights.values
        fresh.table.values = model.table.values
        let other = makeAny(kind, fresh.parameters, TrainerOptions(learningRate: 0.02))
        for step in 5..<10 {
            model.setGradients(step: step)
            trainer.update()
            fresh.setGradients(step: step)
            other.update()
        }
        #expect(model.values == fresh.values)
    }

    @Test func decoupledDecayOfOtherTrainers() {
        let parameters = ParameterCollection()
        let weight = parameters.add([1], named: "weight", initializer: .constant(2))
        let trainer = MomentumTrainer(parameters, learningRate: 0.5)
        trainer.weightDecay = .decoupled(0.5)
        setGradient(weight.entry, [1])
        trainer.update()
        #expect(weight.values.scalar == 1)
    }

    /// Above the size from which the work is split, with dense parameters, a tied table and rows.
    @Test(arguments: allKinds) func theNumberOfThreadsDoesNotShow(kind: String) {
        defer { ek_set_threads(Int32(ek_hardware_threads())) }
        let steps = 0..<2
        let dense = steps.map { noise(301 * 250, seed: $0) }, tiedDense = steps.map { noise(120 * 70, seed: $0 + 10) }
        let results = [1, 2, 5].map { threads in
            ek_set_threads(Int32(threads))
            let parameters = ParameterCollection(seed: 5)
            let matrix = parameters.add([301, 250], named: "matrix")
            let tied = parameters.addLookup(count: 120, size: 70, named: "tied")
            let table = parameters.addLookup(count: 300, size: 90, named: "table")
            let trainer = makeAny(kind, parameters, TrainerOptions(learningRate: nil, clipNorm: 0.5, weightDecay: 0.1))
            trainer.averaging = .exponential(decay: 0.9)
            for step in steps {
                setGradient(matrix.entry, dense[step])
                setGradient(tied.entry, tiedDense[step])
                lookUp(table, (0..<100).map { (($0 * 7 + step) % 300, noise(90, seed: $0)) })
                trainer.update()
            }
            return [trainer.state.tensors.map(\.tensor), [matrix.values, tied.values, table.values]]
        }
        #expect(results[0] == results[1])
        #expect(results[0] == results[2])
    }
}

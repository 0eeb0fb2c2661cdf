import ElmanGraph
import ElmanOptimizers
import ElmanTensor
import Testing

/// Values that DyNet's and PyTorch's trainers reach from a single weight and a constant gradient of 0.3.
@Suite struct KnownValueTests {
    /// The weight after each of three updates.
    private func run(from start: Float = 1, _ make: (ParameterCollection) -> Trainer) -> [Double] {
        let parameters = ParameterCollection()
        let weight = parameters.add([1], named: "weight", initializer: .constant(start))
        let trainer = make(parameters)
        return (0..<3).map { _ in
            setGradient(weight.entry, [0.3])
            #expect(trainer.update() == .updated)
            return Double(weight.values.scalar)
        }
    }

    private func expect(_ values: [Double], _ expected: [Double], within tolerance: Double = 1e-7) {
        for (value, expected) in zip(values, expected) { #expect(abs(value - expected) <= tolerance) }
    }

    @Test func sgd() { expect(run { SGDTrainer($0, learningRate: 0.1) }, [0.97, 0.94, 0.91]) }

    @Test func momentum() { expect(run { MomentumTrainer($0) }, [0.997, 0.9913, 0.98317], within: 2e-7) }

    @Test func adagrad() {
        expect(run { AdagradTrainer($0, learningRate: 0.1) }, [0.9, 0.8292893, 0.7715543], within: 2e-7)
    }

    @Test func adadelta() { expect(run { AdadeltaTrainer($0) }, [0.9955283, 0.9909998, 0.9864326], within: 2e-7) }

    @Test func rmsprop() { expect(run { RMSPropTrainer($0) }, [0.9968377, 0.9945436, 0.9926226], within: 2e-7) }

    @Test func dyNetsRMSPropOfCpp() {
        // a = 0.05 · 0.09, so that the first step is 0.1 · 0.3 / √0.0045.
        let values = run { RMSPropTrainer($0, learningRate: 0.1, rho: 0.95, epsilon: 1e-20) }
        expect([values[0]], [1 - 0.1 * 0.3 / (0.05 * 0.09).squareRoot()], within: 1e-6)
    }

    @Test(arguments: [false, true]) func adam(amsgrad: Bool) {
        expect(run { AdamTrainer($0, amsgrad: amsgrad) }, [0.999, 0.998, 0.997], within: 2e-7)
    }

    /// From 0 instead of 1, a Float has the digits in which the two differ.
    @Test(arguments: [false, true]) func bothConventionsOfAdam(amsgrad: Bool) {
        let corrected = run(from: 0) { AdamTrainer($0, amsgrad: amsgrad) }
        expect(corrected.map { $0 + 1 }, [0.999000000033, 0.998000000067, 0.9970000001], within: 4e-10)
        let uncorrected = run(from: 0) { AdamTrainer($0, amsgrad: amsgrad, epsilonConvention: .uncorrected) }
        expect(uncorrected.map { $0 + 1 }, [0.9990000011, 0.9980000018, 0.9970000024], within: 4e-10)
    }

    @Test func adamWShrinksByTheRate() {
        let values = run { AdamWTrainer($0, learningRate: 0.001, weightDecay: 0.01) }
        expect([values[0]], [1 - 0.00001 - 0.001], within: 1e-7)
    }

    @Test func clippingAsInDyNet() {
        let parameters = ParameterCollection()
        let weight = parameters.add([1], named: "weight", initializer: .constant(1))
        let trainer = SGDTrainer(parameters, learningRate: 0.1)
        trainer.clipNorm = 5
        setGradient(weight.entry, [10])
        trainer.update()
        #expect(weight.values.scalar == 0.5)
        #expect(trainer.lastGradientNorm == 10)
        #expect(trainer.clippedUpdateCount == 1)
    }

    @Test func namesMakeTheirTrainers() {
        for name in trainerNames { #expect(makeTrainer(named: name, ParameterCollection())?.name == name) }
        #expect(makeTrainer(named: "Adam", ParameterCollection()) == nil)
        var options = TrainerOptions(learningRate: 0.5, clipNorm: 2, weightDecay: 0.1)
        options.averaging = .cumulative()
        let trainer = makeTrainer(named: "adamw", ParameterCollection(), options)
        #expect(trainer?.learningRate == 0.5)
        #expect(trainer?.clipNorm == 2)
        #expect(trainer?.weightDecay == .decoupled(0.1))
        #expect(trainer?.averaging == .cumulative())
        #expect(makeTrainer(named: "adam", ParameterCollection(), options)?.weightDecay == .l2(0.1))
        #expect(makeTrainer(named: "adamw", ParameterCollection())?.weightDecay == .decoupled(0.01))
        #expect(makeTrainer(named: "sgd", ParameterCollection())?.clipNorm == nil)
    }
}

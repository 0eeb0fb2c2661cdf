import ElmanGraph
import ElmanOptimizers
import Testing

/// Weights after twelve steps of PyTorch 2.15 in double precision: `python Benchmarks/facts/optimizers.py` prints them.
@Suite struct PyTorchTests {
    struct Fact: Sendable, CustomTestStringConvertible {
        let name: String
        let weights: [Double]
        let make: @Sendable (ParameterCollection) -> Trainer

        var testDescription: String { name }
    }

    static let facts = [
        Fact(name: "sgd", weights: [0.98, -0.55]) { SGDTrainer($0, learningRate: 0.1) },
        Fact(name: "sgd l2", weights: [0.923771211378824, -0.5186790916079642]) {
            let trainer = SGDTrainer($0, learningRate: 0.1)
            trainer.weightDecay = .l2(0.05)
            return trainer
        },
        Fact(name: "sgd clipped", weights: [1.02585512277609, -0.5583517466123585]) {
            let trainer = SGDTrainer($0, learningRate: 0.1)
            trainer.clipNorm = 0.25
            return trainer
        },
        Fact(name: "momentum", weights: [0.9731717654028199, -0.52622249685805]) { MomentumTrainer($0) },
        Fact(name: "momentum l2", weights: [0.94595361874792, -0.5120143256789623]) {
            let trainer = MomentumTrainer($0)
            trainer.weightDecay = .l2(0.05)
            return trainer
        },
        Fact(name: "adagrad", weights: [0.9913439272492522, -0.5092944322869254]) { AdagradTrainer($0) },
        Fact(name: "adadelta", weights: [0.9972530222126603, -0.5045613579972739]) { AdadeltaTrainer($0) },
        // ε² inside the root.
        Fact(name: "rmsprop", weights: [0.9975017666702379, -0.5029087622876421]) { RMSPropTrainer($0, epsilon: 1e-16) },
        Fact(name: "adam", weights: [0.9969605861557028, -0.5030682675795358]) { AdamTrainer($0) },
        Fact(name: "adam l2", weights: [0.9953132308336334, -0.502313142038286]) {
            let trainer = AdamTrainer($0)
            trainer.weightDecay = .l2(0.05)
            return trainer
        },
        Fact(name: "adam large epsilon", weights: [0.9970722242722024, -0.5029905155868534]) {
            AdamTrainer($0, epsilon: 0.01)
        },
        Fact(name: "amsgrad", weights: [0.996960753289356, -0.5030680694492127]) { AdamTrainer($0, amsgrad: true) },
        Fact(name: "adamw", weights: [0.9968408462390915, -0.5030079845413182]) { AdamWTrainer($0) },
    ]

    @Test(arguments: facts) func reachesPyTorchsWeights(_ fact: Fact) {
        let parameters = ParameterCollection()
        let weights = parameters.add([2], named: "weights", initializer: .values([1, -0.5]))
        let trainer = fact.make(parameters)
        for step in 1...12 {
            setGradient(weights.entry, (0..<2).map { Float((step * 7 + $0 * 3) % 11 - 5) / 10 })
            trainer.update()
        }
        #expect(largestDifference(weights.values.scalars, fact.weights) < 5e-7)
    }
}

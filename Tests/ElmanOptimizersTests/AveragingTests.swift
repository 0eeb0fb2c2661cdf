import ElmanGraph
import ElmanOptimizers
import ElmanTensor
import Testing

/// Averages of the weights.
@Suite struct AveragingTests {
    static let averagings: [WeightAveraging] = [
        .exponential(decay: 0.9), .exponential(decay: 0.9, correctsBias: false), .cumulative(),
        .exponential(decay: 0.8, every: 3), .exponential(decay: 0.8, correctsBias: false, every: 3), .cumulative(every: 4),
    ]

    /// The average of what the weights were after each update, in double, by the definition.
    private func reference(
        _ averaging: WeightAveraging, initial: [Float], after: [[Float]], count: Int? = nil
    ) -> [Double] {
        let seen = after.enumerated().filter { ($0.offset + 1) % averaging.every == 0 }.map(\.element)
        var sum = [Double](repeating: 0, count: count ?? initial.count), weightSum = 0.0
        switch averaging.kind {
        case .none: return initial.map(Double.init)
        case .cumulative, .nonMonotonic:
            for weights in seen { for index in weights.indices { sum[index] += Double(weights[index]) } }
            weightSum = Double(seen.count)
        case .exponential(let decay, let correctsBias):
            var all = seen
            if !correctsBias { all.insert(initial, at: 0) }
            var weight = 1.0
            for (age, weights) in all.reversed().enumerated() {
                // The initial weights have what is left.
                let share = !correctsBias && age == all.count - 1 ? weight : weight * (1 - decay)
                for index in weights.indices { sum[index] += share * Double(weights[index]) }
                weightSum += share
                weight *= decay
            }
        }
        return sum.map { $0 / weightSum }
    }

    @Test(arguments: averagings) func agreesWithItsDefinition(_ averaging: WeightAveraging) {
        let model = SmallModel()
        let trainer = MomentumTrainer(model.parameters)
        trainer.averaging = averaging
        let initial = model.values
        var after: [[Float]] = []
        for step in 0..<50 {
            model.setGradients(step: step)
            trainer.update()
            after.append(model.values)
        }
        let expected = reference(averaging, initial: initial, after: after)
        #expect(trainer.hasAverages)
        #expect(trainer.swapInAverages())
        #expect(trainer.averagesAreSwappedIn)
        #expect(largestDifference(model.values, expected) < 2e-6)
        #expect(largestDifference(model.values, after.last!.map(Double.init)) > 1e-3)
        #expect(trainer.swapInAverages())
        #expect(largestDifference(model.values, expected) < 2e-6)
        trainer.swapOutAverages()
        #expect(model.values == after.last!)
        trainer.swapOutAverages()
        #expect(model.values == after.last!)
    }

    @Test func averagingDoesNotChangeTraining() {
        let plain = SmallModel(), averaged = SmallModel()
        let trainers = [AdamTrainer(plain.parameters), AdamTrainer(averaged.parameters)]
        trainers[1].averaging = .exponential(decay: 0.5)
        for step in 0..<20 {
            plain.setGradients(step: step)
            averaged.setGradients(step: step)
            for trainer in trainers { trainer.update() }
            trainers[1].withAverages { #expect(averaged.values != plain.values || step == 0) }
        }
        #expect(plain.values == averaged.values)
    }

    @Test func withoutAveragesNothingIsSwapped() {
        let model = SmallModel(), values = model.values
        let trainer = SGDTrainer(model.parameters)
        #expect(!trainer.swapInAverages())
        trainer.averaging = .cumulative()
        #expect(!trainer.swapInAverages())
        #expect(!trainer.hasAverages)
        #expect(model.values == values)
    }

    @Test func beginningLaterForgetsWhatWasBefore() {
        let model = SmallModel()
        let trainer = SGDTrainer(model.parameters)
        trainer.averaging = .cumulative()
        for step in 0..<10 {
            if step == 9 { trainer.averaging = .cumulative() }
            model.setGradients(step: step)
            trainer.update()
        }
        let last = model.values
        trainer.withAverages { #expect(model.values == last) }
    }

    @Test func frozenParametersStayAsTheyAre() {
        let model = SmallModel()
        model.weights.isFrozen = true
        let trainer = SGDTrainer(model.parameters), weights = model.weights.values
        trainer.averaging = .cumulative()
        for step in 0..<3 {
            model.setGradients(step: step)
            trainer.update()
        }
        trainer.withAverages { #expect(model.weights.values == weights) }
        #expect(!trainer.state.tensors.contains { $0.name == "optimizer/layer/weights/average" })
    }

    @Test func theTriggerOfNTASGD() {
        #expect(!nonMonotonicTrigger([]))
        #expect(!nonMonotonicTrigger([5, 6, 7, 8, 9], interval: 5))
        #expect(!nonMonotonicTrigger([5, 6, 7, 8, 9, 10], interval: 5))
        #expect(nonMonotonicTrigger([5, 6, 7, 8, 9, 10, 6], interval: 5))
        #expect(!nonMonotonicTrigger([5, 6, 7, 8, 9, 10, 4], interval: 5))
        #expect(!nonMonotonicTrigger([9, 8, 7, 6, 5, 5.5, 5.4], interval: 2))
        #expect(nonMonotonicTrigger([9, 8, 7, 6, 5, 5.5, 5.4, 5.2], interval: 2))
    }

    /// The mean of all weights since a loss was worse than the best of those more than five evaluations before it; none before.
    @Test func nonMonotonicAveragingBeginsWithTheTrigger() throws {
        let losses = [9, 8, 7, 6, 5, 4, 8.5, 6, 8, 8.1, 8.2, 3.0]
        let model = SmallModel(), trainer = SGDTrainer(model.parameters, learningRate: 0.1)
        trainer.averaging = .nonMonotonic(interval: 5)
        var after: [[Float]] = [], begins: [Bool] = []
        for (step, _) in losses.enumerated() {
            model.setGradients(step: step)
            trainer.update()
            after.append(model.values)
            begins.append(trainer.beginAveragingIfDue(developmentLosses: Array(losses[...step])))
        }
        // The ninth, 8, is worse than 7, the best of the first three; nothing begins twice.
        let start = 9
        #expect(begins.firstIndex(of: true) == start - 1 && begins.count { $0 } == 1)
        let expected = reference(.cumulative(), initial: [], after: Array(after[start...]), count: after[0].count)
        #expect(trainer.swapInAverages())
        #expect(largestDifference(model.values, expected) < 2e-6)
        trainer.swapOutAverages()

        let early = SmallModel(), waiting = SGDTrainer(early.parameters, learningRate: 0.1)
        waiting.averaging = .nonMonotonic()
        early.setGradients(step: 0)
        waiting.update()
        #expect(!waiting.swapInAverages())
        waiting.averaging = .cumulative()
        #expect(!waiting.beginAveragingIfDue(developmentLosses: losses))
    }

    /// A saved state says whether averaging has begun.
    @Test(arguments: [false, true]) func nonMonotonicAveragingGoesOn(hasBegun: Bool) throws {
        let models = [SmallModel(), SmallModel()]
        let trainers = models.map { SGDTrainer($0.parameters, learningRate: 0.1) }
        for trainer in trainers { trainer.averaging = .nonMonotonic(interval: 1) }
        if hasBegun { #expect(trainers[0].beginAveragingIfDue(developmentLosses: [1, 2, 3])) }
        for step in 0..<4 {
            models[0].setGradients(step: step)
            trainers[0].update()
        }
        for (target, source) in zip(models[1].parameters.parameters, models[0].parameters.parameters) {
            target.values = source.values
        }
        models[1].table.values = models[0].table.values
        try trainers[1].restore(trainers[0].state)
        for (model, trainer) in zip(models, trainers) {
            model.setGradients(step: 9)
            trainer.update()
            #expect(trainer.swapInAverages() == hasBegun)
        }
        #expect(models[0].values == models[1].values)
    }
}

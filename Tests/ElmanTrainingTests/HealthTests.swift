import ElmanFiles
import ElmanGraph
import ElmanLayers
import ElmanOptimizers
import ElmanTensor
import Testing

@testable import ElmanTraining

/// A network of one layer that reads four inputs; some of its units can be made dead, or be driven to their ends.
private final class ReaderTask: TrainingTask {
    let parameters = ParameterCollection(seed: 1)
    let cell: RecurrentBuilder<ElmanCell>
    private let scale: Float

    init(scale: Float = 1, deadUnits: Int = 0) {
        self.scale = scale
        cell = RecurrentBuilder(inputSize: 2, hiddenSize: 4, in: parameters.scope("rnn"))
        for parameter in parameters.parameters where deadUnits > 0 {
            // Rows are units, columns lie one behind the other.
            var values = parameter.values.scalars
            for index in values.indices where index % 4 < deadUnits { values[index] = 0 }
            parameter.values = Tensor(shape: parameter.shape, scalars: values)
        }
    }

    func beginEpoch(_ epoch: Int) -> Int { 2 }

    func loss(ofUpdate update: Int, in graph: ComputationGraph) -> TrainingLoss {
        let inputs = (0..<4).map { graph.input([Float($0) * scale + scale, scale * Float(update + 1)]) }
        let outputs = cell.transduce(inputs, dropout: .none)
        return TrainingLoss(objective: sum(outputs.map { sum($0 .* $0) }), unitCount: 4)
    }

    func evaluate() -> Evaluation? { nil }
}

@Suite struct HealthTests {
    /// The report of the first evaluation of a run.
    private func report(_ task: ReaderTask, rate: Double = 0.01) throws -> EvaluationReport {
        var options = TrainingOptions()
        options.epochs = 1
        let loop = TrainingLoop(task, trainer: SGDTrainer(task.parameters, learningRate: rate), options: options)
        var found: EvaluationReport?
        loop.handler = { event in
            if case .evaluated(let report) = event { found = report }
            return .proceed
        }
        try loop.run()
        return try #require(found)
    }

    @Test func deadUnitsAreCounted() throws {
        #expect(try report(ReaderTask()).health?.deadUnitCount == 0)
        let health = try #require(try report(ReaderTask(deadUnits: 3), rate: 1e-12).health)
        #expect(health.deadUnitCount == 3)
        #expect(health.unitCount == 4)
    }

    @Test func saturationIsTheShareOfOutputsNearTheirEnds() throws {
        #expect(try #require(try report(ReaderTask(scale: 0.01)).health).saturatedShare == 0)
        #expect(try #require(try report(ReaderTask(scale: 1000)).health).saturatedShare > 0.9)
    }

    @Test func theUpdateRatioIsTheChangeOverTheWeights() throws {
        let task = ReaderTask()
        let small = try #require(try report(task, rate: 1e-4).health?.updateRatio)
        let large = try #require(try report(ReaderTask(), rate: 1e-3).health?.updateRatio)
        #expect(small > 0 && abs(large / small - 10) < 0.2)
    }

    @Test func lookingChangesNoBit() throws {
        /// Weights after two epochs; the last update of each is examined where there is one to evaluate after.
        func weights(evaluateEvery: Int) throws -> [Float] {
            let task = ReaderTask()
            var options = TrainingOptions()
            options.epochs = 2
            options.evaluateEvery = evaluateEvery
            try TrainingLoop(task, trainer: SGDTrainer(task.parameters, learningRate: 0.1), options: options).run()
            return task.parameters.parameters.flatMap { $0.values.scalars }
        }
        #expect(try weights(evaluateEvery: 1) == weights(evaluateEvery: 100))
    }

    // MARK: Warnings

    private func evaluation(
        loss: Double, dev: Double? = nil, sinceBest: Int = 0, health: TrainingHealth? = nil
    ) -> EvaluationReport {
        var progress = RunProgress()
        progress.bestValue = 100
        progress.bestEpoch = 1
        progress.evaluationsSinceBest = sinceBest
        return EvaluationReport(
            progress: progress, trainLoss: loss, evaluation: dev.map { Evaluation("dev_perplexity", $0, isLowerBetter: true) },
            isBest: false, learningRate: 1, unitsPerSecond: 1, health: health)
    }

    /// The faults found in a course of evaluations.
    private func faults(_ reports: [EvaluationReport]) -> [TrainingWarnings.Fault] {
        var warnings = TrainingWarnings()
        return reports.flatMap { warnings.examine($0).map(\.fault) }
    }

    @Test func aGoodCourseIsLeftAlone() {
        #expect(faults((1...9).map { evaluation(loss: 6 / Double($0), dev: 300 / Double($0)) }).isEmpty)
    }

    @Test func explosionStandstillAndOverfittingAreToldOnce() {
        #expect(faults([5, 4, 40, 60].map { evaluation(loss: $0) }) == [.exploding])
        #expect(faults((1...6).map { _ in evaluation(loss: 5) }) == [.notLearning])
        let overfitting = (1...7).map { evaluation(loss: 5 - 0.5 * Double($0), dev: 100 + Double($0), sinceBest: $0 - 1) }
        #expect(faults(overfitting) == [.overfitting])
    }

    @Test func aWarningNamesItsEvidence() {
        var warnings = TrainingWarnings()
        let texts = [5.0, 4, 40].flatMap { warnings.examine(evaluation(loss: $0)) }.map(\.evidence)
        #expect(texts.count == 1 && texts[0].contains("40") && texts[0].contains("4.0") && texts[0].contains("--clip"))
    }

    @Test func deadAndSaturatedUnitsAreTold() throws {
        let dead = try #require(try report(ReaderTask(deadUnits: 3), rate: 1e-12).health)
        #expect(faults([evaluation(loss: 1, health: dead)]) == [.deadUnits])
        let saturated = try #require(try report(ReaderTask(scale: 1000)).health)
        #expect(faults([evaluation(loss: 1, health: saturated)]).contains(.saturated))
    }
}

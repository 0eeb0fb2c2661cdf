import ElmanFiles
import ElmanGraph
import ElmanLayers
import ElmanOptimizers
import ElmanTensor
import Testing

@testable import ElmanTraining

/// Fits a line through points: one parameter vector, squared loss, a scripted evaluation.
private final class LineTask: TrainingTask {
    let parameters = ParameterCollection(seed: 4)
    var carriedState: [[Tensor]]?
    private let weights: Parameter
    private var evaluations: [Double]
    private let isLowerBetter: Bool
    private(set) var saves = 0
    private(set) var order: [String] = []
    /// What the learning rate of each update is multiplied by.
    var rateFactor = 1.0
    /// The weights whenever the model was evaluated.
    private(set) var evaluated: [[Float]] = []
    var values: [Float] { weights.values.scalars }

    init(evaluations: [Double] = [], isLowerBetter: Bool = true) {
        self.isLowerBetter = isLowerBetter
        weights = parameters.add([2], named: "weights", initializer: .zeros)
        self.evaluations = evaluations.reversed()
    }

    func beginEpoch(_ epoch: Int) -> Int {
        order.append("epoch \(epoch)")
        return 3
    }

    func loss(ofUpdate update: Int, in graph: ComputationGraph) -> TrainingLoss {
        order.append("update \(update)")
        let difference = weights(in: graph) - graph.input([Float(update), 1])
        return TrainingLoss(objective: sum(difference .* difference), unitCount: 2, rateFactor: rateFactor)
    }

    func evaluate() -> Evaluation? {
        evaluated.append(values)
        return evaluations.popLast().map { Evaluation("dev_loss", $0, isLowerBetter: isLowerBetter) }
    }

    func saveModel(to path: String) { saves += 1 }
}

@Suite struct TrainingLoopTests {
    private func loop(_ task: LineTask, epochs: Int, change: (inout TrainingOptions) -> Void = { _ in }) -> TrainingLoop {
        var options = TrainingOptions()
        options.epochs = epochs
        change(&options)
        return TrainingLoop(task, trainer: SGDTrainer(task.parameters, learningRate: 0.1), options: options)
    }

    @Test func everyEpochBeginsBeforeItsUpdatesInOrder() throws {
        let task = LineTask()
        #expect(try loop(task, epochs: 2).run() == .finished)
        let epoch = ["update 0", "update 1", "update 2"]
        #expect(task.order == ["epoch 1"] + epoch + ["epoch 2"] + epoch)
    }

    @Test func theBestEvaluationIsRememberedWithItsPlace() throws {
        let loop = loop(LineTask(evaluations: [5, 3, 4, 3.5]), epochs: 4)
        try loop.run()
        #expect(loop.progress.bestValue == 3)
        #expect(loop.progress.bestEpoch == 2)
        #expect(loop.progress.bestUpdate == 6)
        #expect(loop.progress.evaluationsSinceBest == 2)
        #expect(loop.progress.history == [5, 3, 4, 3.5])
    }

    @Test func aNaNIsNeverBetter() {
        #expect(!Evaluation("x", .nan, isLowerBetter: true).isBetter(than: nil))
        #expect(Evaluation("x", 1, isLowerBetter: true).isBetter(than: .nan))
        #expect(Evaluation("x", 2, isLowerBetter: false).isBetter(than: 1))
        #expect(!Evaluation("x", 1, isLowerBetter: true).isBetter(than: 1))
    }

    @Test func patienceCountsEvaluationsWithoutImprovement() throws {
        let loop = loop(LineTask(evaluations: [5, 4, 6, 7, 3]), epochs: 5) { $0.patience = 2 }
        #expect(try loop.run() == .outOfPatience)
        #expect(loop.progress.history == [5, 4, 6, 7])
    }

    @Test func evaluationsComeEverySoManyUpdates() throws {
        let loop = loop(LineTask(evaluations: Array(repeating: 1, count: 10)), epochs: 4) { $0.evaluateEvery = 5 }
        try loop.run()
        // Twelve updates: after 5 and 10, and once at the end for the two that were left.
        #expect(loop.progress.history.count == 3)
    }

    @Test func theLearningRateFollowsTheProgress() throws {
        let loop = loop(LineTask(), epochs: 2)
        var seen: [Double] = []
        loop.learningRate = { progress in
            seen.append(Double(progress.update))
            return 0.1 / Double(progress.epoch)
        }
        try loop.run()
        #expect(seen == [0, 1, 2, 3, 4, 5])
        #expect(loop.trainer.learningRate == 0.05)
    }

    /// A factor changes the step of its update and neither the rate that is told nor the next update.
    @Test func aFactorOfTheRateHoldsForItsUpdate() throws {
        let plain = LineTask(), scaled = LineTask()
        let faster = loop(plain, epochs: 1)
        faster.learningRate = { _ in 0.05 }
        try faster.run()
        scaled.rateFactor = 0.5
        let halved = loop(scaled, epochs: 1)
        try halved.run()
        #expect(scaled.values == plain.values)
        #expect(halved.trainer.learningRate == 0.1)
    }

    /// What is evaluated is the average, and training goes on from the weights.
    @Test func averagesAreEvaluated() throws {
        let plain = LineTask(evaluations: [3, 2, 1]), averaged = LineTask(evaluations: [3, 2, 1])
        try loop(plain, epochs: 3).run()
        let loop = loop(averaged, epochs: 3)
        loop.trainer.averaging = .cumulative()
        try loop.run()
        #expect(averaged.values == plain.values)
        #expect(zip(averaged.evaluated, plain.evaluated).allSatisfy { $0 != $1 })
        #expect(loop.trainer.swapInAverages())
        #expect(averaged.values == averaged.evaluated.last)
    }

    /// Averaging begins after the evaluation that is worse than those long before it.
    @Test func averagingWaitsForTheDevelopmentLoss() throws {
        let task = LineTask(evaluations: [5, 4, 6, 7, 8])
        let loop = loop(task, epochs: 5)
        loop.trainer.averaging = .nonMonotonic(interval: 1)
        var seen: [Bool] = []
        loop.handler = { event in
            if case .evaluated = event { seen.append(loop.trainer.hasAverages) }
            return .proceed
        }
        try loop.run()
        // 6 is worse than 5, and averages are there from the fourth epoch on.
        #expect(seen == [false, false, false, true, true])
    }

    /// Schedules are told losses: what is better when higher comes with the opposite sign.
    @Test func theHistoryIsOfLosses() throws {
        let loop = loop(LineTask(evaluations: [0.5, 0.7], isLowerBetter: false), epochs: 2)
        try loop.run()
        #expect(loop.progress.history == [-0.5, -0.7])
        #expect(loop.progress.bestValue == 0.7)
    }

    @Test func aHandlerCanStopTheRunAndItsErrorComesThrough() throws {
        struct Refusal: Error {}
        let stopped = loop(LineTask(), epochs: 9)
        stopped.handler = { event in
            if case .updated(let report) = event, report.progress.update == 4 { return .stop }
            return .proceed
        }
        #expect(try stopped.run() == .stopped)
        #expect(stopped.progress.update == 4)
        let failing = loop(LineTask(), epochs: 1)
        failing.handler = { _ in throw Refusal() }
        #expect(throws: Refusal.self) { try failing.run() }
    }

    @Test func progressSurvivesItsTextToTheLastBit() throws {
        var progress = RunProgress()
        progress.epoch = 7
        progress.lossSum = 0.1 + 0.2
        progress.bestValue = 1 / 3
        progress.history = [.pi, 1e-300, .infinity]
        let text = JSONValue.object(progress.json).text()
        let read = try #require(try JSONValue(parsing: text).asObject.flatMap(RunProgress.init(json:)))
        #expect(read == progress)
        var broken = progress.json
        broken["epoch"] = "seven"
        #expect(RunProgress(json: broken) == nil)
    }

    @Test func aRunThatIsKeptNowhereCannotBeResumed() {
        let error = #expect(throws: DataError.self) { try loop(LineTask(), epochs: 1).resume() }
        #expect(error?.kind == .configuration)
    }
}

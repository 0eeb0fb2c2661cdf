import ElmanFiles
import ElmanGraph
import ElmanOptimizers
import ElmanTensor
import Testing

@testable import ElmanTraining

/// Four updates an epoch, one of which may go wrong; a model whose saving may fail.
private final class FragileTask: TrainingTask {
    let parameters = ParameterCollection(seed: 2)
    var carriedState: [[Tensor]]? = [[Tensor([0])]]
    var evaluation: Double?
    /// Updates, counted from 0 over all epochs, whose loss, or whose gradient only, is not finite.
    var badLosses: Set<Int> = []
    var badGradients: Set<Int> = []
    /// How many attempts to save the model fail.
    var failingSaves = 0
    private(set) var saves = 0
    let weights: Parameter
    private var epoch = 1
    private var last: Float = 0

    init() { weights = parameters.add([2], named: "weights", initializer: .constant(1)) }

    func beginEpoch(_ epoch: Int) -> Int {
        self.epoch = epoch
        return 4
    }

    func loss(ofUpdate update: Int, in graph: ComputationGraph) -> TrainingLoss {
        let number = (epoch - 1) * 4 + update
        last = Float(number + 1)
        var values = weights(in: graph) * 0.5
        if badLosses.contains(number) { values = log(values - 10) }
        // The root of zero is zero, its derivative infinite.
        if badGradients.contains(number) { values = sqrt(values - graph.input(weights.values.scalars.map { $0 * 0.5 })) }
        return TrainingLoss(objective: sum(values), unitCount: 1)
    }

    func finishUpdate() { carriedState = [[Tensor([last])]] }
    func contents(ofUpdate update: Int) -> JSONObject { ["number": JSONValue(update)] }
    func evaluate() -> Evaluation? { evaluation.map { Evaluation("dev_loss", $0, isLowerBetter: true) } }

    func saveModel(to path: String) throws {
        saves += 1
        guard failingSaves == 0 else {
            failingSaves -= 1
            throw DataError(.inputOutput, path: path, "writing failed after 7 of 99 bytes: no space")
        }
        try parameters.save(to: path)
    }
}

/// Losses and gradients that are not finite, and disks that are full.
@Suite struct FaultTests {
    private let place = "/tmp/elman-fault-\(UInt64.random(in: .min ... .max))"

    private func loop(
        _ task: FragileTask, epochs: Int = 1, force: Bool = false, change: (inout TrainingOptions) -> Void = { _ in }
    ) throws -> TrainingLoop {
        var options = TrainingOptions()
        options.epochs = epochs
        options.saveWaits = [0, 0]
        change(&options)
        let trainer = SGDTrainer(task.parameters, learningRate: 0.1)
        return TrainingLoop(
            task, trainer: trainer, options: options, folder: try RunFolder.create(place, force: force))
    }

    private func warnings(of loop: TrainingLoop) -> () -> [String] {
        final class Box { var texts: [String] = [] }
        let box = Box()
        loop.handler = { event in
            if case .warning(let text) = event { box.texts.append(text) }
            return .proceed
        }
        return { box.texts }
    }

    @Test(arguments: [true, false]) func theStateBeforeTheBadUpdateIsKept(isLoss: Bool) throws {
        defer { try? FileSystem.remove(place) }
        let task = FragileTask()
        if isLoss { task.badLosses = [2] } else { task.badGradients = [2] }
        let loop = try loop(task)
        let error = #expect(throws: DataError.self) { try loop.run() }
        #expect(error?.kind == .computation)
        #expect(error?.message.contains("at update 3, epoch 1, kept in \(place)/nan-step-3") == true)
        let before = task.weights.values
        let step = try JSONValue(parsing: FileSystem.readFile(place + "/nan-step-3/step.json")).asObject
        #expect(step?["update"] == 3)
        #expect(step?["batch"] == ["number": 2])
        #expect((step?["first_node"]?.asString?.contains("log") == true) == isLoss)
        #expect(step?["non_finite_gradients"] == (isLoss ? [] : ["weights"]))
        #expect(step?["non_finite_parameters"] == [])

        // A run that goes on from what was kept stands before the same update, with the same weights and state.
        let other = FragileTask()
        other.badLosses = task.badLosses
        other.badGradients = task.badGradients
        let saved = try FileSystem.readFile(place + "/nan-step-3/checkpoint.safetensors")
        loop.folder?.lock?.release()
        let again = try self.loop(other, force: true)
        #expect(!FileSystem.exists(place + "/nan-step-3"))
        try AtomicFile.write(saved, to: Checkpoint.path(in: try #require(again.folder)))
        try again.resume()
        #expect(again.progress.update == 2)
        #expect(other.weights.values == before)
        #expect(other.carriedState == [[Tensor([2])]])
        let repeated = #expect(throws: DataError.self) { try again.run() }
        #expect(repeated == error)
    }

    @Test func aSkippedUpdateChangesNothing() throws {
        defer { try? FileSystem.remove(place) }
        let task = FragileTask()
        task.badLosses = [1, 5]
        task.badGradients = [2]
        let loop = try loop(task, epochs: 2) { $0.onNonFinite = .skip }
        let warnings = warnings(of: loop)
        #expect(try loop.run() == .finished)
        #expect(loop.progress.update == 8)
        #expect(loop.progress.unitCount == 5)
        #expect(warnings().count == 3)
        #expect(warnings()[0].hasPrefix("update 2 skipped: the loss is nan"))
        #expect(warnings()[1].hasPrefix("update 3 skipped: the gradient of weights is not finite, kept in"))
        // Five good updates, each of which takes 0.1 · 0.5.
        #expect(abs(task.weights.values[0] - 0.75) < 1e-6)
    }

    @Test func skippingEndsWhereItCannotHelp() throws {
        defer { try? FileSystem.remove(place) }
        let task = FragileTask()
        task.badLosses = Set(0..<1000)
        let loop = try loop(task, epochs: 200) { $0.onNonFinite = .skip }
        let error = #expect(throws: DataError.self) { try loop.run() }
        #expect(error?.message.contains("after 99 updates in a row that were skipped") == true)
        let names = try FileSystem.list(place).filter { $0.hasPrefix("nan-step-") }
        #expect(names == ["nan-step-1", "nan-step-100", "nan-step-2", "nan-step-3"])

        let broken = FragileTask()
        broken.weights.values = Tensor([.infinity, 1])
        loop.folder?.lock?.release()
        let other = try self.loop(broken, force: true) { $0.onNonFinite = .skip }
        let end = #expect(throws: DataError.self) { try other.run() }
        #expect(end?.message.contains("weights that are not finite: weights at update 1") == true)
    }

    @Test func savingIsTriedThreeTimes() throws {
        defer { try? FileSystem.remove(place) }
        let task = FragileTask()
        task.evaluation = 3
        task.failingSaves = 2
        let loop = try loop(task)
        let warnings = warnings(of: loop)
        #expect(try loop.run() == .finished)
        #expect(task.saves == 3)
        #expect(warnings().count == 2)
        #expect(warnings()[0].hasSuffix("writing failed after 7 of 99 bytes: no space; trying again in 0 seconds (2 of 3)"))

        loop.folder?.lock?.release()
        task.failingSaves = 3
        let error = #expect(throws: DataError.self) { try self.loop(task, force: true).run() }
        #expect(error?.kind == .inputOutput)
        #expect(task.saves == 6)
    }

    @Test func saveErrorsAreIgnoredOnTheWayButNotAtTheEnd() throws {
        defer { try? FileSystem.remove(place) }
        let task = FragileTask()
        task.evaluation = 3
        task.failingSaves = 3
        let loop = try loop(task, epochs: 2) { $0.ignoresSaveErrors = true }
        let warnings = warnings(of: loop)
        #expect(try loop.run() == .finished)
        #expect(warnings().last?.hasSuffix("; going on unsaved") == true)
        // The first model was lost, so the second, which is as good, is the best.
        #expect(loop.progress.bestEpoch == 2)
        #expect(FileSystem.exists(place + "/model.safetensors"))

        loop.folder?.lock?.release()
        task.failingSaves = 100
        let failing = try self.loop(task, epochs: 2, force: true) { $0.ignoresSaveErrors = true }
        #expect(throws: DataError.self) { try failing.run() }
        #expect(failing.progress.update == 8)
    }

    @Test func whoeverStopsDoesNotWait() throws {
        defer { try? FileSystem.remove(place) }
        let task = FragileTask()
        task.evaluation = 3
        task.failingSaves = 3
        let loop = try loop(task) { $0.saveWaits = [1000, 1000] }
        loop.handler = { event in
            if case .warning = event { return .stop }
            return .proceed
        }
        #expect(throws: DataError.self) { try loop.run() }
        #expect(task.saves == 1)
    }
}

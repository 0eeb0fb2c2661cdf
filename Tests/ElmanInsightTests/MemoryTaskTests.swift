import ElmanLayers
import ElmanTensor
import Testing

@testable import ElmanInsight

@Suite struct MemoryTaskTests {
    /// The index of the one in each example's vector at each step: `[step][example]`.
    private func indices(_ batch: MemoryBatch, size: Int) -> [[Int]] {
        batch.inputs.map { step in
            stride(from: 0, to: step.count, by: size).map { start in step[start..<start + size].firstIndex(of: 1)! - start }
        }
    }

    private func classes(_ batch: MemoryBatch) -> [[Int]] {
        if case .classes(let classes) = batch.targets { classes } else { [] }
    }

    @Test func theSumIsThatOfTheTwoMarkedNumbers() throws {
        var random = RandomGenerator(seed: 3)
        let batch = AddingTask(length: 11).batch(of: 20, &random)
        guard case .numbers(let sums) = batch.targets else { return #expect(Bool(false)) }
        for example in 0..<20 {
            let marked = batch.inputs.indices.filter { batch.inputs[$0][2 * example + 1] == 1 }
            #expect(marked.count == 2 && marked[0] < 5 && marked[1] >= 5)
            #expect(marked.reduce(Float(0)) { $0 + batch.inputs[$1][2 * example] } == sums[example])
        }
    }

    @Test func theSymbolsAreThoseBeforeTheBlanks() {
        var random = RandomGenerator(seed: 3)
        let task = CopyTask(length: 7), batch = task.batch(of: 4, &random)
        let steps = indices(batch, size: task.inputSize)
        #expect(steps.count == 10 + 7 + 10 && Array(steps.prefix(10)) == classes(batch))
        #expect(steps[17] == [9, 9, 9, 9] && steps[10..<17].allSatisfy { $0 == [8, 8, 8, 8] })
    }

    @Test func theFirstSymbolIsAskedFor() {
        var random = RandomGenerator(seed: 3)
        let task = RecallTask(length: 6), batch = task.batch(of: 5, &random), steps = indices(batch, size: task.inputSize)
        #expect(steps.count == 7 && classes(batch) == [steps[0]] && steps.dropFirst().joined().allSatisfy { $0 >= 8 })
    }

    @Test func theInnermostOpenBracketIsAskedFor() {
        var random = RandomGenerator(seed: 3)
        let task = DyckTask(length: 30), batch = task.batch(of: 20, &random), steps = indices(batch, size: task.inputSize)
        for example in 0..<20 {
            var open: [Int] = []
            for step in steps {
                if step[example] < 4 { open.append(step[example]) } else { #expect(open.removeLast() == step[example] - 4) }
            }
            #expect(open.last == classes(batch)[0][example])
        }
    }

    @Test(arguments: MemoryTasks.names) func examplesFollowFromTheSeed(_ name: String) throws {
        let task = try #require(MemoryTasks.named(name, length: 12))
        var first = RandomGenerator(seed: 9), second = first
        #expect(task.batch(of: 3, &first).inputs == task.batch(of: 3, &second).inputs)
    }

    @Test func anLSTMLearnsToRecallAndTheResultRepeatsItself() {
        var options = MemoryTrialOptions()
        (options.hiddenSize, options.updates, options.learningRate, options.evaluateEvery) = (16, 400, 0.02, 20)
        func result() -> MemoryTrial.Result {
            var trial = MemoryTrial(RecallTask(length: 5), cell: .lstm, options)
            return trial.run()
        }
        let first = result()
        #expect(first.solvedAt != nil && first.best >= 0.99)
        #expect(first == result())
    }

    @Test func measuringBeforeLearningChangesNothing() {
        var options = MemoryTrialOptions()
        (options.hiddenSize, options.updates, options.evaluateEvery) = (8, 20, 10)
        let found = CellGradients(.gru, on: RecallTask(length: 6), learns: true, options: options)
        var trial = MemoryTrial(RecallTask(length: 6), cell: .gru, options)
        #expect(found.result == trial.run())
        #expect(found.initial.norms.count == 7 && found.trained != found.initial && !found.gates.isEmpty)
    }
}

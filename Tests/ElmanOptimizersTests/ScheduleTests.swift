import ElmanOptimizers
import Testing

/// Learning rates by progress.
@Suite struct ScheduleTests {
    private func rates(_ schedule: LearningRateSchedule, updates: [Int]) -> [Double] {
        updates.map { schedule.rate(2, at: TrainingProgress(update: $0)) }
    }

    private func expect(_ rates: [Double], _ expected: [Double]) {
        for (rate, expected) in zip(rates, expected) { #expect(abs(rate - expected) < 1e-12) }
    }

    @Test func constant() { #expect(rates(.constant, updates: [0, 1, 1_000_000]) == [2, 2, 2]) }

    @Test func stepPastAnEpoch() {
        let schedule = LearningRateSchedule.step(factor: 0.5, afterEpoch: 4)
        #expect((1...7).map { schedule.rate(1, at: TrainingProgress(epoch: $0)) } == [1, 1, 1, 1, 0.5, 0.25, 0.125])
    }

    @Test func plateauHalves() {
        let schedule = LearningRateSchedule.plateau()
        func rate(_ losses: [Double]) -> Double { schedule.rate(8, at: TrainingProgress(developmentLosses: losses)) }
        #expect(rate([]) == 8)
        #expect(rate([5, 4, 3]) == 8)
        #expect(rate([5, 4, 4]) == 4)
        #expect(rate([5, 4, 4.5, 3.9, 4]) == 2)
        #expect(rate([5, .nan, 4]) == 4)
        let patient = LearningRateSchedule.plateau(factor: 0.1, patience: 2, threshold: 0.01, minimum: 0.05)
        func patientRate(_ losses: [Double]) -> Double { patient.rate(1, at: TrainingProgress(developmentLosses: losses)) }
        #expect(patientRate([5, 5, 5]) == 1)
        #expect(patientRate([5, 4.99, 4.98, 4.97]) == 0.1)
        #expect(patientRate([5, 5, 5, 5, 5, 5, 5]) == 0.05)
    }

    @Test func cosine() {
        let schedule = LearningRateSchedule.cosine(updateCount: 110, warmUp: 10, minimum: 0.1)
        expect(rates(schedule, updates: [0, 4, 9, 10, 60, 110, 500]), [0.2, 1, 2, 2, 1.1, 0.2, 0.2])
        expect(rates(.cosine(updateCount: 6), updates: [0, 2, 3, 6]), [2, 1.5, 1, 0])
    }

    @Test func inverseSquareRoot() {
        let schedule = LearningRateSchedule.inverseSquareRoot(warmUp: 100)
        expect(rates(schedule, updates: [0, 49, 99, 100, 399]), [0.02, 1, 2, 2 * (100.0 / 101).squareRoot(), 1])
    }

    @Test func linear() {
        expect(rates(.linear(updateCount: 100), updates: [0, 25, 100, 200]), [2, 1.5, 0, 0])
        expect(rates(.linear(updateCount: 110, warmUp: 10), updates: [4, 10, 60, 110]), [1, 2, 1, 0])
    }

    /// Howard and Ruder 2018, equation 3, with cut_frac 0.1 and ratio 32 as there.
    @Test func slantedTriangular() {
        let total = 200, cut = 20.0
        let expected = [0, 7, 19, 20, 21, 110, 199, 200, 300].map { update -> Double in
            let t = Double(min(update, total))
            let p = t < cut ? t / cut : 1 - (t - cut) / (cut * (1 / 0.1 - 1))
            return 2 * (1 + p * 31) / 32
        }
        expect(rates(.slantedTriangular(updateCount: total), updates: [0, 7, 19, 20, 21, 110, 199, 200, 300]), expected)
        #expect(rates(.slantedTriangular(updateCount: total), updates: [20]) == [2])
        expect(
            rates(.slantedTriangular(updateCount: 8, cutFraction: 0.25, ratio: 4), updates: [0, 1, 2, 5, 8]),
            [0.5, 1.25, 2, 1.25, 0.5])
        // Too few updates for a rise.
        expect(rates(.slantedTriangular(updateCount: 4), updates: [0, 4]), [2, 0.0625])
    }

    @Test func allNamesAreKnown() {
        for name in LearningRateSchedule.names { #expect(LearningRateSchedule.named(name) != nil) }
        #expect(LearningRateSchedule.named("none") == nil)
        #expect(
            LearningRateSchedule.named("step", .init(factor: 0.8, afterEpoch: 6)) == .step(factor: 0.8, afterEpoch: 6))
    }

    @Test func progressIsRestoredExactly() throws {
        let losses = [0.1, 1.0 / 3, .infinity, .leastNonzeroMagnitude]
        let progress = TrainingProgress(update: 123, epoch: 7, developmentLosses: losses)
        #expect(try TrainingProgress(progress.values) == progress)
        #expect(try TrainingProgress(TrainingProgress().values) == TrainingProgress())
        #expect(throws: TrainerStateError.self) { try TrainingProgress(["update": "1", "epoch": "x"]) }
    }
}

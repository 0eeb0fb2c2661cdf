import ElmanGraph
import ElmanOptimizers
import ElmanTensor
import Testing

/// Trainers at work on graphs.
@Suite struct ConvergenceTests {
    /// y = W x + b is found from exact examples.
    @Test(
        arguments: zip(
            ["sgd", "momentum", "adagrad", "adadelta", "rmsprop", "adam", "amsgrad", "adamw"],
            [0.1, 0.02, 0.5, 20, 0.01, 0.05, 0.05, 0.05]))
    func solvesLeastSquares(kind: String, rate: Double) {
        let target = Tensor(rows: [[1, -2, 0.5], [0.3, 0.8, -1]])
        let parameters = ParameterCollection(seed: 4)
        let weights = parameters.add([2, 3], named: "weights"), bias = parameters.add([2], named: "bias")
        let trainer = makeTrainer(named: kind, parameters, TrainerOptions(learningRate: rate, weightDecay: 0))!
        let schedule = LearningRateSchedule.linear(updateCount: 600)
        let graph = ComputationGraph()
        var first: Float = 0, last: Float = 0
        for step in 0..<600 {
            graph.renew()
            var losses: [Expression] = []
            for example in 0..<8 {
                let x = noise(3, seed: step * 8 + example)
                let y = (0..<2).map { row in (0..<3).reduce(Float(row)) { $0 + target[row, $1] * x[$1] } }
                let difference = weights(in: graph) * graph.input(x) + bias(in: graph) - graph.input(y)
                losses.append(sum(difference .* difference))
            }
            let loss = average(losses)
            last = loss.value.scalar
            if step == 0 { first = last }
            loss.backward()
            trainer.learningRate = schedule.rate(rate, at: TrainingProgress(update: step))
            #expect(trainer.update() == .updated)
        }
        #expect(last < first / 1000, "\(kind) goes from \(first) to \(last)")
    }
}

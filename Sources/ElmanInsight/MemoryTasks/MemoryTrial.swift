import ElmanGraph
import ElmanLayers
import ElmanOptimizers
import ElmanTensor

/// A network of one cell that learns a memory task: whether it solves it, and after how many updates.
///
///     var trial = MemoryTrial(AddingTask(length: 100), cell: .lstm, MemoryTrialOptions())
///     let result = trial.run()
///     result.solvedAt         // 1,400, or nil
public struct MemoryTrial {
    /// What is learnt.
    public let task: any MemoryTask
    /// The cell.
    public let cell: CellKind
    /// The network.
    public let network: any RecurrentNetwork
    private let options: MemoryTrialOptions
    private let parameters: ParameterCollection
    private let scores: Linear
    private let trainer: Trainer
    private var random: RandomGenerator

    /// A new network of one layer.
    public init(_ task: any MemoryTask, cell: CellKind, _ options: MemoryTrialOptions) {
        self.task = task
        self.cell = cell
        self.options = options
        parameters = ParameterCollection(seed: options.seed)
        network = makeNetwork(
            kind: cell, inputSize: task.inputSize, hiddenSize: options.hiddenSize, in: parameters.scope("rnn"))
        scores = Linear(inputSize: options.hiddenSize, outputSize: task.outputSize, in: parameters.scope("scores"))
        trainer = AdamTrainer(parameters, learningRate: options.learningRate)
        trainer.clipNorm = 1
        random = RandomGenerator(seed: options.seed)
    }

    /// What came of it.
    public struct Result: Sendable, Hashable {
        /// Score on examples that are drawn anew, after so many updates.
        public struct Point: Sendable, Hashable {
            /// Updates before.
            public let update: Int
            /// Mean squared error or accuracy.
            public let score: Double
        }

        /// The scores in their order.
        public internal(set) var curve: [Point] = []
        /// After how many updates the task was solved; nil where it was not.
        public internal(set) var solvedAt: Int?
        /// The best score.
        public internal(set) var best = Double.nan
    }

    /// Learns until the task is solved or the updates are used up. `progress` is told of every evaluation and may end it by
    /// giving false.
    public mutating func run(_ progress: (Result.Point) -> Bool = { _ in true }) -> Result {
        var result = Result()
        let graph = ComputationGraph()
        for update in 1...max(1, options.updates) {
            graph.renew()
            loss(of: task.batch(of: options.batchSize, &random), in: graph).loss.backward()
            trainer.update()
            guard update % options.evaluateEvery == 0 || update == options.updates else { continue }
            let point = Result.Point(update: update, score: score())
            result.curve.append(point)
            if result.best.isNaN || (task.isError ? point.score < result.best : point.score > result.best) {
                result.best = point.score
            }
            if task.isSolved(point.score) {
                result.solvedAt = update
                break
            }
            guard point.score.isFinite, progress(point) else { break }
        }
        return result
    }

    /// Clears gradients that somebody's measurement has left in the parameters.
    func forgetGradients() { parameters.clearGradients() }

    /// The score on examples that serve nothing else.
    public func score() -> Double {
        var random = RandomGenerator(seed: options.seed, stream: 1)
        let graph = ComputationGraph(keepsForBackward: false)
        return loss(of: task.batch(of: options.evaluationSize, &random), in: graph).score()
    }

    /// The mean loss of a batch, and what tells the score.
    private func loss(of batch: MemoryBatch, in graph: ComputationGraph) -> (loss: Expression, score: () -> Double) {
        var state = network.start(in: graph)
        var outputs: [Expression] = []
        for input in batch.inputs {
            let count = input.count / task.inputSize
            state.addInput(graph.input(Tensor(shape: Shape([task.inputSize], batchSize: count), scalars: input)))
            outputs.append(state.output)
        }
        switch batch.targets {
        case .numbers(let numbers):
            let targets = graph.input(Tensor(shape: Shape([1], batchSize: numbers.count), scalars: numbers))
            let error = scores(outputs[outputs.count - 1]) - targets
            let loss = sumOverBatch(squaredNorm(error)) * (1 / Float(numbers.count))
            return (loss, { Double(loss.value.scalar) })
        case .classes(let classes):
            let last = outputs.suffix(classes.count).map { scores($0) }
            let count = classes.reduce(0) { $0 + $1.count }
            let losses = zip(last, classes).map { sumOverBatch(pickNegativeLogSoftmax($0, $1)) }
            return (sum(losses) * (1 / Float(count)), { Self.accuracy(last, classes) })
        }
    }

    private static func accuracy(_ scores: [Expression], _ classes: [[Int]]) -> Double {
        var right = 0, count = 0
        for (scores, classes) in zip(scores, classes) {
            let values = scores.value.scalars, size = values.count / classes.count
            for (example, target) in classes.enumerated() {
                let row = values[example * size..<(example + 1) * size]
                if row.max() == row[row.startIndex + target] { right += 1 }
                count += 1
            }
        }
        return Double(right) / Double(max(1, count))
    }
}

/// How a memory task is learnt.
public struct MemoryTrialOptions: Sendable, Hashable {
    /// Units of the one layer.
    public var hiddenSize = 64
    /// Examples of an update.
    public var batchSize = 32
    /// Updates at most.
    public var updates = 3000
    /// Updates between two evaluations.
    public var evaluateEvery = 50
    /// Examples of an evaluation.
    public var evaluationSize = 200
    /// Of Adam; the gradient's norm is clipped at 1.
    public var learningRate = 0.003
    /// Of weights and examples.
    public var seed: UInt64 = 1

    /// The usual ones.
    public init() {}
}

import ElmanGraph
import ElmanLayers
import ElmanTensor

/// How far back networks of one cell learn, at initialisation and after they learnt a task.
public struct CellGradients: Sendable {
    /// The cell.
    public let cell: CellKind
    /// Before any update, mean over some sequences.
    public let initial: GradientFlow
    /// After learning; nil where nothing was learnt.
    public let trained: GradientFlow?
    /// What the gates did in the last state of training; of the initial network where nothing was learnt.
    public let gates: [GateSummary]
    /// How the learning went; nil where there was none.
    public let result: MemoryTrial.Result?

    /// Measures networks of a cell on sequences of a task, over as many steps as these have.
    /// - Parameters:
    ///   - learns: whether the network then learns the task and is measured again.
    ///   - sequenceCount: over how many sequences norms are averaged.
    public init(
        _ cell: CellKind, on task: any MemoryTask, learns: Bool, sequenceCount: Int = 3, options: MemoryTrialOptions,
        progress: (MemoryTrial.Result.Point) -> Bool = { _ in true }
    ) {
        self.cell = cell
        var random = RandomGenerator(seed: options.seed, stream: 2)
        let batch = task.batch(of: sequenceCount, &random)
        let sequences = (0..<sequenceCount).map { example in
            batch.inputs.map { Array($0[example * task.inputSize..<(example + 1) * task.inputSize]) }
        }
        var trial = MemoryTrial(task, cell: cell, options)
        func measure() -> GradientFlow {
            GradientFlow.mean(sequences.map { GradientFlow(of: trial.network, inputs: $0) })
        }
        initial = measure()
        trial.forgetGradients()
        result = learns ? trial.run(progress) : nil
        trained = learns ? measure() : nil
        gates = Self.gates(of: trial.network, sequences)
    }

    private static func gates(of network: any RecurrentNetwork, _ sequences: [[[Float]]]) -> [GateSummary] {
        let graph = ComputationGraph(keepsForBackward: false), recording = Recording()
        graph.recording = recording
        // The values are read while the graph is there.
        defer { graph.recording = nil }
        for sequence in sequences { _ = network.transduce(sequence.map { graph.input($0) }) }
        return GateSummary.all(in: recording)
    }
}

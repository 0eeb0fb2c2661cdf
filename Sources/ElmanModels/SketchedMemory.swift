import ElmanFiles
import ElmanGraph

extension MemoryEstimate {
    /// Scores beyond so many numbers are computed a second time rather than kept.
    private static let largestKeptScores = 1 << 26
    /// Bytes of the records of a node.
    private static let bookkeepingPerNode = 800
    /// Bytes of the program, of what reading the examples leaves behind, and the sketch.
    private static let programBytes = 38 << 20
    /// Numbers that are held for each number of a value: itself, its gradient, and what kernels keep for the backward pass.
    private static let numbersPerValue = 3.0

    /// The estimate for a task whose parameters are declared: the graph of the largest update of its first epoch is built and not
    /// computed.
    ///
    /// Throws `.memory` where a parameter is larger than any can be.
    /// - Parameters:
    ///   - momentCount: numbers that the trainer keeps for each parameter.
    ///   - epochs: how often the examples are gone through.
    package init(sketching task: any BatchedTask, momentCount: Int, epochs: Int) throws(DataError) {
        try Self.requirePossible(task.parameters)
        let entries = task.parameters.entries
        let updates = task.beginEpoch(1)
        let graph = ComputationGraph.sketch()
        var size = GraphSize(), allNodes = 0
        if updates > 0, let update = task.batches.largestUpdate {
            size = graph.size(of: task.loss(ofUpdate: update, in: graph).objective)
            let tokens = max(1, task.batches.tokenCount(of: task.batches[update]))
            allNodes = Int(Double(size.nodes) * Double(task.batches.tokenCount) / Double(tokens))
        }
        let padded = entries.reduce(0) { $0 + $1.paddedCount }
        let types = entries.reduce(0) { $0 + ($1.isLookup ? $1.shape.dimensions[1] : 0) }
        self.init(
            parameterCount: entries.reduce(0) { $0 + $1.shape.count },
            // The largest tensor is copied and turned when it is saved.
            weights: 4 * (2 * padded + 2 * (entries.map(\.shape.count).max() ?? 0)), trainer: 4 * padded * momentCount,
            graph: 4 * (Int(Self.numbersPerValue * Double(size.needed)) + min(size.other, Self.largestKeptScores))
                + Self.bookkeepingPerNode * size.nodes,
            plans: ComputationGraph.bytesOfPlans(largestGraph: size.nodes, allGraphs: allNodes * epochs),
            text: 12 * task.batches.tokenCount + 48 * task.batches.exampleCount + 160 * types, program: Self.programBytes)
    }

    /// Throws `.memory` where a parameter of a language model would be larger than any can be.
    package static func requirePossible(
        _ configuration: LanguageModelConfiguration, vocabularySize: Int, counts: [Int]? = nil
    ) throws(DataError) {
        try requirePossible(LanguageModelSizes.declared(configuration, vocabularySize: vocabularySize, counts: counts).parameters)
    }

    private static func requirePossible(_ parameters: ParameterCollection) throws(DataError) {
        guard let large = parameters.entries.first(where: { $0.paddedCount > Int(Int32.max) }) else { return }
        throw DataError(
            .memory,
            "the parameter \(large.name) would have \(large.paddedCount) numbers, and \(Int32.max) is the most; make the model "
                + "smaller")
    }
}

import ElmanGraph
import ElmanLayers

/// The memory that the graphs of a language model's updates take, told from sizes alone.
struct GraphCost: Sendable {
    private let configuration: LanguageModelConfiguration
    /// Numbers that the losses of so many tokens take.
    private let lossSize: @Sendable (_ tokens: Int) -> Int
    private let step: CellStepCost
    /// Numbers of the state of one text.
    private let stateCount: Int

    init(_ configuration: LanguageModelConfiguration, network: any RecurrentNetwork, output: any OutputLayer) {
        self.configuration = configuration
        lossSize = { output.graphSize(wordCount: $0) }
        step = CellStepCost(configuration)
        stateCount = network.stateShapes.reduce(0) { $0 + $1.reduce(0) { $0 + $1.count } }
    }

    /// Bytes of the graph of so many tokens, in so many steps of the network: parallel streams take theirs together.
    func bytes(tokens: Int, steps: Int) -> Int {
        4 * (tokens * numbersPerToken + lossSize(tokens)) + steps * bookkeepingPerStep
    }

    /// Bytes of the graph of an update, all of it.
    func bytes(_ update: MemoryEstimate.Update) -> Int { bytes(tokens: update.tokens, steps: update.steps) }

    /// Bytes of the plans that are kept of updates of which this is the largest.
    func bytesOfPlans(_ update: MemoryEstimate.Update) -> Int {
        ComputationGraph.bytesOfPlans(
            largestGraph: update.pieceSteps * nodesPerStep, allGraphs: update.differentSteps * nodesPerStep)
    }

    /// The segments of an update that as a whole would take more than some bytes: of least work, or of least memory where nothing fits.
    /// Nil for one that fits, or is a single piece.
    func plan(_ update: MemoryEstimate.Update, bytes limit: Int) -> SegmentPlan? {
        guard update.pieceCount > 1, bytes(update) > limit else { return nil }
        let pieceBytes = bytes(tokens: update.pieceTokens, steps: update.pieceSteps)
        // Masks that hold for a whole sequence are as large as the state, or smaller.
        let stateBytes = 4 * stateCount * update.textCount * (configuration.isDropoutVariational ? 2 : 1)
        func plan(_ bytes: Int) -> SegmentPlan? {
            SegmentPlan(pieceCount: update.pieceCount, pieceBytes: pieceBytes, stateBytes: stateBytes, bytes: bytes)
        }
        let least = SegmentPlan.leastBytes(pieceCount: update.pieceCount, pieceBytes: pieceBytes, stateBytes: stateBytes)
        return plan(limit) ?? plan(least)
    }

    /// Numbers that one token's part of the graph holds, without its losses.
    private var numbersPerToken: Int {
        let sizes = configuration.layerSizes, embedding = configuration.embeddingSize
        let units = sizes.reduce(0, +), regularization = configuration.regularization
        let network = Int(step.numbersPerUnit * Double(units))
        let dropped = configuration.hasMasks ? 3 * (embedding + units) : 0
        let penalized = regularization.slownessPenalty > 0 ? 2 * sizes[sizes.count - 1] : 0
        return 2 * embedding + network + dropped + penalized + 2 * sizes[sizes.count - 1]
    }

    /// Bytes of the records of one step of the network.
    private var bookkeepingPerStep: Int { 500 * nodesPerStep }

    private var nodesPerStep: Int { 3 + configuration.layerCount * (step.nodes + (configuration.hasMasks ? 1 : 0)) }
}

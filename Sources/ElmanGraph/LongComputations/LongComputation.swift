import ElmanTensor

/// The loss of one piece of a long computation.
public struct PieceLoss {
    /// What gradients are computed of: a single number.
    public var objective: Expression
    /// The same in the unit in which it is reported: a single number.
    public var total: Expression

    /// A loss. `total` is the objective unless another is given.
    public init(_ objective: Expression, total: Expression? = nil) {
        self.objective = objective
        self.total = total ?? objective
    }
}

/// A computation over time that may be longer than memory: pieces that each go on from the state that the one before left, and whose
/// losses are added up.
///
///     let computation = LongComputation(pieceCount: 40) { graph in
///         builder.initialState(in: graph)
///     } piece: { number, state in
///         PieceLoss(lossOfSteps(number * 128..<number * 128 + 128, &state))
///     }
///     computation.loss(in: graph).objective.backward()        // all of it in one graph, or
///     computation.backpropagate(in: graph, bytes: 8 << 20)    // in segments, with the same bits
///
/// Both ways give the gradients of all parameters through the whole sequence, nothing truncated, and they are equal to the last bit,
/// dropout included: each piece is computed by itself, before the next is built, and sums over steps go from the last piece to
/// the first, whether all pieces are held or not. Everything that differs between two pieces must come in through the state.
public struct LongComputation<State: CarriedState> {
    /// How many pieces there are.
    public let pieceCount: Int
    private let begin: (ComputationGraph) -> State
    private let piece: (Int, inout State) -> PieceLoss

    /// A computation of so many pieces, at least one.
    /// - Parameters:
    ///   - begin: the state before the first piece. It may be asked for more than once.
    ///   - piece: builds the loss of a piece, counted from 0, and leaves the state after it.
    public init(
        pieceCount: Int, begin: @escaping (ComputationGraph) -> State, piece: @escaping (Int, inout State) -> PieceLoss
    ) {
        guard pieceCount > 0 else { fail("a long computation has at least one piece, not \(pieceCount)") }
        self.pieceCount = pieceCount
        self.begin = begin
        self.piece = piece
    }

    /// The loss of all pieces in one graph, and the state after them.
    public func loss(in graph: ComputationGraph) -> (loss: PieceLoss, state: State) {
        graph.withOneStream {
            var state = begin(graph)
            let losses = build(0..<pieceCount, &state, in: graph)
            return (Self.sum(losses), state)
        }
    }

    /// Adds the gradients of all pieces to those of the parameters, in segments that together with the states between them take about
    /// `bytes` at a time. The graph is renewed.
    ///
    /// Throws nothing and holds at least one piece, however few the bytes: `plan(in:bytes:)` tells what is needed.
    @discardableResult
    public func backpropagate(in graph: ComputationGraph, bytes: Int) -> LongLoss {
        backpropagate(in: graph, plan(in: graph, bytes: bytes))
    }

    /// Adds the gradients of all pieces to those of the parameters, in the segments of a plan. The graph is renewed.
    @discardableResult
    public func backpropagate(in graph: ComputationGraph, _ plan: SegmentPlan) -> LongLoss {
        guard plan.segments.last?.upperBound == pieceCount else {
            fail("a plan for \(plan.segments.last?.upperBound ?? 0) pieces is given for \(pieceCount)")
        }
        var pass = SegmentedPass(computation: self, graph: graph, plan: plan)
        graph.withOneStream { pass.run() }
        return pass.loss
    }

    /// The plan of least work within some bytes, told from computing the first piece; of least memory where nothing fits. The graph is
    /// renewed.
    public func plan(in graph: ComputationGraph, bytes: Int) -> SegmentPlan {
        let start = graph.storage.pointee.randomStream
        graph.renew()
        var state = begin(graph)
        _ = build(0..<1, &state, in: graph)
        let stateBytes = 4 * (state.carriedValues + state.carriedConstants).reduce(0) { $0 + $1.shape.totalCount }
        // The backward pass gathers what lies scattered.
        let pieceBytes = graph.heldBytes * 5 / 4
        graph.storage.pointee.randomStream = start
        graph.renew()
        let least = SegmentPlan.leastBytes(pieceCount: pieceCount, pieceBytes: pieceBytes, stateBytes: stateBytes)
        return SegmentPlan(
            pieceCount: pieceCount, pieceBytes: pieceBytes, stateBytes: stateBytes, bytes: max(bytes, least))!
    }

    /// Builds pieces, each computed before the next is built, so that no batch spans two of them. One piece alone is computed when
    /// its value is asked for.
    fileprivate func build(_ pieces: Range<Int>, _ state: inout State, in graph: ComputationGraph) -> [PieceLoss] {
        pieces.map { number in
            let loss = piece(number, &state)
            if pieceCount > 1 {
                graph.compute([loss.objective, loss.total])
                graph.compute(state.carriedValues)
            }
            return loss
        }
    }

    /// The state after pieces of which only that is asked for.
    fileprivate func advance(_ pieces: Range<Int>, from kept: KeptState<State>?, in graph: ComputationGraph) -> KeptState<State>?
    {
        var kept = kept
        for number in pieces {
            var state = enter(kept, in: graph).state
            _ = piece(number, &state)
            kept = KeptState(state, in: graph)
        }
        return kept
    }

    /// The state before a piece, in a graph that has nothing else.
    fileprivate func enter(_ kept: KeptState<State>?, in graph: ComputationGraph) -> (state: State, leaves: [Expression]) {
        graph.renew()
        guard let kept else { return (begin(graph), []) }
        graph.storage.pointee.randomStream = kept.randomStream
        return kept.restored(in: graph)
    }

    fileprivate static func sum(_ losses: [PieceLoss]) -> PieceLoss {
        PieceLoss(ElmanGraph.sum(losses.map(\.objective)), total: ElmanGraph.sum(losses.map(\.total)))
    }
}

/// The loss of a long computation whose gradients were computed in segments.
public struct LongLoss: Sendable, Hashable {
    /// What gradients were computed of.
    public let objective: Float
    /// The same in the unit in which it is reported.
    public let total: Float
    /// The values after the last piece that a next computation would go on from.
    public let carriedValues: [Tensor]
}

/// Going back through a long computation, segment by segment.
private struct SegmentedPass<State: CarriedState> {
    let computation: LongComputation<State>
    let graph: ComputationGraph
    let plan: SegmentPlan
    private let start: UInt64
    private var losses: [(objective: Float, total: Float)]
    private var finalValues: [Tensor] = []
    /// What reaches the state after the segment from the one behind it, each distinct value once.
    private var arriving: [Tensor] = []
    private var sharedGradients: [Tensor] = []

    init(computation: LongComputation<State>, graph: ComputationGraph, plan: SegmentPlan) {
        self.computation = computation
        self.graph = graph
        self.plan = plan
        start = graph.storage.pointee.randomStream
        losses = Array(repeating: (0, 0), count: computation.pieceCount)
    }

    /// Added up in the order of one graph.
    var loss: LongLoss {
        LongLoss(
            objective: losses.dropFirst().reduce(losses[0].objective) { $0 + $1.objective },
            total: losses.dropFirst().reduce(losses[0].total) { $0 + $1.total }, carriedValues: finalValues)
    }

    mutating func run() { goBack(0, plan.segments.count, from: nil, slots: plan.keptStateCount) }

    /// Goes back through segments, given the state before the first of them and room for `slots` more.
    private mutating func goBack(_ first: Int, _ last: Int, from kept: KeptState<State>?, slots: Int) {
        var last = last
        while last - first > 1 {
            let middle = SegmentPlan.split(first, last, slots: slots)
            rewindRandomNumbers(kept)
            let pieces = plan.segments[first].lowerBound..<plan.segments[middle].lowerBound
            goBack(middle, last, from: computation.advance(pieces, from: kept, in: graph), slots: slots - 1)
            last = middle
        }
        learn(first, from: kept)
    }

    /// Before the first piece no state tells where random numbers begin.
    private func rewindRandomNumbers(_ kept: KeptState<State>?) {
        if kept == nil { graph.storage.pointee.randomStream = start }
    }

    private mutating func learn(_ segment: Int, from kept: KeptState<State>?) {
        rewindRandomNumbers(kept)
        var (state, leaves) = computation.enter(kept, in: graph)
        let pieces = plan.segments[segment]
        let built = computation.build(pieces, &state, in: graph)
        for (number, loss) in zip(pieces, built) {
            losses[number] = (loss.objective.value.scalar, loss.total.value.scalar)
        }
        let isLast = pieces.upperBound == computation.pieceCount
        if isLast { finalValues = state.carriedValues.map(\.value) }
        let ends = isLast ? [] : graph.distinct(state.carriedValues).expressions
        let shared = graph.sharedExpressions
        graph.backward(
            from: LongComputation<State>.sum(built).objective, full: false,
            arriving: Array(zip(ends, arriving)) + (isLast ? [] : Array(zip(shared, sharedGradients))),
            postponesShared: segment > 0)
        arriving = leaves.map { graph.needsGradient($0) ? $0.gradient : Tensor(repeating: 0, shape: $0.shape) }
        sharedGradients = segment > 0 ? shared.map(\.gradient) : []
    }
}

extension ComputationGraph {
    /// Computes expressions without copying their values.
    func compute(_ expressions: [Expression]) {
        if isSketch { return }
        for expression in expressions { evaluate(node(expression)) }
    }

    /// Bytes of the nodes, their values and gradients, and what kernels keep.
    package var heldBytes: Int {
        4 * heldCount + storage.pointee.nodes.count * MemoryLayout<Node>.stride
            + 4 * (storage.pointee.arguments.count + storage.pointee.integers.count)
    }
}

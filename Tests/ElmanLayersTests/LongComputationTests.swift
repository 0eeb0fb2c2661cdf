import ElmanGraph
import ElmanLayers
import ElmanTensor
import Testing

/// Exact backpropagation through sequences in segments: the same bits as in one graph.
@Suite struct LongComputationTests {
    /// How a network is read: its dropout, and whether pieces are whole sequences or single steps of so many members.
    struct Case: CustomTestStringConvertible, Sendable {
        var name: String
        var dropout = RecurrentDropout()
        var isSequence = false
        var members = 1
        var isResidual = false
        var startIsLearned = false

        var testDescription: String { name }
    }

    private static let cases = [
        Case(name: "steps"), Case(name: "sequences", isSequence: true),
        Case(name: "masks", dropout: RecurrentDropout(variationalInput: 0.3, variationalState: 0.4), members: 2),
    ]

    private static let furtherCases = [
        Case(name: "streams", members: 3), Case(name: "dropout", dropout: RecurrentDropout(betweenLayers: 0.3)),
        Case(name: "residual", isResidual: true), Case(name: "learned start", startIsLearned: true),
    ]

    private static let all =
        CellKind.allCases.flatMap { kind in cases.map { (kind, $0) } }
        + [CellKind.elman, .lstm, .gru, .minGRU].flatMap { kind in furtherCases.map { (kind, $0) } }

    /// A network's state as `LongComputation` carries it.
    private struct Reading: CarriedState {
        var state: any RecurrentNetworkState

        var carriedValues: [Expression] { state.carriedValues }
        var carriedConstants: [Expression] { state.carriedConstants }

        func carrying(_ values: [Expression], constants: [Expression], in graph: ComputationGraph) -> Reading {
            Reading(state: state.carrying(values, constants: constants, in: graph))
        }
    }

    private static let stepsOfPiece = 5, pieces = 5

    /// Numbers of classes as the losses of a linear layer over the outputs, with dropout before it.
    private struct Model {
        let parameters = ParameterCollection(seed: 3)
        let network: any RecurrentNetwork
        let words: LookupParameter
        let scores: Linear
        let settings: Case

        init(_ kind: CellKind, _ settings: Case) {
            self.settings = settings
            words = parameters.addLookup(count: 11, size: 5, named: "words")
            let options = NetworkOptions(
                isResidual: settings.isResidual, learnedInitialState: settings.startIsLearned ? .uniform(0.5) : nil)
            network = makeNetwork(
                kind: kind, layerCount: 2, inputSize: 5, hiddenSize: 6, options: options, in: parameters.scope("network"))
            randomize(network.parameters)
            scores = Linear(inputSize: 6, outputSize: 11, in: parameters.scope("scores"))
        }

        func word(_ step: Int, _ member: Int) -> Int { (step * step + 3 * step + 5 * member) % 11 }

        func computation(rate: Float) -> LongComputation<Reading> {
            LongComputation(pieceCount: pieces) { graph in
                Reading(state: network.start(in: graph, dropout: settings.dropout))
            } piece: { number, reading in
                let steps = Array(number * stepsOfPiece..<(number + 1) * stepsOfPiece)
                let graph = reading.state.graph
                if settings.isSequence {
                    let outputs = reading.state.addSequence(words[steps.map { word($0, 0) }, in: graph])
                    let losses = pickNegativeLogSoftmax(scores(dropout(outputs, rate: rate)), steps.map { word($0 + 1, 0) })
                    return PieceLoss(sumOverBatch(losses))
                }
                let losses = steps.map { step in
                    let members = 0..<settings.members
                    reading.state.addInput(words[members.map { word(step, $0) }, in: graph])
                    let output = dropout(reading.state.output, rate: rate)
                    return sumOverBatch(pickNegativeLogSoftmax(scores(output), members.map { word(step + 1, $0) }))
                }
                let total = sum(losses)
                return PieceLoss(total * (1 / Float(settings.members)), total: total)
            }
        }

        var gradients: [[Float]] {
            parameters.parameters.map { $0.gradient?.scalars ?? [] }
                + parameters.lookupParameters.map { $0.gradient?.scalars ?? [] }
        }
    }

    @Test(arguments: all)
    func segmentsGiveTheBitsOfOneGraph(_ kind: CellKind, _ settings: Case) {
        let model = Model(kind, settings), computation = model.computation(rate: 0.2), graph = ComputationGraph(seed: 5)
        let whole = computation.loss(in: graph)
        whole.loss.objective.backward()
        let gradients = model.gradients, total = whole.loss.total.value.scalar
        let values = whole.state.carriedValues.map(\.value)
        #expect(gradients.allSatisfy { $0.isEmpty || $0.contains { $0 != 0 } })
        for (size, states) in [(1, 4), (1, 1), (2, 2), (5, 1)] {
            model.parameters.clearGradients()
            graph.seed = 5
            let plan = SegmentPlan(pieceCount: Self.pieces, piecesPerSegment: size, keptStateCount: states)
            let loss = computation.backpropagate(in: graph, plan)
            #expect(model.gradients == gradients, "segments of \(size), \(states) states")
            #expect(loss.total == total)
            #expect(loss.carriedValues == values)
        }
    }

    /// Against one ordinary graph of which nothing is known to be long.
    @Test(arguments: [CellKind.lstm, .gru, .minGRU]) func theGradientIsThatOfTheWhole(_ kind: CellKind) {
        let model = Model(kind, Case(name: "steps"))
        _ = model.computation(rate: 0).backpropagate(in: ComputationGraph(), bytes: 1)
        let segmented = model.gradients
        model.parameters.clearGradients()
        let graph = ComputationGraph()
        var state = model.network.start(in: graph)
        let losses = (0..<Self.stepsOfPiece * Self.pieces).map { step in
            state.addInput(model.words[model.word(step, 0), in: graph])
            return pickNegativeLogSoftmax(model.scores(state.output), model.word(step + 1, 0))
        }
        sum(losses).backward()
        #expect(distance(segmented, model.gradients) < 2e-5)
    }

    @Test func memoryIsThatOfAPiece() {
        let model = Model(.lstm, Case(name: "steps")), computation = model.computation(rate: 0)
        let whole = ComputationGraph()
        computation.loss(in: whole).loss.objective.backward()
        for bytes in [0, whole.heldBytes / 4, whole.heldBytes / 2] {
            let graph = ComputationGraph()
            let plan = computation.plan(in: graph, bytes: bytes)
            #expect(plan.bytes <= max(bytes, 2 * whole.heldBytes / Self.pieces))
            computation.backpropagate(in: graph, plan)
            #expect(graph.heldBytes <= plan.bytes, "\(plan)")
        }
    }

    @Test func plansAreTheCheapestThatFit() throws {
        let roomy = try #require(SegmentPlan(pieceCount: 40, pieceBytes: 100, stateBytes: 1, bytes: 1_000_000))
        #expect(roomy.segments == [0..<40])
        let plan = try #require(SegmentPlan(pieceCount: 40, pieceBytes: 100, stateBytes: 1, bytes: 520))
        #expect(plan.bytes <= 520 && plan.segments.last == 35..<40 && plan.segments.count == 8)
        #expect(plan.keptStateCount == 7)
        // 999 states of 10 bytes do not fit beside a piece, 100 do.
        let few = try #require(SegmentPlan(pieceCount: 1000, pieceBytes: 100, stateBytes: 10, bytes: 1100))
        #expect(few.segments.count == 1000 && few.keptStateCount == 100)
        let least = SegmentPlan.leastBytes(pieceCount: 1000, pieceBytes: 100, stateBytes: 10)
        #expect(least == 200)
        #expect(SegmentPlan(pieceCount: 1000, pieceBytes: 100, stateBytes: 10, bytes: least - 1) == nil)
        #expect(SegmentPlan(pieceCount: 1000, pieceBytes: 100, stateBytes: 10, bytes: least)?.keptStateCount == 10)
    }

    /// With binomially many segments none is computed forward more often than the number of repetitions (Griewank and Walther 2000).
    @Test func repetitionsAreFew() {
        func advances(_ count: Int, slots: Int) -> Int {
            var last = count, total = 0
            while last > 1 {
                let middle = SegmentPlan.split(0, last, slots: slots)
                total += middle + advances(last - middle, slots: slots - 1)
                last = middle
            }
            return total
        }
        #expect(advances(10, slots: 9) == 9)
        // Their formula r l - binomial(c + r, r - 1) for l steps and c states, of which binomial(c + r, c) >= l: the first state is one.
        #expect(advances(10, slots: 2) == 2 * 10 - 5)
        #expect(advances(7, slots: 1) == 3 * 7 - 10)
        #expect(advances(1000, slots: 9) == 4 * 1000 - 364)
        #expect(advances(12, slots: 0) == 12 * 11 / 2)
    }
}

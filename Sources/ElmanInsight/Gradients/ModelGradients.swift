import ElmanFiles
import ElmanGraph
import ElmanModels
import ElmanTensor

/// How far back a trained model learns: its layers one by one, its loss, and what its gates do.
///
///     let gradients = try ModelGradients(of: tagger, on: sentences)
///     gradients.layers[0].flow.memoryLength()
public struct ModelGradients: Sendable, Hashable {
    /// A layer of a recurrent network, in one direction.
    public struct Layer: Sendable, Hashable {
        /// As recordings name it: `encoder/0/forward`.
        public let name: String
        /// The Jacobian of its last output, the one after the first token where it reads from the end, by its own state; the mean
        /// over the texts.
        public let flow: GradientFlow
    }

    /// The layers in the order in which they read. Norms are exact up to 16 units; of larger layers they are estimates with 16
    /// random vectors of signs a text (Hutchinson 1990), without bias in the square, the same on every run.
    public let layers: [Layer]
    /// How far the gradient of the loss reaches.
    public let reach: GradientReach
    /// What the gates did.
    public let gates: [GateSummary]

    /// Rows of a Jacobian, or vectors in their place.
    private static let probeCount = 16
    /// Decisions of a text whose gradients are taken.
    private static let decisionCount = 16

    /// Measures on some texts. Gradients of all weights are cleared.
    /// - Throws: `.configuration` where no layer of the model reads step by step; `.badData` where a text cannot be read.
    public init(of model: any InspectableModel, on texts: [InspectedText]) throws(DataError) {
        let graph = ComputationGraph()
        var flows: [(name: String, flows: [GradientFlow])] = [], gates = GateValues(), reach = GradientReach()
        defer { model.parameters.clearGradients() }
        for (number, text) in texts.enumerated() where !text.tokens.isEmpty {
            graph.renew()
            let reading = try Reading(of: text, by: model, in: graph)
            defer { graph.recording = nil }
            for (layer, flow) in reading.flows(probeCount: Self.probeCount, seed: UInt64(number)) {
                guard let place = flows.firstIndex(where: { $0.name == layer }) else {
                    flows.append((layer, [flow]))
                    continue
                }
                flows[place].flows.append(flow)
            }
            reading.add(to: &reach, decisionCount: Self.decisionCount)
            gates.add(reading.recording)
        }
        guard !flows.isEmpty || texts.isEmpty else {
            throw DataError(.configuration, "no layer of this model reads step by step, so that there is nothing to look back on")
        }
        reach.dropUnreached()
        layers = flows.map { Layer(name: $0.name, flow: GradientFlow.mean($0.flows)) }
        self.reach = reach
        self.gates = gates.summaries
    }
}

/// A text read by a model, with every state and every token's vector as a node of its own.
private struct Reading {
    let graph: ComputationGraph
    let recording = Recording()
    let inspection: Inspection
    private let nodes = SeparateNodes()

    init(of text: InspectedText, by model: any InspectableModel, in graph: ComputationGraph) throws(DataError) {
        self.graph = graph
        graph.recording = recording
        graph.intervention = nodes.intervention
        inspection = try model.inspect(text, in: graph)
    }

    /// Every layer whose steps are tokens, of the source or of what is written.
    func flows(probeCount: Int, seed: UInt64) -> [(String, GradientFlow)] {
        nodes.states.compactMap { layer in
            guard let hidden = recording[layer.name + "/hidden"]?.steps, hidden.count == layer.steps.count,
                inspection.steps(of: layer.name + "/hidden", count: hidden.count) != nil,
                // Recordings are in the order of the text, states in that of the reading.
                let output = layer.name.hasSuffix("/backward") || layer.name.contains("/backward/") ? hidden.first : hidden.last
            else { return nil }
            return (layer.name, flow(of: output, by: layer.steps, probeCount, seed))
        }
    }

    private func flow(of output: Expression, by steps: [[Expression]], _ probeCount: Int, _ seed: UInt64) -> GradientFlow {
        let size = output.shape.count, isExact = size <= probeCount, parts = steps.flatMap { $0 }
        var random = RandomGenerator(seed: seed), squares = [Double](repeating: 0, count: steps.count)
        for number in 0..<min(size, probeCount) {
            let probe = (0..<size).map { unit -> Float in
                isExact ? (unit == number ? 1 : 0) : random.next() >> 63 == 0 ? 1 : -1
            }
            var gradients = graph.gradients(of: dotProduct(output, graph.input(Tensor(probe))), for: parts)[...]
            for (step, parts) in steps.enumerated() {
                squares[step] += gradients.prefix(parts.count).reduce(0) { $0 + squareSum($1.scalars) }
                gradients = gradients.dropFirst(parts.count)
            }
        }
        let scale = Double(size) * (isExact ? 1 : Double(probeCount))
        return GradientFlow(norms: squares.reversed().map { ($0 / scale).squareRoot() })
    }

    /// Adds the gradients of some decisions at even distances: of those whose outcome is known, where there are any.
    func add(to reach: inout GradientReach, decisionCount: Int) {
        let vectors = nodes.vectors(named: inspection.vectorSeries)
        let known = inspection.decisions.filter { $0.outcome != nil }
        let decisions = known.isEmpty ? inspection.decisions : known
        let count = min(decisions.count, decisionCount)
        for number in 0..<count {
            let decision = decisions[(number + 1) * decisions.count / count - 1]
            let place = decision.position ?? vectors.count - 1
            guard vectors.indices.contains(place) else { continue }
            let gradients = graph.gradients(of: decision.loss(decision.chosen()), for: vectors)
            reach.add(gradients.map { norm($0.scalars) }, place: place)
        }
    }
}

/// Puts nodes of their own in the place of states and of tokens' vectors, and knows them.
private final class SeparateNodes {
    /// The states after every step, layer by layer.
    private(set) var states: [(name: String, steps: [[Expression]])] = []
    private var vectors: [String: [Expression]] = [:]

    /// The intervention that does it.
    var intervention: Intervention {
        let intervention = Intervention()
        intervention.stateReplacement = { [unowned self] parts, layer in
            let parts = parts.map(separate)
            if let place = states.firstIndex(where: { $0.name == layer }) {
                states[place].steps.append(parts)
            } else {
                states.append((layer, [parts]))
            }
            return parts
        }
        intervention.replacement = { [unowned self] vectors, name in
            let own = vectors.map(separate)
            self.vectors[name, default: []] += own
            return own
        }
        return intervention
    }

    /// The vectors of the tokens that a table has.
    func vectors(named name: String) -> [Expression] { vectors[name] ?? [] }
}

/// Σx².
private func squareSum(_ values: [Float]) -> Double { values.reduce(0) { $0 + Double($1) * Double($1) } }

import ElmanFiles
import ElmanGraph
import ElmanModels
import ElmanTensor

/// How much each token of a text speaks for a decision.
public struct Saliency: Sendable, Hashable {
    /// How it is measured.
    public enum Method: Sendable, Hashable {
        /// x · ∂F/∂x, the first-order share of a token's vector x in the log-probability F (Denil et al. 2014).
        case gradientTimesInput
        /// x · ∫ ∂F/∂x(αx) dα over α from 0 to 1 (Sundararajan et al. 2017): from vectors of zeros to those of the text, by the
        /// midpoint rule in so many steps. The shares add up to F(x) - F(0) but for the rule's error.
        case integratedGradients(steps: Int)
    }

    /// How it was measured.
    public let method: Method
    /// The place of the decision among those of the text.
    public let decision: Int
    /// The number of the label that is spoken for.
    public let label: Int
    /// One value a token, marks that the model adds included: positive speaks for the label, negative against it.
    public let values: [Double]
    /// The log-probability of the label (of a single label, its score).
    public let objective: Double
    /// The same with vectors of zeros in the place of all tokens; for integrated gradients.
    public let baseline: Double?

    /// Of integrated gradients: by how much the values fail to add up to `objective - baseline`.
    public var completenessError: Double? {
        baseline.map { abs(values.reduce(0, +) - (objective - $0)) }
    }
}

/// Where the gradient of a decision is on its way back through a text.
public struct GradientBySteps: Sendable, Hashable {
    /// The part of the network: `rnn/0/hidden`.
    public let series: String
    /// ‖∂F/∂s‖ for its value s at every token, the marks that the model adds included.
    public let norms: [Double]
}

extension InspectableModel {
    /// How much each token speaks for decisions: of each of some, for its outcome or for a given label. Gradients of all weights are
    /// cleared. Fails where there is no such decision or label.
    /// - Parameter decisions: places among the text's decisions; nil: all.
    public func saliency(
        of text: InspectedText, decisions: [Int]? = nil, label: Int? = nil
    ) throws(DataError) -> [Saliency] {
        let graph = ComputationGraph(), tokens = TokenInputs()
        defer { parameters.clearGradients() }
        let inspection = try read(text, in: graph, tokens: tokens, share: 1)
        return (decisions ?? Array(inspection.decisions.indices)).map { place in
            let decision = inspection.decisions[place], label = label ?? decision.chosen()
            let objective = decision.objective(label)
            return Saliency(
                method: .gradientTimesInput, decision: place, label: label, values: tokens.products(objective),
                objective: Double(objective.value.scalar), baseline: nil)
        }
    }

    /// How much each token speaks for one decision, by integrated gradients; nil where decisions change what there is to decide
    /// later, so that there is nothing to integrate. Gradients of all weights are cleared. Fails where there is no such decision.
    public func integratedGradients(
        of text: InspectedText, decision place: Int, label: Int? = nil, steps: Int = 50
    ) throws(DataError) -> Saliency? {
        let graph = ComputationGraph(), tokens = TokenInputs()
        defer { parameters.clearGradients() }
        let first = try read(text, in: graph, tokens: tokens, share: 1)
        if first.isPathDependent { return nil }
        let decided = first.decisions[place], label = label ?? decided.chosen()
        let objective = Double(decided.objective(label).value.scalar)
        // What was decided stays decided on the way from nothing to the text.
        var text = text
        if text.labels.isEmpty { text.labels = first.decisions.map { $0.labels[$0.chosen()] } }
        var sums = [Double](repeating: 0, count: tokens.count)
        for step in 0..<steps {
            let share = (Float(step) + 0.5) / Float(steps)
            let decision = try read(text, in: graph, tokens: tokens, share: share).decisions[place]
            // The products are with share · x.
            for (token, product) in tokens.products(decision.objective(label)).enumerated() {
                sums[token] += product / Double(share) / Double(steps)
            }
        }
        let nothing = try read(text, in: graph, tokens: tokens, share: 0).decisions[place].objective(label)
        return Saliency(
            method: .integratedGradients(steps: steps), decision: place, label: label, values: sums, objective: objective,
            baseline: Double(nothing.value.scalar))
    }

    /// Where the gradient of a decision's objective is, for every part of a state whose steps are tokens. Gradients of all weights
    /// are cleared. Fails where there is no such decision.
    public func gradientBySteps(
        of text: InspectedText, decision place: Int, label: Int? = nil
    ) throws(DataError) -> [GradientBySteps] {
        let graph = ComputationGraph(), recording = Recording()
        graph.recording = recording
        // The values are read while the graph is there.
        defer { graph.recording = nil }
        defer { parameters.clearGradients() }
        let inspection = try inspect(text, in: graph)
        let decision = inspection.decisions[place]
        decision.objective(label ?? decision.chosen()).backward(full: true)
        return recording.series.compactMap { series in
            guard series.name.hasSuffix("/hidden") || series.name.hasSuffix("/cell"),
                inspection.steps(of: series.name, count: series.steps.count)?.first != nil
            else { return nil }
            return GradientBySteps(series: series.name, norms: series.steps.map { norm($0.gradient.scalars) })
        }
    }

    /// Reads a text whose tokens' vectors are constants, a share of what they are.
    private func read(
        _ text: InspectedText, in graph: ComputationGraph, tokens: TokenInputs, share: Float
    ) throws(DataError) -> Inspection {
        graph.renew()
        tokens.begin(in: graph, share: share)
        let inspection = try inspect(text, in: graph)
        tokens.select(inspection.vectorSeries)
        return inspection
    }
}

/// The vectors of tokens as constants of a graph, by the names of their tables.
private final class TokenInputs {
    private var inputs: [String: [Expression]] = [:]
    private var selected: [Expression] = []
    private var selectedName: String?

    var count: Int { selected.count }

    func begin(in graph: ComputationGraph, share: Float) {
        inputs = [:]
        let intervention = Intervention()
        intervention.replacement = { [unowned self] vectors, name in
            compute(vectors)
            // What else is read, as the other text of a pair, stays as it is.
            let share = selectedName == nil || name == selectedName ? share : 1
            let constants = vectors.map { vector in
                let value = vector.value
                return vector.graph.input(Tensor(shape: value.shape, scalars: value.scalars.map { $0 * share }))
            }
            inputs[name, default: []] += constants
            return constants
        }
        graph.intervention = intervention
    }

    func select(_ name: String) {
        selectedName = name
        selected = inputs[name] ?? []
    }

    /// x · ∂F/∂x of every token.
    func products(_ objective: Expression) -> [Double] {
        objective.backward(full: true)
        return selected.map { token in
            zip(token.value.scalars, token.gradient.scalars).reduce(0) { $0 + Double($1.0) * Double($1.1) }
        }
    }
}

/// √Σx².
func norm(_ values: [Float]) -> Double { values.reduce(0) { $0 + Double($1) * Double($1) }.squareRoot() }

import Elman

/// All that `elman explain` finds out about one text.
struct ExplainedText {
    /// What was decided, as plain values.
    struct Decision {
        let name: String
        /// The place of the token that it is about.
        let about: Int?
        let outcome: String
        let probability: Double
        /// The likeliest labels.
        let candidates: [(label: String, probability: Double)]
        /// Of a single label: what speaks for it.
        let score: Double?
    }

    let unit: TextUnit
    let inspection: Inspection
    let record: RecordedText
    let decisions: [Decision]
    /// How much each token speaks for every decision, where there are not too many.
    let saliency: [Saliency]
    /// Which decision is looked at closely.
    let place: Int?
    let integrated: Saliency?
    let gradients: [GradientBySteps]

    /// Texts of so many tokens at most are explained.
    static let mostTokens = 1000
    /// Of so many decisions at most the saliency of each is shown.
    static let mostDecisions = 120

    /// Explains a text.
    /// - Parameters:
    ///   - at: the decision to look at closely, counted from 1; nil: a language model's last, of others the least sure.
    ///   - label: what should be spoken for; nil: what is decided.
    ///   - candidateCount: how many of the likeliest labels to keep.
    ///   - steps: of integrated gradients; nil: as many as it takes to add up, 512 at most.
    init(
        _ model: any InspectableModel, _ text: InspectedText, at: Int?, label: String?, candidateCount: Int, steps: Int?
    ) throws {
        unit = model.unit
        let graph = ComputationGraph(keepsForBackward: false), recording = Recording()
        graph.recording = recording
        // The values are read while the graph is there.
        defer { graph.recording = nil }
        let inspection = try model.inspect(text, in: graph)
        self.inspection = inspection
        record = RecordedText(inspection, recording)
        decisions = inspection.decisions.map { Decision($0, candidateCount) }
        let place = try Self.place(at, decisions, isLanguageModel: model is LanguageModel)
        self.place = place
        guard let place else {
            (saliency, integrated, gradients) = ([], nil, [])
            return
        }
        let number = try label.map { label in
            guard let number = inspection.decisions[place].labels.index(of: label) else {
                throw ProgramError(.usage, "--label is '\(printable(label))', which is none of what can be decided there")
            }
            return number
        }
        saliency = try model.saliency(of: text, decisions: decisions.count <= Self.mostDecisions ? nil : [place], label: number)
        integrated = try Self.integrated(model, text, place, number, steps.map { [$0] } ?? [32, 128, 512])
        gradients = try model.gradientBySteps(of: text, decision: place, label: number)
    }

    /// Integrated gradients by the first numbers of steps with which they add up to a hundredth of what is to be explained.
    private static func integrated(
        _ model: any InspectableModel, _ text: InspectedText, _ place: Int, _ label: Int?, _ steps: [Int]
    ) throws -> Saliency? {
        var last: Saliency?
        for count in steps {
            last = try model.integratedGradients(of: text, decision: place, label: label, steps: count)
            guard let found = last, let baseline = found.baseline, let error = found.completenessError else { return nil }
            if error <= 0.01 * abs(found.objective - baseline) { break }
        }
        return last
    }

    /// Whether integrated gradients miss more than a tenth of what they are to explain.
    var addsUpBadly: Bool {
        guard let integrated, let baseline = integrated.baseline, let error = integrated.completenessError else { return false }
        return error > 0.1 * abs(integrated.objective - baseline)
    }

    private static func place(_ at: Int?, _ decisions: [Decision], isLanguageModel: Bool) throws -> Int? {
        guard let at else {
            if isLanguageModel { return decisions.indices.last }
            return decisions.indices.min { decisions[$0].probability < decisions[$1].probability }
        }
        guard decisions.indices.contains(at - 1) else {
            throw ProgramError(.usage, "--at is \(at), but the model decides \(counted(decisions.count, "time")) on this text")
        }
        return at - 1
    }
}

extension ExplainedText.Decision {
    init(_ decision: InspectedDecision, _ candidateCount: Int) {
        let probabilities = decision.probabilities, chosen = decision.chosen()
        let order = probabilities.indices.sorted { (probabilities[$1], $0) < (probabilities[$0], $1) }
        name = decision.name
        about = decision.about
        outcome = decision.labels[chosen]
        probability = Double(probabilities[chosen])
        candidates = order.prefix(candidateCount).map { (decision.labels[$0], Double(probabilities[$0])) }
        score = decision.labels.count == 1 ? Double(decision.scores.value.scalars[0]) : nil
    }

    /// The outcome with its probability, or its score.
    var text: String {
        score.map { "\(printable(outcome)) \(significant($0))" }
            ?? "\(printable(visibleToken(outcome))) \(percentText(probability))"
    }
}

extension ExplainedText {
    /// As one object.
    func json(task: String) -> JSONObject {
        var object: JSONObject = [
            "task": .string(task), "tokens": .array(inspection.tokens.map { .string($0) }),
            "unknown": .array(inspection.unknown.map { JSONValue($0) }),
        ]
        object["decisions"] = .array(
            decisions.map { decision in
                let candidates = decision.candidates.map { candidate -> JSONValue in
                    ["label": .string(candidate.label), "probability": JSONValue(candidate.probability)]
                }
                return [
                    "name": .string(decision.name), "outcome": .string(decision.outcome),
                    "probability": JSONValue(decision.probability), "candidates": .array(candidates),
                ]
            })
        guard let place else { return object }
        object["explained_decision"] = JSONValue(place + 1)
        func list(_ values: [Double]) -> JSONValue { .array(values.map { JSONValue($0) }) }
        object["gradient_times_input"] = saliency.first { $0.decision == place }.map { list($0.values) } ?? .null
        if let integrated {
            object["integrated_gradients"] = list(integrated.values)
            object["completeness_error"] = integrated.completenessError.map { JSONValue($0) } ?? .null
        }
        var norms = JSONObject()
        for gradient in gradients { norms[gradient.series] = list(gradient.norms) }
        object["gradient_norms"] = .object(norms)
        return object
    }
}

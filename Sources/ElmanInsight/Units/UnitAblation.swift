import ElmanFiles
import ElmanGraph
import ElmanModels
import ElmanTensor

/// What it costs to hold units at a value: losses with and without, by groups of tokens.
public struct UnitAblation: Sendable {
    /// The tokens of a group.
    public struct Group: Sendable, Hashable {
        /// What they have in common.
        public let name: String
        /// How many there are.
        public internal(set) var count = 0
        /// Their negative log-probabilities, summed: as the network is, and with the units held.
        public internal(set) var loss = (before: 0.0, after: 0.0)
        /// How often the outcome was the likeliest.
        public internal(set) var right = (before: 0, after: 0)

        /// Equal numbers.
        public static func == (first: Group, second: Group) -> Bool {
            first.name == second.name && first.count == second.count && first.loss == second.loss && first.right == second.right
        }

        /// The name.
        public func hash(into hasher: inout Hasher) { hasher.combine(name) }
    }

    /// All tokens, then the groups in the order in which they were met.
    public private(set) var groups = [Group(name: "all")]

    /// Reads texts twice. Throws `.configuration` where a unit is no part of a state of the model.
    /// - Parameters:
    ///   - units: which, and at what value each is held.
    ///   - texts: texts whose outcomes are known: of language models all are, of others those with labels.
    ///   - limit: how many tokens are read at most.
    ///   - group: the group of the token at a row, as `StateTable` counts rows; nil: none but all.
    public init(
        _ model: any InspectableModel, holding units: [(unit: NetworkUnit, value: Float)], on texts: [InspectedText],
        limit: Int = .max, group: (_ row: Int) -> String? = { _ in nil }
    ) throws(DataError) {
        let intervention = Intervention()
        for (unit, value) in units { intervention.hold(unit: unit.index, of: unit.part, at: value) }
        let before = try Self.outcomes(model, texts, limit, nil)
        let after = try Self.outcomes(model, texts, limit, intervention)
        if let unused = intervention.unused.sorted().first {
            throw DataError(
                .configuration, "\(unused) is no part of a state that can be held; elman explain shows what there is")
        }
        for (before, after) in zip(before, after) {
            add(before, after, to: 0)
            guard let name = before.row.flatMap(group) else { continue }
            let known = groups.indices.dropFirst().first { groups[$0].name == name }
            if known == nil { groups.append(Group(name: name)) }
            add(before, after, to: known ?? groups.count - 1)
        }
    }

    private mutating func add(_ before: Outcome, _ after: Outcome, to group: Int) {
        groups[group].count += 1
        groups[group].loss.before += before.loss
        groups[group].loss.after += after.loss
        groups[group].right.before += before.isRight ? 1 : 0
        groups[group].right.after += after.isRight ? 1 : 0
    }

    private struct Outcome {
        /// The row of the token that is decided; nil where it is no token.
        let row: Int?
        let loss: Double
        let isRight: Bool
    }

    private static func outcomes(
        _ model: any InspectableModel, _ texts: [InspectedText], _ limit: Int, _ intervention: Intervention?
    ) throws(DataError) -> [Outcome] {
        let reader = InspectionReader(model, intervention: intervention, deciding: true)
        var result: [Outcome] = [], rows = 0
        try reader.read(texts, limit: limit) { (parts) throws(DataError) in
            var decided: [(row: Int?, outcome: Int, loss: Expression, scores: Expression)] = []
            for part in parts {
                for decision in part.inspection.decisions {
                    guard let outcome = decision.outcome else { continue }
                    let place = decision.about.flatMap { part.inspection.places.firstIndex(of: $0) }
                    decided.append((place.map { rows + $0 }, outcome, decision.loss(outcome), decision.scores))
                }
                rows += part.tokens.count
            }
            compute(decided.map(\.loss) + decided.map(\.scores))
            result += decided.map {
                Outcome(row: $0.row, loss: Double($0.loss.value.scalar), isRight: $0.scores.value.argmax == $0.outcome)
            }
        }
        return result
    }
}

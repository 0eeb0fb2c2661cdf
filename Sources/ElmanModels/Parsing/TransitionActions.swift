/// The numbers of a transition parser's actions: shift, then left with each relation, then right with each.
struct TransitionActions: Sendable, Hashable {
    /// The relations that arcs between words may have, as numbers of the relations' vocabulary.
    let relations: [Int]
    private let places: [Int: Int]

    init(relations: [Int]) {
        self.relations = relations
        places = Dictionary(uniqueKeysWithValues: relations.enumerated().map { ($1, $0) })
    }

    /// How many actions there are.
    var count: Int { 1 + 2 * relations.count }

    /// The numbers of an action with every relation.
    func range(of transition: Transition) -> Range<Int> {
        switch transition {
        case .shift: 0..<1
        case .left: 1..<1 + relations.count
        case .right: 1 + relations.count..<count
        }
    }

    /// The numbers of the legal actions: they always stand side by side.
    func legal(in state: TransitionState) -> Range<Int> {
        let allowed = Transition.allCases.filter(state.allows)
        guard let first = allowed.first, let last = allowed.last else { return 0..<0 }
        return range(of: first).lowerBound..<range(of: last).upperBound
    }

    /// An action's number with a relation; nil where the relation is not one that arcs between words may have.
    func number(_ transition: Transition, relation: Int) -> Int? {
        if transition == .shift { return 0 }
        return places[relation].map { range(of: transition).lowerBound + $0 }
    }

    /// What a number stands for.
    func action(_ number: Int) -> (transition: Transition, relation: Int) {
        if number == 0 { return (.shift, 0) }
        let place = (number - 1) % relations.count
        return (number <= relations.count ? .left : .right, relations[place])
    }
}

/// What a transition parser should do to find a given tree. Heads are those of words 1...n, 0 for the root.
struct TransitionOracle: Sendable {
    let heads: [Int]
    /// Dependents of every word, 0 included, in their order.
    private let dependents: [[Int]]

    init(heads: [Int]) {
        self.heads = heads
        var dependents = [[Int]](repeating: [], count: heads.count + 1)
        for (index, head) in heads.enumerated() { dependents[head].append(index + 1) }
        self.dependents = dependents
    }

    /// The arc-standard action that goes on towards a projective tree, from a state that the oracle's own actions led to: arcs as
    /// soon as the dependent has all of its own.
    func arcStandardAction(in state: TransitionState) -> Transition {
        guard state.stack.count >= 2 else { return .shift }
        let top = state.stack[state.stack.count - 1], below = state.stack[state.stack.count - 2]
        if heads[below - 1] == top { return .left }
        let isComplete = (dependents[top].last ?? 0) < state.next
        return heads[top - 1] == below && isComplete ? .right : .shift
    }

    /// How many arcs of the tree become out of reach by an arc-hybrid action: the dynamic oracle of Goldberg and Nivre (2013), for
    /// a root that is what is left at the bottom of the stack. Exact for projective trees.
    func arcHybridCost(of transition: Transition, in state: TransitionState) -> Int {
        let stack = state.stack
        guard transition != .shift else {
            let word = state.next, head = heads[word - 1]
            // Left of it, only the top of the stack can still be its head, and nothing on the stack its dependent.
            let losesHead = head == 0 ? !stack.isEmpty : head < word && head != stack.last && stack.contains(head)
            return (losesHead ? 1 : 0) + dependents[word].reduce(0) { $0 + ($1 < word && stack.contains($1) ? 1 : 0) }
        }
        let word = stack[stack.count - 1], head = heads[word - 1]
        // In the buffer are all words from `next` on.
        var cost = dependents[word].reduce(0) { $0 + ($1 >= state.next ? 1 : 0) }
        switch transition {
        case .left:
            let below = stack.count >= 2 ? stack[stack.count - 2] : 0
            if head > state.next || head == below { cost += 1 }
        default:
            if head >= state.next { cost += 1 }
        }
        return cost
    }

    /// The legal arc-hybrid actions by which the fewest arcs get out of reach.
    func bestArcHybridActions(in state: TransitionState) -> [Transition] {
        let costs = Transition.allCases.filter(state.allows).map { ($0, arcHybridCost(of: $0, in: state)) }
        let least = costs.reduce(Int.max) { min($0, $1.1) }
        return costs.filter { $0.1 == least }.map(\.0)
    }
}

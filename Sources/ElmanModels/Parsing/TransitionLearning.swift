import ElmanGraph
import ElmanTensor
import ElmanText

extension TransitionOracle {
    /// Whether the tree has a sequence of actions: it is projective, with a single root.
    var isReachable: Bool {
        let heads = heads.map { Int32($0) }
        return DependencyTree.fault(in: heads) == nil && DependencyTree.isProjective(heads)
    }
}

extension TransitionParser {
    /// The loss of the one sequence of arc-standard actions that makes a tree.
    func staticLoss(of example: ParserExample, in graph: ComputationGraph, isTraining: Bool) -> Expression {
        let oracle = TransitionOracle(heads: example.tree.heads)
        var walk = begin(example.sentence, in: graph, isTraining: isTraining)
        var losses: [Expression] = []
        while true {
            skipForced(&walk, in: graph)
            if walk.state.isFinal { break }
            let transition = oracle.arcStandardAction(in: walk.state)
            let relation = walk.state.arc(transition).map { example.tree.relations[$0.dependent - 1] } ?? 0
            let number = actions.number(transition, relation: relation)
            let scores = scores(of: walk, isTraining: isTraining)
            if let number { losses.append(loss(scores, number, among: actions.legal(in: walk.state))) }
            apply(number ?? actions.range(of: transition).lowerBound, to: &walk, in: graph)
        }
        return losses.isEmpty ? graph.input(0) : sum(losses)
    }

    /// The losses of walks on which the parser learns, in every state, the best-scored of the actions that keep most of the tree in
    /// reach, and, where it `explores`, goes on by its own best action most of the time (Goldberg and Nivre 2013).
    func dynamicLosses(
        of examples: [ParserExample], explores: Bool, in graph: ComputationGraph, isTraining: Bool
    ) -> [Expression] {
        let oracles = examples.map { TransitionOracle(heads: $0.tree.heads) }
        var generators = examples.map { RandomGenerator(seed: $0.seed) }
        var losses = [[Expression]](repeating: [], count: examples.count)
        var walks = examples.map { begin($0.sentence, in: graph, isTraining: isTraining) }
        run(&walks, in: graph, isTraining: isTraining) { number, choice in
            let target = choice.best(of: wantedActions(in: choice.state, oracles[number], examples[number].tree))
            losses[number].append(loss(choice.expression, target, among: choice.legal))
            let isFree = explores && generators[number].uniform() < Double(explorationRate)
            return isFree ? choice.best(of: choice.legal) : target
        }
        return losses.map { $0.isEmpty ? graph.input(0) : sum($0) }
    }

    /// -log of the probability of an action among the legal ones.
    private func loss(_ scores: Expression, _ action: Int, among legal: Range<Int>) -> Expression {
        if legal == 0..<actions.count { return pickNegativeLogSoftmax(scores, action) }
        return pickNegativeLogSoftmax(scores[legal], action - legal.lowerBound)
    }

    /// The numbers of the actions that lose the fewest arcs: those that make a right arc with its relation, others with any.
    private func wantedActions(in state: TransitionState, _ oracle: TransitionOracle, _ tree: ParsedSentence) -> [Int] {
        oracle.bestArcHybridActions(in: state).flatMap { transition -> [Int] in
            if let arc = state.arc(transition), tree.heads[arc.dependent - 1] == arc.head,
                let number = actions.number(transition, relation: tree.relations[arc.dependent - 1])
            {
                return [number]
            }
            return Array(actions.range(of: transition))
        }
    }
}

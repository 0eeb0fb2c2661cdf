import ElmanTensor
import ElmanText
import Testing

@testable import ElmanModels

/// All single-rooted trees of n words, as heads of words 1...n.
private func allTrees(_ count: Int) -> [[Int]] {
    var result: [[Int]] = [[]]
    for _ in 0..<count { result = result.flatMap { heads in (0...count).map { heads + [$0] } } }
    return result.filter { DependencyTree.fault(in: $0.map { Int32($0) }) == nil }
}

private func isProjective(_ heads: [Int]) -> Bool { DependencyTree.isProjective(heads.map { Int32($0) }) }

/// The most arcs of a tree that any sequence of actions from a state on makes, by trying all.
private struct Search {
    let gold: [Int]
    private var known: [TransitionState: Int] = [:]

    init(gold: [Int]) { self.gold = gold }

    mutating func best(_ state: TransitionState) -> Int {
        if let known = known[state] { return known }
        if state.isFinal { return zip(state.heads, gold).reduce(0) { $0 + ($1.0 == $1.1 ? 1 : 0) } }
        var best = 0
        for transition in Transition.allCases where state.allows(transition) {
            var next = state
            next.apply(transition)
            best = max(best, self.best(next))
        }
        known[state] = best
        return best
    }
}

@Suite struct TransitionTests {
    @Test func theTreesCountedAreAllThereAre() {
        // n^(n-1) rooted labelled trees (Cayley); projective ones: OEIS A006013.
        #expect((1...5).map { allTrees($0).count } == [1, 2, 9, 64, 625])
        #expect((1...5).map { allTrees($0).filter(isProjective).count } == [1, 2, 7, 30, 143])
    }

    @Test(arguments: 1...5) func theStaticOracleMakesEveryProjectiveTree(count: Int) {
        for heads in allTrees(count) where isProjective(heads) {
            let oracle = TransitionOracle(heads: heads)
            var state = TransitionState(.arcStandard, count: count)
            while !state.isFinal { state.apply(oracle.arcStandardAction(in: state)) }
            #expect(state.heads == heads)
        }
    }

    @Test(arguments: 1...5) func theDynamicOracleMakesEveryProjectiveTree(count: Int) {
        for heads in allTrees(count) where isProjective(heads) {
            let oracle = TransitionOracle(heads: heads)
            for takesLast in [false, true] {
                var state = TransitionState(.arcHybrid, count: count)
                while !state.isFinal {
                    let actions = oracle.bestArcHybridActions(in: state)
                    state.apply(takesLast ? actions[actions.count - 1] : actions[0])
                }
                #expect(state.heads == heads)
            }
        }
    }

    @Test(arguments: 1...4) func dynamicCostsAreThoseFoundByTryingAll(count: Int) {
        for heads in allTrees(count) where isProjective(heads) {
            let oracle = TransitionOracle(heads: heads)
            var search = Search(gold: heads)
            var open: Set = [TransitionState(.arcHybrid, count: count)], seen = open
            while let state = open.popFirst() {
                let best = search.best(state)
                for transition in Transition.allCases where state.allows(transition) {
                    var next = state
                    next.apply(transition)
                    #expect(oracle.arcHybridCost(of: transition, in: state) == best - search.best(next), "\(heads) \(state)")
                    if seen.insert(next).inserted, !next.isFinal { open.insert(next) }
                }
            }
        }
    }

    @Test(arguments: [TransitionSystem.arcStandard, .arcHybrid]) func everyWalkEndsInAProjectiveTreeWithOneRoot(
        system: TransitionSystem
    ) {
        var generator = RandomGenerator(seed: 9)
        let actions = TransitionActions(relations: [0, 2, 3])
        for count in 1...12 {
            for _ in 0..<50 {
                var state = TransitionState(system, count: count)
                var steps = 0
                while !state.isFinal {
                    let legal = actions.legal(in: state)
                    let allowed = Transition.allCases.filter(state.allows)
                    #expect(Set(legal) == Set(allowed.flatMap { Array(actions.range(of: $0)) }))
                    let number = legal.lowerBound + generator.integer(below: legal.count)
                    let action = actions.action(number)
                    #expect(actions.number(action.transition, relation: action.relation) == number)
                    state.apply(action.transition, relation: action.relation)
                    steps += 1
                }
                #expect(steps == 2 * count - 1)
                #expect(DependencyTree.fault(in: state.heads.map { Int32($0) }) == nil)
                #expect(isProjective(state.heads))
            }
        }
    }
}

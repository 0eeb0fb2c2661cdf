import ElmanTensor

/// A set of actions that build a dependency tree from left to right.
///
///                  shift                left                       right
///     arc-standard (s, b|β) → (s|b, β)  (σ|s1|s0, β): s1 ← s0      (σ|s1|s0, β): s1 → s0
///     arc-hybrid   the same             (σ|s0, b|β):  s0 ← b       (σ|s1|s0, β): s1 → s0
///
/// The dependent of an arc leaves the stack (in arc-standard's left, from under the top). When the buffer is empty and one word is
/// on the stack, that word is the root: every sequence of legal actions ends in a projective tree with a single root, and every such
/// tree has a sequence.
enum TransitionSystem: Sendable, Hashable {
    case arcStandard, arcHybrid
}

/// An action without its relation.
enum Transition: Int, Sendable, Hashable, CaseIterable {
    case shift, left, right
}

/// Where a transition parser stands in a sentence of words 1...count.
struct TransitionState: Sendable, Hashable {
    let system: TransitionSystem
    let count: Int
    /// Words, the top last.
    private(set) var stack: [Int] = []
    /// The first word of the buffer; beyond `count` where it is empty.
    private(set) var next = 1
    /// The heads found, 0 where there is none yet: of word i at i - 1.
    private(set) var heads: [Int]
    /// The relations to them.
    private(set) var relations: [Int]

    init(_ system: TransitionSystem, count: Int) {
        self.system = system
        self.count = count
        heads = Array(repeating: 0, count: count)
        relations = heads
    }

    /// Whether the tree is complete.
    var isFinal: Bool { next > count && stack.count <= 1 }

    func allows(_ transition: Transition) -> Bool {
        switch transition {
        case .shift: next <= count
        case .left: system == .arcStandard ? stack.count >= 2 : !stack.isEmpty && next <= count
        case .right: stack.count >= 2
        }
    }

    /// The arc that an action makes.
    func arc(_ transition: Transition) -> (head: Int, dependent: Int)? {
        let top = stack.count - 1
        switch (transition, system) {
        case (.shift, _): return nil
        case (.left, .arcStandard): return (stack[top], stack[top - 1])
        case (.left, .arcHybrid): return (next, stack[top])
        case (.right, _): return (stack[top - 1], stack[top])
        }
    }

    /// Fails for an action that is not legal.
    mutating func apply(_ transition: Transition, relation: Int = 0) {
        guard allows(transition) else { fail("\(transition) is not legal with \(stack.count) words on the stack") }
        guard let arc = arc(transition) else {
            stack.append(next)
            next += 1
            return
        }
        heads[arc.dependent - 1] = arc.head
        relations[arc.dependent - 1] = relation
        let isUnderTop = transition == .left && system == .arcStandard
        stack.remove(at: stack.count - (isUnderTop ? 2 : 1))
    }
}

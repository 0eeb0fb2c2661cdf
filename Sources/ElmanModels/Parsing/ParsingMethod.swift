/// How a dependency tree is found.
public enum ParsingMethod: String, Sendable, Hashable, CaseIterable {
    /// `TransitionParser` with the arc-standard system (Nivre 2004), learnt from the one sequence of actions that makes a tree.
    /// Trees are projective.
    case arcStandard = "arc-standard"
    /// `TransitionParser` with the arc-hybrid system (Kuhlmann et al. 2011), learnt with a dynamic oracle. Trees are projective.
    case arcHybrid = "arc-hybrid"
    /// `GraphParser` (Dozat and Manning 2017). Trees may have crossing arcs.
    case biaffine

    /// The transition system; nil for a parser that has none.
    var system: TransitionSystem? {
        switch self {
        case .arcStandard: .arcStandard
        case .arcHybrid: .arcHybrid
        case .biaffine: nil
        }
    }
}

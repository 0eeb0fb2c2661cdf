import ElmanLayers

/// The recursive network of a tree model, by name.
public enum TreeCellKind: String, Sendable, Hashable, CaseIterable {
    /// `RecursiveCell` (Socher et al. 2011).
    case recursive
    /// `TreeLSTMCell`, whose children are in order (Tai et al. 2015).
    case treeLSTM = "tree-lstm"
    /// `ChildSumTreeLSTMCell`, for any number of children (Tai et al. 2015). Inner nodes, which have no words, read zeros.
    case childSum = "child-sum"

    /// Whether a node may have any number of children.
    var takesAnyNumberOfChildren: Bool { self == .childSum }
}

/// How CoNLL-U is read for parsing.
public struct DependencyOptions: Sendable, Hashable {
    /// Whether words may lack a head (`_`), as in text to be parsed. Such a sentence has no tree and is not checked.
    public var allowsMissingHeads: Bool
    /// Whether exactly one word of a sentence must have the head 0, as Universal Dependencies demand.
    public var requiresSingleRoot: Bool
    /// Whether the file's bytes are kept, so that it can be written back with other trees.
    public var keepsText: Bool
    /// What to do with bytes that are not UTF-8.
    public var invalidUTF8: InvalidUTF8

    /// Options that differ from the defaults shown.
    public init(
        allowsMissingHeads: Bool = false, requiresSingleRoot: Bool = true, keepsText: Bool = false,
        invalidUTF8: InvalidUTF8 = .refuse
    ) {
        self.allowsMissingHeads = allowsMissingHeads
        self.requiresSingleRoot = requiresSingleRoot
        self.keepsText = keepsText
        self.invalidUTF8 = invalidUTF8
    }
}

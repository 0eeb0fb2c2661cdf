import ElmanFiles

/// What a file is to hold: the examples of a kind of task.
public enum ExampleForm: Sendable, Hashable {
    /// One sentence a line.
    case sentences
    /// A label and a text a line.
    case labelled
    /// Words with tags, the tag of columns in the given one.
    case tagged(TagColumn)
    /// Two texts a line; the columns where a line has more than two.
    case pairs(ParallelTexts.Columns?)
    /// One tree in brackets a line.
    case trees
    /// CoNLL-U with heads and relations.
    case dependencies

    /// What a file of some format most likely holds; nil for JSON.
    public init?(guessing format: TextFormat) {
        switch format {
        case .text: self = .sentences
        case .labelBars, .labelTab, .labelPrefix: self = .labelled
        case .textPairs: self = .pairs(nil)
        case .wordTags, .columns: self = .tagged(.last)
        case .conllu: self = .dependencies
        case .trees: self = .trees
        case .jsonLines: return nil
        }
    }

    /// An example, as people call it.
    public var noun: String {
        switch self {
        case .sentences, .tagged, .dependencies: "sentence"
        case .labelled: "text"
        case .pairs: "pair"
        case .trees: "tree"
        }
    }

    /// What its labels are, as people call them; nil where there are none.
    public var labelNoun: String? {
        switch self {
        case .sentences, .pairs: nil
        case .labelled, .trees: "label"
        case .tagged: "tag"
        case .dependencies: "relation"
        }
    }
}

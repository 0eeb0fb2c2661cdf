import ElmanGraph

/// A sentence to be learnt.
struct ParserExample {
    var sentence: ParserSentence
    var tree: ParsedSentence
    /// What the numbers drawn for it follow from.
    var seed: UInt64
}

/// How trees are scored and found: what `Parser` needs of a method.
protocol DependencyNetwork: Sendable {
    /// Whether it can be taught a tree.
    func canLearn(_ heads: [Int]) -> Bool
    /// One loss for each sentence, of those that it can learn. `explores`: whether states that its own mistakes lead to are learnt too.
    func losses(of examples: [ParserExample], explores: Bool, in graph: ComputationGraph, isTraining: Bool) -> [Expression]
    /// The trees of sentences that have words.
    func trees(of sentences: [ParserSentence], in graph: ComputationGraph) -> [ParsedSentence]
}

/// The relations of a parser, as its networks need them.
struct ParserRelations: Sendable, Hashable {
    /// How many there are.
    let count: Int
    /// That of roots.
    let root: Int
    /// Those that words with a word as head may have.
    let ofArcs: [Int]

    init(count: Int, root: Int, isRootElsewhere: Bool) {
        self.count = count
        self.root = root
        let others = (0..<count).filter { $0 != root || isRootElsewhere }
        ofArcs = others.isEmpty ? Array(0..<count) : others
    }
}

import ElmanFiles
import ElmanTensor

/// Trees with a label at every node and a word at every leaf, as `(3 (2 a) (4 b))`: one tree a line, of any number of children.
///
/// Nodes are stored in postorder: children before their parent, the root last, so that a recursive network is a loop over them.
/// Nothing is recursive: the depth of a tree is limited by memory alone.
public struct Treebank: Sendable {
    /// The words at the leaves of every tree, from left to right.
    public private(set) var words = TokenLists()
    /// The labels of the nodes of every tree, in postorder.
    public private(set) var labels = TokenLists()
    /// The line of its file that every tree stands in.
    public private(set) var lines: [Int] = []
    /// What was found while reading.
    public private(set) var statistics = TextStatistics()
    /// For every node where its children start in `children`, and at last where they all end.
    private var childStarts = [0]
    /// Numbers of nodes, counted in their tree.
    private var children: [Int32] = []

    /// Reads one file or several (`-` is standard input). Throws, with line and column, where a tree is malformed.
    public init(reading paths: [String], invalidUTF8: InvalidUTF8 = .refuse) throws(DataError) {
        for path in paths {
            let before = count
            var cleaner = LineCleaner(path: path, invalidUTF8: invalidUTF8)
            try readLines(of: path) { line throws(DataError) in try add(line, &cleaner) }
            try finish(cleaner, before: before)
        }
    }

    /// Reads text that is in memory already; `name` is for messages.
    public init(text: [UInt8], name: String = "the text", invalidUTF8: InvalidUTF8 = .refuse) throws(DataError) {
        var cleaner = LineCleaner(path: name, invalidUTF8: invalidUTF8)
        let read = { (bytes: ByteView) throws(DataError) in
            try readLines(in: bytes) { line throws(DataError) in try add(line, &cleaner) }
        }
        try text.withUnsafeBufferPointer(read)
        try finish(cleaner, before: 0)
    }

    /// How many trees there are.
    public var count: Int { lines.count }

    /// A tree. Fails where there is no such tree.
    public subscript(tree: Int) -> Tree {
        guard (0..<count).contains(tree) else { fail("tree \(tree) of \(count)") }
        let nodes = labels.starts[tree]...labels.starts[tree + 1]
        let starts = childStarts[nodes]
        return Tree(childStarts: starts, children: children[(starts.first ?? 0)..<(starts.last ?? 0)])
    }

    /// All labels: whole numbers by value, others by their bytes.
    public func labelVocabulary() -> Vocabulary { Vocabulary(labels: labels.counts) }

    /// The labels of all nodes as indices of a vocabulary, in postorder; -1 for a label that it does not have.
    public func labelIndices(in vocabulary: Vocabulary) -> EncodedLists {
        let indices = labels.indices(in: vocabulary)
        return EncodedLists(tokens: labels.types.map { indices[Int($0)] }, starts: labels.starts, unknownTokens: 0)
    }

    /// A tree in brackets, with its own labels.
    public func text(of tree: Int) -> String { text(of: tree, labels: labels.tokens(of: tree)) }

    /// A tree in brackets, with other labels in postorder. Fails where there is not one for every node.
    public func text(of tree: Int, labels: [String]) -> String {
        self[tree].text(labels: labels, words: words.tokens(of: tree))
    }

    private mutating func add(_ line: TextLine, _ cleaner: inout LineCleaner) throws(DataError) {
        statistics.lines += 1
        statistics.longestLine = max(statistics.longestLine, line.bytes.count)
        guard !line.bytes.isBlank else { return statistics.blankLines += 1 }
        let names = cleaner
        try cleaner.clean(line) { bytes throws(DataError) in
            var parser = TreeParser(bytes)
            while let event = try parser.next({ names.error(line.number, $0) }) {
                switch event {
                case .leaf(let label, let word):
                    words.append(bytes.part(word))
                    labels.append(bytes.part(label))
                case .node(let label, let nodes):
                    labels.append(bytes.part(label))
                    children += nodes
                }
                childStarts.append(children.count)
            }
        }
        words.endList()
        labels.endList()
        lines.append(line.number)
        statistics.longestSentence = max(statistics.longestSentence, words[count - 1].count)
    }

    private mutating func finish(_ cleaner: LineCleaner, before: Int) throws(DataError) {
        guard count > before else {
            throw DataError(.badData, "no trees in \(cleaner.path); expected one a line, as (3 (2 a) (4 b))")
        }
        statistics.sentences = count
        statistics.tokens = words.types.count
        statistics.replacements += cleaner.replacements
    }
}

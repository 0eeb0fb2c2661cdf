import ElmanFiles

/// Reads one tree in brackets and gives its nodes in postorder.
struct TreeParser {
    /// A node that has ended.
    enum Event {
        /// Its label and its word.
        case leaf(label: Range<Int>, word: Range<Int>)
        /// Its label and its children, numbers of nodes before it.
        case node(label: Range<Int>, children: ArraySlice<Int32>)
    }

    private struct Open {
        let column: Int
        let label: Range<Int>
        /// How many finished nodes waited for their parent when it began.
        let waiting: Int
    }

    private let text: ByteView
    private var position = 0
    private var open: [Open] = []
    /// Finished nodes whose parent has not ended.
    private var waiting: [Int32] = []
    private var count: Int32 = 0

    init(_ text: ByteView) { self.text = text }

    /// The next node in postorder; nil after the root.
    mutating func next(_ error: (String) -> DataError) throws(DataError) -> Event? {
        while true {
            skipBlanks()
            guard position < text.count else {
                guard let last = open.last else { return nil }
                throw error("the bracket in column \(last.column + 1) is not closed; add the missing ) or remove the line")
            }
            let isClosing = text[position] == UInt8(ascii: ")")
            if open.isEmpty {
                if isClosing { throw error("the bracket in column \(position + 1) closes none; remove it") }
                if count > 0 { throw error("something follows the tree in column \(position + 1); write one tree a line") }
            }
            if isClosing { return try close(error) }
            if text[position] == UInt8(ascii: "(") { try begin(error) } else { return try leaf(error) }
        }
    }

    /// Ends a node that has children.
    private mutating func close(_ error: (String) -> DataError) throws(DataError) -> Event {
        let node = open.removeLast()
        guard waiting.count > node.waiting else {
            throw error("the node in column \(node.column + 1) has neither word nor children; write (label word)")
        }
        position += 1
        // A copy of its own: as long as a slice is held, whatever is removed copies all that waits.
        let children = Array(waiting[node.waiting...])[...]
        waiting.removeLast(children.count)
        finishNode()
        return .node(label: node.label, children: children)
    }

    /// Reads a word and the end of its node.
    private mutating func leaf(_ error: (String) -> DataError) throws(DataError) -> Event {
        let (column, word) = (position, token())
        guard let node = open.popLast(), waiting.count == node.waiting else {
            throw error("a word in column \(column + 1) stands where a bracket should; write (label word)")
        }
        skipBlanks()
        guard position < text.count, text[position] == UInt8(ascii: ")") else {
            let place = position < text.count ? "in column \(position + 1)" : "at the end of the line"
            throw error("a ) is missing \(place), after the word of the bracket in column \(node.column + 1)")
        }
        position += 1
        finishNode()
        return .leaf(label: node.label, word: word)
    }

    private mutating func finishNode() {
        waiting.append(count)
        count += 1
    }

    private mutating func skipBlanks() {
        while position < text.count, text[position] == 0x20 || text[position] == 9 { position += 1 }
    }

    /// What stands up to the next blank or bracket.
    private mutating func token() -> Range<Int> {
        let start = position
        while position < text.count, ![0x20, 9, UInt8(ascii: "("), UInt8(ascii: ")")].contains(text[position]) { position += 1 }
        return start..<position
    }

    private mutating func begin(_ error: (String) -> DataError) throws(DataError) {
        let column = position
        position += 1
        skipBlanks()
        let label = token()
        guard !label.isEmpty else {
            throw error("the bracket in column \(column + 1) has no label; write (label word) or (label (…) (…))")
        }
        open.append(Open(column: column, label: label, waiting: waiting.count))
    }
}

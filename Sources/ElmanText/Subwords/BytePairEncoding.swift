import ElmanFiles

/// Byte-pair encoding of words (Sennrich et al. 2016): words are cut into frequent pieces, so that no word is unknown.
///
/// A word starts as characters, the last one with the end mark `</w>`; merges put neighbours together in the order in which they were
/// learned. Pieces inside a word are written with `@@` behind them, as by the authors' `subword-nmt`, whose files of merges are the same.
public struct BytePairEncoding: Sendable, Equatable {
    /// What is behind the last character of a word while merges are applied.
    static let endMark = Array("</w>".utf8)
    /// What is written behind a piece that its word goes on after.
    public static let continuation = "@@"
    /// The merges in the order in which they were learned, left and right.
    public let merges: [Merge]
    private var symbols = ByteTable()
    private var table = MergeTable()

    /// Two pieces that become one.
    public struct Merge: Sendable, Hashable {
        /// The left piece.
        public let left: String
        /// The right piece, with `</w>` where a word ends.
        public let right: String

        /// Compares bytes.
        public static func == (first: Merge, second: Merge) -> Bool {
            first.left.utf8.elementsEqual(second.left.utf8) && first.right.utf8.elementsEqual(second.right.utf8)
        }
    }

    init(merges: [Merge]) {
        self.merges = merges
        for (rank, merge) in merges.enumerated() {
            let (left, right) = (symbols.insert(merge.left), symbols.insert(merge.right))
            let symbol = symbols.insert(merge.left + merge.right)
            table.add(Int32(left), Int32(right), MergeTable.Merge(rank: Int32(rank), symbol: Int32(symbol)))
        }
    }

    /// Learns merges from words and their counts.
    /// - Parameters:
    ///   - mergeCount: the most merges to learn; about as many pieces come of them, besides single characters.
    ///   - minimumFrequency: the least often that a pair has to occur to be merged.
    public init(training counts: TokenCounts, mergeCount: Int, minimumFrequency: Int = 2) {
        var trainer = BytePairTrainer(counts)
        var merges: [Merge] = []
        while merges.count < mergeCount, let pair = trainer.merge(minimumFrequency: minimumFrequency) {
            let (left, right) = (trainer.symbols.entry(Int(pair.left)), trainer.symbols.entry(Int(pair.right)))
            merges.append(Merge(left: String(decoding: left, as: UTF8.self), right: String(decoding: right, as: UTF8.self)))
        }
        self.init(merges: merges)
    }

    /// The pieces of a word, without marks; their concatenation is the word.
    public func pieces(of word: String) -> [String] {
        withBytes(of: word) { pieces(of: $0) }.map { String(decoding: $0, as: UTF8.self) }
    }

    /// The pieces of a word as bytes.
    func pieces(of word: ByteView) -> [[UInt8]] {
        let characters = BytePairTrainer.symbols(of: word)
        var (known, numbers, others) = (symbols.count, [Int32](), [[UInt8]]())
        for character in characters {
            if let number = character.withUnsafeBufferPointer({ symbols.find($0) }) {
                numbers.append(Int32(number))
            } else {
                // What no merge knows gets a number of its own, and stays as it is.
                numbers.append(Int32(known))
                others.append(character)
                known += 1
            }
        }
        table.apply(to: &numbers)
        var pieces = numbers.map { Int($0) < symbols.count ? Array(symbols.entry(Int($0))) : others[Int($0) - symbols.count] }
        if let last = pieces.popLast() { pieces.append(last.dropLast(Self.endMark.count)) }
        return pieces
    }
}

extension BytePairEncoding {
    /// Cuts the words of texts into pieces, `@@` behind each but the last of a word. Every type is cut once.
    public func encoded(_ texts: TokenLists) -> TokenLists {
        let pieces = (0..<texts.counts.typeCount).map { type in
            texts.counts.table.withEntry(type) { marked(self.pieces(of: $0)) }
        }
        var result = TokenLists()
        for text in 0..<texts.count {
            for type in texts[text] { for piece in pieces[Int(type)] { piece.withUnsafeBufferPointer { result.append($0) } } }
            result.endList()
        }
        return result
    }

    /// Cuts words into pieces, `@@` behind each but the last of a word.
    public func encoded(_ words: [String]) -> [String] {
        words.flatMap { word in
            withBytes(of: word) { marked(pieces(of: $0)) }.map { String(decoding: $0, as: UTF8.self) }
        }
    }

    private func marked(_ pieces: [[UInt8]]) -> [[UInt8]] {
        pieces.enumerated().map { $0 + 1 < pieces.count ? $1 + Array(Self.continuation.utf8) : $1 }
    }

    /// Puts pieces together to words again. A piece with `@@` that nothing follows ends its word all the same.
    public static func decoded(_ pieces: some Sequence<String>) -> [String] {
        var words: [String] = []
        var word: String?
        for piece in pieces {
            let goesOn = piece.utf8.suffix(continuation.utf8.count).elementsEqual(continuation.utf8)
            let text = goesOn ? String(decoding: piece.utf8.dropLast(continuation.utf8.count), as: UTF8.self) : piece
            word = (word ?? "") + text
            if !goesOn, let whole = word {
                words.append(whole)
                word = nil
            }
        }
        if let word { words.append(word) }
        return words
    }

    /// The contents of a file of merges: `#version: 0.2`, then a merge a line.
    public func fileContents() -> [UInt8] {
        Array(("#version: 0.2\n" + merges.map { "\($0.left) \($0.right)\n" }.joined()).utf8)
    }

    /// Writes the file of merges: whole or not at all.
    public func write(to path: String) throws(DataError) { try AtomicFile.write(fileContents(), to: path) }

    /// Reads a file of merges, this type's own or that of `subword-nmt`. Throws, with the line, for one that is no pair.
    public init(reading path: String) throws(DataError) {
        var (merges, fields): ([Merge], [Range<Int>]) = ([], [])
        var cleaner = LineCleaner(path: path, invalidUTF8: .refuse)
        try readLines(of: path) { line throws(DataError) in
            let isVersion = line.number == 1 && line.bytes.starts(with: "#version:".utf8)
            if line.bytes.isEmpty || isVersion { return }
            _ = try cleaner.needsRepair(line)
            line.bytes.findFields(separator: 0x20, &fields)
            guard fields.count == 2, fields.allSatisfy({ !$0.isEmpty }) else {
                throw cleaner.error(line.number, "no pair of pieces with a space between them; each line is one merge")
            }
            let (left, right) = (line.bytes.part(fields[0]), line.bytes.part(fields[1]))
            merges.append(Merge(left: String(decoding: left, as: UTF8.self), right: String(decoding: right, as: UTF8.self)))
        }
        self.init(merges: merges)
    }
}

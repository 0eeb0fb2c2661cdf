import ElmanFiles

/// Reads the lines of one CoNLL-U file.
struct DependencyParser {
    private var cleaner: LineCleaner
    private let options: DependencyOptions
    private var fields: [Range<Int>] = []
    /// The lines of the words of the sentence that is being read.
    private var wordLines: [Int] = []
    private var sentencesBefore: Int?

    init(path: String, options: DependencyOptions) {
        cleaner = LineCleaner(path: path, invalidUTF8: options.invalidUTF8)
        self.options = options
    }

    mutating func add(_ line: TextLine, to bank: inout DependencyTreebank) throws(DataError) {
        sentencesBefore = sentencesBefore ?? bank.count
        bank.statistics.lines += 1
        bank.statistics.longestLine = max(bank.statistics.longestLine, line.bytes.count)
        if line.bytes.isBlank {
            bank.statistics.blankLines += 1
            return try end(&bank)
        }
        try addWord(line, isInvalid: try cleaner.needsRepair(line), &bank)
    }

    /// Ends the last sentence and checks that there was one.
    mutating func finish(_ bank: inout DependencyTreebank) throws(DataError) {
        try end(&bank)
        guard let sentencesBefore, bank.count > sentencesBefore else {
            throw DataError(.badData, "no sentences in \(cleaner.path); expected CoNLL-U")
        }
        bank.statistics.replacements += cleaner.replacements
        bank.statistics.sentences = bank.count
        bank.statistics.tokens = bank.words.types.count
    }

    private mutating func addWord(
        _ place: TextLine, isInvalid: Bool, _ bank: inout DependencyTreebank
    ) throws(DataError) {
        let line = place.bytes
        guard try ConlluLine.isWord(line, place, after: wordLines.count, &fields, cleaner) else { return }
        for (column, name) in [(1, "FORM"), (3, "UPOS"), (4, "XPOS"), (6, "HEAD"), (7, "DEPREL")] where fields[column].isEmpty {
            throw cleaner.error(place.number, "column \(column + 1) (\(name)) is empty; write _ for what is missing")
        }
        bank.heads.append(try head(line.part(fields[6]), place))
        bank.words.append(line.part(fields[1]), repairing: isInvalid)
        bank.upos.append(line.part(fields[3]), repairing: isInvalid)
        bank.xpos.append(line.part(fields[4]), repairing: isInvalid)
        bank.relations.append(line.part(fields[7]), repairing: isInvalid)
        if wordLines.isEmpty { bank.lines.append(place.number) }
        wordLines.append(place.number)
        bank.source?.uposSlots.append(fields[3].shifted(by: place.offset))
        bank.source?.arcSlots.append((fields[6].lowerBound..<fields[7].upperBound).shifted(by: place.offset))
    }

    private func head(_ field: ByteView, _ place: TextLine) throws(DataError) -> Int32 {
        if let number = field.wholeNumber { return Int32(clamping: number) }
        let isMissing = field.elementsEqual([UInt8(ascii: "_")])
        guard isMissing, options.allowsMissingHeads else {
            throw cleaner.error(
                place.number, isMissing ? "the word has no head" : "the head “\(String(showing: field))” is no number of a word")
        }
        return -1
    }

    private mutating func end(_ bank: inout DependencyTreebank) throws(DataError) {
        guard !wordLines.isEmpty else { return }
        let heads = bank.heads[(bank.heads.count - wordLines.count)...]
        if !heads.contains(-1), let fault = DependencyTree.fault(in: heads, requiresSingleRoot: options.requiresSingleRoot) {
            throw cleaner.error(wordLines[fault.word - 1], fault.message)
        }
        bank.words.endList()
        bank.upos.endList()
        bank.xpos.endList()
        bank.relations.endList()
        bank.statistics.longestSentence = max(bank.statistics.longestSentence, wordLines.count)
        wordLines.removeAll(keepingCapacity: true)
    }
}

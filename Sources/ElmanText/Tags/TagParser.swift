import ElmanFiles

/// Reads the lines of one file of tagged sentences.
struct TagParser {
    private var cleaner: LineCleaner
    private let options: TagReadingOptions
    private var format: TagFormat
    /// What the file looks like that is no form of tagged sentences.
    private var foreignFormat: TextFormat?
    private var fields: [Range<Int>] = []
    private var columnCount: Int?
    private var isInSentence = false
    /// Words of the sentence so far, those that are left out too.
    private var wordCount = 0
    private var sentencesBefore: Int?
    /// Whether the line is not UTF-8, so that its tokens must be repaired.
    private var isInvalid = false

    init(path: String, options: TagReadingOptions) {
        cleaner = LineCleaner(path: path, invalidUTF8: options.invalidUTF8)
        self.options = options
        format = options.format ?? .columns
    }

    /// Settles the format by the beginning of the file, where the options do not.
    mutating func guess(_ beginning: ByteView) {
        if let given = options.format { return format = given }
        (format, foreignFormat) = TagFormat.guess(beginning, allowsWords: options.allowsMissingTags)
    }

    mutating func add(_ line: TextLine, to texts: inout TaggedTexts) throws(DataError) {
        if sentencesBefore == nil { try begin(line, &texts) }
        texts.statistics.lines += 1
        texts.statistics.longestLine = max(texts.statistics.longestLine, line.bytes.count)
        if line.bytes.isBlank {
            texts.statistics.blankLines += 1
            return end(&texts)
        }
        isInvalid = try cleaner.needsRepair(line)
        switch format {
        case .wordTags: try addTokens(line, &texts)
        case .words: addWords(line, &texts)
        case .columns: try addColumns(line, &texts)
        case .conllu: try addConllu(line, &texts)
        }
    }

    /// Ends the last sentence and checks that there was one.
    mutating func finish(_ texts: inout TaggedTexts) throws(DataError) {
        end(&texts)
        guard let sentencesBefore, texts.count > sentencesBefore else {
            throw DataError(.badData, "no sentences in \(cleaner.path); expected words and tags")
        }
        texts.statistics.replacements += cleaner.replacements
        texts.statistics.sentences = texts.count
        texts.statistics.tokens = texts.words.types.count
    }

    private mutating func begin(_ line: TextLine, _ texts: inout TaggedTexts) throws(DataError) {
        if let foreignFormat {
            throw cleaner.error(
                line.number,
                "looks like \(foreignFormat.title); give word|tag word|tag, or columns with a blank line after each sentence")
        }
        sentencesBefore = texts.count
        texts.format = format
        let hasTags = format != .words
        guard texts.count == 0 || hasTags == texts.hasTags else { throw mixed(line.number) }
        texts.hasTags = hasTags
    }

    private func mixed(_ line: Int) -> DataError {
        cleaner.error(line, "some of the files have tags and some have none; read them one by one")
    }

    private mutating func beginSentence(_ line: TextLine, _ texts: inout TaggedTexts) {
        guard !isInSentence else { return }
        isInSentence = true
        wordCount = 0
        texts.lines.append(line.number)
    }

    private mutating func end(_ texts: inout TaggedTexts) {
        guard isInSentence else { return }
        isInSentence = false
        texts.words.endList()
        if texts.hasTags { texts.storedTags.endList() }
        let length = texts.words[texts.count - 1].count
        if wordCount > length {
            texts.statistics.cutSentences += 1
            texts.statistics.cutTokens += wordCount - length
        }
        texts.statistics.longestSentence = max(texts.statistics.longestSentence, length)
    }

    private mutating func add(_ word: ByteView, _ tag: ByteView?, slot: Range<Int>, _ texts: inout TaggedTexts) {
        wordCount += 1
        guard wordCount <= options.maximumLength || options.keepsText else { return }
        texts.words.append(word, repairing: isInvalid)
        if let tag { texts.storedTags.append(tag, repairing: isInvalid) }
        texts.source?.slots.append(slot)
    }
}

extension TagParser {
    private mutating func addTokens(_ place: TextLine, _ texts: inout TaggedTexts) throws(DataError) {
        let line = place.bytes
        beginSentence(place, &texts)
        line.findWords(&fields)
        for field in fields {
            let token = line.part(field)
            let bar = token.lastIndex(of: UInt8(ascii: "|")) ?? 0
            guard bar > 0, bar < token.count - 1 else {
                throw cleaner.error(
                    place.number, "“\(String(showing: token))” is no word and tag; write word|tag, with spaces between tokens")
            }
            add(
                token.part(0..<bar), token.part(bar + 1..<token.count),
                slot: (field.lowerBound + bar + 1..<field.upperBound).shifted(by: place.offset), &texts)
        }
        end(&texts)
    }

    private mutating func addWords(_ place: TextLine, _ texts: inout TaggedTexts) {
        let line = place.bytes
        beginSentence(place, &texts)
        line.findWords(&fields)
        for field in fields {
            add(line.part(field), nil, slot: (field.upperBound..<field.upperBound).shifted(by: place.offset), &texts)
        }
        end(&texts)
    }

    private mutating func addColumns(_ place: TextLine, _ texts: inout TaggedTexts) throws(DataError) {
        let line = place.bytes
        if line.starts(with: "-DOCSTART-".utf8) { return end(&texts) }
        line.findFields(&fields)
        let expected = columnCount ?? fields.count
        if columnCount == nil { try settleColumns(fields.count, place, &texts) }
        guard fields.count == expected else {
            throw cleaner.error(
                place.number, "\(fields.count) columns where the lines before have \(expected); give every word the same columns")
        }
        beginSentence(place, &texts)
        let word = try field((options.wordColumn ?? 1) - 1, of: line, place)
        guard texts.hasTags else {
            let end = fields[fields.count - 1].upperBound
            return add(word, nil, slot: (end..<end).shifted(by: place.offset), &texts)
        }
        let column = options.tagColumn.index(of: .columns, columnCount: expected)
        let tag = try field(column, of: line, place)
        add(word, tag, slot: fields[column].shifted(by: place.offset), &texts)
    }

    /// Decides by the first line whether there are tags.
    private mutating func settleColumns(_ count: Int, _ line: TextLine, _ texts: inout TaggedTexts) throws(DataError) {
        columnCount = count
        let hasTags = count > 1
        guard hasTags || options.allowsMissingTags else {
            throw cleaner.error(line.number, "a single column, so no tags; write a word and its tag a line, or word|tag word|tag")
        }
        guard texts.count == 0 || hasTags == texts.hasTags else { throw mixed(line.number) }
        texts.hasTags = hasTags
        texts.source?.separator = line.bytes.contains(9) || count == 1 ? 9 : 0x20
    }

    private mutating func addConllu(_ place: TextLine, _ texts: inout TaggedTexts) throws(DataError) {
        let line = place.bytes
        guard try ConlluLine.isWord(line, place, after: isInSentence ? wordCount : 0, &fields, cleaner) else { return }
        beginSentence(place, &texts)
        let word = try field((options.wordColumn ?? 2) - 1, of: line, place)
        let column = options.tagColumn.index(of: .conllu, columnCount: 10)
        add(word, try field(column, of: line, place), slot: fields[column].shifted(by: place.offset), &texts)
        texts.source?.separator = 9
    }

    private func field(_ index: Int, of line: ByteView, _ place: TextLine) throws(DataError) -> ByteView {
        guard fields.indices.contains(index) else {
            throw cleaner.error(place.number, "column \(index + 1) of \(fields.count) is asked for; choose another one")
        }
        let field = line.part(fields[index])
        guard !field.isEmpty else {
            throw cleaner.error(place.number, "column \(index + 1) is empty; fill it, for example with _")
        }
        return field
    }
}

extension Range<Int> {
    func shifted(by offset: Int) -> Range<Int> { lowerBound + offset..<upperBound + offset }
}

import ElmanFiles

/// Reads the rows of a file of word vectors.
struct EmbeddingFile {
    private(set) var format = EmbeddingFormat.glove
    private(set) var dimension = 0
    private(set) var declaredRows: Int?
    private var reader: ByteReader
    private let path: String
    private var fields: [Range<Int>] = []

    /// The most numbers of a vector, and bytes of a word, that are taken seriously.
    private static let (maximumDimension, maximumWordLength) = (1 << 16, 1 << 12)

    init(_ path: String, format: EmbeddingFormat?, dimension: Int?) throws(DataError) {
        self.path = nameInMessages(path)
        reader = try ByteReader(path)
        let beginning = try reader.peek(Self.maximumWordLength + 32 * Self.maximumDimension)
        let guessed = beginning.withUnsafeBufferPointer { Self.guess($0) }
        self.format = format ?? guessed.format
        if self.format == .glove {
            self.dimension = dimension ?? guessed.fieldCount - 1
        } else {
            guard let header = guessed.header else {
                throw error(1, "no header; the first line of this format is the number of words and of numbers a word")
            }
            declaredRows = header.rows
            self.dimension = header.dimension
            if let dimension, dimension != header.dimension {
                throw error(
                    1, "vectors of \(header.dimension) numbers where \(dimension) are wanted; choose another file or size")
            }
        }
        guard (1...Self.maximumDimension).contains(self.dimension) else {
            if guessed.fieldCount == 0 { throw DataError(.badData, "no word vectors in \(self.path)") }
            throw error(
                1, "vectors of \(self.dimension) numbers; expected a word and 1 to \(Self.maximumDimension) numbers a line")
        }
    }

    mutating func read(into collector: inout EmbeddingCollector) throws(DataError) {
        if format != .glove { _ = try reader.nextLine() }
        if format == .word2vecBinary { return try readBinary(into: &collector) }
        var file = self
        try readLines(from: &reader) { line throws(DataError) in try file.add(line, to: &collector) }
    }

    private func error(_ line: Int, _ message: String) -> DataError {
        DataError(.badData, path: path, line: line, message)
    }

    /// What the first two lines show.
    private static func guess(
        _ text: ByteView
    ) -> (format: EmbeddingFormat, fieldCount: Int, header: (rows: Int, dimension: Int)?) {
        let end = text.firstIndex(of: 10) ?? text.count
        var fields: [Range<Int>] = []
        let first = text.part(0..<end)
        first.findWords(&fields)
        if let last = fields.last, first.part(last).last == 13 { fields[fields.count - 1] = last.dropLast() }
        guard fields.count == 2, let rows = first.part(fields[0]).wholeNumber,
            let dimension = first.part(fields[1]).wholeNumber
        else { return (.glove, fields.count, nil) }
        let isText = isText(text.part(min(end + 1, text.count)..<min(end + 4097, text.count)), dimension: dimension)
        return (isText ? .word2vecText : .word2vecBinary, 2, (rows, dimension))
    }

    /// Whether rows are text: UTF-8 without control characters as far as one can see, or numbers in the first of them.
    private static func isText(_ rows: ByteView, dimension: Int) -> Bool {
        let hasControls = rows.contains { $0 < 9 || (14..<32).contains($0) }
        if !hasControls, (UTF8Checker.firstInvalid(in: rows) ?? rows.count) >= rows.count - 3 { return true }
        var fields: [Range<Int>] = []
        let first = rows.part(0..<(rows.firstIndex(of: 10) ?? rows.count))
        first.findWords(&fields)
        return fields.count > dimension && fields.suffix(dimension).allSatisfy { first.part($0).number != nil }
    }
}

extension EmbeddingFile {
    private mutating func add(_ line: TextLine, to collector: inout EmbeddingCollector) throws(DataError) {
        guard !line.bytes.isBlank else { return }
        line.bytes.findWords(&fields)
        let isEmptyWord = fields.count == dimension && (line.bytes[0] == 0x20 || line.bytes[0] == 9)
        guard fields.count > dimension || isEmptyWord else {
            throw error(line.number, "\(fields.count - 1) numbers where \(dimension) are expected")
        }
        let wordEnd = fields.count - dimension
        // A word may hold spaces, but one that ends in a number is a vector that is too long.
        if wordEnd > 1, line.bytes.part(fields[wordEnd - 1]).number != nil {
            throw error(line.number, "more than \(dimension) numbers, as many as in the lines before")
        }
        let word = line.bytes.part(wordEnd == 0 ? 0..<0 : fields[0].lowerBound..<fields[wordEnd - 1].upperBound)
        guard collector.wants(word) else { return }
        var vector: [Float] = []
        for field in fields[wordEnd...] {
            guard let number = line.bytes.part(field).number.map({ Float($0) }), number.isFinite else {
                let text = String(showing: line.bytes.part(field))
                throw error(line.number, "“\(text)” is no finite number, in the vector of “\(String(showing: word))”")
            }
            vector.append(number)
        }
        collector.add(word, vector)
    }

    private mutating func readBinary(into collector: inout EmbeddingCollector) throws(DataError) {
        let size = 4 * dimension
        for row in 1... {
            var piece = try reader.peek(1)
            while let byte = piece.first, byte == 10 || byte == 13 {
                reader.skip(1)
                piece = try reader.peek(1)
            }
            if piece.isEmpty { break }
            let record = try reader.peek(Self.maximumWordLength + 1 + size)
            guard let space = record.prefix(Self.maximumWordLength + 1).firstIndex(of: 0x20) else {
                throw error(row, "no word at this row; the file is damaged, or not word2vec's binary format")
            }
            let start = space + 1
            guard record.endIndex - start >= size else {
                throw error(
                    row, "the file ends within the vector of “\(String(decoding: record[..<space], as: UTF8.self))”; copy it anew"
                )
            }
            try addBinary(record, space: space, row: row, to: &collector)
            reader.skip(start + size - record.startIndex)
        }
    }

    private func addBinary(
        _ record: ArraySlice<UInt8>, space: Int, row: Int, to collector: inout EmbeddingCollector
    ) throws(DataError) {
        let vector: [Float]? = record.withUnsafeBufferPointer { bytes in
            let word = bytes.part(0..<space - record.startIndex)
            guard collector.wants(word) else { return [] }
            let raw = UnsafeRawBufferPointer(bytes)
            let vector = (0..<dimension).map { index in
                let bits = raw.loadUnaligned(fromByteOffset: word.count + 1 + 4 * index, as: UInt32.self)
                return Float(bitPattern: UInt32(littleEndian: bits))
            }
            guard vector.allSatisfy({ $0.isFinite }) else { return nil }
            collector.add(word, vector)
            return vector
        }
        guard vector != nil else { throw error(row, "a number of this row is not finite") }
    }
}

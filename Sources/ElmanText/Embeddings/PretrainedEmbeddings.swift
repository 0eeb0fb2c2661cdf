import ElmanFiles
import ElmanTensor

/// Word vectors from a file, for the entries of a vocabulary alone: memory grows with the vocabulary, not with the file.
///
/// Formats: word2vec text and binary, fastText's `.vec`, GloVe. An entry that the file lacks takes the vector of its lower-case
/// form. Of a word that comes twice the first vector counts. Words may hold spaces, as some of GloVe's do: the last numbers of a line
/// are the vector.
public struct PretrainedEmbeddings: Sendable {
    /// Numbers of a vector.
    public let dimension: Int
    /// The format of the file.
    public let format: EmbeddingFormat
    /// For every entry of the vocabulary the number of its vector in `vectors`, -1 where the file has none.
    public let rows: [Int32]
    /// The vectors found, one after the other.
    public let vectors: [Float]
    /// What was found.
    public let coverage: EmbeddingCoverage

    /// Reads a file (`-` is standard input).
    ///
    /// Without `format`, a first line of two whole numbers makes it word2vec's, and what follows text or binary; all else is GloVe.
    /// Without `dimension`, the header says it, or the number of fields of the first line. Throws, with the line (in a binary file
    /// the row), for rows of another width, numbers that are none or not finite, and a file that ends within a vector.
    public init(
        reading path: String, for vocabulary: Vocabulary, format: EmbeddingFormat? = nil, dimension: Int? = nil
    ) throws(DataError) {
        var file = try EmbeddingFile(path, format: format, dimension: dimension)
        var collector = EmbeddingCollector(vocabulary, dimension: file.dimension)
        try file.read(into: &collector)
        self.dimension = file.dimension
        self.format = file.format
        (rows, vectors, coverage) = collector.finish(declaredRows: file.declaredRows)
        guard coverage.rows > 0 else {
            throw DataError(.badData, "no word vectors in \(nameInMessages(path)); expected a word and its numbers a line")
        }
    }

    /// The vector of an entry; nil where the file has none. Fails where there is no such entry.
    public func vector(of entry: Int) -> ArraySlice<Float>? {
        guard rows.indices.contains(entry) else { fail("entry \(entry) of a vocabulary of \(rows.count)") }
        guard rows[entry] >= 0 else { return nil }
        let start = Int(rows[entry]) * dimension
        return vectors[start..<start + dimension]
    }
}

import ElmanFiles

/// How often each entry of a vocabulary occurs in a text. Output layers for many words go by it.
///
/// The file `counts.txt` of a run has one number a line, in the order of `vocabulary.txt`.
package enum WordCounts {
    /// The name of the file in a run's folder.
    package static let fileName = "counts.txt"

    /// The counts of the tokens of a text, end marks included.
    package static func of(_ corpus: EncodedCorpus, vocabularySize: Int) -> [Int] {
        var counts = [Int](repeating: 0, count: vocabularySize)
        for token in corpus.tokens { counts[Int(token)] += 1 }
        return counts
    }

    /// Writes the file, whole or not at all.
    package static func write(_ counts: [Int], to path: String) throws(DataError) {
        try AtomicFile.write(Array(counts.map { "\($0)\n" }.joined().utf8), to: path)
    }

    /// Reads the file. Throws `.badData`, with the line, where it is not as many counts as the vocabulary has entries.
    package static func read(_ path: String, vocabularySize: Int) throws(DataError) -> [Int] {
        var counts: [Int] = []
        try readLines(of: path) { line throws(DataError) in
            guard let count = Int(String(decoding: line.bytes, as: UTF8.self)), count >= 0 else {
                throw DataError(
                    .badData, path: nameInMessages(path), line: line.number, "is no count; put back the file of this model")
            }
            counts.append(count)
        }
        guard counts.count == vocabularySize else {
            throw DataError(
                .badData, path: nameInMessages(path),
                "has \(counts.count) lines, and the vocabulary has \(vocabularySize) entries; put back the file of this model")
        }
        return counts
    }
}

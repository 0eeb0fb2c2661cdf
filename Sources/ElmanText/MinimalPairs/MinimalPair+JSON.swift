import ElmanFiles

extension MinimalPair {
    /// Fields of BLiMP that say what a pair tests.
    private static let groupKeys = ["field", "linguistics_term", "UID"]

    /// A pair from a line of JSON, of BLiMP or with a gap to fill.
    init(json line: String, _ splitting: WordSplitting, path: String, line number: Int) throws(DataError) {
        let value = try JSONValue(parsing: Array(line.utf8), path: path, firstLine: number)
        guard let object = value.asObject else {
            throw DataError(.badData, path: path, line: number, "is \(value.kindName); give one object a line")
        }
        func text(_ key: String) throws(DataError) -> String {
            guard let text = object[key]?.asString else {
                throw DataError(
                    .badData, path: path, line: number,
                    "has no text '\(key)'; give sentence_good and sentence_bad, or sentence, option1, option2 and answer")
            }
            return text
        }
        let groups = Self.groupKeys.compactMap { key in object[key]?.asString.map { Group(key, $0) } }
        if object["sentence_good"] == nil, object["option1"] != nil {
            let (first, second, answer) = (try text("option1"), try text("option2"), try text("answer"))
            let parts = try text("sentence").split(separator: "_", omittingEmptySubsequences: false)
            guard parts.count == 2, answer == "1" || answer == "2" else {
                throw DataError(.badData, path: path, line: number, "needs one gap '_' in its sentence and the answer 1 or 2")
            }
            let filled = [first, second].map { splitting.words(of: parts[0] + $0 + parts[1]) }
            let right = answer == "1" ? 0 : 1
            self.init(good: filled[right], bad: [filled[1 - right]], groups: groups, line: number)
        } else {
            self.init(
                good: splitting.words(of: try text("sentence_good")), bad: [splitting.words(of: try text("sentence_bad"))],
                groups: groups, line: number)
        }
        _ = try checked(path: path)
    }

    /// The pair. Throws `.badData` where a sentence has no words or both are the same.
    func checked(path: String) throws(DataError) -> MinimalPair {
        guard !good.isEmpty, bad.allSatisfy({ !$0.isEmpty }) else {
            throw DataError(.badData, path: path, line: line, "holds a sentence without words")
        }
        guard !bad.contains(good) else {
            throw DataError(.badData, path: path, line: line, "holds the same sentence twice; a pair differs in something")
        }
        return self
    }
}

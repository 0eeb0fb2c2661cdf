import Elman

/// Numbers words in the order in which they first appear.
struct WordNumbers {
    private var numbers: [[UInt8]: Int] = [:]

    init(_ first: String...) {
        for word in first { _ = self[word.utf8] }
    }

    var count: Int { numbers.count }

    subscript(word: some Sequence<UInt8>) -> Int {
        mutating get {
            let key = Array(word)
            if let number = numbers[key] { return number }
            let number = numbers.count
            numbers[key] = number
            return number
        }
    }
}

/// The corpora of the workloads on sentences, numbered as the peers' scripts number them.
enum NumberedTexts {
    struct Labelled {
        var words: [Int]
        var label: Int
    }

    struct Tagged {
        var words: [Int]
        var tags: [Int]
    }

    struct Pair {
        var source: [Int]
        var target: [Int]
    }

    /// Items, and how many words and labels there are.
    struct Corpus<Item> {
        var items: [Item]
        var sourceCount: Int
        var targetCount: Int
    }

    /// `classes/train.txt` in lower case: a label, three bars, words.
    static func sentiment(_ folder: String) throws(DataError) -> Corpus<Labelled> {
        var words = WordNumbers("<unk>"), labels = WordNumbers()
        let items = try lines(folder + "/classes/train.txt").map { line in
            let text = String(decoding: line, as: UTF8.self).lowercased()
            let bar = text.utf8.firstIndex(of: UInt8(ascii: "|")) ?? text.startIndex
            let label = labels[text[..<bar].utf8.dropLast()]
            return Labelled(words: fields(text[bar...].utf8.dropFirst(4)).map { words[$0] }, label: label)
        }
        return Corpus(items: items, sourceCount: words.count, targetCount: labels.count)
    }

    /// `tags/train.txt`: words, each with a bar and its tag.
    static func tags(_ folder: String) throws(DataError) -> Corpus<Tagged> {
        var words = WordNumbers(), tags = WordNumbers()
        let items = try lines(folder + "/tags/train.txt").map { line in
            var item = Tagged(words: [], tags: [])
            for field in fields(line) {
                let bar = field.lastIndex(of: UInt8(ascii: "|")) ?? field.endIndex
                item.words.append(words[field[..<bar]])
                item.tags.append(tags[field[bar...].dropFirst()])
            }
            return item
        }
        return Corpus(items: items, sourceCount: words[Array("<unk>".utf8)] + 1, targetCount: tags[Array("<unk>".utf8)] + 1)
    }

    /// `parallel/train.ja` and `.en`; with marks of begin and end where a decoder needs them.
    static func parallel(_ folder: String, marksEnds: Bool) throws(DataError) -> Corpus<Pair> {
        var source = WordNumbers(), target = WordNumbers()
        let begin = Array("<s>".utf8), end = Array("</s>".utf8)
        let sources = try lines(folder + "/parallel/train.ja"), targets = try lines(folder + "/parallel/train.en")
        let items = zip(sources, targets).map { sourceLine, targetLine in
            var from = fields(sourceLine).map(Array.init), to = fields(targetLine).map(Array.init)
            if marksEnds {
                from.append(end)
                to = [begin] + to + [end]
            }
            return Pair(source: from.map { source[$0] }, target: to.map { target[$0] })
        }
        return Corpus(
            items: items, sourceCount: source[Array("<unk>".utf8)] + 1, targetCount: target[Array("<unk>".utf8)] + 1)
    }

    private static func lines(_ path: String) throws(DataError) -> [[UInt8]] {
        let lines = try FileSystem.readFile(path).split(separator: 0x0A, omittingEmptySubsequences: false).map(Array.init)
        return lines.last?.isEmpty == true ? lines.dropLast() : lines
    }

    private static func fields<Bytes: Collection<UInt8>>(_ line: Bytes) -> [Bytes.SubSequence] {
        line.split(whereSeparator: { $0 == 0x20 || $0 == 0x09 || $0 == 0x0D })
    }

    /// Pairs in falling source length, cut where the length changes or 16 are together, the cuts shuffled.
    static func batchesOfEqualSource(_ pairs: [Pair]) -> [[Pair]] {
        let sorted = pairs.enumerated().sorted {
            ($1.element.source.count, $0.offset) < ($0.element.source.count, $1.offset)
        }
        var batches: [[Pair]] = []
        for (_, pair) in sorted {
            if let last = batches.last, last.count < 16, last[0].source.count == pair.source.count {
                batches[batches.count - 1].append(pair)
            } else {
                batches.append([pair])
            }
        }
        var random = PythonRandom(seed: 1)
        return random.shuffled(batches)
    }
}

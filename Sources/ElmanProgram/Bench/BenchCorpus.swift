import Elman

/// The corpora of the language-model workloads, numbered and ordered as the peers' scripts number and order them.
enum BenchCorpus {
    /// Softmax width of every word workload.
    static let vocabularySize = 10_000

    /// Sentences as word numbers in order of first appearance, ending with the boundary 0.
    static func words(_ folder: String) throws(DataError) -> [[Int]] {
        var numbers: [[UInt8]: Int] = [Array("<s>".utf8): 0]
        var sentences: [[Int]] = []
        for line in try lines(folder) {
            var sentence: [Int] = []
            for word in line.split(whereSeparator: { $0 == 0x20 || $0 == 0x09 }) {
                let key = Array(word)
                let number = numbers[key] ?? numbers.count
                numbers[key] = number
                sentence.append(number)
            }
            sentences.append(sentence + [0])
        }
        return sentences
    }

    /// The text as one stream of character numbers in order of first appearance, and how many characters there are.
    static func characters(_ folder: String) throws(DataError) -> (stream: [Int], count: Int) {
        var numbers: [UInt8: Int] = [:]
        var stream: [Int] = []
        for line in try lines(folder) {
            var text = line[...]
            if text.first == 0x20 { text = text.dropFirst() }
            while text.last == 0x20 { text = text.dropLast() }
            for byte in text + [0x0A] {
                let number = numbers[byte] ?? numbers.count
                numbers[byte] = number
                stream.append(number)
            }
        }
        return (stream, numbers.count)
    }

    private static func lines(_ folder: String) throws(DataError) -> [[UInt8]] {
        let path = folder + "/ptb/train.txt"
        let bytes = try FileSystem.readFile(path)
        return bytes.split(separator: 0x0A, omittingEmptySubsequences: false).dropLast().map(Array.init)
    }

    /// Sentences in falling length, cut in batches, the batches shuffled.
    static func paddedBatches(_ sentences: [[Int]], size: Int = 16) -> [[[Int]]] {
        let sorted = sentences.enumerated().sorted {
            ($1.element.count, $0.offset) < ($0.element.count, $1.offset)
        }
        var random = PythonRandom(seed: 1)
        return random.shuffled(chunks(sorted.map(\.element), size: size))
    }

    static func shuffled<Item>(_ items: [Item]) -> [Item] {
        var random = PythonRandom(seed: 1)
        return random.shuffled(items)
    }

    static func chunks<Element>(_ elements: [Element], size: Int) -> [[Element]] {
        stride(from: 0, to: elements.count, by: size).map { Array(elements[$0..<min($0 + size, elements.count)]) }
    }

    /// `count` parallel streams cut in segments: for each segment and each step the inputs and the targets of all streams.
    static func segments(_ stream: [Int], count: Int, length: Int) -> [Segment] {
        let size = (stream.count - 1) / count
        return stride(from: 0, to: size - length, by: length).map { start in
            let steps = start..<start + length
            return Segment(
                inputs: steps.map { step in (0..<count).map { stream[$0 * size + step] } },
                targets: steps.map { step in (0..<count).map { stream[$0 * size + step + 1] } })
        }
    }

    struct Segment {
        var inputs: [[Int]]
        var targets: [[Int]]
    }
}

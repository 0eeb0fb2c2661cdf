import ElmanFiles

/// The tokeniser and the split of the plays that ship with the package.
///
/// Lines are lower-cased and searched for `[a-z]+(?:'[a-z]+)*|--|[.,;:!?()&]`; everything else is left out. Blank lines are
/// dropped before lines are counted. Of every ten blocks of 100 lines the first eight are for training, the ninth for
/// development and the tenth for testing.
public enum ShakespeareTokens {
    /// The three parts of a text.
    public struct Split: Sendable {
        /// Eight tenths of the blocks.
        public let train: TextCorpus
        /// One tenth, to choose by.
        public let dev: TextCorpus
        /// One tenth, to report.
        public let test: TextCorpus
    }

    /// Which part a line goes to, by its number among the lines that are not blank, counted from 0: 0 train, 1 dev, 2 test.
    static func part(ofLine number: Int) -> Int { max(0, number / 100 % 10 - 7) }

    /// Splits a text and takes its tokens. Throws where a part would be empty.
    public static func split(_ text: [UInt8], name: String = "shakespeare.txt") throws(DataError) -> Split {
        var parts = (0..<3).map { _ in TextCorpus(name: name, options: ReadingOptions(unit: .word)) }
        var number = 0
        var lowered: [UInt8] = []
        let read = { (bytes: ByteView) throws(DataError) in
            try readLines(in: bytes) { line throws(DataError) in
                let isBlank = line.bytes.isBlank
                let part = part(ofLine: number)
                parts[part].countLine(bytes: line.bytes.count, isBlank: isBlank)
                guard !isBlank else { return }
                number += 1
                lowered.removeAll(keepingCapacity: true)
                for byte in line.bytes { lowered.append(lowerCase(byte)) }
                var isEmpty = true
                lowered.withUnsafeBufferPointer { lowered in
                    forEachToken(in: lowered) { token in
                        parts[part].append(token: token, line: line.number)
                        isEmpty = false
                    }
                }
                if !isEmpty { parts[part].endSentence() }
            }
        }
        try text.withUnsafeBufferPointer(read)
        guard parts.allSatisfy({ $0.statistics.sentences > 0 }) else {
            throw DataError(.badData, path: name, "fewer than 1,000 lines; the text is too short to be split")
        }
        return Split(train: parts[0], dev: parts[1], test: parts[2])
    }

    /// The tokens of one line.
    public static func tokens(of line: String) -> [String] {
        var tokens: [String] = []
        line.utf8.map(lowerCase).withUnsafeBufferPointer { bytes in
            forEachToken(in: bytes) { tokens.append(String(showing: $0)) }
        }
        return tokens
    }

    private static func lowerCase(_ byte: UInt8) -> UInt8 {
        (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte + 32 : byte
    }

    private static func isLetter(_ byte: UInt8) -> Bool { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) }

    private static func isMark(_ byte: UInt8) -> Bool { ".,;:!?()&".utf8.contains(byte) }

    private static func forEachToken(in line: ByteView, _ body: (ByteView) -> Void) {
        var start = 0
        while start < line.count {
            var end = start
            if isLetter(line[start]) {
                end += 1
                while end < line.count {
                    let isApostrophe = line[end] == UInt8(ascii: "'") && end + 1 < line.count && isLetter(line[end + 1])
                    guard isApostrophe || isLetter(line[end]) else { break }
                    end += isApostrophe ? 2 : 1
                }
            } else if isMark(line[start]) {
                end += 1
            } else if line[start] == UInt8(ascii: "-"), start + 1 < line.count, line[start + 1] == UInt8(ascii: "-") {
                end += 2
            }
            if end > start { body(line.part(start..<end)) }
            start = max(end, start + 1)
        }
    }
}

import Testing

@testable import ElmanText

/// Form C, beside what Python's unicodedata makes of the same texts.
@Suite struct NormalizationTests {
    private func scalars(_ text: String) -> [UInt32] { text.unicodeScalars.map(\.value) }

    private func text(_ scalars: [UInt32]) -> String {
        String(String.UnicodeScalarView(scalars.compactMap { Unicode.Scalar($0) }))
    }

    /// Examples of Unicode Standard Annex 15, figures 3 to 6, and of its section on conformance.
    @Test(
        arguments: [
            ([0x212B], [0xC5]), ([0x2126], [0x3A9]), ([0xC5], [0xC5]), ([0x1E9B, 0x323], [0x1E9B, 0x323]),
            ([0x64, 0x307, 0x323], [0x1E0D, 0x307]), ([0x1E0B, 0x323], [0x1E0D, 0x307]), ([0x1112, 0x1161, 0x11AB], [0xD55C]),
            ([0xD558, 0x11AB], [0xD55C]), ([0x1100, 0xAC00, 0x11A8], [0x1100, 0xAC01]), ([0x958], [0x915, 0x93C]),
            ([0x65, 0x301], [0xE9]), ([0x301, 0x65], [0x301, 0x65]), ([0x61, 0x302, 0x301], [0x1EA5]), ([0xFB01], [0xFB01]),
            ([0x1D160], [0x1D158, 0x1D165, 0x1D16E]), ([0x61, 0x34F, 0x301], [0x61, 0x34F, 0x301]), ([0x2F800], [0x4E3D]),
            ([0xAC00, 0x11A7], [0xAC00, 0x11A7]), ([0x344], [0x308, 0x301]),
            ([0x61, 0x5AE, 0x300, 0x315], [0xE0, 0x5AE, 0x315]),
        ] as [([UInt32], [UInt32])])
    func publishedExamples(given: [UInt32], expected: [UInt32]) {
        #expect(scalars(TextNormalization.nfc.normalized(text(given))) == expected)
        #expect(scalars(TextNormalization.none.normalized(text(given))) == given)
    }

    /// FNV-1a, as in Benchmarks/facts/normalization.py.
    private struct Sum {
        var value: UInt64 = 0xCBF2_9CE4_8422_2325
        mutating func add(_ text: String) { for byte in text.utf8 { value = (value ^ UInt64(byte)) &* 0x100_0000_01B3 } }
        var hexadecimal: String { String(value, radix: 16) }
    }

    private func sums(of texts: some Sequence<String>) -> [String] {
        var (before, after) = (Sum(), Sum())
        for text in texts {
            before.add(text)
            after.add(TextNormalization.nfc.normalized(text))
        }
        return [before.hexadecimal, after.hexadecimal]
    }

    @Test func everyCharacterAsInPython() {
        let blocks = stride(from: UInt32(0), to: 0x110000, by: 256).lazy.filter { !(0xD800..<0xE000).contains($0) }
            .map { first in text((first..<first + 256).flatMap { [$0, 0x0A] }.dropLast()) }
        #expect(sums(of: blocks) == ["48b76dcf0b34bae5", "21faa599350069bf"])
    }

    private static let pool: [ClosedRange<UInt32>] = [
        0x41...0x7A, 0xC0...0x24F, 0x300...0x36F, 0x590...0x670, 0x900...0xDFF, 0xF40...0xFB9, 0x1025...0x102F,
        0x1100...0x11FF, 0x1B00...0x1B44, 0x1E00...0x1FFF, 0x2100...0x2300, 0x3040...0x30FF, 0xAC00...0xAC40,
        0xD780...0xD7A3, 0xF900...0xFAFF, 0xFB1D...0xFB4F, 0x11099...0x110BA, 0x11131...0x11134, 0x1D15E...0x1D1C0,
        0x2F800...0x2FA1D,
    ]

    private func strings(_ count: Int) -> [String] {
        let pool = Self.pool.flatMap { $0 }
        var state: UInt64 = 1
        func draw(_ limit: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % limit
        }
        return (0..<count).map { _ in
            let length = 1 + draw(8)
            return text((0..<length).map { _ in pool[draw(pool.count)] })
        }
    }

    @Test func manyStringsAsInPython() {
        #expect(sums(of: strings(100_000)) == ["f9312b9df56b9364", "3590e96ccb894279"])
    }

    /// Swift's own comparison takes texts for equal that differ only in form.
    @Test func formsAreEqualAndFinal() {
        for text in strings(3000) {
            let normalized = TextNormalization.nfc.normalized(text)
            #expect(normalized == text)
            #expect(scalars(TextNormalization.nfc.normalized(normalized)) == scalars(normalized))
        }
    }

    @Test func marksWithoutEndTakeNoLongerThanTheirNumber() {
        let marks = text([0x61] + (0..<200_000).map { $0 % 2 == 0 ? 0x301 : 0x323 })
        let normalized = scalars(TextNormalization.nfc.normalized(marks))
        #expect(normalized.count == 200_000)
        #expect(normalized.prefix(2) == [0x1EA1, 0x323])
    }

    @Test func textsAndSentencesAreNormalized() throws {
        let decomposed = "caf\u{65}\u{301} na\u{69}\u{308}ve\ncaf\u{E9}\n"
        let bytes = Array(decomposed.utf8)
        let plain = try TextCorpus(text: bytes)
        #expect(plain.counts.typeCount == 3)
        let corpus = try TextCorpus(text: bytes, options: ReadingOptions(normalization: .nfc))
        #expect(corpus.counts.typeCount == 2)
        let characters = try TextCorpus(text: bytes, options: ReadingOptions(unit: .char, normalization: .nfc))
        #expect(characters.statistics.tokens == 16)
        let vocabulary = corpus.vocabulary()
        let encoder = SentenceEncoder(vocabulary: vocabulary, unit: .word, normalization: .nfc)
        #expect(try encoder.encode("caf\u{65}\u{301}").tokens == encoder.encode("caf\u{E9}").tokens)
        #expect(try encoder.encode("caf\u{65}\u{301}").unknownTokens == 0)
        #expect(try SentenceEncoder(vocabulary: vocabulary, unit: .word).encode("caf\u{65}\u{301}").unknownTokens == 1)
    }
}

import ElmanTensor
import Testing

@testable import ElmanText

@Suite("UTF-8") struct UTF8CheckerTests {
    private func firstInvalid(_ bytes: [UInt8]) -> Int? { bytes.withUnsafeBufferPointer { UTF8Checker.firstInvalid(in: $0) } }

    @Test(
        "well-formed sequences pass",
        arguments: ["", "plain", "a long run of plain characters é and more of them", "߿ࠀ퟿", "\u{10000}\u{10FFFF}", "\u{0}"])
    func valid(text: String) { #expect(firstInvalid(Array(text.utf8)) == nil) }

    @Test(
        "overlong forms, surrogates, cut sequences and bytes beyond Unicode are found",
        arguments: [
            ([0x61, 0x80], 1), ([0xC0, 0xAF], 0), ([0xC1, 0xBF], 0), ([0xE0, 0x9F, 0x80], 0), ([0xED, 0xA0, 0x80], 0),
            ([0xF0, 0x8F, 0x80, 0x80], 0), ([0xF4, 0x90, 0x80, 0x80], 0), ([0xF5, 0x80, 0x80, 0x80], 0),
            ([0x61, 0x62, 0xE2, 0x82], 2),
            ([0xFF], 0), ([0xC3], 0), ([0xC3, 0xA9, 0xC3, 0x28], 2),
        ] as [([UInt8], Int)])
    func invalid(bytes: [UInt8], offset: Int) { #expect(firstInvalid(bytes) == offset) }

    @Test("random bytes are judged and repaired as Swift's own decoder does")
    func againstSwift() {
        var generator = RandomGenerator(seed: 7)
        let pieces: [UInt8] = [0x41, 0x80, 0x9F, 0xA0, 0xBF, 0xC2, 0xE0, 0xE1, 0xED, 0xEF, 0xF0, 0xF1, 0xF4, 0xF5, 0x20]
        for _ in 0..<2_000 {
            let bytes = (0..<generator.integer(below: 12)).map { _ in pieces[generator.integer(below: pieces.count)] }
            let repaired = bytes.withUnsafeBufferPointer { UTF8Checker.repaired($0) }
            #expect(repaired.bytes == Array(String(decoding: bytes, as: UTF8.self).utf8), "\(bytes)")
            #expect((firstInvalid(bytes) == nil) == (String(validating: bytes, as: UTF8.self) != nil), "\(bytes)")
            #expect((repaired.replacements == 0) == (firstInvalid(bytes) == nil))
        }
    }
}

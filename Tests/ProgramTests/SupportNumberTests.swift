import Testing

@testable import ElmanProgram

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

@Suite struct SupportNumberTests {
    @Test(
        arguments: [
            (3.14159, 2, "3.14"), (2.675, 2, "2.67"), (0.125, 2, "0.12"), (0.375, 2, "0.38"), (0.5, 0, "0"), (1.5, 0, "2"),
            (2.5, 0, "2"), (999.995, 2, "1000.00"), (-0.001, 2, "0.00"), (-1.5, 1, "-1.5"), (1e21, 0, "1000000000000000000000"),
            (0, 3, "0.000"), (.infinity, 2, "inf"), (-.infinity, 2, "-inf"), (.nan, 2, "nan"),
            (9.995e17, 1, "999500000000000000.0"),
        ] as [(Double, Int, String)])
    func fixedDecimals(value: Double, decimals: Int, text: String) {
        #expect(fixed(value, decimals) == text)
    }

    @Test func fixedAgreesWithPrintf() {
        var state: UInt64 = 1
        for _ in 0..<20_000 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            let decimals = Int(state >> 60) % 10
            let size = pow(10, Double(Int(state >> 40 & 31) - 8))
            // Many short decimals, since those are where ties and near ties lie.
            let value = (Double(state >> 8 & 0xFFFFF) * size / 1000) * (state & 1 == 0 ? 1 : -1)
            var buffer = [CChar](repeating: 0, count: 400)
            _ = withVaList([Int32(decimals), value]) { vsnprintf(&buffer, buffer.count, "%.*f", $0) }
            var expected = String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
            if expected.allSatisfy({ "-0.".contains($0) }), expected.hasPrefix("-") { expected.removeFirst() }
            #expect(fixed(value, decimals) == expected)
        }
    }

    @Test func thousands() {
        #expect(
            [0, 12, 999, 1000, 1_234_567, -1234, .min].map { grouped($0) } == [
                "0", "12", "999", "1,000", "1,234,567", "-1,234", "-9,223,372,036,854,775,808",
            ])
        #expect(grouped(1234.5, 2) == "1,234.50")
        #expect(grouped(-999.999, 2) == "-1,000.00")
        #expect(grouped(.nan, 2) == "nan")
        #expect(grouped(-.infinity, 2) == "-inf")
    }

    @Test(
        arguments: [
            (143.21, "143.2"), (0.00125, "0.00125"), (12345.6, "12,346"), (9.99996, "10"), (99.996, "100"), (0, "0"), (1, "1"),
            (3.1e-7, "3.1e-07"), (1e15, "1e+15"), (9.99999e14, "1e+15"), (-0.5, "-0.5"), (0.0001, "0.0001"), (.infinity, "inf"),
        ] as [(Double, String)])
    func significantDigits(value: Double, text: String) {
        #expect(significant(value) == text)
    }

    @Test func significantDigitsKeepZerosWhenAsked() {
        #expect(significant(142, keepsZeros: true) == "142.0")
        #expect(significant(3.95, keepsZeros: true) == "3.950")
    }

    @Test func sizesAndSpeeds() {
        #expect(
            [0, 512, 999, 1000, 12_345, 99_950, 999_499, 999_500, 4_560_000].map(byteSize) == [
                "0 B", "512 B", "999 B", "1.00 kB", "12.3 kB", "100 kB", "999 kB", "1.00 MB", "4.56 MB",
            ])
        #expect(compact(12_300) == "12.3k")
        #expect(compact(987) == "987")
        #expect(compact(-0.25) == "-0.25")
        #expect(rate(12_345, "word") == "12.3k words/s")
        #expect(rate(0.4, "batch") == "2.50 s/batch")
        #expect(rate(3, "batch") == "3.00 batches/s")
        #expect(rate(0, "word") == "? words/s")
        #expect(rate(.nan, "word") == "? words/s")
    }

    @Test func durations() {
        #expect(
            [0, 0.9, 42, 725.5, 3723, 360_000, -1].map { duration($0) } == [
                "00:00", "00:00", "00:42", "12:05", "1:02:03", "100:00:00", "00:00",
            ])
        #expect(duration(.infinity) == "?")
        #expect(duration(.nan) == "?")
    }

    @Test func counts() {
        #expect(counted(1, "sentence") == "1 sentence")
        #expect(counted(0, "sentence") == "0 sentences")
        #expect(counted(2000, "batch") == "2,000 batches")
        #expect(counted(2, "query") == "2 queries")
        #expect(counted(2, "key") == "2 keys")
    }

    @Test func columnsAreAligned() {
        let lines = alignedColumns(
            [["noun", "0.91", "12"], ["名詞", "0.8", "1,234"], ["x", "–"]], header: ["tag", "F1", "count"])
        #expect(lines == ["tag     F1  count", "noun  0.91     12", "名詞   0.8  1,234", "x        –"])
    }

    @Test func widthsOnATerminal() {
        #expect(displayWidth("abc") == 3)
        #expect(displayWidth("e\u{301}") == 1)
        #expect(displayWidth("日本") == 4)
        #expect(displayWidth("👨‍👩‍👧") == 2)
        #expect(shortened("日本語", to: 5) == "日本")
    }
}

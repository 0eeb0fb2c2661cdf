import ElmanFiles
import Testing

@testable import ElmanText

@Suite("Parallel texts") struct ParallelTextsTests {
    private func read(_ source: String, _ target: String) throws -> ParallelTexts {
        try withFile(source) { source in try withFile(target) { try ParallelTexts(source: source, target: $0) } }
    }

    @Test("two files and one give the same pairs; half a pair is left out and counted")
    func formats() throws {
        let two = try read("a b\n\nc\nd\n", "x\ny\n \nz w")
        let one = try withFile("a b\tx\n\ty\nc\t \nd\tz w\n") { try ParallelTexts(reading: $0) }
        for texts in [two, one] {
            #expect(texts.count == 2 && texts.lines == [1, 4])
            #expect((0..<2).map { texts.sources.tokens(of: $0) } == [["a", "b"], ["d"]])
            #expect((0..<2).map { texts.targets.tokens(of: $0) } == [["x"], ["z", "w"]])
            #expect(texts.statistics.blankLines == 2 && texts.statistics.lines == 4)
        }
    }

    @Test(
        "files of different length are refused with both counts", arguments: [("a\nb\nc\n", "x\n", 3, 1), ("a\n", "x\ny", 1, 2)])
    func unequal(source: String, target: String, first: Int, second: Int) throws {
        let error = try dataError { try read(source, target) }
        #expect(error.kind == .badData)
        #expect(error.message.hasPrefix("\(first) lines, but /") && error.message.contains("has \(second);"))
    }

    @Test("columns are chosen, and too few or too many named with their line")
    func columns() throws {
        try withFile("a\tb\tc\nd\te\tf\n") { path in
            let error = try dataError { try ParallelTexts(reading: path) }
            #expect(error.line == 1 && error.message.contains("3 columns"))
            let texts = try ParallelTexts(reading: path, columns: .init(source: 3, target: 1))
            #expect(texts.sources.tokens(of: 1) == ["f"] && texts.targets.tokens(of: 1) == ["d"])
            #expect(try dataError { try ParallelTexts(reading: path, columns: .init(source: 4, target: 1)) }.line == 1)
        }
        let error = try withFile("a\tb\nc\n") { path in try dataError { try ParallelTexts(reading: path) } }
        #expect(error.line == 2 && error.message.contains("no tab"))
        #expect(try withFile("\n") { path in try dataError { try ParallelTexts(reading: path) } }.message.hasPrefix("no pairs"))
    }

    @Test("standard input cannot be both sides")
    func standardInput() throws {
        #expect(try dataError { try ParallelTexts(source: "-", target: "-") }.kind == .configuration)
    }

    @Test("invalid UTF-8 is refused in the file that has it")
    func invalid() throws {
        let error = try withFile([0x61, 10, 0xFF, 10]) { target in
            try withFile("a\nb\n") { source in
                let error = try dataError { try ParallelTexts(source: source, target: target) }
                #expect(error.path == target)
                return error
            }
        }
        #expect(error.line == 2)
    }

    @Test("the Tanaka corpus has its published counts", .enabled(if: data("parallel/train.en") != nil))
    func tanaka() throws {
        let texts = try ParallelTexts(
            source: try #require(data("parallel/train.ja")), target: try #require(data("parallel/train.en")))
        #expect(texts.count == 10_000)
        // wc counts 136,899: it takes an ideographic space for a separator, which is a token here.
        #expect(texts.targets.types.count == 93_086 && texts.sources.types.count == 136_900)
    }
}

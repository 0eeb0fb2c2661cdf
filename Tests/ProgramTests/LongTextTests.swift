import Foundation
import Testing

/// Texts of very many lines: read piece by piece, never held as a whole.
///
/// With ELMAN_LONG_TEXTS in the environment, ten million lines; best with the program built for release.
@Suite struct LongTextTests {
    private static let isLong = ProcessInfo.processInfo.environment["ELMAN_LONG_TEXTS"] != nil
    private static let lines = isLong ? 10_000_000 : 60_000
    private static let line = "the old king of this river forgets what a small house is for"
    private static let tokensOfLine = 14

    /// What a command needs at its peak, in megabytes, for so many lines that come through a pipe.
    private func peak(_ command: String, lines: Int) throws -> (megabytes: Double, output: String) {
        let folder = TemporaryFolder()
        let outcome = try Program.shell("yes '\(Self.line)' | head -n \(lines) | \"$elman\" \(command) -v", in: folder)
        try #require(outcome.status == 0, "\(outcome.transcript)")
        return (try megabytes(after: "peak memory ", in: outcome.errors), outcome.output)
    }

    private static let megabytesOfText = Double(lines * (line.utf8.count + 1)) / 1e6

    @Test func reportsTakeNoMoreForMore() throws {
        let few = try peak("check-data -", lines: 1000), many = try peak("check-data -", lines: Self.lines)
        let count = Self.isLong ? "10,000,000" : "60,000"
        #expect(many.output.contains(count), "\(many.output)")
        #expect(many.megabytes < few.megabytes + min(1.5, Self.megabytesOfText / 3), "\(few) \(many)")
    }

    /// Reading for training keeps four bytes a token and eight a sentence, twice while arrays grow or a part is kept apart.
    @Test(arguments: ["--bptt 10", "--dev one"]) func trainingKeepsNumbersAndNoText(settings: String) throws {
        let dev = settings.hasPrefix("--dev") ? "echo 'the king' >one; " : ""
        func megabytesNeeded(_ lines: Int) throws -> Double {
            let folder = TemporaryFolder()
            let outcome = try Program.shell(
                "\(dev)yes '\(Self.line)' | head -n \(lines) | \"$elman\" train lm - --dry-run -v --hidden 4 --embedding 4 \(settings)",
                in: folder)
            try #require(outcome.status == 0, "\(outcome.transcript)")
            return try megabytes(after: "peak memory ", in: outcome.errors)
        }
        let few = try megabytesNeeded(1000), many = try megabytesNeeded(Self.lines)
        let foretold = Double(Self.lines * (12 * Self.tokensOfLine + 48)) / 1e6
        #expect(many - few < 1.25 * foretold + 2, "\(few) and \(many) for \(Self.megabytesOfText) of text")
    }
}

import Elman
import Foundation
import Testing

@testable import ElmanFiles

/// The memory that training needs is known before it is taken.
@Suite struct MemoryTests {
    @Test(arguments: CellKind.allCases)
    func sizesAreThoseOfTheModel(cell: CellKind) throws {
        for ties in [false, true] {
            var configuration = LanguageModelConfiguration()
            configuration.cell = cell
            configuration.layerCount = 3
            configuration.hiddenSize = 17
            configuration.embeddingSize = ties ? 17 : 11
            configuration.tiesEmbeddings = ties
            let text = try TextCorpus(text: Array(SampleText.sentences(40).utf8))
            let vocabulary = text.vocabulary()
            let model = try LanguageModel(configuration, vocabulary: vocabulary)
            let work = MemoryEstimate.Work(
                vocabularySize: vocabulary.count, momentCount: 2, update: .init(tokens: 9, steps: 9), textTokens: 100,
                sentences: 10)
            #expect(MemoryEstimate(configuration, work).parameterCount == model.parameters.scalarCount)
        }
    }

    @Test(arguments: OutputKind.allCases)
    func sizesOfOutputLayersAreThoseOfTheModel(kind: OutputKind) throws {
        let text = try TextCorpus(text: Array(SampleText.sentences(40).utf8))
        let vocabulary = text.vocabulary()
        let counts = WordCounts.of(try text.encoded(with: vocabulary), vocabularySize: vocabulary.count)
        for tied in [false, true] where !tied || kind != .hierarchical && kind != .adaptive {
            var configuration = LanguageModelConfiguration()
            configuration.output.kind = kind
            configuration.embeddingSize = 128
            configuration.tiesEmbeddings = tied
            let model = try LanguageModel(configuration, vocabulary: vocabulary, counts: counts)
            let work = MemoryEstimate.Work(
                vocabularySize: vocabulary.count, momentCount: 2, update: .init(tokens: 9, steps: 9), textTokens: 100,
                sentences: 10, counts: counts)
            #expect(MemoryEstimate(configuration, work).parameterCount == model.parameters.scalarCount)
        }
    }

    @Test(arguments: trainerNames)
    func momentsAreThoseOfTheTrainer(name: String) throws {
        let parameters = ParameterCollection()
        let parameter = parameters.add([3], named: "p")
        let trainer = try #require(makeTrainer(named: name, parameters))
        let graph = ComputationGraph()
        sum(parameter(in: graph)).backward()
        trainer.update()
        #expect(trainer.state.tensors.count == trainerMomentCount(named: name))
    }

    @Test func theLargestUpdateIsThatOfTheBatches() {
        let lengths = [5, 1, 7, 3]
        #expect(MemoryEstimate.Update(largestOf: .sentences(1), lengths: lengths, seed: 1).tokens == 7)
        #expect(MemoryEstimate.Update(largestOf: .sentences(9), lengths: lengths, seed: 1).tokens == 16)
        let stream = MemoryEstimate.Update(largestOf: .streams(count: 4, steps: 3), lengths: lengths, seed: 1)
        #expect((stream.tokens, stream.steps) == (12, 3))
        let short = MemoryEstimate.Update(largestOf: .streams(count: 100, steps: 30), lengths: lengths, seed: 1)
        #expect((short.tokens, short.steps) == (16, 1))
        let long = MemoryEstimate.Update(largestOf: .sentences(2), lengths: [300, 200], seed: 1)
        #expect((long.tokens, long.length, long.textCount, long.pieceCount, long.pieceTokens) == (500, 300, 2, 3, 256))
    }

    @Test func limitsOfAllGroupsAboveCount() {
        let version2 = MemoryLimit.limitFiles(groups: "0::/user/job\n")
        #expect(
            version2 == [
                "/sys/fs/cgroup/user/job/memory.max", "/sys/fs/cgroup/user/memory.max", "/sys/fs/cgroup/memory.max",
            ])
        let version1 = MemoryLimit.limitFiles(groups: "5:devices:/x\n4:memory:/\n")
        #expect(version1 == ["/sys/fs/cgroup/memory/memory.limit_in_bytes"])
        #expect(MemoryLimit.bytes > 1 << 20)
    }

    @Test func tooLittleMemoryIsRefusedBeforeItIsTaken() throws {
        let folder = try TrainedRun.texts()
        let arguments = ["train", "lm", "train.txt", "-o", "run", "--hidden", "600", "--embedding", "100", "--epochs", "1"]
        let outcome = try Program.run(arguments + ["--memory-limit", "84MB", "--batch-size", "50"], in: folder)
        #expect(outcome.status == 71, "\(outcome.transcript)")
        #expect(outcome.errors.contains("the limit is 84.0 MB; --batch-size "), "\(outcome.transcript)")
        #expect(!folder.has("run/config.json"))
        let impossible = try Program.run(arguments + ["--memory-limit", "1000000"], in: folder)
        #expect(impossible.status == 71)
        #expect(impossible.errors.contains("no batch size fits"))
        let huge = try Program.run(
            ["train", "lm", "train.txt", "-o", "run", "--hidden", "65536", "--layers", "64", "--embedding", "65536"], in: folder)
        #expect(huge.status == 71, "\(huge.transcript)")
    }

    @Test func theBatchThatFitsIsAccepted() throws {
        let folder = try TrainedRun.texts()
        let arguments = ["train", "lm", "train.txt", "--dry-run", "--hidden", "200", "--memory-limit", "42MB", "--batch-size"]
        let refused = try Program.run(arguments + ["50"], in: folder)
        let words = refused.errors.split(separator: " ")
        let position = try #require(words.firstIndex(of: "--batch-size"), "\(refused.transcript)")
        let largest = try #require(Int(words[position + 1]))
        #expect(try Program.run(arguments + ["\(largest)"], in: folder).status == 0)
        #expect(try Program.run(arguments + ["\(largest + 1)"], in: folder).status == 71)
    }

    /// Peak sizes in megabytes, foretold and measured. The program itself, unoptimised here, is most of the difference.
    @Test(arguments: [
        ["--hidden", "400", "--embedding", "300"],
        ["--hidden", "300", "--layers", "2", "--cell", "gru", "--optimizer", "amsgrad"],
        ["--bptt", "20", "--hidden", "256", "--unit", "char"],
        ["--hidden", "200", "--cell", "coupled-lstm", "--batch-size", "60"],
        ["--hidden", "200", "--cell", "layernorm-lstm", "--batch-size", "60"],
        ["--hidden", "400", "--cell", "rnn", "--batch-size", "60"],
        ["--hidden", "400", "--cell", "mingru", "--batch-size", "60"],
        ["--hidden", "200", "--cell", "rwkv-4", "--batch-size", "60"],
    ])
    func theEstimateIsNearTheTruth(settings: [String]) throws {
        let folder = try TrainedRun.texts()
        let outcome = try Program.run(["train", "lm", "train.txt", "-o", "run", "--epochs", "1", "-v"] + settings, in: folder)
        let foretold = try megabytes(after: "needs about ", in: outcome.errors)
        let measured = try megabytes(after: "peak memory ", in: outcome.errors)
        #expect(foretold < 1.5 * measured && measured < 1.5 * foretold, "\(outcome.transcript)")
    }

}

/// The number of megabytes that a message names after some words.
func megabytes(after start: String, in text: String) throws -> Double {
    let range = try #require(text.range(of: start), "\(text)")
    let words = text[range.upperBound...].split(whereSeparator: { " \n".contains($0) })
    let factor = try #require(words.count > 1 ? ["MB": 1.0, "GB": 1000.0][String(words[1].prefix(2))] : nil, "\(text)")
    return try #require(Double(words[0])) * factor
}

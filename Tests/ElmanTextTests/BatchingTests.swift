import ElmanTensor
import Testing

@testable import ElmanText

@Suite("Sentence batches") struct SentenceBatchesTests {
    private var lengths: [Int] {
        var generator = RandomGenerator(seed: 3)
        return (0..<500).map { _ in 1 + generator.integer(below: 40) }
    }

    private func isComplete(_ batches: SentenceBatches, _ count: Int) -> Bool {
        batches.batches.joined().sorted() == Array(0..<count) && batches.batches.allSatisfy { !$0.isEmpty }
    }

    @Test("every example stands in exactly one batch, whichever way they are made")
    func completeness() {
        #expect(isComplete(.inOrder(count: 10, size: 3), 10))
        #expect(isComplete(.shuffled(count: 101, size: 8, seed: 1), 101))
        #expect(isComplete(.byLength(lengths, limit: .sentences(16), seed: 1), 500))
        #expect(isComplete(.byLength(lengths, limit: .tokens(100), seed: 1), 500))
        #expect(SentenceBatches.inOrder(count: 10, size: 4).batches == [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9]])
    }

    @Test("the same seed gives the same batches and another seed others")
    func seeds() {
        #expect(SentenceBatches.byLength(lengths, limit: .tokens(90), seed: 4) == .byLength(lengths, limit: .tokens(90), seed: 4))
        #expect(SentenceBatches.byLength(lengths, limit: .tokens(90), seed: 4) != .byLength(lengths, limit: .tokens(90), seed: 5))
        #expect(SentenceBatches.shuffled(count: 50, size: 5, seed: 4) != .shuffled(count: 50, size: 5, seed: 5))
    }

    @Test("no batch is above its limit, except a sentence that is longer than the budget alone")
    func limits() {
        let bySize = SentenceBatches.byLength(lengths, limit: .sentences(16), seed: 1)
        #expect(bySize.batches.allSatisfy { $0.count <= 16 })
        let lengths = lengths + [500]
        for batch in SentenceBatches.byLength(lengths, limit: .tokens(100), seed: 1).batches {
            let longest = batch.map { lengths[$0] }.max() ?? 0
            #expect(batch.count * longest <= 100 || batch == [500])
        }
    }

    @Test("sorting by length saves padding, and the report adds up")
    func padding() throws {
        let padding = try #require(SentenceBatches.byLength(lengths, limit: .sentences(16), seed: 1).padding)
        #expect(padding.tokens == lengths.reduce(0, +))
        #expect(padding.paddedTokens >= padding.tokens)
        #expect(padding.share < 0.06)
        #expect(padding.shareSaved > 0.3)
        let equal = try #require(SentenceBatches.byLength([5, 5, 5], limit: .tokens(10), seed: 1).padding)
        #expect(equal.share == 0)
    }

    @Test("of two sides each counts with its own longest, and the budget holds for both together")
    func sides() throws {
        let sources = lengths, targets = Array(lengths.reversed())
        let batches = SentenceBatches.byLengths([sources, targets], limit: .tokens(200), seed: 1)
        #expect(isComplete(batches, 500))
        var padded = 0
        for batch in batches.batches {
            let cost = batch.count * (batch.map { sources[$0] }.max()! + batch.map { targets[$0] }.max()!)
            #expect(cost <= 200)
            padded += cost
        }
        let padding = try #require(batches.padding)
        #expect(padding.paddedTokens == padded && padding.tokens == 2 * lengths.reduce(0, +))
        #expect(padding.shareUnsorted > padding.share)
    }

    @Test("one sentence, and batches larger than the data, work")
    func smallData() {
        #expect(SentenceBatches.byLength([7], limit: .sentences(64), seed: 1).batches == [[0]])
        #expect(SentenceBatches.shuffled(count: 1, size: 99_999_999_999, seed: 1).batches == [[0]])
        #expect(SentenceBatches.byLength([], limit: .tokens(10), seed: 1).batches.isEmpty)
        #expect(SentenceBatches.inOrder(count: 0, size: 2).batches.isEmpty)
    }
}

@Suite("Stream batcher") struct StreamBatcherTests {
    @Test("parallel streams run through the text side by side, each token a target once")
    func layout() {
        let batcher = StreamBatcher([10, 11, 12, 13, 14, 15, 16], streams: 2, steps: 2, boundary: 0)
        #expect(batcher.streamLength == 3)
        #expect(batcher.unusedCount == 1)
        #expect(batcher.count == 2)
        #expect(batcher[0].inputs == [0, 12, 10, 13])
        #expect(batcher[0].targets == [10, 13, 11, 14])
        #expect(batcher[1].inputs == [11, 14])
        #expect(batcher[1].targets == [12, 15])
        #expect(batcher[1].stepCount == 1)
    }

    @Test("with one stream nothing is lost, whatever the length of segments", arguments: 1...8)
    func nothingLost(steps: Int) {
        let tokens = (0..<7).map { Int32($0 + 5) }
        let batcher = StreamBatcher(tokens, streams: 1, steps: steps, boundary: 1)
        #expect(batcher.unusedCount == 0)
        #expect(batcher.tokenCount == 7)
        #expect(batcher.flatMap(\.targets) == tokens)
        #expect(batcher.flatMap(\.inputs) == [1] + tokens.dropLast())
    }

    @Test("reading goes on at any segment")
    func resume() {
        let batcher = StreamBatcher((0..<1_000).map { Int32($0) }, streams: 20, steps: 7, boundary: 0)
        let all = Array(batcher)
        #expect(all.count == 8)
        #expect(Array(batcher[3...]) == Array(all[3...]))
        #expect(all.flatMap(\.targets).sorted() == (0..<1_000).map { Int32($0) })
    }

    @Test("segments that vary cover the text once, are seldom short, and follow from the seed")
    func variation() {
        let tokens = (0..<200_000).map { Int32($0) }
        let batchers = [1, 1, 2].map { seed in
            StreamBatcher(tokens, streams: 2, steps: 70, boundary: 0, variation: RandomGenerator(seed: seed))
        }
        let lengths = batchers[0].map(\.stepCount)
        #expect(lengths.reduce(0, +) == 100_000)
        let targets = batchers[0].flatMap(\.targets)
        #expect(targets.filter { $0 < 100_000 } == Array(tokens[..<100_000]))
        let all = lengths.dropLast()
        #expect(all.allSatisfy { $0 >= 5 && $0 <= SegmentLengths.longest(mean: 70) })
        // Five standard deviations of about 1 460 lengths, which are rounded down.
        let full = all.filter { $0 > 52 }
        let share = Double(full.count) / Double(all.count), mean = Double(full.reduce(0, +)) / Double(full.count)
        #expect((0.9215...0.9785).contains(share))
        #expect((68.8...70.2).contains(mean))
        #expect(batchers[1].map(\.stepCount) == lengths)
        #expect(batchers[2].map(\.stepCount) != lengths)
        #expect(Array(batchers[0][7...]) == Array(Array(batchers[1])[7...]))
        let short = StreamBatcher(tokens, streams: 100, steps: 5, boundary: 0, variation: RandomGenerator(seed: 3))
        #expect(short.dropLast().allSatisfy { $0.stepCount >= 5 })
    }

    @Test("more streams than tokens are as many as there are tokens, and an empty text has no segment")
    func smallTexts() {
        let batcher = StreamBatcher([4, 5], streams: 20, steps: 35, boundary: 0)
        #expect(batcher.streamCount == 2)
        #expect(batcher.map(\.targets) == [[4, 5]])
        #expect(StreamBatcher([], streams: 3, steps: 5, boundary: 0).isEmpty)
    }
}

import ElmanFiles
import ElmanGraph
import ElmanLayers
import ElmanOptimizers
import ElmanTensor
import ElmanText
import ElmanTraining
import Testing

@testable import ElmanModels

@Suite struct TaggerTests {
    /// `new` begins a name only before a capital word, and two names may touch.
    static let iob1 = [
        "in|O New|I-LOC York|I-LOC City|I-LOC", "a|O New|I-LOC town|O", "Ada|I-PER met|O Alan|I-PER Turing|I-PER",
        "she|O gave|O Alan|I-PER Ada|B-PER Lovelace|I-PER", "Turing|I-PER lives|O in|O York|I-LOC", "a|O new|O city|O",
        "Ada|I-PER York|I-LOC",
    ]

    static let partsOfSpeech = ["the|DET dog|NOUN barks|VERB", "a|DET walk|NOUN", "they|PRON walk|VERB the|DET walk|NOUN"]

    static func texts(_ lines: [String] = iob1, keepsText: Bool = false) throws -> TaggedTexts {
        try TaggedTexts(
            text: Array(lines.joined(separator: "\n").utf8), options: TagReadingOptions(keepsText: keepsText))
    }

    static func configuration(
        _ loss: TaggerLoss, _ change: (inout TaggerConfiguration) -> Void = { _ in }
    ) -> TaggerConfiguration {
        var configuration = TaggerConfiguration()
        configuration.loss = loss
        configuration.encoder.embeddingSize = 6
        configuration.encoder.hiddenSize = 6
        configuration.encoder.unknownRate = 0
        configuration.tagEmbeddingSize = 4
        change(&configuration)
        return configuration
    }

    private func trained(
        _ texts: TaggedTexts, _ configuration: TaggerConfiguration, epochs: Int = 20, batchSize: Int = 2
    ) throws -> TrainingLoop {
        let model = try Tagger(configuration, for: texts, seed: 3)
        let task = try TaggerTask(model, training: texts, development: texts, batchSize: batchSize, seed: 5)
        var options = TrainingOptions()
        options.epochs = epochs
        let loop = TrainingLoop(task, trainer: AdamTrainer(model.parameters, learningRate: 0.06), options: options)
        try loop.run()
        return loop
    }

    private func model(_ loop: TrainingLoop) throws -> Tagger { try #require(loop.task as? TaggerTask).model }

    private func values(_ model: Tagger) -> [[Float]] {
        model.parameters.parameters.map(\.values.scalars) + model.parameters.lookupParameters.map(\.values.scalars)
    }

    @Test(arguments: TaggerLoss.allCases, [nil, TagScheme.bioes])
    func everyLossLearnsNamesInEitherScheme(loss: TaggerLoss, scheme: TagScheme?) throws {
        let loop = try trained(
            Self.texts(),
            Self.configuration(loss) {
                $0.scheme = scheme
                $0.encoder.caseSize = 3
            })
        #expect(loop.progress.bestValue == 1)
        let model = try model(loop)
        #expect(model.configuration.fileScheme == .iob1)
        #expect(model.tags.entries.contains("S-PER") == (scheme == .bioes))
        #expect(model.tags(of: [["she", "gave", "Alan", "Ada", "Lovelace"]]) == [["O", "O", "I-PER", "B-PER", "I-PER"]])
    }

    @Test(arguments: TaggerLoss.allCases) func tagsThatAreNoSpansAreLearned(loss: TaggerLoss) throws {
        let loop = try trained(Self.texts(Self.partsOfSpeech), Self.configuration(loss))
        let model = try model(loop)
        #expect(loop.progress.bestValue == 1)
        #expect(model.configuration.fileScheme == nil)
        let metrics = try model.evaluate(Self.texts(Self.partsOfSpeech))
        #expect(metrics.json.keys == ["task", "sentences", "tokens", "accuracy"])
        #expect(metrics.json["tokens"]?.asInteger == 9)
        #expect(metrics.rows.count == 6)
    }

    @Test(arguments: TaggerLoss.allCases, CellKind.allCases)
    func aSentenceGetsTheSameTagsAndBitsAloneAndAmongOthers(loss: TaggerLoss, cell: CellKind) throws {
        let texts = try Self.texts()
        let model = try Tagger(Self.configuration(loss) { $0.encoder.cell = cell }, for: texts)
        let all = (0..<texts.count).map { texts.words.tokens(of: $0) } + [[], ["nobody"]]
        let together = model.tags(of: all)
        #expect(together.map(\.count) == all.map(\.count))
        for (sentence, tags) in zip(all, together) { #expect(model.tags(of: [sentence]) == [tags]) }

        let sentences = all.map { model.vocabularies.encode($0) }
        let gold = together.map { $0.compactMap { model.tags.index(of: $0) } }
        let graph = ComputationGraph()
        let losses = model.losses(of: sentences, tags: gold, in: graph)
        _ = sum(losses).value
        for index in sentences.indices {
            let alone = model.losses(of: [sentences[index]], tags: [gold[index]], in: ComputationGraph())[0]
            #expect(alone.value.scalar == losses[index].value.scalar)
        }
        #expect(losses[all.count - 2].value.scalar == 0)
    }

    @Test(arguments: TaggerLoss.allCases, TagScheme.allCases)
    func untrainedTaggersGiveLegalTags(loss: TaggerLoss, scheme: TagScheme) throws {
        let texts = try Self.texts()
        for seed in 1...5 {
            let configuration = Self.configuration(loss) {
                $0.scheme = scheme
                $0.encoder.initialRange = 2
            }
            let model = try Tagger(configuration, for: texts, seed: UInt64(seed))
            let legal = TagTransitions(TagSet(model.outputTags), scheme: .iob1)
            let learned = try #require(model.constraint)
            var generator = RandomGenerator(seed: UInt64(seed))
            let words = (0..<30).map { _ in
                (0..<1 + generator.integer(below: 6)).map { _ in
                    texts.words.counts.token(generator.integer(below: texts.words.counts.typeCount))
                }
            }
            for tags in model.tags(of: words) {
                let numbers = try tags.map { try #require(model.outputTags.index(of: $0)) }
                #expect(legal.canStart[numbers[0]])
                for (from, to) in zip(numbers, numbers.dropFirst()) { #expect(legal.allows(from: from, to: to)) }
            }
            #expect(learned.tagCount == model.tags.count)
        }
    }

    @Test func whatStaysUnconstrainedTakesEachTagByItself() throws {
        let texts = try Self.texts()
        let model = try Tagger(
            Self.configuration(.softmax) {
                $0.scheme = .bioes
                $0.isConstrained = false
                $0.encoder.initialRange = 2
            }, for: texts)
        let sentence = texts.words.tokens(of: 3)
        let graph = ComputationGraph()
        let outputs = model.wordOutputs(of: model.vocabularies.encode(sentence), in: graph, isTraining: false)
        let best = outputs.map { Int32(argumentOfMaximum(model.scoreLayer($0).value.scalars[...])) }
        #expect(model.tags(of: [sentence])[0] == model.output(best).map { model.outputTags[Int($0)] })
    }

    @Test func constrainedSoftmaxFindsTheBestLegalTags() throws {
        let texts = try Self.texts()
        let model = try Tagger(
            Self.configuration(.softmax) {
                $0.scheme = .iob2
                $0.encoder.initialRange = 2
            }, for: texts, seed: 4)
        let constraint = try #require(model.constraint)
        let count = model.tags.count
        for sentence in 0..<texts.count {
            let words = Array(texts.words.tokens(of: sentence).prefix(4))
            let graph = ComputationGraph()
            let scores = model.wordOutputs(of: model.vocabularies.encode(words), in: graph, isTraining: false)
                .map { logSoftmax(model.scoreLayer($0)).value.scalars }
            var best: (score: Float, tags: [Int]) = (-.infinity, [])
            var tags = [Int](repeating: 0, count: words.count)
            repeat {
                let score = zip(scores, tags).reduce(Float(0)) { $0 + $1.0[$1.1] }
                if constraint.firstViolation(in: tags) == nil, score > best.score { best = (score, tags) }
            } while Self.advance(&tags, count)
            let expected = model.output(best.tags.map { Int32($0) }).map { model.outputTags[Int($0)] }
            #expect(model.tags(of: [words])[0] == expected)
        }
    }

    /// The next of all lists of numbers below `count`; false after the last.
    private static func advance(_ digits: inout [Int], _ count: Int) -> Bool {
        for place in digits.indices {
            digits[place] += 1
            if digits[place] < count { return true }
            digits[place] = 0
        }
        return false
    }

    @Test func greedyChoicesNeverLeadIntoADeadEnd() {
        // 0 ends, 1 must be followed by 2 and 2 by 0: from 1 on two more words are needed.
        let constraint = ChainConstraint(
            tagCount: 3, mayFollow: { from, to in from == 0 || from == 1 && to == 2 || from == 2 && to == 0 },
            mayEnd: { $0 == 0 })
        let choice = GreedyTagChoice(tagCount: 3, constraint: constraint)
        var generator = RandomGenerator(seed: 1)
        for length in 1...8 {
            for _ in 0..<50 {
                var tags: [Int] = []
                for word in 0..<length {
                    let scores = (0..<3).map { Float(generator.uniform()) + ($0 == 1 ? 1 : 0) }
                    tags.append(choice.best(scores[...], after: tags.last, remaining: length - word - 1))
                }
                #expect(constraint.firstViolation(in: tags) == nil)
            }
        }
        #expect(choice.best([0, 5, 1], after: nil, remaining: 2) == 1)
        #expect(choice.best([0, 5, 1], after: nil, remaining: 1) == 2)
        #expect(choice.best([0, 5, 1], after: nil, remaining: 0) == 0)
        #expect(GreedyTagChoice(tagCount: 3, constraint: nil).best([0, 5, 1], after: nil, remaining: 0) == 1)
    }

    @Test(arguments: TaggerLoss.allCases) func tagsThatBreakTheirSchemeAreRepairedAndNotATrap(loss: TaggerLoss) throws {
        let lines = ["a|B-X b|I-X c|I-Y", "d|I-Y e|B-Y f|O", "g|O h|B-X i|I-X", "b|B-Y i|O", "c|B-X h|B-X"]
        let texts = try Self.texts(lines)
        let tags = try #require(texts.tags)
        let report = try #require(TagSchemeReport(tags))
        #expect(report.scheme == .iob2)
        #expect(report.violations == 2)
        let loop = try trained(texts, Self.configuration(loss))
        let model = try model(loop)
        #expect(model.tags(of: [["a", "b", "c"]]) == [["B-X", "I-X", "B-Y"]])
        #expect(loop.progress.bestValue == 1)
    }
}

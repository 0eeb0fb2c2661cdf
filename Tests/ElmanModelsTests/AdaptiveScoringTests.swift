import ElmanFiles
import ElmanGraph
import ElmanOptimizers
import ElmanTensor
import ElmanText
import Testing

@testable import ElmanModels

/// A model that adapts to the text it is scored on, against the definitions worked out step by step.
@Suite(.serialized) struct AdaptiveScoringTests {
    private static let cache = ContinuousCacheOptions(size: 7, theta: 2, weight: 0.3)
    private static let rules = [
        DynamicRule(.sgd, rate: 0.5, decay: 0.1), DynamicRule(.rms, rate: 0.01, decay: 0.4, epsilon: 1e-3),
    ]

    private func fixture() throws -> (LanguageModel, EncodedCorpus) {
        try Fixture.model {
            $0.carriesState = true
            $0.layerCount = 2
        }
    }

    private func plain(_ model: LanguageModel, _ tokens: [Int32]) -> [Float] {
        var scorer = LanguageModelScorer(model)
        return scorer.logProbabilities(of: [tokens])[0]
    }

    private func values(_ model: LanguageModel) -> [[Float]] {
        model.parameters.parameters.map(\.values.scalars) + [model.embeddings.values.scalars]
    }

    @Test func withoutCacheAndLearningItIsTheScorer() throws {
        let (model, corpus) = try fixture()
        #expect(AdaptiveScorer(model).logProbabilities(of: corpus.tokens) == plain(model, corpus.tokens))
        var scorer = LanguageModelScorer(model)
        #expect(AdaptiveScorer(model).metrics(of: corpus) == scorer.metrics(of: corpus))
    }

    // MARK: Cache

    /// p = (1 - λ) p_model + λ Σ exp(θ h · hᵢ) [wᵢ = w] / Σ exp(θ h · hᵢ), in double, one token at a time.
    @Test func theCacheIsItsDefinition() throws {
        let (model, corpus) = try fixture()
        let tokens = corpus.tokens, graph = ComputationGraph(keepsForBackward: false), options = Self.cache
        var state = model.initialState(in: graph)
        let outputs = model.steps(of: tokens, after: model.boundary, from: &state, in: graph, isTraining: false).outputs.map {
            $0.value.scalars.map(Double.init)
        }
        let mixed = AdaptiveScorer(model, cache: options).logProbabilities(of: tokens), alone = plain(model, tokens)
        #expect(mixed[0] == alone[0])
        for place in 1..<tokens.count {
            let window = max(0, place - options.size)..<place
            let shares = window.map { old -> Double in
                let product = zip(outputs[place], outputs[old]).reduce(0.0) { $0 + $1.0 * $1.1 }
                return exponentialOf(options.theta * product)
            }
            var same = 0.0
            for (old, share) in zip(window, shares) where tokens[old] == tokens[place] { same += share }
            let cached = same / shares.reduce(0, +)
            let expected = (1 - options.weight) * exponentialOf(Double(alone[place])) + options.weight * cached
            #expect(abs(Double(mixed[place]) - logarithmOf(expected)) < 1e-5)
        }
        #expect(mixed != alone)
    }

    /// Whatever stands before it, the probabilities of all tokens sum to one; with learning too.
    @Test(arguments: [0, 1, 6, 20], [false, true]) func theMixtureSumsToOne(history: Int, learns: Bool) throws {
        let (model, corpus) = try fixture()
        let dynamic = learns ? DynamicEvaluationOptions(rule: Self.rules[0], segment: 3) : nil
        let before = Array(corpus.tokens[..<history])
        let total = (0..<model.vocabulary.count).reduce(0.0) { sum, token in
            let scorer = AdaptiveScorer(model, cache: Self.cache, dynamic: dynamic)
            let scores = scorer.logProbabilities(of: before + [Int32(token)])
            scorer.restore()
            return sum + exponentialOf(Double(scores[history]))
        }
        #expect(abs(total - 1) < 1e-5)
    }

    // MARK: Dynamic evaluation

    /// Segment by segment: score, then the gradient of the mean loss, then the rule for every number, in double.
    @Test(arguments: rules.indices) func dynamicEvaluationIsItsDefinition(index: Int) throws {
        let rule = Self.rules[index], segment = 4
        let (model, corpus) = try fixture(), (copy, _) = try fixture()
        let scorer = AdaptiveScorer(model, dynamic: DynamicEvaluationOptions(rule: rule, segment: segment))
        #expect(scorer.needsStatistics == (rule.kind == .rms))
        if rule.kind == .rms { try scorer.collectStatistics(on: corpus) }
        let scores = scorer.logProbabilities(of: corpus.tokens)

        let reference = Reference(copy)
        let sizes = rule.kind == .rms ? reference.sizes(on: corpus, segment: segment) : nil
        var expected: [Float] = [], start = 0, previous = copy.boundary, carried: [[Tensor]]?
        while start < corpus.tokens.count {
            let piece = corpus.tokens[start..<min(start + segment, corpus.tokens.count)]
            let graph = ComputationGraph()
            var state = carried.map { copy.state(from: $0, in: graph) } ?? copy.initialState(in: graph)
            let losses = copy.steps(of: piece, after: previous, from: &state, in: graph, isTraining: false).losses
            expected += losses.map { -$0.value.scalar }
            carried = state.values
            (sum(losses) * (1 / Float(piece.count))).backward()
            if piece.count == segment { reference.follow(rule, sizes) }
            start = piece.endIndex
            previous = piece.last!
        }
        for (score, other) in zip(scores, expected) { #expect(abs(score - other) < 1e-4) }
        let untouched = plain(try fixture().0, corpus.tokens)
        #expect(zip(scores, untouched).contains { abs($0 - $1) > 0.01 })
        for (left, right) in zip(values(model).joined(), values(copy).joined()) { #expect(abs(left - right) < 1e-4) }
    }

    /// The rules on plain arrays of doubles.
    private final class Reference {
        private let model: LanguageModel
        private let trained: [[Float]]

        init(_ model: LanguageModel) {
            self.model = model
            trained = Self.get(model)
        }

        private static func get(_ model: LanguageModel) -> [[Float]] {
            model.parameters.parameters.map(\.values.scalars) + [model.embeddings.values.scalars]
        }

        private func takeGradients() -> [[Double]] {
            defer { model.parameters.clearGradients() }
            let tensors = model.parameters.parameters.map(\.gradient) + [model.embeddings.gradient]
            return zip(tensors, trained).map { $0?.scalars.map(Double.init) ?? $1.map { _ in 0 } }
        }

        func sizes(on corpus: EncodedCorpus, segment: Int) -> [[Double]] {
            let batcher = StreamBatcher(corpus.tokens, streams: 100, steps: segment, boundary: model.boundary)
            var sums = trained.map { $0.map { _ in 0.0 } }, carried: [[Tensor]]?
            for part in batcher {
                let graph = ComputationGraph()
                var state = carried.map { model.state(from: $0, in: graph) } ?? model.initialState(in: graph)
                let losses = model.steps(of: part, from: &state, in: graph, isTraining: false).losses
                carried = state.values
                (sum(losses) * (1 / Float(part.targets.count))).backward()
                for (index, gradient) in takeGradients().enumerated() {
                    for place in gradient.indices { sums[index][place] += gradient[place] * gradient[place] }
                }
            }
            return sums.map { $0.map { ($0 / Double(batcher.count)).squareRoot() } }
        }

        func follow(_ rule: DynamicRule, _ sizes: [[Double]]?) {
            let gradients = takeGradients(), values = Self.get(model)
            let all = sizes?.joined(), mean = all.map { $0.reduce(0, +) / Double($0.count) }
            let moved = values.indices.map { index in
                values[index].indices.map { place -> Float in
                    let value = Double(values[index][place]), back = Double(trained[index][place]) - value
                    let gradient = gradients[index][place]
                    guard let size = sizes?[index][place], let mean else {
                        return Float(value - rule.rate * gradient + rule.decay * back)
                    }
                    let step = rule.rate * gradient / (size + rule.epsilon), pull = min(rule.decay * size / mean, 1) * back
                    return Float(value - step + pull)
                }
            }
            for (parameter, scalars) in zip(model.parameters.parameters, moved) {
                parameter.values = Tensor(shape: parameter.shape, scalars: scalars)
            }
            model.embeddings.values = Tensor(shape: model.embeddings.values.shape, scalars: moved[moved.count - 1])
        }
    }

    /// A text that repeats itself is learnt while it is read.
    @Test func learningHelpsWhereTheTextRepeatsItself() throws {
        let (model, corpus) = try fixture()
        let tokens = Array(repeating: corpus.tokens, count: 6).flatMap { $0 }
        let before = plain(model, tokens).reduce(0, +)
        let rule = DynamicRule(.sgd, rate: 0.5, decay: 0.001)
        let learning = AdaptiveScorer(model, dynamic: DynamicEvaluationOptions(rule: rule)).logProbabilities(of: tokens)
        #expect(learning.reduce(0, +) > 0.95 * before)
    }

    /// In one piece, line by line and token by token, with one thread and with two: the same bits; and the weights come back.
    @Test(arguments: rules.indices) func piecesAndThreadsChangeNothing(index: Int) throws {
        let threads = Processor.threadCount
        defer { Processor.threadCount = threads }
        let (model, corpus) = try fixture()
        let trained = values(model)
        let scorer = AdaptiveScorer(
            model, cache: Self.cache, dynamic: DynamicEvaluationOptions(rule: Self.rules[index], segment: 5))
        try scorer.collectStatistics(on: corpus)
        let lines = (0..<corpus.sentenceCount).map { Array(corpus[$0]) }
        let pieces = [[corpus.tokens], lines, corpus.tokens.map { [$0] }]
        let results = pieces.enumerated().map { number, pieces in
            Processor.threadCount = 1 + number % 2
            let scores = pieces.flatMap { scorer.logProbabilities(of: $0) }
            #expect(values(model) != trained)
            scorer.restore()
            #expect(values(model) == trained)
            return scores
        }
        #expect(results[1] == results[0])
        #expect(results[2] == results[0])
    }
}

import ElmanGraph
import ElmanLayers
import ElmanTensor
import Testing

/// Layers that learn from a sample, against their formulas with the same sample and, on average, against the full softmax.
@Suite struct SampledOutputTests {
    private static let words = 23, target = 4
    private static let x: [Float] = {
        var draw = Draw(31)
        return draw.vector(6)
    }()

    /// What a graph of a seed draws first.
    private func sample(_ sampler: WordSampler, _ count: Int, seed: UInt64) -> (words: [Int], multiplicities: [Int]) {
        var generator = ComputationGraph(seed: seed).makeRandomGenerator()
        return sampler.sample(count, using: &generator)
    }

    private func loss(_ random: RandomLayer, seed: UInt64, target: Int = target) -> (loss: Float, gradient: [Float]) {
        let graph = ComputationGraph(seed: seed), x = graph.input(Self.x)
        let loss = random.layer.trainingLosses(x, [target])
        return (loss.value.scalar, graph.gradients(of: loss, for: [x])[0].scalars)
    }

    // MARK: Sampling

    @Test(arguments: WordSampler.Kind.allCases) func wordsAreDrawnAsOftenAsTheyShould(_ kind: WordSampler.Kind) {
        let sampler = WordSampler(kind, counts: OutputCase.counts(Self.words))
        let probabilities = sampler.logProbabilities.map { exponential(Double($0)) }
        #expect(abs(probabilities.reduce(0, +) - 1) < 1e-6)
        if kind == .logUniform {
            #expect(abs(probabilities[3] - logarithm(5.0 / 4) / logarithm(24)) < 1e-6)
        } else {
            let counts = OutputCase.counts(Self.words)
            #expect(abs(probabilities[3] - Double(counts[3]) / Double(counts.reduce(0, +))) < 1e-6)
        }
        var generator = RandomGenerator(seed: 9)
        let sample = sampler.sample(200_000, using: &generator)
        #expect(sample.multiplicities.reduce(0, +) == 200_000 && Set(sample.words).count == sample.words.count)
        for (word, multiplicity) in zip(sample.words, sample.multiplicities) {
            let expected = 200_000 * probabilities[word]
            #expect(abs(Double(multiplicity) - expected) < 5 * expected.squareRoot() + 1, "word \(word)")
        }
    }

    private func logarithm(_ x: Double) -> Double {
        // Newton's iteration on exp.
        (0..<60).reduce(0.0) { guess, _ in guess - 1 + x / exponential(guess) }
    }

    // MARK: Sampled softmax

    /// The score of a word among those of the sample: its own, shifted by how often it was drawn and should be. Without the target.
    private func candidates(
        _ random: RandomLayer, _ layer: SampledSoftmax, seed: UInt64, target: Int
    ) -> [(word: Int, score: Double)] {
        let scores = random.scores(Self.x), drawn = sample(layer.sampler, layer.sampleCount, seed: seed)
        return zip(drawn.words, drawn.multiplicities).filter { $0.0 != target }.map { word, multiplicity in
            let expected = Double(layer.sampleCount) * exponential(Double(layer.sampler.logProbabilities[word]))
            return (word, scores[word] + logarithm(Double(multiplicity) / expected))
        }
    }

    @Test(arguments: [1, 2, 3, 4, 5] as [UInt64], [0, 4, 22]) func sampledLossAndGradientAreThoseOfTheFormula(
        seed: UInt64, target: Int
    ) throws {
        let random = OutputCase.sampled.make(words: Self.words)
        let layer = try #require(random.layer as? SampledSoftmax)
        let own = random.scores(Self.x)[target], others = candidates(random, layer, seed: seed, target: target)
        let total = logSum([own] + others.map(\.score)), rows = random.rows("scores/weights")
        let found = loss(random, seed: seed, target: target)
        #expect(abs(Double(found.loss) - (total - own)) < 1e-5)
        for element in 0..<6 {
            var expected = (exponential(own - total) - 1) * rows[target][element]
            for (word, score) in others { expected += exponential(score - total) * rows[word][element] }
            #expect(abs(Double(found.gradient[element]) - expected) < 1e-5)
        }
    }

    /// exp(loss + s_t) is an estimate of Σ exp s_w whose mean is the sum itself, whatever the size of the sample.
    @Test(arguments: [1, 8]) func theNormaliserIsRightOnAverage(samples: Int) {
        let random = OutputCase.sampled.make(words: Self.words, samples: samples)
        let scores = random.scores(Self.x), exact = exponential(logSum(scores))
        let graph = ComputationGraph(keepsForBackward: false)
        let estimates = (0..<6000).map { seed -> Double in
            graph.renew()
            graph.seed = UInt64(seed)
            let loss = random.layer.trainingLosses(graph.input(Self.x), [Self.target]).value.scalar
            return exponential(Double(loss) + scores[Self.target])
        }
        let mean = estimates.reduce(0, +) / 6000
        let variance = estimates.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 5999
        #expect(abs(mean - exact) < 4 * (variance / 6000).squareRoot(), "\(mean), not \(exact)")
    }

    @Test func theGradientComesNearToTheFullOne() throws {
        let graph = ComputationGraph()
        let full = OutputCase.sampled.make(words: Self.words)
        let x = graph.input(Self.x)
        let exact = graph.gradients(of: full.layer.losses(x, [Self.target]), for: [x])[0].scalars
        /// How far the mean over seeds is from the full gradient.
        func error(samples: Int) -> Float {
            let random = OutputCase.sampled.make(words: Self.words, samples: samples)
            var mean = [Float](repeating: 0, count: 6)
            for seed in 0..<200 {
                let gradient = loss(random, seed: UInt64(seed)).gradient
                for element in 0..<6 { mean[element] += gradient[element] / 200 }
            }
            return distance(mean, exact)
        }
        let (few, many) = (error(samples: 4), error(samples: 2000))
        #expect(many < 5e-3 && many < few / 4, "\(few), \(many)")
    }

    // MARK: Noise contrastive estimation

    @Test(arguments: [1, 2, 3, 4] as [UInt64], [0, 4, 22]) func noiseContrastiveLossIsThatOfTheFormula(
        seed: UInt64, target: Int
    ) throws {
        let random = OutputCase.noiseContrastive.make(words: Self.words)
        let layer = try #require(random.layer as? NoiseContrastiveEstimation)
        let scores = random.scores(Self.x), count = layer.sampleCount
        /// Log-odds that a word comes from the data.
        func odds(_ word: Int) -> Double {
            scores[word] - 0.5 - logarithm(Double(count)) - Double(layer.sampler.logProbabilities[word])
        }
        let drawn = sample(layer.sampler, count, seed: seed)
        var expected = logSum([0, -odds(target)])
        for (word, multiplicity) in zip(drawn.words, drawn.multiplicities) {
            for _ in 0..<multiplicity { expected += logSum([0, odds(word)]) }
        }
        #expect(abs(Double(loss(random, seed: seed, target: target).loss) - expected) < 2e-5 * max(1, expected))
        let graph = ComputationGraph()
        let normaliser = layer.logNormalizers(graph.input(Self.x)).value.scalar
        #expect(abs(Double(normaliser) - (logSum(scores) - 0.5)) < 1e-5)
    }

    /// A new layer has the probabilities of the noise where its vectors are zero.
    @Test func noiseContrastiveScoresBeginAsTheNoise() {
        let parameters = ParameterCollection(), sampler = WordSampler(.unigram, counts: OutputCase.counts(Self.words))
        let layer = NoiseContrastiveEstimation(
            inputSize: 6, sampler: sampler, sampleCount: 5, logNormalizer: 3, initializer: .zeros, in: parameters)
        let graph = ComputationGraph()
        #expect(distance(layer.logProbabilities(graph.input(Self.x)).value.scalars, sampler.logProbabilities) < 1e-5)
        #expect(abs(layer.logNormalizers(graph.input(Self.x)).value.scalar) < 1e-5)
    }

    // MARK: One sample for an update

    @Test(arguments: [OutputCase.sampled, .noiseContrastive]) func oneSampleServesAGraph(_ output: OutputCase) {
        let random = output.make(words: Self.words)
        let graph = ComputationGraph(seed: 2)
        let first = random.layer.trainingLosses(graph.input(Self.x), [3])
        let count = graph.nodeCount
        let second = random.layer.trainingLosses(graph.input(Self.x), [3])
        // Neither vectors are looked up again nor numbers drawn.
        #expect(graph.nodeCount - count <= 6)
        #expect(first.value == second.value)
        let before = first.value
        graph.renew()
        #expect(random.layer.trainingLosses(graph.input(Self.x), [3]).value != before)
        graph.renew()
        graph.seed = 2
        #expect(random.layer.trainingLosses(graph.input(Self.x), [3]).value == before)
    }

    /// A text and dropout as a long computation, in one graph and in segments of one piece.
    @Test(arguments: OutputCase.allCases) func aLongComputationHasOneSample(_ output: OutputCase) throws {
        let random = output.make(words: Self.words)
        let network = randomNetwork(.lstm, layerCount: 1, inputSize: 3, hiddenSize: 6)
        let inputs = random.parameters.addLookup(count: Self.words, size: 3, named: "inputs")
        let computation = LongComputation(pieceCount: 4) { graph in
            Reading(state: network.start(in: graph))
        } piece: { number, reading in
            let losses = (0..<3).map { step -> Expression in
                reading.state.addInput(inputs[(3 * number + step) % Self.words, in: reading.state.graph])
                return random.layer.trainingLosses(
                    dropout(reading.state.output, rate: 0.3), [(3 * number + step) * 5 % Self.words])
            }
            return PieceLoss(sum(losses))
        }
        func gradients(_ body: (ComputationGraph) -> Void) -> [[Float]] {
            let graph = ComputationGraph(seed: 6)
            random.parameters.clearGradients()
            clearGradients(network.parameters)
            body(graph)
            return (random.parameters.entries + network.parameters.map(\.entry)).map { entry in
                guard entry.hasGradient else { return [] }
                entry.prepareGradient()
                return entry.copy(of: entry.gradients)
            }
        }
        var whole: Float = 0, pieces: Float = 0
        let expected = gradients { graph in
            let loss = computation.loss(in: graph).loss
            loss.objective.backward()
            whole = loss.total.value.scalar
        }
        let found = gradients { pieces = computation.backpropagate(in: $0, bytes: 1).total }
        #expect(whole == pieces)
        #expect(found == expected)
        #expect(expected.allSatisfy { !$0.isEmpty })
    }

    /// A network's state as a long computation carries it.
    private struct Reading: CarriedState {
        var state: any RecurrentNetworkState
        var carriedValues: [Expression] { state.carriedValues }
        var carriedConstants: [Expression] { state.carriedConstants }

        func carrying(_ values: [Expression], constants: [Expression], in graph: ComputationGraph) -> Reading {
            Reading(state: state.carrying(values, constants: constants, in: graph))
        }
    }

    /// Rows of the table that were neither drawn nor predicted are left alone.
    @Test(arguments: [OutputCase.sampled, .noiseContrastive]) func onlyTheWordsInUseChange(_ output: OutputCase) throws {
        let random = output.make(words: 400, samples: 10)
        let graph = ComputationGraph(seed: 2)
        random.layer.trainingLosses(graph.input(Self.x), [7]).backward()
        let table = try #require(random.parameters.lookupParameters.first)
        #expect(!table.entry.isDenselyTouched && table.entry.touchedRows.contains(7))
        #expect((2...11).contains(table.entry.touchedRows.count))
    }
}

import ElmanFiles
import ElmanGraph
import ElmanLayers
import ElmanOptimizers
import ElmanTensor
import ElmanText
import ElmanTraining
import Testing

@testable import ElmanModels

@Suite(.serialized) struct RetrieverTests {
    private func retriever(
        _ texts: ParallelTexts, _ change: (inout RetrieverConfiguration) -> Void = { _ in }
    ) throws -> SentenceRetriever {
        var configuration = RetrieverConfiguration()
        configuration.embeddingSize = 8
        configuration.hiddenSize = 8
        change(&configuration)
        let vocabularies = try PairVocabularies(training: texts, configuration.preparation)
        return try SentenceRetriever(configuration, vocabularies: vocabularies, seed: 3)
    }

    private func loop(
        _ model: SentenceRetriever, _ texts: ParallelTexts, epochs: Int, folder: RunFolder? = nil
    ) throws -> TrainingLoop {
        let pairs = model.vocabularies.encode(texts)
        var options = TrainingOptions()
        options.epochs = epochs
        let task = try RetrieverTask(model, training: pairs, development: pairs, batchSize: 8, seed: 5)
        return TrainingLoop(task, trainer: AdamTrainer(model.parameters, learningRate: 0.03), options: options, folder: folder)
    }

    private func lines(_ texts: TokenLists) -> [String] {
        (0..<texts.count).map { texts.tokens(of: $0).joined(separator: " ") }
    }

    private static let variants: [@Sendable (inout RetrieverConfiguration) -> Void] = [
        { $0.isSymmetric = true },
        {
            $0.loss = .softmax; $0.pooling = .sum
        },
        {
            $0.loss = .softmax; $0.similarity = .cosine; $0.scale = 20; $0.isSymmetric = true
        },
    ]

    @Test(arguments: variants.indices) func counterpartsInAnotherLanguageAreFound(variant: Int) throws {
        let texts = try PairFixture.numbers((0..<16).map { 6 * $0 })
        let model = try retriever(texts) {
            Self.variants[variant](&$0)
            $0.preparation.unknownRate = 0
        }
        let pairs = model.vocabularies.encode(texts)
        let before = try model.metrics(of: pairs)
        try loop(model, texts, epochs: 40).run()
        let metrics = try model.metrics(of: pairs)
        #expect(before.targets.recall(at: 1) < 0.4)
        #expect(metrics.targets.recall(at: 1) > 0.9)
        #expect(metrics.targets.recall(at: 5) == 1)
        if model.configuration.isSymmetric { #expect(metrics.sources.recall(at: 1) > 0.9) }
    }

    @Test func lossesAreThoseOfTheirFormulas() throws {
        let texts = try PairFixture.sentences(5, seed: 1)
        for isSymmetric in [false, true] {
            for kind in RetrievalLoss.allCases {
                let model = try retriever(texts) {
                    $0.loss = kind
                    $0.margin = 0.5
                    $0.isSymmetric = isSymmetric
                    $0.initialRange = 1
                }
                let pairs = model.vocabularies.encode(texts)
                let sources = model.vectors(of: pairs.sources, as: .source)
                let targets = model.vectors(of: pairs.targets, as: .target)
                let scores = sources.map { source in
                    targets.map { zip(source, $0).reduce(0.0) { $0 + Double($1.0) * Double($1.1) } }
                }
                let turned = (0..<5).map { column in scores.map { $0[column] } }
                var expected = 0.0
                for table in isSymmetric ? [scores, turned] : [scores] {
                    for (right, row) in table.enumerated() {
                        switch kind {
                        case .hinge: for j in 0..<5 where j != right { expected += max(0, 0.5 - row[right] + row[j]) }
                        case .softmax: expected += Self.logSum(row) - row[right]
                        }
                    }
                }
                let batch = (0..<5).map { (source: Array(pairs.sources[$0]), target: Array(pairs.targets[$0])) }
                let value = Double(model.loss(of: batch, in: ComputationGraph()).value.scalar)
                #expect(abs(value - expected) < 1e-3 * max(1, expected))
            }
        }
    }

    /// ln Σ eˣ.
    private static func logSum(_ row: [Double]) -> Double {
        let graph = ComputationGraph(keepsForBackward: false)
        let peak = row.max()!
        return peak + Double(log(sum(exp(graph.input(row.map { Float($0 - peak) })))).value.scalar)
    }

    @Test(arguments: PoolingKind.allCases, RetrievalSimilarity.allCases)
    func aTextHasTheSameVectorAloneAndAmongOthers(pooling: PoolingKind, similarity: RetrievalSimilarity) throws {
        let texts = try PairFixture.sentences(70, seed: 2)
        let model = try retriever(texts) {
            $0.pooling = pooling
            $0.similarity = similarity
            $0.layerCount = 2
        }
        let lines = lines(texts.sources) + [""]
        let together = model.vectors(of: lines, as: .source)
        #expect(together.count == 71)
        for place in [0, 33, 69, 70] { #expect(model.vectors(of: [lines[place]], as: .source)[0] == together[place]) }
        if similarity == .cosine {
            for vector in together.prefix(70) { #expect(abs(vector.reduce(0) { $0 + $1 * $1 } - 1) < 1e-5) }
        }
    }

    @Test func theBestOfAnIndexAreThoseOfALoop() throws {
        var generator = RandomGenerator(seed: 4)
        // Few different numbers, so that many scores are equal.
        let vectors = (0..<500).map { _ in (0..<7).map { _ in Float(generator.integer(below: 3) - 1) } }
        let index = try RetrievalIndex(vectors: vectors, texts: vectors.map { "\($0)" })
        let query: [Float] = [1, -2, 3, 0, 1, 1, -1]
        let scores = vectors.map { zip($0, query).reduce(0) { $0 + $1.0 * $1.1 } }
        let order = scores.indices.sorted { (scores[$1], $0) < (scores[$0], $1) }
        for count in [0, 1, 10, 256, 257, 500, 1000] {
            let hits = index.search(query, count: count)
            #expect(hits.map(\.place) == Array(order.prefix(count)))
            #expect(hits.allSatisfy { $0.score == scores[$0.place] && $0.text == "\(vectors[$0.place])" })
        }
        for count in [3, 300] {
            #expect(bestPlaces([.nan, 1, -.infinity, .nan, 2, 1], count: count) == [4, 1, 5, 2].prefix(count).map { $0 })
        }
    }

    @Test func cosinesDoNotSeeTheLengthOfVectors() throws {
        let vectors: [[Float]] = [[3, 0], [0, 0.1], [10, 10], [0, 0]]
        let index = try RetrievalIndex(vectors: vectors, texts: ["a", "b", "c", "d"], similarity: .cosine)
        let folder = try TemporaryFolder()
        try index.save(to: folder.path)
        for index in [index, try RetrievalIndex(contentsOf: folder.path)] {
            let hits = index.search([0, 7])
            #expect(hits.map(\.text) == ["b", "c", "a", "d"])
            for (hit, cosine) in zip(hits, [1, Float(0.5).squareRoot(), 0, 0]) { #expect(abs(hit.score - cosine) < 1e-6) }
        }
        #expect(try RetrievalIndex(vectors: vectors, texts: ["a", "b", "c", "d"]).search([0, 7])[0].text == "c")
    }

    @Test func anIndexSurvivesItsFolderAndDamageIsTold() throws {
        let folder = try TemporaryFolder()
        let texts = try PairFixture.sentences(30, seed: 3)
        let model = try retriever(texts)
        // A line of an index may be blank, the last one too.
        let lines = lines(texts.targets) + [""], queries = self.lines(texts.sources)
        let index = try model.index(lines)
        try index.save(to: folder.path + "/index")
        let read = try RetrievalIndex(contentsOf: folder.path + "/index")
        #expect(read.texts == lines)
        #expect(try model.query(queries, in: read, count: 4) == model.query(queries, in: index, count: 4))
        let other = try retriever(texts) { $0.hiddenSize = 5 }
        #expect(throws: DataError.self) { try other.query(queries, in: read) }
        for (damaged, count) in [("one line\n", "has 1 line,"), ("", "has 0 lines,"), ("a\n\n", "has 2 lines,")] {
            try AtomicFile.write(damaged, to: folder.path + "/index/sentences.txt")
            let error = #expect(throws: DataError.self) { try RetrievalIndex(contentsOf: folder.path + "/index") }
            #expect(error?.path?.hasSuffix("sentences.txt") ?? false)
            #expect(error?.message.contains(count) ?? false)
        }
        try AtomicFile.write("no tensors", to: folder.path + "/index/vectors.safetensors")
        #expect(throws: DataError.self) { try RetrievalIndex(contentsOf: folder.path + "/index") }
        #expect(throws: DataError.self) { try RetrievalIndex(contentsOf: folder.path + "/nothing") }
        #expect(throws: DataError.self) { try model.index([]) }
        #expect(throws: DataError.self) { try model.index(["two\nlines"]) }
    }

    @Test func aSavedModelIsReadInOneLineAndSaysTheSame() throws {
        let folder = try TemporaryFolder()
        let run = try RunFolder.create(folder.path + "/run")
        let texts = try PairFixture.sentences(40, seed: 6)
        let model = try retriever(texts) { $0.preparation.mergeCount = 10 }
        try model.writeVocabularies(to: run)
        try run.write(configuration: model.configuration.json, programVersion: "test")
        let loop = try loop(model, texts, epochs: 2, folder: run)
        try loop.run()
        let read = try SentenceRetriever(contentsOf: run.path)
        let metrics = try read.metrics(of: read.vocabularies.encode(texts))
        #expect(metrics.targets.meanReciprocalRank == loop.progress.bestValue)
        #expect(metrics.json.keys.prefix(6) == ["task", "queries", "recall@1", "recall@5", "recall@10", "mrr"])
        #expect(metrics.rows.allSatisfy { $0.count == 3 })
        #expect(throws: DataError.self) { try Translator(contentsOf: run.path) }
    }

    @Test func settingsThatDoNotFitAreRefused() throws {
        let texts = try PairFixture.sentences(4, seed: 6)
        #expect(throws: DataError.self) { try retriever(texts) { $0.margin = 0 } }
        #expect(throws: DataError.self) { try retriever(texts) { $0.hiddenSize = 0 } }
        #expect(throws: DataError.self) { try retriever(texts) { $0.dropout = -0.1 } }
        let model = try retriever(texts)
        let pairs = model.vocabularies.encode(texts)
        #expect(throws: DataError.self) {
            try RetrieverTask(model, training: pairs, development: nil, batchSize: 1, seed: 1)
        }
    }

    @Test func aConfigurationSurvivesItsFile() throws {
        for variant in Self.variants {
            var configuration = RetrieverConfiguration()
            variant(&configuration)
            configuration.initialRange = 0.5
            #expect(try RetrieverConfiguration(json: configuration.json, path: "x") == configuration)
        }
        var broken = RetrieverConfiguration().json
        broken["pooling"] = "all"
        #expect(throws: DataError.self) { try RetrieverConfiguration(json: broken, path: "x") }
    }
}

import ElmanFiles
import ElmanGraph
import ElmanOptimizers
import ElmanTensor
import ElmanText
import ElmanTraining
import Testing

@testable import ElmanModels

/// Trees whose labels follow from their words by a rule: of `not` and an opinion the opposite, otherwise the opinion.
private enum TreeFixture {
    static func text(count: Int = 60) -> String {
        var generator = RandomGenerator(seed: 4)
        func opinion(_ depth: Int) -> (text: String, isGood: Bool) {
            let isGood = generator.integer(below: 2) == 1
            guard depth > 0 else { return ("(\(isGood ? 1 : 0) \(isGood ? "fine" : "poor"))", isGood) }
            let inner = opinion(depth - 1)
            let isNegated = generator.integer(below: 2) == 1
            let result = inner.isGood != isNegated
            return ("(\(result ? 1 : 0) (\(isNegated ? 0 : 1) \(isNegated ? "not" : "so")) \(inner.text))", result)
        }
        return (0..<count).map { opinion($0 % 4).text }.joined(separator: "\n")
    }

    static func bank(_ text: String = text()) throws -> Treebank { try Treebank(text: Array(text.utf8)) }

    static func configuration(_ cell: TreeCellKind) -> TreeClassifierConfiguration {
        var configuration = TreeClassifierConfiguration()
        configuration.cell = cell
        configuration.embeddingSize = 6
        configuration.hiddenSize = 10
        configuration.unknownRate = 0
        return configuration
    }

    static func classifier(_ cell: TreeCellKind, _ bank: Treebank) throws -> TreeClassifier {
        try TreeClassifier(configuration(cell), for: bank, seed: 2)
    }
}

@Suite(.serialized) struct TreeClassifierTests {
    private func loop(
        _ cell: TreeCellKind, epochs: Int, folder: RunFolder? = nil,
        change: (inout TreeClassifierConfiguration) -> Void = { _ in }
    ) throws -> TrainingLoop {
        let bank = try TreeFixture.bank()
        var configuration = TreeFixture.configuration(cell)
        change(&configuration)
        let model = try TreeClassifier(configuration, for: bank, seed: 2)
        let trees = try model.encode(bank)
        let task = TreeClassifierTask(model, training: trees, development: trees, batchSize: 4, seed: 5)
        var options = TrainingOptions()
        options.epochs = epochs
        return TrainingLoop(
            task, trainer: AdamTrainer(model.parameters, learningRate: 0.02), options: options, folder: folder)
    }

    @Test(arguments: TreeCellKind.allCases) func everyCellLearnsARuleOfTrees(cell: TreeCellKind) throws {
        let loop = try loop(cell, epochs: 40)
        try loop.run()
        let task = try #require(loop.task as? TreeClassifierTask)
        let unseen = try TreeFixture.bank(
            "(0 (0 not) (1 (0 not) (0 (0 not) (1 (1 so) (1 fine)))))\n(1 (1 so) (1 (0 not) (0 poor)))")
        #expect(loop.progress.bestValue == 1)
        #expect(task.model.metrics(of: try task.model.encode(unseen)).accuracy.nodeAccuracy == 1)
    }

    @Test func theLabelsOfRootsAloneAreLearntToo() throws {
        let loop = try loop(.treeLSTM, epochs: 40) {
            $0.learnsAllNodes = false
            $0.dropout = 0.1
        }
        try loop.run()
        #expect(loop.progress.bestValue == 1)
    }

    @Test(arguments: TreeCellKind.allCases) func aTreeGetsTheSameBitsAloneAndAmongOthers(cell: TreeCellKind) throws {
        let bank = try TreeFixture.bank()
        let model = try TreeFixture.classifier(cell, bank)
        let together = model.predictions(for: try model.encode(bank))
        for number in [0, 3, 17, 59] {
            let alone = try TreeFixture.bank(bank.text(of: number))
            #expect(model.predictions(for: try model.encode(alone)) == [together[number]])
        }
    }

    @Test func oneNodeIsTheFormula() throws {
        let bank = try TreeFixture.bank("(1 (0 a) (1 b))")
        let model = try TreeFixture.classifier(.recursive, bank)
        let graph = ComputationGraph()
        func weights(_ name: String) throws -> Expression {
            let parameter = try #require(model.parameters.parameters.first { $0.name == name })
            return parameter(in: graph)
        }
        func leaf(_ word: String) throws -> Expression {
            let index = try #require(model.vocabularies.words.index(of: word))
            return tanh(try weights("network/inputWeights") * model.embeddings[index, in: graph])
        }
        let node = tanh(try weights("network/weights") * concatenate(try leaf("a"), try leaf("b")))
        let scores = try weights("scores/weights") * node
        let prediction = model.predictions(for: try model.encode(bank))[0]
        for (given, expected) in zip(prediction.rootProbabilities, softmax(scores).value.scalars) {
            #expect(abs(given - expected) < 1e-6)
        }
    }

    @Test func aSavedModelGivesTheSameBits() throws {
        let folder = try TemporaryFolder()
        let run = try RunFolder.create(folder.path + "/run")
        let loop = try loop(.treeLSTM, epochs: 2, folder: run)
        let task = try #require(loop.task as? TreeClassifierTask)
        try task.model.writeVocabularies(to: run)
        try run.write(configuration: task.model.configuration.json, programVersion: "test")
        loop.learningRate = { $0.epoch == 1 ? 0.02 : 0 }
        try loop.run()
        let loaded = try TreeClassifier(contentsOf: folder.path + "/run")
        #expect(loaded.configuration == task.model.configuration)
        let trees = try loaded.encode(TreeFixture.bank())
        #expect(loaded.predictions(for: trees) == task.model.predictions(for: trees))
        try AtomicFile.write("0\n", to: folder.path + "/run/labels.txt")
        let error = #expect(throws: DataError.self) { try TreeClassifier(contentsOf: folder.path + "/run") }
        #expect(error?.path?.hasSuffix("labels.txt") == true)
    }

    @Test func nodesWithMoreChildrenThanTheModelTakesAreRefusedWithTheirLine() throws {
        let bank = try TreeFixture.bank("(1 a)\n(1 (0 a) (0 b) (1 c))")
        #expect(bank.largestChildCount == 3)
        let model = try TreeFixture.classifier(.treeLSTM, bank)
        let error = #expect(throws: DataError.self) { try model.encode(bank, path: "x.txt") }
        #expect(error?.line == 2)
        #expect(error?.path == "x.txt")
        let childSum = try TreeFixture.classifier(.childSum, bank)
        #expect(childSum.predictions(for: try childSum.encode(bank)).map(\.labels.count) == [1, 4])
    }

    @Test func labelsAndWordsThatAreNewCountAsWrongAndUnknown() throws {
        let model = try TreeFixture.classifier(.treeLSTM, TreeFixture.bank())
        let trees = try model.encode(TreeFixture.bank("(7 (8 strange) (9 words))"))
        let metrics = model.metrics(of: trees)
        #expect(metrics.accuracy.nodeAccuracy == 0)
        #expect(trees.texts.unknownTokens == 2)
    }

    @Test func binaryAccuracyLeavesOutNeutralRootsAndComparesSides() throws {
        let labels = try Vocabulary(entries: ["0", "1", "2", "3", "4"], unknown: nil, boundary: nil)
        var metrics = TreeClassifierMetrics(labels: labels)
        // The neutral label is the likeliest, but of the others a good one is.
        let good = TreePrediction(labels: [2], rootProbabilities: [0.1, 0.1, 0.5, 0.1, 0.2])
        metrics.add(gold: [4] as [Int32], good)
        metrics.add(gold: [0] as [Int32], good)
        metrics.add(gold: [2] as [Int32], good)
        #expect(metrics.binary?.roots == 2)
        #expect(metrics.binary?.accuracy == 0.5)
        #expect(metrics.accuracy.correctRoots == 1)
        #expect(metrics.json["binary_root_accuracy"] == 0.5)
    }

    @Test(arguments: [(TreeCellKind.treeLSTM, 100_000), (.recursive, 5_000), (.childSum, 5_000)])
    func treesAsDeepAsTheyAreLongAreLearntAndLabelled(cell: TreeCellKind, depth: Int) throws {
        let text = String(repeating: "(1 (0 a) ", count: depth) + "(1 b)" + String(repeating: ")", count: depth)
        let bank = try TreeFixture.bank(text)
        var configuration = TreeFixture.configuration(cell)
        configuration.embeddingSize = 3
        configuration.hiddenSize = 2
        let model = try TreeClassifier(configuration, for: bank, seed: 2)
        let trees = try model.encode(bank)
        let task = TreeClassifierTask(model, training: trees, development: trees, batchSize: 1, seed: 5)
        let graph = ComputationGraph()
        #expect(task.beginEpoch(1) == 1)
        let loss = task.loss(ofUpdate: 0, in: graph)
        #expect(loss.unitCount == 2 * depth + 1)
        #expect(loss.total.value.scalar.isFinite)
        loss.objective.backward()
        #expect(model.embeddings.gradient != nil)
        #expect(model.predictions(for: trees)[0].labels.count == 2 * depth + 1)
    }

    @Test func aConfigurationSurvivesItsFile() throws {
        var configuration = TreeFixture.configuration(.childSum)
        configuration.initialRange = 0.1
        configuration.lowercases = true
        configuration.minimumCount = 2
        #expect(try TreeClassifierConfiguration(json: configuration.json, path: "x") == configuration)
        var broken = configuration.json
        broken["cell"] = "lstm"
        #expect(throws: DataError.self) { try TreeClassifierConfiguration(json: broken, path: "x") }
        broken["task"] = "lm"
        #expect(throws: DataError.self) { try TreeClassifierConfiguration(json: broken, path: "x") }
    }
}

import ElmanFiles
import ElmanLayers
import ElmanModels
import ElmanTensor
import ElmanText
import Testing

@testable import ElmanInsight

/// Probes tell what is there, and not what is not.
@Suite struct ProbeTests {
    /// Examples of three classes around points of their own, in other columns noise.
    static func examples(_ count: Int, columns: Int, seed: UInt64, distance: Float = 3) -> (FeatureMatrix, [Int]) {
        var generator = RandomGenerator(seed: seed)
        let labels = (0..<count).map { _ in generator.integer(below: 3) }
        let values = labels.flatMap { label in
            (0..<columns).map { column in
                Float(generator.uniform() + generator.uniform() - 1) + (column == label ? distance : 0)
            }
        }
        return (FeatureMatrix(columns: columns, values: values), labels)
    }

    /// The gradient of the objective at what was found, by the formula and in double precision.
    private func gradient(_ found: LogisticRegression, _ examples: FeatureMatrix, _ labels: [Int]) -> [[Double]] {
        let normal = Standardization(examples)(examples)
        var result = (0..<3).map { class_ in
            (0..<examples.columns).map { found.penalty.l2 * Double(found.weights[class_, $0]) }
        }
        for row in 0..<examples.rows {
            let z = (0..<examples.columns).map { Double(normal.values[row * examples.columns + $0]) }
            let scores = (0..<3).map { class_ in
                Double(found.bias[class_]) + z.indices.reduce(0.0) { $0 + Double(found.weights[class_, $1]) * z[$1] }
            }
            let total = scores.map { exponential($0) }.reduce(0, +)
            for class_ in 0..<3 {
                let error = exponential(scores[class_]) / total - (labels[row] == class_ ? 1 : 0)
                for column in z.indices { result[class_][column] += error * z[column] / Double(examples.rows) }
            }
        }
        return result
    }

    @Test func regressionsEndWhereTheGradientIsZero() {
        let (examples, labels) = Self.examples(120, columns: 5, seed: 1, distance: 0.8)
        let found = LogisticRegression(
            examples, labels: labels, classCount: 3, penalty: .init(l2: 0.02), maximumSteps: 2000, tolerance: 1e-9)
        #expect(gradient(found, examples, labels).joined().allSatisfy { abs($0) < 1e-3 })
    }

    @Test func absolutePenaltiesLeaveOutWhatSaysNothing() {
        let (examples, labels) = Self.examples(200, columns: 8, seed: 2)
        let found = LogisticRegression(
            examples, labels: labels, classCount: 3, penalty: .init(l1: 0.05), maximumSteps: 2000, tolerance: 1e-9)
        let slopes = gradient(found, examples, labels)
        for class_ in 0..<3 {
            for column in 0..<8 {
                let weight = found.weights[class_, column]
                // The slope of the loss is that of the penalty, or at most so steep where the weight is 0.
                if weight == 0 {
                    #expect(abs(slopes[class_][column]) < 0.051)
                } else {
                    #expect(abs(slopes[class_][column] + (weight > 0 ? 0.05 : -0.05)) < 2e-3)
                }
            }
        }
        #expect(found.usedFeatures == 3 && found.accuracy(on: examples, labels: labels) == 1)
    }

    /// Words of 12 types, of which each has one of three labels.
    private static func task(_ sentences: Int = 80) -> ProbeTask {
        var generator = RandomGenerator(seed: 3)
        let texts = (0..<sentences).map { _ in (0..<8).map { _ in "w\(generator.integer(below: 12))" } }
        return ProbeTask(tokens: texts, labels: texts.map { $0.map { "\(Int($0.dropFirst())! % 3)" } })
    }

    private func probe(
        _ task: ProbeTask, columns: Int, _ features: (_ word: String, _ label: Int) -> [Float]
    ) throws -> Probing.LayerResult {
        var rows: [Probing.Row] = [], values: [Float] = []
        for (text, words) in task.texts.enumerated() {
            for (place, word) in words.enumerated() {
                rows.append(Probing.Row(row: rows.count, text: text, label: place))
                values += features(word, task.labels[text][place])
            }
        }
        let matrix = FeatureMatrix(columns: columns, values: values)
        return try Probing(layers: [("layer", matrix)], task, rows: rows, seed: 1).layers[0]
    }

    @Test func whatIsThereIsFoundAndWhatIsNotIsNot() throws {
        let task = Self.task()
        var generator = RandomGenerator(seed: 4)
        func noise() -> Float { Float(generator.uniform()) - 0.5 }
        let present = try probe(task, columns: 6) { _, label in (0..<6).map { noise() + ($0 == label ? 2 : 0) } }
        #expect(present.accuracy > 0.99 && present.control < 0.6 && present.selectivity > 0.4)
        let absent = try probe(task, columns: 6) { _, _ in (0..<6).map { _ in noise() } }
        #expect(absent.accuracy < 0.5 && abs(absent.selectivity) < 0.2)
    }

    @Test func whatCanBeRememberedIsNotSelective() throws {
        let remembered = try probe(Self.task(), columns: 12) { word, _ in
            (0..<12).map { $0 == Int(word.dropFirst())! ? 1 : 0 }
        }
        #expect(remembered.accuracy > 0.99 && remembered.control > 0.99 && abs(remembered.selectivity) < 0.01)
    }

    @Test func theControlGivesEveryTypeOneLabelAndEverySentenceItsOwn() {
        let task = Self.task(), control = task.control(seed: 8)
        var seen: [String: Set<Int>] = [:]
        for (words, labels) in zip(control.texts, control.labels) {
            for (word, label) in zip(words, labels) { seen[word, default: []].insert(label) }
        }
        #expect(seen.count == 12 && seen.values.allSatisfy { $0.count == 1 } && control.labels != task.labels)
        #expect(control.labels == task.control(seed: 8).labels)
    }

    @Test func tasksSayWhatIsTrueOfTheTexts() throws {
        let bank = try InsightFixture.bank()
        #expect(ProbeTask.depth(bank).labels == [[2, 1, 0, 2, 1]])
        #expect(ProbeTask.partsOfSpeech(bank).names == ["DET", "NOUN", "VERB"])
        let trees = try Treebank(text: Array("(3 (2 (2 the) (2 king)) (0 dead))".utf8))
        #expect(ProbeTask.depth(trees).labels == [[2, 2, 1]])
        let texts = (1...12).map { Array(repeating: "x", count: $0) }
        let lengths = ProbeTask.length(texts, bins: 3)
        #expect(lengths.labels.map { $0[0] } == [0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2] && lengths.names == ["1–4", "5–8", "9–12"])
        let words = (0..<60).map { ["the", "w\($0 % 12)", "is"] }
        let content = ProbeTask.wordContent(words, words: 12)
        #expect(content.names == (0..<12).map { "w\($0)" }.sorted())
        #expect(content.labels.map { content.names[$0[0]] } == words.map { $0[1] })
        let order = ProbeTask.wordOrder(words)
        for (text, label) in zip(order.texts.indices, order.labels) {
            #expect((order.texts[text] != words[text]) == (label == [1]) && order.texts[text].sorted() == words[text].sorted())
        }
        #expect((20...40).contains(order.labels.count { $0 == [1] }))
    }

    @Test func aModelsLayersAreProbedAfterItsVectors() throws {
        let model = try InsightFixture.tagger(.softmax)
        let task = Self.task(30)
        let result = try Probing(model, task)
        #expect(result.layers.map(\.layer) == ["encoder/embeddings", "encoder/network/0", "encoder/network/1"])
        #expect(result.layers.map(\.size) == [5, 8, 8])
        #expect(result.examples.fitted == 24 * 8 && result.examples.measured == 6 * 8)
        #expect(try Probing(model, task).layers == result.layers)
    }

    @Test func oneUnitThatKnowsTheLabelIsAsGoodAsAll() throws {
        // The planted model ends inside quotes where a text has an odd number of them.
        let model = try PlantedModel.model()
        var generator = RandomGenerator(seed: 6)
        let texts = (0..<100).map { _ in
            (0...generator.integer(below: 9)).map { _ in ["\"", "a", "b"][generator.integer(below: 3)] }
        }
        var alone = model.configuration
        alone.carriesState = false
        let reader = try LanguageModel(alone, vocabulary: model.vocabulary)
        for (old, new) in zip(model.parameters.parameters, reader.parameters.parameters) { new.values = old.values }
        for (old, new) in zip(model.parameters.lookupParameters, reader.parameters.lookupParameters) { new.values = old.values }
        let table = try StateTable(reading: texts.map { InspectedText(tokens: $0) }, with: reader).summaries()
        let result = try #require(
            SingleUnitClassifier(table, labels: texts.map { text in text.count { $0 == "\"" } % 2 }))
        #expect(result.unit.index == PlantedModel.quoteUnit && result.accuracy == 1 && result.accuracyOfAll == 1)
        #expect(result.used.of == 16 && result.used.units <= 6 && result.majority < 0.8)
    }
}

/// e to the power of x, from the series, for numbers of the size that scores have here.
private func exponential(_ x: Double) -> Double {
    var (sum, term) = (1.0, 1.0)
    let small = x / 1024
    for k in 1...20 {
        term *= small / Double(k)
        sum += term
    }
    return (0..<10).reduce(sum) { power, _ in power * power }
}

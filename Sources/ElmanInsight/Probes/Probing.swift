import ElmanFiles
import ElmanModels
import ElmanTensor
import ElmanText

/// What the layers of a network tell about texts, by linear probes (Shi et al. 2016) with control tasks (Hewitt and Liang 2019).
public struct Probing: Sendable {
    /// What a probe on one layer reaches on texts that it was not fitted on.
    public struct LayerResult: Sendable, Hashable {
        /// The layer: `embeddings`, `rnn/0`.
        public let layer: String
        /// How many units it has.
        public let size: Int
        /// The share of right labels.
        public let accuracy: Double
        /// Between which values it lies with 95 % confidence (Wilson).
        public let confidence: Confidence
        /// The same for the control task, by a probe of its own.
        public let control: Double
        /// The penalty of the squares of weights that cross-validation chose.
        public let penalty: Double

        /// Accuracy minus control: how much more than remembering words.
        public var selectivity: Double { accuracy - control }
    }

    /// The layers, the tokens' vectors first.
    public let layers: [LayerResult]
    /// What always saying the commonest label reaches.
    public let majority: Double
    /// How many examples the probes were fitted on, and measured on.
    public let examples: (fitted: Int, measured: Int)
    /// What the labels are.
    public let names: [String]

    /// Probes a model. A fifth of the texts, drawn, are measured on.
    /// - Parameter limit: how many tokens are read at most.
    public init(
        _ model: any InspectableModel, _ task: ProbeTask, limit: Int = .max, seed: UInt64 = 1
    ) throws(DataError) {
        let texts = try task.texts.indices.map { (number) throws(DataError) in
            try Self.text(task.texts[number], task.tags.isEmpty ? [] : task.tags[number], model)
        }
        let table = try StateTable(reading: texts.map(\.text), with: model, contents: .statesAndVectors, limit: limit)
        let rows = Self.rows(of: task, table, ends: texts.map(\.ends))
        try self.init(
            layers: Self.layers(of: task.isOfSentences ? table.summaries() : table), task, rows: rows, seed: seed)
    }

    /// An example: its row in the features, its text and its place among the text's labels.
    struct Row {
        let row: Int, text: Int, label: Int
    }

    init(
        layers: [(name: String, features: FeatureMatrix)], _ task: ProbeTask, rows: [Row], seed: UInt64
    ) throws(DataError) {
        let rows = rows.filter { task.labels[$0.text][$0.label] >= 0 }
        var texts = Array(Set(rows.map(\.text))).sorted()
        var generator = RandomGenerator(seed: seed, stream: 0x7072_6F62)
        generator.shuffle(&texts)
        let measuredTexts = Set(texts.prefix(max(1, texts.count / 5)))
        let fitted = rows.filter { !measuredTexts.contains($0.text) }, measured = rows.filter { measuredTexts.contains($0.text) }
        guard !fitted.isEmpty, !measured.isEmpty else {
            throw DataError(.badData, "\(rows.count) labelled examples are too few to probe; give more sentences")
        }
        let control = task.control(seed: seed)
        func labels(_ task: ProbeTask, _ rows: [Row]) -> [Int] { rows.map { task.labels[$0.text][$0.label] } }
        names = task.names
        examples = (fitted.count, measured.count)
        let gold = labels(task, measured)
        majority = Self.majority(labels(task, fitted), gold)
        self.layers = layers.map { layer in
            let training = layer.features.rows(fitted.map(\.row)), test = layer.features.rows(measured.map(\.row))
            func probe(_ task: ProbeTask) -> RegularizedProbe {
                RegularizedProbe(
                    training, labels: labels(task, fitted), classCount: task.names.count, groups: fitted.map(\.text), seed: seed)
            }
            let probe_ = probe(task)
            let accuracy = probe_.probe.accuracy(on: test, labels: gold)
            let right = Int((accuracy * Double(gold.count)).rounded())
            return LayerResult(
                layer: layer.name, size: layer.features.columns, accuracy: accuracy,
                confidence: .wilson(successes: right, trials: gold.count),
                control: probe(control).probe.accuracy(on: test, labels: labels(control, measured)),
                penalty: probe_.strength)
        }
    }

    /// The share that the commonest label of the fitted examples has among others.
    private static func majority(_ fitted: [Int], _ measured: [Int]) -> Double {
        var counts: [Int: Int] = [:]
        for label in fitted { counts[label, default: 0] += 1 }
        let commonest = counts.max { ($0.value, $1.key) < ($1.value, $0.key) }?.key ?? 0
        return Double(measured.count { $0 == commonest }) / Double(max(measured.count, 1))
    }

    /// Words as a model reads them, and at which of its tokens each word ends.
    private static func text(
        _ words: [String], _ tags: [String], _ model: any InspectableModel
    ) throws(DataError) -> (text: InspectedText, ends: [Int]) {
        guard model.unit == .char else {
            var text = InspectedText(tokens: words)
            text.tags = tags
            return (text, Array(words.indices))
        }
        let text = try model.text(words.joined(separator: " "))
        var ends: [Int] = [], end = -1
        for word in words {
            end += word.unicodeScalars.count + (ends.isEmpty ? 0 : 1)
            ends.append(end)
        }
        return (text, ends)
    }

    /// The rows of examples in a table of tokens, or of texts.
    private static func rows(of task: ProbeTask, _ table: StateTable, ends: [[Int]]) -> [Row] {
        (0..<table.textCount).flatMap { text -> [Row] in
            if task.isOfSentences { return task.texts[text].isEmpty ? [] : [Row(row: text, text: text, label: 0)] }
            let rows = table.rows(of: text)
            return ends[text].enumerated().compactMap { word, end in
                end < rows.count ? Row(row: rows.lowerBound + end, text: text, label: word) : nil
            }
        }
    }

    /// The hidden values of each layer, both directions together, after the tokens' vectors.
    private static func layers(of table: StateTable) -> [(name: String, features: FeatureMatrix)] {
        var names: [String] = [], parts: [String: [FeatureMatrix]] = [:]
        for part in table.parts where !part.name.hasSuffix("/cell") {
            let name = part.name.split(separator: "/").filter { !["hidden", "forward", "backward"].contains($0) }
                .joined(separator: "/")
            if parts[name] == nil { names.append(name) }
            parts[name, default: []].append(FeatureMatrix(columns: part.size, values: part.values))
        }
        return names.map { ($0, FeatureMatrix.joined(parts[$0] ?? [])) }
    }
}

import Elman

/// What units are searched for in a file: a predicate of its text, or labels that it has.
struct SearchedText {
    /// Values at every row of a table of states.
    struct Target {
        let name: String
        let values: [Double]
    }

    let texts: [InspectedText]
    /// Whether a row is a text rather than a token.
    let isOfTexts: Bool
    /// What is searched for: one thing, or every label against the others.
    let targets: [Target]
    /// Of texts: the label of each.
    let labels: [Int]

    /// What the flag takes beside predicates.
    static let labelKinds = ["label", "tag"]
    static var choices: [String] { TextPredicate.allCases.map(\.rawValue) + labelKinds }

    /// The most labels that are searched for one by one.
    private static let mostLabels = 50

    /// A file as a model reads it. `limit`: of a long text only so many tokens.
    init(_ file: String, _ kind: String, column: TagColumn, limit: Int, for model: any InspectableModel) throws {
        switch kind {
        case "label": try self.init(labelled: file, model)
        case "tag": try self.init(tagged: file, column, limit, model)
        default:
            guard let predicate = TextPredicate(rawValue: kind) else {
                throw ProgramError(
                    .usage,
                    "--predicate is '\(kind)'; give \(Self.choices.joined(separator: ", "))"
                        + suggestion(for: kind, among: Self.choices))
            }
            try self.init(file, predicate, limit, model)
        }
    }

    private init(_ file: String, _ predicate: TextPredicate, _ limit: Int, _ model: any InspectableModel) throws {
        let texts = try model.texts(ofLinesIn: file, limit: limit), lineEnd = model.unit.boundarySpelling
        let values = texts.flatMap { text in
            predicate.values(of: text.tokens + (model.carriesState ? [] : [lineEnd]), lineEnd: lineEnd).prefix(text.tokens.count)
        }
        self.texts = texts
        isOfTexts = false
        targets = [Target(name: predicate.rawValue, values: values)]
        labels = []
    }

    private init(labelled file: String, _ model: any InspectableModel) throws {
        let read = try LabelledTexts(reading: [file])
        // Files are often in the order of their labels, and units are searched on one half and judged on the other.
        var order = Array(0..<read.count), random = RandomGenerator(seed: 1)
        random.shuffle(&order)
        texts = try order.map { number in
            let words = read.texts.tokens(of: number)
            var text = model.unit == .char ? try model.text(words.joined(separator: " ")) : InspectedText(tokens: words)
            text.labels = [read.label(of: number)]
            return text
        }
        isOfTexts = true
        let names = read.labelVocabulary()
        let indices = read.labelIndices(in: names)
        labels = order.map { Int(indices[$0]) }
        targets = Self.targets(labels, names)
    }

    private init(tagged file: String, _ column: TagColumn, _ limit: Int, _ model: any InspectableModel) throws {
        let read = try TaggedTexts(reading: [file], options: TagReadingOptions(tagColumn: column))
        guard read.tags != nil else { throw DataError(.badData, path: file, "has no tags to search units for") }
        let names = read.tagVocabulary(), tags = read.tagIndices(in: names)
        var texts: [InspectedText] = [], labels: [Int] = []
        for number in 0..<read.count where labels.count < limit {
            let words = read.words.tokens(of: number), own = tags[number].map { Int($0) }
            guard model.unit == .char else {
                texts.append(InspectedText(tokens: words))
                texts[texts.count - 1].labels = own.map { names[$0] }
                labels += own
                continue
            }
            texts.append(try model.text(words.joined(separator: " ")))
            // Every character has the label of its word; spaces count for none.
            for (place, word) in words.enumerated() {
                labels += (place > 0 ? [-1] : []) + word.unicodeScalars.map { _ in own[place] }
            }
        }
        self.texts = texts
        self.labels = labels
        isOfTexts = false
        targets = Self.targets(labels, names)
    }

    /// Every label against the others; of two only the second, since the first is its opposite; numbers as they are.
    private static func targets(_ labels: [Int], _ names: Vocabulary) -> [Target] {
        let numbers = names.entries.map { Double($0) }
        if names.count > 2, numbers.allSatisfy({ $0?.isFinite == true }) {
            return [Target(name: "value", values: labels.map { $0 < 0 ? .nan : numbers[$0]! })]
        }
        return (names.count == 2 ? [1] : Array(0..<min(names.count, mostLabels))).map { label in
            Target(name: names[label], values: labels.map { $0 < 0 ? .nan : $0 == label ? 1 : 0 })
        }
    }
}

import Elman

/// A task whose models can be scored example by example, so that two of them can be compared on one test set.
protocol ExampleMeasuring: ProgramTask {
    /// The scores of a model, the one that matters most first.
    static func exampleScores(_ folder: RunFolder, _ request: EvaluationRequest) throws -> [ExampleScore]
}

/// A score with the numbers of each example that it is computed of.
struct ExampleScore {
    /// As in `elman evaluate --json`.
    let key: String
    var sums: ExampleSums

    init(_ key: String, _ score: CorpusScore) {
        self.key = key
        sums = ExampleSums(score)
    }
}

extension LanguageModelProgramTask: ExampleMeasuring {
    /// An example is a sentence.
    static func exampleScores(_ folder: RunFolder, _ request: EvaluationRequest) throws -> [ExampleScore] {
        let (model, corpus, carriesState) = try opened(folder, request)
        var score = ExampleScore("perplexity", .perplexity)
        let add = { (logProbabilities: ArraySlice<Float>) in
            score.sums.add([-logProbabilities.reduce(0) { $0 + Double($1) }, Double(logProbabilities.count)])
        }
        if let adaptation = request.options.adaptation {
            let all = try adaptation.scorer(model, folder).logProbabilities(of: corpus.tokens)
            try adaptation.checkSurvival(-all.reduce(0) { $0 + Double($1) })
            var rest = all[...]
            for sentence in 0..<corpus.sentenceCount {
                let count = corpus[sentence].count
                add(rest.prefix(count))
                rest = rest.dropFirst(count)
            }
        } else {
            var scorer = LanguageModelScorer(model, carriesState: carriesState)
            scorer.forEachSentence(of: corpus) { add($1[...]) }
        }
        return [score]
    }
}

extension ClassifyProgramTask: ExampleMeasuring {
    /// An example is a text.
    static func exampleScores(_ folder: RunFolder, _ request: EvaluationRequest) throws -> [ExampleScore] {
        let model = try Classifier(folder, weights: request.options.weights)
        let texts = try LabelledTexts(reading: request.files)
        let gold = texts.labelIndices(in: model.labels.extended(with: texts.labelCounts))
        let predictions = model.predict((0..<texts.count).map { texts.texts.tokens(of: $0) })
        var score = ExampleScore("accuracy", .ratio)
        for (gold, prediction) in zip(gold, predictions) { score.sums.add([Int(gold) == prediction.label ? 1 : 0, 1]) }
        return [score]
    }
}

extension TagProgramTask: ExampleMeasuring {
    /// An example is a sentence.
    static func exampleScores(_ folder: RunFolder, _ request: EvaluationRequest) throws -> [ExampleScore] {
        let model = try Tagger(folder, weights: request.options.weights)
        let column = try folder.readConfiguration()["column"]?.asString ?? "last"
        let options = TagReadingOptions(tagColumn: TagColumn(column) ?? .last)
        let texts = try TaggedTexts(reading: request.files, options: options)
        guard let tags = texts.tags else {
            throw DataError(.badData, path: request.files.first, "has no tags to compare with; give a text with tags")
        }
        let all = model.outputTags.extended(with: tags.counts)
        let gold = texts.tagIndices(in: all), predicted = model.tagIndices(of: texts.words)
        var accuracy = ExampleScore("accuracy", .ratio), spans = ExampleScore("span_f1", .f1)
        var counted = SpanMetrics(tags: all)
        for sentence in 0..<texts.count {
            let before = (tokens: counted.correctTokens, spans: counted.spans)
            let range = texts.words.starts[sentence]..<texts.words.starts[sentence + 1]
            counted.add(gold: gold[sentence], predicted: predicted[range])
            accuracy.sums.add([Double(counted.correctTokens - before.tokens), Double(range.count)])
            let now = counted.spans
            spans.sums.add([
                Double(now.correct - before.spans.correct), Double(now.predicted - before.spans.predicted),
                Double(now.expected - before.spans.expected),
            ])
        }
        return counted.tagSet.hasSpans ? [spans, accuracy] : [accuracy]
    }
}

extension TranslateProgramTask: ExampleMeasuring {
    /// An example is a sentence.
    static func exampleScores(_ folder: RunFolder, _ request: EvaluationRequest) throws -> [ExampleScore] {
        let model = try Translator(folder, weights: request.options.weights)
        let texts = try PairTexts.read(request, folder)
        let translations = try model.nBest(
            texts.sources, TranslationOptions(beamSize: request.options.beam ?? 1), count: 1)
        var bleu = ExampleScore("bleu", .bleu), exact = ExampleScore("exact_match", .ratio)
        for (pair, found) in translations.enumerated() {
            let reference = texts.targets.tokens(of: pair).joined(separator: " ")
            var sentence = BLEU(tokenization: .none)
            sentence.add(found[0].text, references: [reference])
            bleu.sums.add(sentence.sums)
            var match = ExactMatch()
            match.add(found[0].text, expected: reference)
            exact.sums.add([match.share, 1])
        }
        return [bleu, exact]
    }
}

extension TreeProgramTask: ExampleMeasuring {
    /// An example is a tree.
    static func exampleScores(_ folder: RunFolder, _ request: EvaluationRequest) throws -> [ExampleScore] {
        let model = try TreeClassifier(folder, weights: request.options.weights)
        let trees = try model.encode(Treebank(reading: request.files), path: request.files.first)
        var roots = ExampleScore("root_accuracy", .ratio), nodes = ExampleScore("node_accuracy", .ratio)
        model.forEachPrediction(for: trees) { number, prediction in
            var tree = TreeMetrics()
            tree.add(gold: trees.labels[number], predicted: prediction.labels)
            roots.sums.add([Double(tree.correctRoots), 1])
            nodes.sums.add([Double(tree.correctNodes), Double(tree.nodes)])
        }
        return [roots, nodes]
    }
}

extension ParseProgramTask: ExampleMeasuring {
    /// An example is a sentence.
    static func exampleScores(_ folder: RunFolder, _ request: EvaluationRequest) throws -> [ExampleScore] {
        let parser = try Parser(folder, weights: request.options.weights)
        let sentences = parser.encode(try DependencyTreebank(reading: request.files))
        let relations = sentences.bank.relationIndices(in: sentences.relations)
        var labelled = ExampleScore("las", .ratio), unlabelled = ExampleScore("uas", .ratio)
        var counted = AttachmentMetrics(relations: sentences.relations)
        for (number, tree) in parser.trees(of: sentences).enumerated() {
            let before = (heads: counted.correctHeads, arcs: counted.correctArcs, tokens: counted.tokens)
            counted.add(
                gold: zip(sentences.bank.heads(of: number), relations[number]).map { ($0, $1) },
                predicted: zip(tree.heads, tree.relations).map { (Int32($0), Int32($1)) })
            let tokens = Double(counted.tokens - before.tokens)
            labelled.sums.add([Double(counted.correctArcs - before.arcs), tokens])
            unlabelled.sums.add([Double(counted.correctHeads - before.heads), tokens])
        }
        return [labelled, unlabelled]
    }
}

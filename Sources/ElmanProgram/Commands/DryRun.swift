import Elman

/// `elman train --dry-run`: what would be trained, and on what.
struct DryRun {
    let sources: TextSources
    let settings: TrainSettings
    let console: Console

    private static let shownExamples = 5
    private static let shownWidth = 100

    func run() throws {
        let texts = try LanguageModelTexts(sources, settings)
        let vocabulary = try texts.vocabulary(settings)
        let corpora = try texts.corpora(vocabulary)
        let check = MemoryCheck(settings, vocabulary, corpora)
        try check.run(Console(verbosity: .quiet))
        let estimate = check.estimate(batchSize: settings.batchSize)
        let model = try LanguageModel(settings.model, vocabulary: vocabulary, seed: settings.options.seed)
        let task = LanguageModelTask(
            model, training: corpora.training, development: corpora.development, batches: settings.batches,
            seed: settings.options.seed)
        let updates = task.beginEpoch(1)

        for line in texts.summary(vocabulary) { console.print(line) }
        for warning in texts.warnings(settings, corpora) { console.warn(warning) }
        console.print()
        let entries = model.parameters.entries.map { entry in
            let shape = entry.isLookup ? entry.shape.dimensions.reversed() : entry.shape.dimensions
            return [entry.name, "\(shape)", grouped(entry.shape.count)]
        }
        for line in alignedColumns(entries, header: ["parameters", "shape", "numbers"]) { console.print(line) }
        console.print("\(grouped(estimate.parameterCount)) parameters")
        console.print()
        console.print(
            "memory: about \(byteSize(estimate.total)) (weights and gradients \(byteSize(estimate.weights)), optimizer "
                + "\(byteSize(estimate.trainer)), largest update \(byteSize(estimate.graph)), texts \(byteSize(estimate.text)))")
        console.print(
            "\(counted(updates, "update")) an epoch, \(grouped(updates * settings.options.epochs)) in "
                + "\(counted(settings.options.epochs, "epoch"))")
        console.print()
        showFirstBatch(task, vocabulary)
        console.detailPeakMemory()
    }

    private func showFirstBatch(_ task: LanguageModelTask, _ vocabulary: Vocabulary) {
        let examples = task.targets(ofUpdate: 0)
        let tokens = examples.reduce(0) { $0 + $1.count }
        let noun = settings.bptt > 0 ? "stream" : "sentence"
        console.print("first batch: \(counted(examples.count, noun)), \(counted(tokens, "token"))")
        for example in examples.prefix(Self.shownExamples) {
            let text = printable(vocabulary.text(of: example, unit: settings.model.unit))
            let isLong = text.count > Self.shownWidth
            console.print("  \(example.count)  \(isLong ? text.prefix(Self.shownWidth - 1) + "…" : text[...])")
        }
        if examples.count > Self.shownExamples { console.print("  and \(grouped(examples.count - Self.shownExamples)) more") }
    }
}

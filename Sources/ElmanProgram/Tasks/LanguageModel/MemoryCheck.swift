import Elman

/// Tells how much memory training will take, and refuses what the machine or the user does not have.
struct MemoryCheck {
    private let settings: LanguageModelSettings
    private let vocabularySize: Int
    private let lengths: [Int]
    private let developmentTokens: Int

    init(_ settings: LanguageModelSettings, _ vocabulary: Vocabulary, _ corpora: LanguageModelCorpora) {
        self.settings = settings
        vocabularySize = vocabulary.count
        lengths = corpora.training.lengths
        developmentTokens = corpora.development?.tokens.count ?? 0
    }

    /// Bytes that may be taken.
    private var limit: Int { min(settings.training.memoryLimit ?? .max, MemoryLimit.bytes) }

    /// The estimate for a batch size.
    func estimate(batchSize: Int) -> MemoryEstimate {
        var settings = settings
        settings.training.batchSize = batchSize
        let averages = settings.training.averaging == "none" ? 0 : 1
        return MemoryEstimate(
            settings.model,
            MemoryEstimate.Work(
                vocabularySize: vocabularySize, momentCount: trainerMomentCount(named: settings.training.optimizer) + averages,
                update: MemoryEstimate.Update(
                    largestOf: settings.batches, lengths: lengths, seed: settings.training.options.seed),
                textTokens: lengths.reduce(developmentTokens, +), sentences: lengths.count))
    }

    /// Tells the estimate in a line. Throws `.memory`, with the largest batch size that fits, where it is above the limit.
    func run(_ console: Console) throws(DataError) {
        let estimate = estimate(batchSize: settings.training.batchSize)
        let model = settings.model
        console.note(
            "\(model.cell.rawValue) \(model.layerCount) × \(model.hiddenSize), embeddings \(model.embeddingSize), "
                + "\(grouped(estimate.parameterCount)) parameters; needs about \(byteSize(estimate.total)) of memory")
        console.detail(
            "  weights and gradients \(byteSize(estimate.weights)), optimizer \(byteSize(estimate.trainer)), "
                + "largest update \(byteSize(estimate.graph)), texts \(byteSize(estimate.text)); limit \(byteSize(limit))")
        guard estimate.total > limit else { return }
        let advice =
            largestFittingBatch.map { "--batch-size \($0) is the largest that fits" }
            ?? "no batch size fits: make the model or the vocabulary smaller\(settings.bptt > 0 ? ", or --bptt" : "")"
        throw DataError(
            .memory, "training needs about \(byteSize(estimate.total)) of memory, the limit is \(byteSize(limit)); \(advice)")
    }

    private var largestFittingBatch: Int? {
        var fitting = 0, excessive = settings.training.batchSize
        while excessive - fitting > 1 {
            let middle = (fitting + excessive) / 2
            if estimate(batchSize: middle).total <= limit { fitting = middle } else { excessive = middle }
        }
        return fitting > 0 ? fitting : nil
    }
}

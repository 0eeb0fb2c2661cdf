import Elman

/// Tells how much memory training will take, and refuses what the machine or the user does not have.
struct MemoryCheck {
    /// How it is trained, and what of it the estimate may be asked for with other sizes of batches.
    let training: TrainSettings
    /// What the model is made of, for people; empty where its number of parameters says enough.
    var model = ""
    /// What else may be made smaller.
    var advice = "the model or the vocabulary"
    /// The estimate for a training whose batches may have another size, and that may take so many bytes.
    let estimate: (TrainSettings, Int) throws -> MemoryEstimate

    /// Bytes that may be taken.
    var limit: Int { min(training.memoryLimit ?? .max, MemoryLimit.bytes) }

    /// The estimate in a line.
    func summary() throws -> String {
        let estimate = try estimate(training, limit)
        return "memory: about \(byteSize(estimate.total)) (" + parts(estimate) + ")"
    }

    private func parts(_ estimate: MemoryEstimate) -> String {
        "weights and gradients \(byteSize(estimate.weights)), optimizer \(byteSize(estimate.trainer)), largest update "
            + "\(byteSize(estimate.graph))"
            + (estimate.segments.map { " in \(counted($0.segments.count, "segment"))" } ?? "")
            + ", plans \(byteSize(estimate.plans)), texts \(byteSize(estimate.text))"
    }

    /// Tells the estimate in a line. Throws `.memory`, with the largest batch size that fits, where it is above the limit.
    @discardableResult
    func run(_ console: Console) throws -> MemoryEstimate {
        let estimate = try estimate(training, limit)
        console.note(
            "\(model)\(grouped(estimate.parameterCount)) parameters; needs about \(byteSize(estimate.total)) of memory")
        console.detail("  \(parts(estimate)); limit \(byteSize(limit))")
        guard estimate.total > limit else { return estimate }
        let batch = training.batchTokens == nil ? "--batch-size" : "--batch-tokens"
        let hint =
            largestFittingBatch.map { "\(batch) \($0) is the largest that fits" }
            ?? "no batch size fits: make \(advice) smaller"
        let least = estimate.segments == nil ? "about" : "at least"
        throw DataError(
            .memory, "training needs \(least) \(byteSize(estimate.total)) of memory, the limit is \(byteSize(limit)); \(hint)")
    }

    private var largestFittingBatch: Int? {
        var fitting = 0, excessive = training.batchAmount
        while excessive - fitting > 1 {
            let middle = (fitting + excessive) / 2
            var settings = training
            settings.batchAmount = middle
            let total = (try? estimate(settings, limit))?.total ?? .max
            if total <= limit { fitting = middle } else { excessive = middle }
        }
        return fitting > 0 ? fitting : nil
    }
}

extension TrainSettings {
    /// How much goes into a batch: examples, or tokens where they are what is limited.
    var batchAmount: Int {
        get { batchTokens ?? batchSize }
        set { if batchTokens == nil { batchSize = newValue } else { batchTokens = newValue } }
    }

    /// Numbers that the trainer keeps for each parameter.
    var momentCount: Int { trainerMomentCount(named: optimizer) + (averaging == "none" ? 0 : 1) }
}

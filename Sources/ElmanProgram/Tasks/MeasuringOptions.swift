import Elman

/// How a trained model is measured.
struct MeasuringOptions: Equatable {
    /// Begin every line anew, where a language model would carry its state.
    var resetsState = false
    /// In how many bits weights are held.
    var weights = WeightPrecision.float32
    /// Hypotheses of a beam search.
    var beam: Int?
    /// How a language model adapts to the text.
    var adaptation: Adaptation?

    /// As `elman evaluate` takes them; nothing for what is usual.
    var arguments: [String] {
        (resetsState ? ["--reset-state"] : []) + (weights == .float32 ? [] : ["--weights", weights.rawValue])
            + (beam.map { ["--beam", "\($0)"] } ?? []) + (adaptation?.arguments ?? [])
    }

    /// Throws for what has no meaning for models of a task.
    func check(for task: any ProgramTask.Type) throws {
        let foreign = [
            (adaptation?.cache != nil, "--cache", LanguageModelProgramTask.name),
            (adaptation?.dynamic != nil, "--dynamic", LanguageModelProgramTask.name),
            (resetsState, "--reset-state", LanguageModelProgramTask.name), (beam != nil, "--beam", TranslateProgramTask.name),
        ]
        guard let wrong = foreign.first(where: { $0.0 && $0.2 != task.name }) else { return }
        throw ProgramError(.usage, "\(wrong.1) is for models of task \(wrong.2), not of task \(task.name); leave it out")
    }
}

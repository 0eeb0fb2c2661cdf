import Elman

/// A prepared training of a model that is made anew for it, or of a run that goes on: what is the same for all of them.
protocol PreparedModelTraining: PreparedTraining {
    associatedtype Model: TaskModel
    /// The model, its parameters declared only: how large they are can be told before any memory is taken.
    var model: Model { get }
    /// The task for a model, in batches as some settings say.
    func makeTask(_ model: Model, _ training: TrainSettings) throws -> any BatchedTask
    /// What is done to a new model before it is trained.
    func begin(_ model: Model) throws
}

extension PreparedModelTraining {
    var configuration: JSONObject { model.settings.adding(training.json) }

    func begin(_ model: Model) throws {}

    func checkFineTuning() throws { _ = try training.fineTuning(model.parameters) }

    func writeVocabularies(to folder: RunFolder) throws { try model.writeVocabularies(to: folder) }

    func makeTask() throws -> any TrainingTask {
        let model = try model.remade(in: ParameterCollection(seed: training.options.seed))
        try begin(model)
        return try makeTask(model, training)
    }

    private var memoryCheck: MemoryCheck {
        MemoryCheck(training: training) { settings, _ in
            try MemoryEstimate(
                sketching: try makeTask(model, settings), momentCount: settings.momentCount, epochs: settings.options.epochs)
        }
    }

    func checkMemory(_ console: Console) throws { try memoryCheck.run(console) }

    var memory: String? { try? memoryCheck.summary() }
}

extension ProgramTask {
    /// Keys of the settings of a model whose configuration has the given ones.
    static func keys(ofModel configuration: JSONObject) -> [String] {
        let keys = configuration.members.map(\.key).filter { $0 != "task" }
        let isLayered = configuration["cell"]?.asString.map { CellKind(rawValue: $0) != nil } ?? false
        return keys + (isLayered ? ["layer-norm"] : [])
    }
}

/// How far a training is: all that learning rates depend on.
public struct TrainingProgress: Hashable, Sendable {
    /// Updates made so far: 0 before the first.
    public var update: Int
    /// The epoch under way, counted from 1.
    public var epoch: Int
    /// The losses (or any measure that is better when lower) of all evaluations on development data, oldest first.
    public var developmentLosses: [Double]

    /// A progress; the beginning where nothing is given.
    public init(update: Int = 0, epoch: Int = 1, developmentLosses: [Double] = []) {
        self.update = update
        self.epoch = epoch
        self.developmentLosses = developmentLosses
    }

    /// The numbers as text, exactly.
    public var values: [String: String] {
        [
            "update": String(update), "epoch": String(epoch),
            "development_losses": developmentLosses.map(\.description).joined(separator: " "),
        ]
    }

    /// A progress from its `values`.
    public init(_ values: [String: String]) throws(TrainerStateError) {
        let saved = SavedValues(values)
        update = try saved.count("update")
        epoch = try saved.count("epoch")
        developmentLosses = []
        for text in try saved.string("development_losses").split(separator: " ") {
            guard let loss = Double(text) else { throw TrainerStateError("the saved loss is no number: \(text)") }
            developmentLosses.append(loss)
        }
    }
}

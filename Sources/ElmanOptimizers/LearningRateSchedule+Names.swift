extension LearningRateSchedule {
    /// Settings of a schedule that is made by name; what a schedule does not have is ignored.
    public struct Options: Hashable, Sendable {
        /// The updates of the whole training, for `cosine`, `linear` and `slantedTriangular`.
        public var updateCount: Int
        /// Updates over which the rate rises.
        public var warmUp: Int
        /// What `step` and `plateau` multiply by.
        public var factor: Double
        /// The last epoch that `step` leaves at the initial rate.
        public var afterEpoch: Int
        /// Evaluations without improvement that `plateau` bears.
        public var patience: Int

        /// Settings.
        public init(updateCount: Int = 0, warmUp: Int = 0, factor: Double = 0.5, afterEpoch: Int = 0, patience: Int = 0) {
            self.updateCount = updateCount
            self.warmUp = warmUp
            self.factor = factor
            self.afterEpoch = afterEpoch
            self.patience = patience
        }
    }

    /// What `named` makes.
    public static let names = ["constant", "step", "plateau", "cosine", "inverse-square-root", "linear", "slanted-triangular"]

    /// A schedule by its name; nil where there is none of that name (`names` lists them).
    public static func named(_ name: String, _ options: Options = Options()) -> LearningRateSchedule? {
        switch name {
        case "constant": .constant
        case "step": .step(factor: options.factor, afterEpoch: options.afterEpoch)
        case "plateau": .plateau(factor: options.factor, patience: options.patience)
        case "cosine": .cosine(updateCount: options.updateCount, warmUp: options.warmUp)
        case "inverse-square-root": .inverseSquareRoot(warmUp: options.warmUp)
        case "linear": .linear(updateCount: options.updateCount, warmUp: options.warmUp)
        case "slanted-triangular": .slantedTriangular(updateCount: options.updateCount)
        default: nil
        }
    }
}

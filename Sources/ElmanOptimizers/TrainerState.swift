import ElmanTensor

/// Everything that a trainer remembers from update to update, as a value to be saved: with the parameters' values and the
/// same settings, a restored trainer goes on exactly as the saved one would have.
public struct TrainerState: Hashable, Sendable {
    /// An array of numbers with a name.
    public struct NamedTensor: Hashable, Sendable {
        /// `optimizer/<parameter>/<moment>`, for example `optimizer/rnn/0/bias/m`, or `optimizer/<parameter>/average`.
        public var name: String
        /// The numbers, in the parameter's shape.
        public var tensor: Tensor

        /// A tensor with its name.
        public init(name: String, tensor: Tensor) {
            self.name = name
            self.tensor = tensor
        }
    }

    /// Moments and averages of the parameters that have some, in the order of the parameters. Names do not repeat.
    public var tensors: [NamedTensor]
    /// Counts, the rate and the kind of trainer, exactly: doubles are written with as many digits as they need.
    public var values: [String: String]

    /// A state read from a file. The order of the tensors does not matter.
    public init(tensors: [NamedTensor], values: [String: String]) {
        self.tensors = tensors
        self.values = values
    }
}

/// Why a saved state does not fit a trainer.
public struct TrainerStateError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What does not fit.
    public let description: String

    /// An error with a message.
    public init(_ description: String) { self.description = description }
}

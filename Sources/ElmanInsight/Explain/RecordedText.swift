import ElmanFiles
import ElmanGraph
import ElmanModels
import ElmanTensor

/// The values that the parts of a network had while it read a text, as plain numbers.
public struct RecordedText: Sendable {
    /// A part of the network.
    public struct Series: Sendable, Hashable {
        /// The layer and the part: `rnn/0/forgetGate`.
        public let name: String
        /// What each step is: a token, or something else.
        public let steps: [String]
        /// At which step the first token was read; nil where steps are no tokens.
        public let first: Int?
        /// The values, one array a step.
        public let values: [[Float]]

        /// How many units there are; nil where steps differ.
        public var size: Int? {
            guard let size = values.first?.count, values.allSatisfy({ $0.count == size }) else { return nil }
            return size
        }
    }

    /// The tokens that were read, marks that the model adds included.
    public let tokens: [String]
    /// The parts, in the order in which they were first computed.
    public let series: [Series]

    /// The values of a recording, computed together.
    public init(_ inspection: Inspection, _ recording: Recording) {
        tokens = inspection.tokens
        compute(recording.series.flatMap(\.steps))
        series = recording.series.map { series in
            // Steps that were read at once are members of a batch.
            let values = series.steps.flatMap { step -> [[Float]] in
                let scalars = step.value.scalars, size = step.shape.count
                return stride(from: 0, to: scalars.count, by: size).map { Array(scalars[$0..<$0 + size]) }
            }
            let steps = inspection.steps(of: series.name, count: values.count)
            return Series(
                name: series.name, steps: steps?.names ?? (0..<values.count).map { "\($0 + 1)" }, first: steps?.first,
                values: values)
        }
    }

    /// The series of a name, or nil.
    public subscript(name: String) -> Series? { series.first { $0.name == name } }

    /// The series whose steps are the tokens, each value beside its token.
    public var ofTokens: [Series] { series.filter { $0.first != nil && $0.size != nil } }
}

/// Computes expressions of any shapes together.
package func compute(_ expressions: [Expression]) {
    if expressions.isEmpty { return }
    _ = sum(expressions.map { sumOverBatch(sum($0)) }).value
}

extension InspectableModel {
    /// Everything that happens while a text is read.
    public func record(_ text: InspectedText, intervention: Intervention? = nil) throws(DataError) -> RecordedText {
        let graph = ComputationGraph(keepsForBackward: false), recording = Recording()
        graph.recording = recording
        // The values are read while the graph is there.
        defer { graph.recording = nil }
        graph.intervention = intervention
        return RecordedText(try inspect(text, in: graph), recording)
    }
}

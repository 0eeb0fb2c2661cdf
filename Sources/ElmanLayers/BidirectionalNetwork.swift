import ElmanGraph
import ElmanTensor

/// A network of any cell that reads whole sequences: `Bidirectional` from both ends, `ForwardReader` from the beginning alone.
/// `makeBidirectionalNetwork` makes either by the name of its cell.
public protocol BidirectionalNetwork: Sendable {
    /// Elements of an input vector.
    var inputSize: Int { get }
    /// Elements of an output vector: both directions together, where there are two.
    var outputSize: Int { get }
    /// The parameters: of each layer, lowest first, forward and then backward.
    var parameters: [Parameter] { get }
    /// Shapes of the parts of the states in which a reading ends, in the order of `BidirectionalReading.finalStates`.
    var stateShapes: [[Shape]] { get }
    /// Reads a sequence. The graph must be given for an empty one.
    func read(_ inputs: [Expression], in graph: ComputationGraph?, dropout: RecurrentDropout) -> BidirectionalReading
    /// Reads a sequence whose steps are the members of a batch, as `embeddings[words, in: graph]` gives them.
    func read(sequence: Expression, dropout: RecurrentDropout) -> BidirectionalReading
}

extension BidirectionalNetwork {
    /// Reads a sequence. The graph must be given for an empty one.
    public func read(_ inputs: [Expression], in graph: ComputationGraph? = nil) -> BidirectionalReading {
        read(inputs, in: graph, dropout: .none)
    }

    /// Reads a sequence of at least one input.
    public func read(_ inputs: [Expression], dropout: RecurrentDropout) -> BidirectionalReading {
        read(inputs, in: nil, dropout: dropout)
    }

    /// Reads a sequence whose steps are the members of a batch.
    public func read(sequence: Expression) -> BidirectionalReading { read(sequence: sequence, dropout: .none) }

    /// Member by member.
    public func read(sequence: Expression, dropout: RecurrentDropout) -> BidirectionalReading {
        read(sequence.steps(), in: sequence.graph, dropout: dropout)
    }

    /// Reads batches that are padded by hand at their ends: the first `lengths[b]` inputs are those of member b. The padding
    /// is never looked at: each member is read as a sequence of its own, in batches again. Outputs at the padding are zeros;
    /// the summary and the final states are those of each member's own end.
    public func read(
        _ inputs: [Expression], lengths: [Int], dropout: RecurrentDropout = .none
    ) -> BidirectionalReading {
        guard let graph = inputs.first?.graph else { fail("lengths are given, but no inputs") }
        let readings = unpadded(inputs, lengths: lengths).map { read($0, in: graph, dropout: dropout) }
        func join(_ sequences: [[Expression]]) -> [Expression] { padded(sequences, count: inputs.count) }
        let states = readings[0].finalStates.indices.map { layer in
            readings[0].finalStates[layer].indices.map { part in
                concatenateToBatch(readings.map { $0.finalStates[layer][part] })
            }
        }
        let hasBackward = readings[0].hasBackward
        return BidirectionalReading(
            forward: SequenceOutputs(join(readings.map(\.forward))),
            backward: hasBackward ? SequenceOutputs(join(readings.map(\.backward))) : nil,
            lastForward: concatenateToBatch(readings.map(\.lastForward)),
            lastBackward: hasBackward ? concatenateToBatch(readings.compactMap(\.lastBackward)) : nil,
            addends: readings[0].residuals == nil ? nil : SequenceOutputs(join(readings.map { $0.residuals ?? [] })),
            finalStates: states)
    }
}

/// The members of batches that are padded by hand at their ends, as sequences of their own: of member b the first
/// `lengths[b]` inputs. It takes no time, and the padding is left behind.
public func unpadded(_ inputs: [Expression], lengths: [Int]) -> [[Expression]] {
    if let wrong = lengths.first(where: { $0 < 0 || $0 > inputs.count }) {
        fail("a sequence of \(wrong) inputs is asked for where \(inputs.count) are given")
    }
    if let input = inputs.first(where: { $0.shape.batchSize != lengths.count }) {
        fail("\(lengths.count) lengths are given for a batch of \(input.shape.batchSize)")
    }
    if lengths.count == 1 { return [Array(inputs.prefix(lengths[0]))] }
    return lengths.enumerated().map { member, length in inputs.prefix(length).map { $0.member(member) } }
}

/// Sequences as batches, padded with zeros at their ends up to `count`: the reverse of `unpadded`. All sequences may not be
/// empty.
public func padded(_ sequences: [[Expression]], count: Int) -> [Expression] {
    guard let sample = sequences.lazy.compactMap(\.first).first else {
        fail("sequences without any input cannot be padded")
    }
    let zeros = sample.graph.zeros(sample.shape.batched(1))
    return (0..<count).map { step in
        concatenateToBatch(sequences.map { step < $0.count ? $0[step] : zeros })
    }
}

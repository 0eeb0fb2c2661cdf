import ElmanGraph
import ElmanTensor

/// A network of any cell that reads a sequence from both ends. `Bidirectional` is one; `makeBidirectionalNetwork` makes one
/// by the name of its cell.
public protocol BidirectionalNetwork: Sendable {
    /// Elements of an input vector.
    var inputSize: Int { get }
    /// Elements of an output vector: both directions together.
    var outputSize: Int { get }
    /// The parameters: of each layer, lowest first, forward and then backward.
    var parameters: [Parameter] { get }
    /// Reads a sequence. The graph must be given for an empty one.
    func read(_ inputs: [Expression], in graph: ComputationGraph?, dropout: RecurrentDropout) -> BidirectionalReading
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
        return BidirectionalReading(
            forward: join(readings.map(\.forward)), backward: join(readings.map(\.backward)),
            lastForward: concatenateToBatch(readings.map(\.lastForward)),
            lastBackward: concatenateToBatch(readings.map(\.lastBackward)),
            addends: readings[0].addends == nil ? nil : join(readings.map { $0.addends ?? [] }), finalStates: states)
    }
}

/// What a bidirectional network says of a sequence.
public struct BidirectionalReading {
    /// What the top layer's forward direction says at each input, having read all before it.
    public let forward: [Expression]
    /// What the top layer's backward direction says at each input, having read all behind it.
    public let backward: [Expression]
    let lastForward: Expression, lastBackward: Expression
    /// What residual connections add to the outputs.
    let addends: [Expression]?
    /// The parts of the state in which each direction of each layer ended: lowest layer first, forward before backward.
    public let finalStates: [[Expression]]

    @usableFromInline
    init(
        forward: [Expression], backward: [Expression], lastForward: Expression, lastBackward: Expression,
        addends: [Expression]?, finalStates: [[Expression]]
    ) {
        self.forward = forward
        self.backward = backward
        self.lastForward = lastForward
        self.lastBackward = lastBackward
        self.addends = addends
        self.finalStates = finalStates
    }

    /// For each input both directions, one behind the other.
    public var outputs: [Expression] {
        let joined = zip(forward, backward).map { concatenate($0, $1) }
        return addends.map { zip(joined, $0).map { $0 + $1 } } ?? joined
    }

    /// The top layer's last outputs: that of the forward direction at the last input, then that of the backward direction at
    /// the first.
    public var summary: Expression { concatenate(lastForward, lastBackward) }
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

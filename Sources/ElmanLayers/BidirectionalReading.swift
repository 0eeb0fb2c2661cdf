import ElmanGraph
import ElmanTensor

/// What a bidirectional network says of a sequence, or one that reads from the beginning alone (`ForwardReader`).
///
/// A sequence that was read at once is kept as one expression; `forward`, `backward` and `outputs` are made of it when they are
/// asked for.
public struct BidirectionalReading {
    private let forwardOutputs: SequenceOutputs
    /// nil where nothing is read from the end.
    private let backwardOutputs: SequenceOutputs?
    /// What residual connections add to the outputs.
    private let addends: SequenceOutputs?
    let lastForward: Expression, lastBackward: Expression?
    /// The parts of the state in which each direction of each layer ended: lowest layer first, forward before backward.
    public let finalStates: [[Expression]]
    private let joined = JoinedOutputs()

    @usableFromInline
    init(
        forward: SequenceOutputs, backward: SequenceOutputs?, lastForward: Expression, lastBackward: Expression?,
        addends: SequenceOutputs?, finalStates: [[Expression]]
    ) {
        forwardOutputs = forward
        backwardOutputs = backward
        self.lastForward = lastForward
        self.lastBackward = lastBackward
        self.addends = addends
        self.finalStates = finalStates
    }

    /// How many inputs were read.
    public var count: Int { forwardOutputs.count }

    /// What the top layer's forward direction says at each input, having read all before it.
    public var forward: [Expression] { forwardOutputs.steps }

    /// What the top layer's backward direction says at each input, having read all behind it; nothing where there is none.
    public var backward: [Expression] { backwardOutputs?.steps ?? [] }

    /// Whether the sequence was read from its end too.
    var hasBackward: Bool { backwardOutputs != nil }

    /// For each input both directions, one behind the other.
    public var outputs: [Expression] {
        count == 0 ? [] : joinedOutputs.steps
    }

    /// The outputs as one expression, `[outputSize]`, one member of the batch an input: what a layer over all words and their losses
    /// take at once. Fails for no inputs, and for batches padded by hand, whose members are others.
    public var outputSequence: Expression { joinedOutputs.sequence }

    /// The top layer's last outputs: that of the forward direction at the last input, then that of the backward direction at
    /// the first.
    public var summary: Expression { lastBackward.map { concatenate(lastForward, $0) } ?? lastForward }

    /// What residual connections add to the output of each input; nil where there are none.
    var residuals: [Expression]? { addends?.steps }

    /// Whether the outputs are one expression, which need not be joined.
    var isSequence: Bool { forwardOutputs.isBatch && backwardOutputs?.isBatch ?? true }

    private var joinedOutputs: SequenceOutputs {
        guard let backwardOutputs else { return forwardOutputs }
        return joined.outputs {
            guard isSequence else {
                let joined = zip(forward, backward).map { concatenate($0, $1) }
                return SequenceOutputs(addends.map { zip(joined, $0.steps).map { $0 + $1 } } ?? joined)
            }
            let joined = concatenate(forwardOutputs.sequence, backwardOutputs.sequence)
            return SequenceOutputs(addends.map { joined + $0.sequence } ?? joined)
        }
    }
}

/// Outputs of both directions, joined when they are asked for.
private final class JoinedOutputs {
    private var known: (sample: Expression, outputs: SequenceOutputs)?

    func outputs(_ make: () -> SequenceOutputs) -> SequenceOutputs {
        // A graph that was taken back has lost what was made since.
        if let known, known.sample.graph.owns(known.sample) { return known.outputs }
        let outputs = make()
        known = (outputs.sample, outputs)
        return outputs
    }
}

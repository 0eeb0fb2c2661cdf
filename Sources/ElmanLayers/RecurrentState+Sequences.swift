import ElmanGraph
import ElmanTensor

// Whole sequences as one expression, whose steps are the members of a batch: as `embeddings[words, in: graph]` gives them.

extension RecurrentState {
    /// Goes on with a whole sequence and gives the outputs of the top layer, with its residual connections, after each step.
    /// The same bits as `addInput` step by step, and faster where the cell has a node for it (`RecurrentCell.readsSequences`).
    /// - Parameters:
    ///   - sequence: `[inputSize]`, one member of the batch a step.
    ///   - isReversed: from the last input to the first.
    /// - Returns: `[hiddenSize]`, one member a step in the order of the inputs.
    @inlinable
    @discardableResult
    public mutating func addSequence(_ sequence: Expression, isReversed: Bool) -> Expression {
        guard readsSequences else { return addStepByStep(sequence, isReversed: isReversed) }
        var outputs = sequence
        for layer in builder.layers.indices {
            if layer > 0 { outputs = ElmanGraph.dropout(outputs, rate: dropout.betweenLayers) }
            let reading = builder.layers[layer].read(outputs, from: layers[layer], isReversed: isReversed)
            layers[layer] = reading.state
            if let recording = graph.recording { recording.note("\(builder.layerNames[layer])/hidden", reading.outputs) }
            outputs = builder.isResidual && layer > 0 ? reading.outputs + outputs : reading.outputs
        }
        if builder.isResidual, builder.layers.count > 1 { topOutput = outputs.lastStep(isReversed: isReversed) }
        return outputs
    }

    @inlinable
    mutating func addStepByStep(_ sequence: Expression, isReversed: Bool) -> Expression {
        let first = graph.recording?.mark()
        defer { if isReversed, let first { graph.recording?.reverse(since: first) } }
        var outputs: [Expression] = []
        for input in sequence.steps(isReversed: isReversed) {
            addInput(input)
            outputs.append(output)
        }
        return concatenateToBatch(isReversed ? outputs.reversed() : outputs)
    }

    /// Whether all layers can read a whole sequence at once from where they stand: the cells have a node for it, no mask holds for
    /// the sequence, the state has one member, and nobody records the gates of the steps or intervenes in them.
    @inlinable
    var readsSequences: Bool {
        if masks.isNeeded || graph.recording?.includesGates == true || graph.intervention != nil { return false }
        for layer in builder.layers.indices {
            guard builder.layers[layer].readsSequences else { return false }
            for part in layers[layer].expressions where part.shape.batchSize != 1 { return false }
        }
        return true
    }

    /// Whether these inputs can be read as one sequence: there are some, of one member each.
    @inlinable
    func canRead(_ inputs: [Expression]) -> Bool {
        guard !inputs.isEmpty, readsSequences else { return false }
        for input in inputs where input.shape.batchSize != 1 { return false }
        return true
    }
}

extension Expression {
    /// The members of the batch.
    @usableFromInline var members: [Expression] { steps() }
}

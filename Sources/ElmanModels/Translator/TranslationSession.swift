import ElmanGraph
import ElmanLayers
import ElmanTensor

/// Where a translation stands, as plain values that outlive the graph.
struct TranslationState: Sendable {
    /// The parts of the decoder's state.
    var parts: [[Tensor]]
    /// The vector that the last token was predicted from, where the next input needs it.
    var attended: Tensor?
    /// The weights of the source's tokens at each step so far; empty without attention.
    var weights: [[Float]] = []
}

/// Some sources that were read, and the decoder's steps after them. All that is asked for together runs as one batch, and the
/// same bits come out of every batch. The memory for steps is that of one, however many there are.
struct TranslationSession {
    private let translator: Translator
    private let graph: ComputationGraph
    private let memories: [AttentionMemory?]
    private let afterReading: GraphMark
    /// The states before the first tokens, one for each source.
    let starts: [TranslationState]

    /// Reads sources, given without end marks, in a graph that is renewed for it.
    init(_ translator: Translator, sources: [[Int32]], in graph: ComputationGraph) {
        self.translator = translator
        self.graph = graph
        graph.renew()
        let readings = sources.map { translator.start(after: $0, in: graph, isTraining: false) }
        memories = readings.map(\.memory)
        // One look at every source computes what attention needs of it, so that it is there for all steps.
        let looks = readings.compactMap { reading in
            reading.memory.flatMap { translator.decoder.attention?(reading.state.network.output, $0).context }
        }
        if !looks.isEmpty { _ = concatenateToBatch(looks).value }
        let hidden = readings.flatMap { $0.state.network.parts.flatMap { $0 } }
        if !hidden.isEmpty { _ = sum(hidden.map { sum($0) }).value }
        let feeds = translator.configuration.feedsInput
        starts = readings.map { reading in
            TranslationState(
                parts: reading.state.network.values, attended: feeds ? reading.state.attended.value : nil)
        }
        afterReading = graph.mark()
    }

    /// What follows when tokens are added to states: the states then, and the log-probabilities of all tokens.
    func step(
        _ live: [(source: Int, state: TranslationState, token: Int)]
    ) -> [(state: TranslationState, logProbabilities: [Float])] {
        graph.rewind(to: afterReading)
        let decoder = translator.decoder
        var logProbabilities: [Expression] = []
        let states = live.map { source, state, token in
            var next = TargetState(
                network: decoder.network.start(from: state.parts, in: graph),
                attended: state.attended.map { graph.input($0) } ?? graph.zeros([translator.configuration.hiddenSize]))
            decoder.add(Int32(token), to: &next, memories[source], in: graph, isTraining: false)
            logProbabilities.append(logSoftmax(decoder.scores(next.attended)))
            return next
        }
        let values = concatenateToBatch(logProbabilities).value.scalars
        let count = values.count / max(live.count, 1)
        return live.indices.map { place in
            let next = states[place], before = live[place].state
            let state = TranslationState(
                parts: next.network.values, attended: before.attended == nil ? nil : next.attended.value,
                weights: before.weights + (next.weights.map { [$0.value.scalars] } ?? []))
            return (state, Array(values[place * count..<(place + 1) * count]))
        }
    }
}

import ElmanFiles
import ElmanGraph
import ElmanModels

/// Reads many texts, several in one graph, long ones of models that go on in pieces.
struct InspectionReader {
    let model: any InspectableModel
    let graph = ComputationGraph(keepsForBackward: false)
    let deciding: Bool

    /// Tokens read in one graph, unless a single text of a model that does not go on has more.
    private static let tokensAtOnce = 512

    init(_ model: any InspectableModel, intervention: Intervention? = nil, recording: Recording? = nil, deciding: Bool) {
        self.model = model
        self.deciding = deciding
        graph.intervention = intervention
        graph.recording = recording
    }

    /// A text, or a piece of one, that was read.
    struct Part {
        let text: Int
        /// Which tokens of the text.
        let tokens: Range<Int>
        let inspection: Inspection
        /// How many steps each series of the recording had before.
        let before: [Int]
        /// And afterwards.
        let after: [Int]
    }

    /// Calls `body` with all parts of the texts in order, some at a time whose values are best asked for together. `limit`: how many
    /// tokens are read at most.
    func read(
        _ texts: [InspectedText], limit: Int = .max, _ body: ([Part]) throws(DataError) -> Void
    ) throws(DataError) {
        var parts: [Part] = [], waiting = 0, total = 0
        var state: InspectionState?
        for (number, text) in texts.enumerated() where total < limit {
            if !model.carriesState { state = nil }
            var start = 0
            let count = min(text.tokens.count, limit - total)
            while start < count {
                if waiting > 0, waiting + (count - start) > Self.tokensAtOnce {
                    try body(parts)
                    (parts, waiting) = ([], 0)
                }
                if parts.isEmpty { graph.renew() }
                // Only models of language go on; their pieces carry the state from one to the next.
                let isWhole = !(model is LanguageModel)
                let end = isWhole ? text.tokens.count : min(count, start + Self.tokensAtOnce)
                var piece = text
                if !isWhole { piece.tokens = Array(text.tokens[start..<end]) }
                let before = graph.recording?.mark() ?? []
                let inspection = try model.inspect(piece, from: state, in: graph, deciding: deciding)
                parts.append(
                    Part(
                        text: number, tokens: start..<end, inspection: inspection, before: before,
                        after: graph.recording?.mark() ?? []))
                waiting += end - start
                total += end - start
                if end < text.tokens.count || model.carriesState {
                    try body(parts)
                    (parts, waiting) = ([], 0)
                    state = inspection.finalState?()
                }
                start = end
            }
        }
        if !parts.isEmpty { try body(parts) }
    }
}

import ElmanGraph
import ElmanLayers
import ElmanText

/// The memory that training a model takes at its peak, foretold from sizes alone, before any of it is taken.
///
/// The graph of the largest update weighs most: for each token the values and gradients of every step, what the backward pass
/// needs again, and the scores that the output layer computes.
public struct MemoryEstimate: Sendable, Hashable {
    /// Numbers that are learnt.
    public let parameterCount: Int
    /// Bytes of the weights and their gradients.
    public let weights: Int
    /// Bytes of the trainer's moments and averages.
    public let trainer: Int
    /// Bytes of the graph of the largest update.
    public let graph: Int
    /// Bytes of what is remembered of how earlier graphs were computed.
    public let plans: Int
    /// The segments that the largest update is divided into, because all of it does not fit; nil where it does.
    public let segments: SegmentPlan?
    /// Steps of the longest text of the largest update, where that is known.
    public let longestText: Int?
    /// Bytes of the texts.
    public let text: Int
    /// Bytes of the program itself and of the space that allocators hold back.
    public let program: Int

    /// Bytes of all of it.
    public var total: Int { weights + trainer + graph + plans + text + program }

    /// Bytes of what is there whatever the updates are.
    package var withoutGraph: Int { total - graph }

    /// What is trained on, as far as it needs memory.
    public struct Work: Sendable, Hashable {
        /// Entries of the vocabulary.
        public var vocabularySize: Int
        /// Numbers that the trainer keeps for each parameter.
        public var momentCount: Int
        /// The largest update.
        public var update: Update
        /// Tokens of all texts.
        public var textTokens: Int
        /// Sentences of all texts.
        public var sentences: Int
        /// How often each entry of the vocabulary occurs, for output layers that go by it.
        public var counts: [Int]?
        /// Bytes that training may take; nil: no limit.
        public var limit: Int?

        /// The sizes of some work.
        public init(
            vocabularySize: Int, momentCount: Int, update: Update, textTokens: Int, sentences: Int, counts: [Int]? = nil,
            limit: Int? = nil
        ) {
            self.vocabularySize = vocabularySize
            self.momentCount = momentCount
            self.update = update
            self.textTokens = textTokens
            self.sentences = sentences
            self.counts = counts
            self.limit = limit
        }
    }

    /// How much one update takes at once.
    public struct Update: Sendable, Hashable {
        /// Tokens that it learns.
        public var tokens: Int
        /// Steps of the network in its graph: parallel streams take theirs together.
        public var steps: Int
        /// Steps of its longest text.
        public var length = 0
        /// Texts side by side.
        public var textCount = 1
        /// In how many pieces it is computed.
        public var pieceCount = 1
        /// Tokens of the largest piece.
        public var pieceTokens: Int
        /// Steps of the largest piece.
        public var pieceSteps: Int
        /// Steps of all graphs that differ from each other.
        public var differentSteps: Int

        /// An update of so many tokens in so many steps, all of them one piece.
        public init(tokens: Int, steps: Int) {
            self.tokens = tokens
            self.steps = steps
            pieceTokens = tokens
            pieceSteps = steps
            differentSteps = steps
        }

        /// An update of texts of the given lengths, side by side. Parallel streams take their steps together.
        init(lengths: [Int], areStreams: Bool) {
            let most = UpdatePieces.stepsOfPiece
            tokens = lengths.reduce(0, +)
            length = lengths.max() ?? 0
            steps = areStreams ? length : tokens
            textCount = lengths.count
            pieceCount = max(1, (length + most - 1) / most)
            pieceTokens = lengths.reduce(0) { $0 + min($1, most) }
            pieceSteps = areStreams ? min(length, most) : pieceTokens
            differentSteps = steps
        }

        /// The sizes of an update's pieces.
        init(_ pieces: UpdatePieces) { self.init(lengths: pieces.lengths, areStreams: pieces.areStreams) }
    }

    /// An estimate of known parts.
    init(parameterCount: Int, weights: Int, trainer: Int, graph: Int, plans: Int, text: Int, program: Int) {
        self.parameterCount = parameterCount
        self.weights = weights
        self.trainer = trainer
        self.graph = graph
        self.plans = plans
        self.program = program
        segments = nil
        longestText = nil
        self.text = text
    }

    /// The estimate for a model and its work.
    public init(_ configuration: LanguageModelConfiguration, _ work: Work) {
        let sizes = LanguageModelSizes(configuration, vocabularySize: work.vocabularySize, counts: work.counts)
        parameterCount = sizes.parameterCount
        program = 32 << 20
        // The largest tensor is copied and turned when it is saved. Matrices that are dropped are copied, masked, and multiplied.
        let dropped = configuration.regularization.weightDrop > 0 ? sizes.recurrentCount : 0
        weights = 4 * (2 * sizes.paddedCount + 2 * sizes.largestCount + 5 * dropped)
        trainer = 4 * sizes.paddedCount * work.momentCount
        // The text as type numbers, as indices, and its part for training; each type with its spelling in two tables.
        text = 12 * work.textTokens + 48 * work.sentences + 160 * work.vocabularySize
        let cost = GraphCost(configuration, network: sizes.network, output: sizes.output)
        plans = cost.bytesOfPlans(work.update)
        segments = cost.plan(work.update, bytes: (work.limit ?? .max) - weights - trainer - plans - text - program)
        longestText = work.update.length
        graph = segments?.bytes ?? cost.bytes(work.update)
    }
}

extension MemoryEstimate.Update {
    /// How many lengths of segments are drawn, most of them about the usual one.
    private static let variedLengths = 40

    /// The largest update that some batches make of sentences, or documents, of the given lengths, end marks included, which are
    /// read `epochs` times.
    public init(
        largestOf batches: LanguageModelBatches, lengths: [Int], epochs: Int = 1, seed: UInt64, variesSegments: Bool = false
    ) {
        switch batches {
        case .streams(let count, let usualCount):
            // Not the longest that can be drawn, but about the longest that are.
            let stepCount = usualCount + (variesSegments ? 20 : 0)
            let all = lengths.reduce(0, +)
            let streams = max(1, min(count, all))
            self.init(lengths: Array(repeating: min(stepCount, all / streams), count: streams), areStreams: true)
            if variesSegments { differentSteps *= Self.variedLengths }
        case .documents(let count, let stepCount):
            let streams = max(1, min(count, lengths.count))
            let length = min(stepCount, max(lengths.max() ?? 0, lengths.reduce(0, +) / streams))
            self.init(lengths: Array(repeating: length, count: streams), areStreams: false)
        case .sentences, .tokens:
            // The batches of the first epochs; later ones are as large or a little larger.
            var sentences = LanguageModelTask.sentenceBatches(batches, lengths, seed: seed)
            var largest: [Int] = [], tokens = 0
            for epoch in 1...(lengths.count > 1_000_000 ? 1 : 3) {
                _ = sentences.begin(epoch)
                for batch in sentences.batches where sentences.tokenCount(of: batch) > tokens {
                    tokens = sentences.tokenCount(of: batch)
                    largest = batch
                }
            }
            self.init(lengths: largest.map { lengths[$0] }, areStreams: false)
            differentSteps = lengths.reduce(0, +) * epochs
        }
    }
}

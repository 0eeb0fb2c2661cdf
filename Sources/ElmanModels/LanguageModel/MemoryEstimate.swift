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
    /// Bytes of the trainer's moments and averages, and of their copy while a checkpoint is written.
    public let trainer: Int
    /// Bytes of the graph of the largest update.
    public let graph: Int
    /// Bytes of the texts.
    public let text: Int
    /// Bytes of the program itself and of the space that allocators hold back.
    public let program = 24 << 20

    /// Bytes of all of it.
    public var total: Int { weights + trainer + graph + text + program }

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

        /// The sizes of some work.
        public init(
            vocabularySize: Int, momentCount: Int, update: Update, textTokens: Int, sentences: Int, counts: [Int]? = nil
        ) {
            self.vocabularySize = vocabularySize
            self.momentCount = momentCount
            self.update = update
            self.textTokens = textTokens
            self.sentences = sentences
            self.counts = counts
        }
    }

    /// How much one update takes at once.
    public struct Update: Sendable, Hashable {
        /// Tokens that it learns.
        public var tokens: Int
        /// Steps of the network in its graph: parallel streams take theirs together.
        public var steps: Int

        /// An update of so many tokens in so many steps.
        public init(tokens: Int, steps: Int) {
            self.tokens = tokens
            self.steps = steps
        }
    }

    /// An estimate of known parts.
    init(parameterCount: Int, weights: Int, trainer: Int, graph: Int, text: Int) {
        self.parameterCount = parameterCount
        self.weights = weights
        self.trainer = trainer
        self.graph = graph
        self.text = text
    }

    /// The estimate for a model and its work.
    public init(_ configuration: LanguageModelConfiguration, _ work: Work) {
        let sizes = LanguageModelSizes(configuration, vocabularySize: work.vocabularySize, counts: work.counts)
        let step = CellStepCost(configuration)
        parameterCount = sizes.parameterCount
        // The largest tensor is copied and turned when it is saved. Matrices that are dropped are copied, masked, and multiplied.
        let dropped = configuration.regularization.weightDrop > 0 ? sizes.recurrentCount : 0
        weights = 4 * (2 * sizes.paddedCount + 2 * sizes.largestCount + 5 * dropped)
        trainer = 4 * 2 * sizes.paddedCount * work.momentCount
        graph =
            4 * (work.update.tokens * Self.numbersPerToken(configuration, step) + sizes.lossSize(work.update.tokens))
            + work.update.steps * Self.bookkeepingPerStep(configuration, step)
        // The text as type numbers, as indices, and its part for training; each type with its spelling in two tables.
        text = 12 * work.textTokens + 48 * work.sentences + 160 * work.vocabularySize
    }

    /// Numbers that one token's part of the graph holds.
    private static func numbersPerToken(_ configuration: LanguageModelConfiguration, _ step: CellStepCost) -> Int {
        let sizes = configuration.layerSizes, embedding = configuration.embeddingSize
        let units = sizes.reduce(0, +), regularization = configuration.regularization
        let network = Int(step.numbersPerUnit * Double(units))
        let dropped = configuration.hasMasks ? 3 * (embedding + units) : 0
        let penalized = regularization.slownessPenalty > 0 ? 2 * sizes[sizes.count - 1] : 0
        return 2 * embedding + network + dropped + penalized + 2 * sizes[sizes.count - 1]
    }

    /// Bytes of the records of one step of the network, and of the plans that are kept of them.
    private static func bookkeepingPerStep(_ configuration: LanguageModelConfiguration, _ step: CellStepCost) -> Int {
        500 * (3 + configuration.layerCount * (step.nodes + (configuration.hasMasks ? 1 : 0)))
    }
}

extension MemoryEstimate.Update {
    /// The largest update that some batches make of sentences of the given lengths, end marks included.
    public init(largestOf batches: LanguageModelBatches, lengths: [Int], seed: UInt64, variesSegments: Bool = false) {
        switch batches {
        case .streams(let count, let usualCount):
            // Not the longest that can be drawn, but about the longest that are.
            let stepCount = usualCount + (variesSegments ? 20 : 0)
            let all = lengths.reduce(0, +)
            let streams = max(1, min(count, all))
            steps = min(stepCount, all / streams)
            tokens = streams * steps
        case .sentences, .tokens:
            // The batches of the first epochs; later ones are as large or a little larger.
            var sentences = LanguageModelTask.sentenceBatches(batches, lengths, seed: seed)
            tokens = (1...(lengths.count > 1_000_000 ? 1 : 3)).reduce(0) { largest, epoch in
                _ = sentences.begin(epoch)
                return sentences.batches.reduce(largest) { max($0, sentences.tokenCount(of: $1)) }
            }
            steps = tokens
        }
    }
}

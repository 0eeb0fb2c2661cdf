import ElmanGraph
import ElmanLayers
import ElmanTensor

/// The biaffine parser (Dozat and Manning 2017): every pair of words is scored as head and dependent, and the tree with the highest
/// sum of scores is taken (`maximumSpanningTree`), with exactly one root. Relations are then scored for the arcs found.
///
/// Before the words stands a learnt vector for the root. Heads and relations are learnt by the negative log-probability of each word's
/// own.
///
/// Parameters: those of `ParserReader`; `root` [input size]; in the scopes `arcs` and `labels` those of `BiaffineArcScorer` and
/// `BiaffineLabelScorer`.
public struct GraphParser: Sendable {
    private let reader: ParserReader
    private let relations: ParserRelations
    private let root: Parameter
    let arcs: BiaffineArcScorer
    private let labels: BiaffineLabelScorer
    private let dropoutRate: Float

    init(
        _ configuration: ParserConfiguration, _ reader: ParserReader, _ relations: ParserRelations,
        in parameters: ParameterCollection
    ) {
        let initializer = configuration.encoder.initialRange.map { Initializer.uniform($0) } ?? .glorot()
        self.reader = reader
        self.relations = relations
        dropoutRate = configuration.encoder.dropout
        root = parameters.add(
            [reader.inputSize], named: "root",
            initializer: configuration.encoder.initialRange.map { .uniform($0) } ?? .uniform(0.1))
        arcs = BiaffineArcScorer(
            stateSize: reader.outputSize, arcSize: configuration.arcSize, initializer: initializer,
            in: parameters.scope("arcs"))
        labels = BiaffineLabelScorer(
            stateSize: reader.outputSize, labelSize: configuration.labelSize, labelCount: relations.count,
            initializer: initializer, in: parameters.scope("labels"))
    }

    /// The states of the root and of all words, `[output size, n + 1]`.
    func states(of sentence: ParserSentence, in graph: ComputationGraph, isTraining: Bool) -> Expression {
        let states = reader.read(sentence, after: root(in: graph), in: graph, isTraining: isTraining).outputMatrix
        return dropout(states, rate: isTraining ? dropoutRate : 0)
    }
}

extension GraphParser: DependencyNetwork {
    func canLearn(_ heads: [Int]) -> Bool { !heads.contains { $0 < 0 } }

    func losses(of examples: [ParserExample], explores: Bool, in graph: ComputationGraph, isTraining: Bool) -> [Expression] {
        let rate = isTraining ? dropoutRate : 0
        return examples.map { example in
            let states = states(of: example.sentence, in: graph, isTraining: isTraining)
            let heads = example.tree.heads
            // A root's relation is known.
            let wanted = zip(heads, example.tree.relations).map { $0 == 0 ? -1 : $1 }
            let arcLoss = arcs.loss(arcs(states, dropout: rate), heads: heads)
            return arcLoss + labels.loss(labels(states, heads: heads, dropout: rate), labels: wanted)
        }
    }

    func trees(of sentences: [ParserSentence], in graph: ComputationGraph) -> [ParsedSentence] {
        let states = sentences.map { self.states(of: $0, in: graph, isTraining: false) }
        let scores = states.map { arcs($0) }
        compute(scores)
        let heads = scores.map { maximumSpanningTree(scores: $0.value) }
        let labelScores = zip(states, heads).map { labels($0, heads: $1) }
        compute(labelScores)
        return zip(heads, labelScores).map { heads, scores in
            ParsedSentence(heads: heads, relations: bestRelations(of: heads, scores.value.scalars))
        }
    }

    /// Computes expressions together.
    private func compute(_ expressions: [Expression]) { _ = sum(expressions.map { sumOverBatch(sum($0)) }).value }

    private func bestRelations(of heads: [Int], _ scores: [Float]) -> [Int] {
        heads.enumerated().map { word, head in
            guard head != 0 else { return relations.root }
            let first = word * relations.count
            var best = relations.ofArcs[0]
            for relation in relations.ofArcs where scores[first + relation] > scores[first + best] { best = relation }
            return best
        }
    }
}

import ElmanGraph
import ElmanTensor

#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// Words that were drawn for a graph, one sample for everything that is learnt in it: their scores are one product for all positions
/// of an update.
///
/// It is drawn when it is first asked for, by the next of the graph's random streams, so that an update with the same seed has the
/// same sample.
struct WordSample {
    /// A word that was drawn: how often, and the logarithm of how often it was to be expected.
    struct Draw {
        let word: Int
        let multiplicity: Float
        let logExpected: Float
    }

    private struct Facts {
        let draws: [Draw]
        /// Where each word stands among them.
        let places: [Int: Int]

        init(_ sampler: WordSampler, _ count: Int, _ generator: inout RandomGenerator) {
            let sample = sampler.sample(count, using: &generator)
            draws = zip(sample.words, sample.multiplicities).map { word, multiplicity in
                Draw(
                    word: word, multiplicity: Float(multiplicity),
                    logExpected: logf(Float(count)) + sampler.logProbabilities[word])
            }
            places = Dictionary(uniqueKeysWithValues: sample.words.enumerated().map { ($1, $0) })
        }
    }

    private let facts: Facts
    /// The words' vectors as the columns of a matrix `[inputSize, words]`.
    private let weights: Expression
    /// The words' biases and shifts.
    private let bias: Expression
    /// How often each was drawn.
    let multiplicities: Expression

    /// The sample of a graph for a layer. `shift` is what is added to a word's score.
    init(
        of scores: WordScores, _ sampler: WordSampler, count: Int, in graph: ComputationGraph, shift: (Draw) -> Float
    ) {
        let (facts, expressions) = graph.once(for: scores.table) { generator in
            let facts = Facts(sampler, count, &generator)
            let words = facts.draws.map(\.word)
            return (
                facts,
                [
                    scores.table[words, in: graph].batchToColumns(),
                    select(scores.bias(in: graph), words, dimension: 0) + graph.input(facts.draws.map(shift)),
                    graph.input(facts.draws.map(\.multiplicity)),
                ]
            )
        }
        self.facts = facts
        (weights, bias, multiplicities) = (expressions[0], expressions[1], expressions[2])
    }

    /// The shifted scores of the words, `[words]`.
    func scores(_ x: Expression) -> Expression { transposedAffine(weights, x, bias) }

    /// Where a word stands in the sample; -1 where it was not drawn.
    func place(of word: Int) -> Int { facts.places[word] ?? -1 }
}

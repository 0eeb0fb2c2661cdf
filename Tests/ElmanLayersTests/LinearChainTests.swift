import ElmanGraph
import ElmanLayers
import ElmanTensor
import Testing

/// Linear chains against the sum, or the best, of all paths one by one, in double precision.
@Suite struct LinearChainTests {
    /// All paths of a length, lowest last tag first: the order in which ties are decided.
    static func paths(_ tagCount: Int, _ length: Int) -> [[Int]] {
        (0..<length).reduce([[]]) { paths, _ in (0..<tagCount).flatMap { tag in paths.map { $0 + [tag] } } }
    }

    /// A field whose scores are drawn from whole numbers, where `isWhole`, so that there are ties.
    struct Chain {
        let crf: LinearChainCRF, emissions: Tensor, count: Int, length: Int

        init(_ count: Int, _ length: Int, seed: UInt64, isWhole: Bool = false, constraint: ChainConstraint? = nil) {
            self.count = count
            self.length = length
            crf = LinearChainCRF(tagCount: count, constraint: constraint, in: ParameterCollection())
            var draw = Draw(seed)
            func values(_ size: Int) -> [Float] { draw.vector(size).map { isWhole ? ($0 * 1.4).rounded() : $0 * 2 } }
            crf.transitions.values = Tensor(shape: [count, count], scalars: values(count * count))
            crf.begin.values = Tensor(values(count))
            crf.end.values = Tensor(values(count))
            emissions = Tensor(shape: [count, length], scalars: values(count * length))
        }

        func score(_ path: [Int]) -> Double {
            if crf.constraint?.firstViolation(in: path) != nil { return -.infinity }
            var sum = Double(crf.begin.values[path[0]]) + Double(crf.end.values[path[length - 1]])
            for (step, tag) in path.enumerated() {
                sum += Double(emissions[tag, step])
                if step > 0 { sum += Double(crf.transitions.values[tag, path[step - 1]]) }
            }
            return sum
        }

        func best(_ cost: (([Int]) -> Double)? = nil) -> (path: [Int], score: Double) {
            LinearChainTests.paths(count, length).map { ($0, score($0) + (cost?($0) ?? 0)) }
                .reduce(([], -.infinity)) { $1.1 > $0.1 ? $1 : $0 }
        }
    }

    static let noTwice = ChainConstraint(tagCount: 4, mayFollow: { $0 != $1 }, mayBegin: { $0 != 1 }, mayEnd: { $0 > 0 })

    static var chains: [Chain] {
        var all: [Chain] = []
        for length in 1...5 {
            for count in 1...4 { all.append(Chain(count, length, seed: UInt64(10 * length + count))) }
            all.append(Chain(4, length, seed: UInt64(length), constraint: noTwice))
        }
        return all
    }

    @Test func likelihoodIsThatOfAllPaths() {
        for chain in Self.chains {
            let scores = Self.paths(chain.count, chain.length).map { (path: $0, score: chain.score($0)) }
            let total = logSum(scores.map(\.score))
            for (path, score) in scores where score > -.infinity {
                let graph = ComputationGraph()
                let loss = chain.crf.negativeLogLikelihood(graph.input(chain.emissions), tags: path).value.scalar
                #expect(abs(Double(loss) - (total - score)) < 1e-6 * max(1, total - score))
            }
        }
    }

    @Test func marginalsAreThoseOfAllPaths() {
        for chain in Self.chains {
            let scores = Self.paths(chain.count, chain.length).map { (path: $0, score: chain.score($0)) }
            let total = logSum(scores.map(\.score))
            var expected = [Double](repeating: 0, count: chain.count * chain.length)
            for (path, score) in scores {
                for (step, tag) in path.enumerated() { expected[step * chain.count + tag] += exponential(score - total) }
            }
            let found = chain.crf.marginals(ComputationGraph().input(chain.emissions)).value.scalars
            #expect(distance(found, expected.map { Float($0) }) < 1e-6)
        }
    }

    @Test func bestPathIsTheBestOfAll() {
        for chain in Self.chains { #expect(chain.crf.decode(ComputationGraph().input(chain.emissions)) == chain.best().path) }
    }

    /// Scores of -1, 0 and 1: many paths are equally good.
    @Test func tiesGoToTheLowestTags() {
        var tieCount = 0
        for seed in 0..<60 {
            let chain = Chain(3, 4, seed: UInt64(seed), isWhole: true), best = chain.best()
            tieCount += Self.paths(3, 4).filter { chain.score($0) == best.score }.count > 1 ? 1 : 0
            #expect(chain.crf.decode(ComputationGraph().input(chain.emissions)) == best.path)
        }
        #expect(tieCount > 10)
    }

    @Test(arguments: [0, 1, 2.5] as [Float]) func marginLossIsThatOfAllPaths(_ cost: Float) {
        for chain in Self.chains {
            let gold = Self.paths(chain.count, chain.length).last { chain.score($0) > -.infinity }
            guard let gold else { continue }
            let best = chain.best { path in Double(cost) * Double(zip(path, gold).filter { $0 != $1 }.count) }
            let emissions = ComputationGraph().input(chain.emissions)
            let loss = chain.crf.marginLoss(emissions, tags: gold, cost: cost).value.scalar
            #expect(abs(Double(loss) - (best.score - chain.score(gold))) < 1e-6)
            if cost == 0 { #expect(chain.crf.perceptronLoss(emissions, tags: gold).value.scalar == loss) }
        }
    }

    @Test func gradientsOfTheLosses() {
        for constraint in [nil, Self.noTwice] {
            let chain = Chain(4, 5, seed: 3, constraint: constraint), tags = [2, 0, 3, 0, 1]
            let parameters = [chain.crf.transitions, chain.crf.begin, chain.crf.end]
            for loss in [chain.crf.negativeLogLikelihood, { chain.crf.marginLoss($0, tags: $1, cost: 1) }] {
                let worst = worstGradientError(parameters, step: 1e-3, count: 16) { loss($0.input(chain.emissions), tags) }
                #expect(worst.error < 2e-3, "\(worst.name)")
            }
        }
    }

    /// A thousand steps with scores up to ±50: every path's probability is far below the smallest number.
    @Test func longChainsStayExact() {
        var draw = Draw(5)
        let count = 5, length = 1000, emissions = draw.vector(count * length).map { $0 * 50 }
        let crf = LinearChainCRF(tagCount: count, in: ParameterCollection())
        crf.transitions.values = Tensor(shape: [count, count], scalars: draw.vector(count * count).map { $0 * 50 })
        let transitions = crf.transitions.values
        var alpha = (0..<count).map { Double(emissions[$0]) }, gold = Double(emissions[0])
        for step in 1..<length {
            alpha = (0..<count).map { to in
                let scores = (0..<count).map { alpha[$0] + Double(transitions[to, $0]) }
                return logSum(scores) + Double(emissions[step * count + to])
            }
            gold += Double(emissions[step * count]) + Double(transitions[0, 0])
        }
        let input = ComputationGraph().input(Tensor(shape: [count, length], scalars: emissions))
        let loss = Double(crf.negativeLogLikelihood(input, tags: Array(repeating: 0, count: length)).value.scalar)
        #expect(abs(loss - (logSum(alpha) - gold)) < 1e-6 * loss)
        #expect(crf.marginals(input).value.scalars.allSatisfy { $0 >= 0 && $0 <= 1.000_01 })
    }

    @Test func togetherEqualsAlone() {
        let chain = Chain(4, 5, seed: 9, constraint: Self.noTwice)
        var draw = Draw(1)
        let sentences = [5, 3, 5, 1, 3, 5].map { Tensor(shape: [4, $0], scalars: draw.vector(4 * $0)) }
        let alone = sentences.map { sentence -> [Float] in
            let input = ComputationGraph(batching: .none).input(sentence)
            let tags = chain.crf.decode(input)
            return chain.crf.negativeLogLikelihood(input, tags: tags).value.scalars + tags.map { Float($0) }
        }
        for batching in ComputationGraph.Batching.allCases {
            let graph = ComputationGraph(batching: batching)
            let inputs = sentences.map { graph.input($0) * 1 }
            let tags = chain.crf.decode(inputs)
            let losses = zip(inputs, tags).map { chain.crf.negativeLogLikelihood($0, tags: $1) }
            sum(losses).backward()
            #expect(zip(losses, tags).map { $0.value.scalars + $1.map { Float($0) } } == alone)
        }
    }

    @Test func constraintsAreKept() {
        #expect(Self.noTwice.firstViolation(in: [0, 1, 2]) == nil)
        #expect(Self.noTwice.firstViolation(in: [1, 2]) == 0)
        #expect(Self.noTwice.firstViolation(in: [0, 2, 2, 1]) == 2)
        #expect(Self.noTwice.firstViolation(in: [2, 0]) == 2)
        #expect(!Self.noTwice.allows(3, after: 3) && Self.noTwice.allows(3, after: 0))
        let chain = Chain(4, 3, seed: 2, constraint: Self.noTwice), graph = ComputationGraph()
        #expect(throws: (any Error).self) {
            try graph.checking { _ = chain.crf.negativeLogLikelihood(graph.input(chain.emissions), tags: [0, 1, 1]) }
        }
    }
}

import ElmanGraph
import ElmanLayers
import ElmanTensor
import Testing

/// Output layers against their formulas, written once more in double precision, and against PyTorch.
@Suite struct OutputFormulaTests {
    private func input(_ seed: UInt64 = 12, size: Int = 6) -> [Float] {
        var draw = Draw(seed)
        return draw.vector(size)
    }

    // MARK: Classes

    @Test(arguments: [OutputCase.classFactored, .tiedClassFactored]) func aClassAndAWordOfIt(_ output: OutputCase) throws {
        let random = output.make(), x = input()
        let layer = try #require(random.layer as? ClassFactoredSoftmax)
        let ofClasses = random.scores(x, weights: "scores/classes/weights", bias: "scores/classes/bias")
        let table = output == .classFactored ? "scores/weights" : "embeddings"
        let scores = random.scores(x, weights: table)
        let found = layer.logProbabilities(ComputationGraph().input(x)).value.scalars
        for (number, words) in layer.classes.ranges.enumerated() {
            for word in words {
                let expected = ofClasses[number] - logSum(ofClasses) + scores[word] - logSum(Array(scores[words]))
                #expect(abs(Double(found[word]) - expected) < 1e-5)
            }
        }
    }

    @Test func classesAreAsManyAsAskedForAndGrowWithRarity() {
        for (words, classes) in [(1, 1), (2, 2), (5, 5), (100, 10), (1000, 7), (12, 11)] {
            let made = WordClasses(counts: OutputCase.counts(words), classCount: classes)
            #expect(made.ranges.count == classes && made.wordCount == words)
            #expect(made.ranges.flatMap { Array($0) } == Array(0..<words))
            for word in 0..<words { #expect(made.ranges[made.index(of: word)].contains(word)) }
        }
        #expect(WordClasses(counts: OutputCase.counts(10_000)).ranges.count == 100)
        // √(16 + 9 + 4 + 1 …): classes of the square roots 4 + 3, 2 + 1 + 1 … of 12 in all are 0 1 | 2 3 4 5 6.
        #expect(WordClasses(counts: [16, 9, 4, 1, 1, 1, 0], classCount: 2).ranges == [0..<2, 2..<7])
        let zipf = WordClasses(counts: WordClasses.zipf(wordCount: 900)).ranges.map(\.count)
        #expect(zipf[0] < zipf[10] && zipf[10] < zipf[25])
    }

    // MARK: Trees

    /// Probabilities by walking down from the root, and the words' ways on the way.
    private func walk(_ tree: HuffmanTree, _ scores: [Double]) -> (logs: [Double], depths: [Int]) {
        var logs = [Double](repeating: .nan, count: tree.paths.count), depths = [Int](repeating: 0, count: tree.paths.count)
        func visit(_ node: Int, _ log: Double, _ depth: Int) {
            for (child, sign) in [(tree.children[2 * node], -1.0), (tree.children[2 * node + 1], 1.0)] {
                let below = log - logSum([0, sign * scores[node]])
                if child >= 0 {
                    visit(Int(child), below, depth + 1)
                } else {
                    logs[Int(-1 - child)] = below
                    depths[Int(-1 - child)] = depth + 1
                }
            }
        }
        visit(0, 0, 0)
        return (logs, depths)
    }

    @Test(arguments: [2, 3, 8, 23, 150]) func decisionsDownATree(words: Int) throws {
        let random = OutputCase.hierarchical.make(words: words), x = input()
        let layer = try #require(random.layer as? HierarchicalSoftmax)
        let (expected, depths) = walk(layer.tree, random.scores(x))
        let graph = ComputationGraph()
        let found = layer.logProbabilities(graph.input(x)).value.scalars
        for word in 0..<words {
            #expect(abs(Double(found[word]) - expected[word]) < 1e-5)
            #expect(abs(Double(layer.losses(graph.input(x), [word]).value.scalar) + expected[word]) < 1e-5)
            #expect(layer.tree.paths[word].turnCount == depths[word])
        }
    }

    /// The two lightest parts are joined again and again; a sum of all masses that were made is the length of all ways.
    private func leastLength(_ counts: [Int]) -> Int {
        var masses = counts.map { max($0, 1) }, length = 0
        while masses.count > 1 {
            masses.sort(by: >)
            let joined = masses.removeLast() + masses.removeLast()
            length += joined
            masses.append(joined)
        }
        return length
    }

    @Test func waysAreAsShortAsCanBe() {
        var generator = RandomGenerator(seed: 3)
        let texts = [[1, 1], [5, 1, 1, 1, 0, 2], OutputCase.counts(200), (0..<77).map { _ in generator.integer(below: 40) }]
        for counts in texts {
            let tree = HuffmanTree(counts: counts)
            let length = zip(counts, tree.paths).reduce(0) { $0 + max($1.0, 1) * $1.1.turnCount }
            #expect(length == leastLength(counts))
            let total = counts.reduce(0) { $0 + max($1, 1) }
            #expect(abs(tree.meanDepth - Double(length) / Double(total)) < 1e-9)
        }
    }

    // MARK: Clusters

    /// Facts of PyTorch for a layer and two inputs.
    private func checkAdaptive(_ facts: StructureFacts, _ cutoffs: [Int], words: Int, size: Int, division: Int, bias: Bool) {
        let parameters = ParameterCollection()
        let layer = AdaptiveSoftmax(
            inputSize: size, outputCount: words, cutoffs: cutoffs, division: division, hasHeadBias: bias, in: parameters)
        let inputs = parameters.add([size, 2], named: "columns")
        let own = parameters.parameters.filter { $0.name != "columns" }
        let suite = StructureFactsTests()
        suite.check(facts, own.map(FactTensor.parameter) + [.columns(inputs)]) {
            (0..<2).map { layer.logProbabilities(inputs(in: suite.graph).columns($0..<$0 + 1).reshaped([size])) }
        }
        // The same from the losses, word by word.
        let graph = ComputationGraph()
        for column in 0..<2 {
            let x = graph.input(Array(inputs.values.scalars[column * size..<(column + 1) * size]))
            let losses = (0..<words).map { layer.losses(x, [$0]).value.scalar }
            #expect(distance(losses.map { -$0 }, Array(facts.outputs[column * words..<(column + 1) * words])) < 2e-6)
        }
    }

    @Test func theAdaptiveSoftmaxIsPyTorchs() {
        checkAdaptive(.adaptiveSoftmax, [3, 7], words: 12, size: 8, division: 2, bias: false)
        checkAdaptive(.adaptiveSoftmaxWithHeadBias, [2], words: 9, size: 5, division: 4, bias: true)
    }

    @Test(arguments: [2, 7, 8, 30, 10_000, 100_000]) func chosenCutoffsRiseAndSaveWork(words: Int) {
        let counts = WordClasses.zipf(wordCount: words)
        let cutoffs = AdaptiveSoftmax.cutoffs(counts: counts, inputSize: 200)
        let classes = WordClasses(ends: cutoffs, wordCount: words)
        #expect((2...4).contains(classes.ranges.count))
        guard words >= 10_000 else { return }
        // A tenth of the work of all words at most: the head, and each cluster by its share.
        var work = Double(cutoffs[0] + cutoffs.count), size = 200
        for range in classes.ranges.dropFirst() {
            size /= 4
            let share = Double(counts[range].reduce(0, +)) / Double(counts.reduce(0, +))
            work += Double(size) + share * Double(range.count * size) / 200
        }
        #expect(work < Double(words) / 10, "\(cutoffs)")
    }
}

import ElmanGraph
import ElmanTensor
import Testing

/// What a graph says of itself.
struct ExplanationTests {
    private let graph = ComputationGraph()

    @Test func batchesAndCopiesAreNamed() {
        let x = (0..<3).map { graph.input([Float($0), 1]) }
        let hidden = x.map { tanh($0) }
        _ = sum([hidden[0] .* hidden[2], hidden[1] .* hidden[0]]).value
        let lines = graph.explain().split(separator: "\n").map(String.init)
        #expect(lines[0].hasPrefix("9 nodes; 6 computed in 3 batches (byAgenda), "))
        #expect(lines[1].hasPrefix("1. tanh [2]: 3 nodes (3, 4, 5), 3 rows"))
        #expect(lines[2].contains("multiply [2]: 2 nodes") && lines[2].contains("copied argument 0, 2 rows, 16 bytes"))
        #expect(lines[3].contains("sum [2]: 1 node"))
    }

    @Test func nothingIsSaidOfWhatDidNotRun() {
        _ = tanh(graph.input([1]))
        #expect(graph.explain() == "2 nodes; 0 computed in 0 batches (byAgenda), nothing copied")
    }

    @Test func thePictureHasAllNodesAndEdges() {
        let weights = ParameterCollection().scope("out").add([2], named: "w\"eights")
        _ = tanh(weights(in: graph) + graph.input([1, 2]))[0..<1]
        let picture = graph.graphviz()
        #expect(picture.hasPrefix("digraph {") && picture.hasSuffix("}\n"))
        #expect(picture.contains("out/w\\\"eights"))
        #expect(picture.contains("n0 -> n2;") && picture.contains("n1 -> n2;") && picture.contains("n2 -> n3;"))
        #expect(picture.contains("style=dashed"))
    }

    @Test func expressionsDescribeThemselves() {
        let x = graph.input([1, 2]), sum = x + x
        #expect("\(sum)" == "add [2]")
        _ = sum.value
        #expect("\(sum)" == "add [2] = [2.0, 4.0]")
    }

    @Test func theFirstValueThatIsNotFiniteIsFound() {
        let x = graph.input([1, -1])
        _ = (log(x) * 2).value
        #expect("\(graph.firstNonFinite!)".hasPrefix("log [2]"))
        graph.renew()
        _ = tanh(graph.input([1])).value
        #expect(graph.firstNonFinite == nil)
    }
}

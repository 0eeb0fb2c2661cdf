import ElmanGraph
import ElmanTensor
import Testing

/// Mistakes under `checking` are thrown, the first one, with everything needed to find it.
struct CheckingTests {
    private let graph = ComputationGraph()

    private func message(_ body: () -> Void) -> String {
        do {
            try graph.checking(body)
            return ""
        } catch { return "\(error)" }
    }

    @Test func theFirstErrorIsThrownWithShapesAndNames() {
        let parameters = ParameterCollection()
        let weights = parameters.add([3, 5], named: "out/weights")
        let text = message {
            let wrong = weights(in: graph) * graph.input([1, 2])
            let more = tanh(wrong) + graph.input([1])
            _ = sum([more, wrong]).value
            more.backward()
        }
        #expect(text.contains("product"))
        #expect(text.contains("[3, 5]") && text.contains("[2]"))
        #expect(text.contains("out/weights"))
        #expect(text.contains("5") && text.contains("2"))
    }

    @Test func theGraphCanBeUsedAfterwards() throws {
        #expect(!message { _ = graph.input([1]) + graph.input([1, 2]) }.isEmpty)
        let value = try graph.checking { (graph.input([1]) + graph.input([2])).value }
        #expect(value.scalars == [3])
    }

    @Test func otherErrorsPassThrough() {
        struct Other: Error {}
        #expect(throws: Other.self) { try graph.checking { throw Other() } }
    }

    @Test func everyMistakeIsReported() {
        let x = graph.input([1, 2, 3]), m = graph.input(Tensor(rows: [[1, 2], [3, 4]]))
        let table = ParameterCollection().addLookup(count: 3, size: 2, named: "table")
        let batch = graph.input(Tensor(shape: Shape([3], batchSize: 2), scalars: [1, 2, 3, 4, 5, 6]))
        let three = graph.input(Tensor(shape: Shape([3], batchSize: 3), scalars: [Float](repeating: 0, count: 9)))
        let mistakes: [(String, () -> Expression)] = [
            ("zero elements", { x[1..<1] }), ("a range", { x[2..<4] }), ("a column", { m.column(2) }),
            ("columns", { m.columns(1..<3) }), ("a member", { batch.member(2) }), ("members", { batch.members([0, 2]) }),
            ("no members", { batch.members([]) }), ("batches", { batch + three }), ("shapes", { x + m }),
            ("a class", { pickNegativeLogSoftmax(x, 3) }), ("classes", { pickNegativeLogSoftmax(x, [0, 1]) }),
            ("pick", { pick(x, [3]) }), ("negative pick", { pick(x, [-1]) }), ("a dimension", { sum(x, dimension: 1) }),
            ("reshape", { x.reshaped([2]) }), ("rebatch", { x.rebatched([2]) }), ("broadcast", { broadcast(x, to: [4]) }),
            ("select", { selectRows(m, [2]) }), ("concatenate", { concatenate(m, graph.ones([2, 3])) }),
            ("to batch", { concatenateToBatch([x, m]) }), ("lookup", { table[3, in: graph] }),
            ("negative lookup", { table[-1, in: graph] }), ("no lookups", { table[[], in: graph] }),
            ("empty input", { graph.input([]) }), ("empty zeros", { graph.zeros([0]) }),
            ("empty noise", { graph.randomNormal([2, 0]) }), ("a rate", { dropout(x, rate: 1) }),
            ("one-hot", { graph.oneHot(3, count: 3) }), ("hinge", { hinge(x, 3) }),
            ("transpose", { transposed(x, dimensions: [1]) }),
            ("twice", { logSoftmax(x, restrictedTo: [1, 1]) }), ("none", { logSoftmax(x, restrictedTo: []) }),
            ("bias", { affine(m, graph.input([1, 2]), x) }), ("no terms", { graph.apply(.all[0], []) }),
            ("stride", { stridedSelect(x, ranges: [0..<3], strides: [0]) }), ("sparse", { graph.sparse([2], [2], [1]) }),
            ("batched bias", { affine(m, graph.input([1, 2]), batch[0..<2]) }),
        ]
        for (name, mistake) in mistakes {
            #expect(!message { _ = mistake() }.isEmpty, "\(name)")
        }
    }

    @Test func aLossIsOneNumber() {
        #expect(message { graph.input([1, 2]).backward() }.contains("single number"))
    }

    @Test func parametersCannotBeEmpty() async {
        await #expect(processExitsWith: .failure) { _ = ParameterCollection().add([0, 3], named: "w") }
    }
}

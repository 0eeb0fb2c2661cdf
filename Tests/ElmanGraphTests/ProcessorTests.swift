import CElmanKernels
import ElmanGraph
import ElmanTensor
import Testing

/// The same bits with every instruction set that has fused multiply-add, and with any number of threads. Each test runs in a
/// process of its own: it changes what the whole process computes with.
struct ProcessorTests {
    @Test func resultsDoNotDependOnTheInstructionSet() async {
        await #expect(processExitsWith: .success) {
            _ = ek_set_simd_level("scalar")
            let expected = Op.all.map { OpResults($0) }
            for level in ["avx2", "avx512", "neon", "sse2"] where ek_set_simd_level(level) == 0 {
                for (op, expected) in zip(Op.all, expected) {
                    let found = OpResults(op)
                    let fits = level == "sse2" ? found.isClose(to: expected) : found.bits == expected.bits
                    if !fits { fail("\(op.name) with \(level)") }
                }
            }
        }
    }

    @Test func resultsDoNotDependOnTheNumberOfThreads() async {
        await #expect(processExitsWith: .success) {
            ek_set_threads(1)
            let expected = Op.all.map { OpResults($0) }
            for count in [2, 4] {
                ek_set_threads(Int32(count))
                for (op, expected) in zip(Op.all, expected) where OpResults(op).bits != expected.bits {
                    fail("\(op.name) with \(count) threads")
                }
            }
        }
    }

    @Test func largeProductsDoNotDependOnTheNumberOfThreads() async {
        await #expect(processExitsWith: .success) {
            var found: [[UInt32]] = []
            for count in [1, 2, 4] {
                ek_set_threads(Int32(count))
                let graph = ComputationGraph()
                let weights = graph.randomNormal([300, 200], seed: 1), x = graph.randomNormal([200, 40], seed: 2)
                let loss = sum(tanh(weights * x))
                found.append(bits(loss.value) + graph.gradients(of: loss, for: [weights, x]).flatMap(bits))
            }
            if found[0] != found[1] || found[0] != found[2] { fail("threads change the result of a large product") }
        }
    }
}

/// Values and gradients of all samples of an op, three nodes each.
private struct OpResults {
    var numbers: [Float] = []

    init(_ op: Op) {
        for sample in op.samples {
            let harness = OpHarness(op: op, sample: sample, copies: 3)
            let graph = ComputationGraph()
            let built = harness.build(in: graph, sources: sample.arguments.map { _ in .computed })
            let gradients = graph.gradients(of: built.loss, for: built.arguments.flatMap { $0 })
            numbers += built.outputs.flatMap { $0.value.scalars } + gradients.flatMap { $0.scalars }
        }
    }

    var bits: [UInt32] { numbers.map(\.bitPattern) }

    func isClose(to other: OpResults) -> Bool {
        zip(numbers, other.numbers).allSatisfy { ElmanGraphTests.isClose($0, $1, 1e-4) }
    }
}

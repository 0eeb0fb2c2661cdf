// What it saves to read a sequence at once: every cell step by step and as one node, forwards and backwards, with the same bits.
//
//     swift run -c release WholeSequences [--slice N] [--epochs N]          the longest sequence, and how often each is measured
import Elman
import ExampleSupport

/// A network of one cell, and sequences for it.
struct Trial {
    static let inputSize = 64, hiddenSize = 64
    let parameters = ParameterCollection(seed: 1), graph = ComputationGraph(), clock = ContinuousClock()
    let network: any RecurrentNetwork

    init(_ kind: CellKind) {
        network = makeNetwork(kind: kind, inputSize: Self.inputSize, hiddenSize: Self.hiddenSize, in: parameters.scope("rnn"))
    }

    /// Seconds of a pass forwards and backwards, and the outputs.
    func pass(_ values: [Float], atOnce: Bool) -> (seconds: Double, outputs: [Float]) {
        graph.renew()
        parameters.clearGradients()
        let shape = Shape([Self.inputSize], batchSize: values.count / Self.inputSize)
        var outputs: [Float] = []
        let time = clock.measure {
            let sequence = graph.input(Tensor(shape: shape, scalars: values))
            var state = network.start(in: graph)
            let read: Expression
            if atOnce {
                read = state.addSequence(sequence)
            } else {
                read = concatenateToBatch(
                    (0..<shape.batchSize).map { step in
                        state.addInput(sequence.member(step))
                        return state.output
                    })
            }
            let loss = sumOverBatch(sum(read .* read))
            outputs = read.value.scalars
            loss.backward()
        }
        return (time / .seconds(1), outputs)
    }
}

let arguments = ExampleArguments(slice: 10_000, epochs: 3)
let lengths = [100, 1_000, 10_000, 100_000].filter { $0 <= arguments.slice }
var random = RandomGenerator(seed: 1)
let noise = (0..<(lengths.last ?? 0) * Trial.inputSize).map { _ in Float(random.uniform()) - 0.5 }

Processor.threadCount = 1
print("microseconds a step at once, step by step, ratio; one thread")
for kind in CellKind.allCases {
    let trial = Trial(kind)
    let columns = lengths.map { length -> String in
        let values = Array(noise.prefix(length * Trial.inputSize))
        var best = (atOnce: Double.infinity, stepwise: Double.infinity), isSame = true
        // In turn, so that a machine that slows down slows both.
        for _ in 0...arguments.epochs {
            let (first, second) = (trial.pass(values, atOnce: true), trial.pass(values, atOnce: false))
            best = (min(best.atOnce, first.seconds), min(best.stepwise, second.seconds))
            isSame = isSame && first.outputs == second.outputs
        }
        let (atOnce, stepwise) = (best.atOnce / Double(length) * 1e6, best.stepwise / Double(length) * 1e6)
        return "\(length): \(fixed(atOnce, 2)) \(fixed(stepwise, 2)) \(fixed(stepwise / atOnce, 1))x\(isSame ? "" : " DIFFERENT")"
    }
    print(([kind.rawValue.padded(to: 16)] + columns).joined(separator: "   "))
}

extension String {
    func padded(to width: Int) -> String { self + String(repeating: " ", count: max(0, width - count)) }
}

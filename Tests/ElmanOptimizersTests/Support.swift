import ElmanGraph
import ElmanOptimizers
import ElmanTensor

/// Gives a parameter a gradient, as a backward pass would.
func setGradient(_ entry: ParameterEntry, _ scalars: [Float]) {
    entry.clearGradient()
    entry.prepareGradient()
    let rows = entry.shape.rows
    for column in 0..<entry.columnCount {
        for row in 0..<rows { entry.gradients[column * entry.columnStride + row] = scalars[column * rows + row] }
    }
}

/// Gives rows of a table gradients, through a graph.
func lookUp(
    _ table: LookupParameter, _ gradients: [(row: Int, gradient: [Float])], in graph: ComputationGraph = ComputationGraph()
) {
    graph.renew()
    sum(gradients.map { sum(graph.input($0.gradient) .* table[$0.row, in: graph]) }).backward()
}

/// Numbers between -1 and 1 that look random and are the same everywhere.
func noise(_ count: Int, seed: Int) -> [Float] {
    (0..<count).map { index in
        var x = UInt64(truncatingIfNeeded: index &+ seed &* 1_000_003) &+ 0x9e37_79b9_7f4a_7c15
        x = (x ^ (x >> 30)) &* 0xbf58_476d_1ce4_e5b9
        x = (x ^ (x >> 27)) &* 0x94d0_49bb_1331_11eb
        return Float((x ^ (x >> 31)) >> 40) / Float(1 << 23) - 1
    }
}

/// A collection with a vector, a matrix whose columns are padded, and a table.
struct SmallModel {
    let parameters = ParameterCollection(seed: 3)
    let bias: Parameter, weights: Parameter, table: LookupParameter
    private let graph = ComputationGraph()

    init() {
        bias = parameters.add([5], named: "bias", initializer: .uniform(1))
        weights = parameters.add([7, 3], named: "layer/weights", initializer: .uniform(1))
        table = parameters.addLookup(count: 9, size: 6, named: "table", initializer: .uniform(1))
    }

    /// Dense gradients, and those of two rows of the table (of all rows where `isDense`), which change from step to step.
    func setGradients(step: Int, isDense: Bool = false, size: Float = 1) {
        setGradient(bias.entry, noise(5, seed: step * 3).map { $0 * size })
        setGradient(weights.entry, noise(21, seed: step * 3 + 1).map { $0 * size })
        if isDense {
            setGradient(table.entry, noise(54, seed: step * 3 + 2).map { $0 * size })
        } else {
            let all = noise(12, seed: step * 3 + 2).map { $0 * size }
            lookUp(table, [(step * 5 % 9, Array(all[..<6])), ((step * 2 + 1) % 9, Array(all[6...]))], in: graph)
        }
    }

    /// All values, one parameter after the other.
    var values: [Float] { bias.values.scalars + weights.values.scalars + table.values.scalars }
}

/// All trainers, with AMSGrad and DyNet's Adam as trainers of their own.
let allKinds = trainerNames + ["adam uncorrected"]

func makeAny(_ kind: String, _ parameters: ParameterCollection, _ options: TrainerOptions = TrainerOptions()) -> Trainer {
    var options = options
    if kind == "adam uncorrected" { options.epsilonConvention = .uncorrected }
    return makeTrainer(named: kind == "adam uncorrected" ? "adam" : kind, parameters, options)!
}

func largestDifference(_ a: [Float], _ b: [Double]) -> Double {
    zip(a, b).map { abs(Double($0) - $1) }.max() ?? 0
}

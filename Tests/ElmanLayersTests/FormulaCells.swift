import ElmanGraph
import ElmanLayers
import ElmanTensor

/// Plain arithmetic in double precision, for formulas written as their papers have them.
enum Plain {
    static func sigmoid(_ x: Double) -> Double { 1 / (1 + exponential(-x)) }
    static func tanh(_ x: Double) -> Double { 2 * sigmoid(2 * x) - 1 }
    static func silu(_ x: Double) -> Double { x * sigmoid(x) }
    static func softplus(_ x: Double) -> Double { logSum([0, x]) }
    static func root(_ x: Double) -> Double { x.squareRoot() }

    /// W x.
    static func product(_ rows: [[Double]], _ x: [Double]) -> [Double] {
        rows.map { zip($0, x).reduce(0) { $0 + $1.0 * $1.1 } }
    }

    static func dot(_ a: [Double], _ b: [Double]) -> Double { zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }
}

/// The parameters of a layer, in double precision and by name.
struct PlainParameters {
    let matrices: [String: [[Double]]]
    let vectors: [String: [Double]]

    init(_ network: any RecurrentNetwork) {
        var matrices: [String: [[Double]]] = [:], vectors: [String: [Double]] = [:]
        for parameter in network.parameters {
            let name = String(parameter.name.split(separator: "/").last ?? "")
            if parameter.shape.rank == 1 {
                vectors[name] = parameter.values.scalars.map { Double($0) }
            } else {
                matrices[name] = parameter.values.rows.map { $0.map { Double($0) } }
            }
        }
        self.matrices = matrices
        self.vectors = vectors
    }

    /// A matrix.
    func callAsFunction(_ name: String) -> [[Double]] { matrices[name]! }

    /// A vector; zeros are no answer for one that is missing.
    subscript(_ name: String) -> [Double] { vectors[name]! }

    /// Blocks of `inputWeights x + bias`.
    func blocks(_ x: [Double], size: Int) -> [[Double]] {
        let sums = zip(Plain.product(self("inputWeights"), x), self["bias"]).map { $0 + $1 }
        return stride(from: 0, to: sums.count, by: size).map { Array(sums[$0..<$0 + size]) }
    }
}

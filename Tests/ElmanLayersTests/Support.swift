import ElmanGraph
import ElmanLayers
import ElmanTensor

/// The largest distance between elements of the same place; infinite where the sizes differ or one is not a number.
func distance(_ left: [Float], _ right: [Float]) -> Float {
    guard left.count == right.count else { return .infinity }
    return zip(left, right).reduce(0) { $1.0.isNaN || $1.1.isNaN ? .infinity : max($0, abs($1.0 - $1.1)) }
}

func distance(_ left: [[Float]], _ right: [[Float]]) -> Float {
    guard left.count == right.count else { return .infinity }
    return zip(left, right).reduce(0) { max($0, distance($1.0, $1.1)) }
}

extension Sequence where Element == Expression {
    /// The values of expressions.
    var scalars: [[Float]] { map { $0.value.scalars } }
}

/// Sequences of random vectors, and everything else that is random in the tests.
struct Draw {
    private var generator: RandomGenerator

    init(_ seed: UInt64) { generator = RandomGenerator(seed: seed) }

    mutating func vector(_ size: Int) -> [Float] { (0..<size).map { _ in Float(generator.uniform() * 2 - 1) } }

    mutating func sequence(_ count: Int, size: Int) -> [[Float]] { (0..<count).map { _ in vector(size) } }
}

/// Fills every parameter with numbers between -0.5 and 0.5, biases and gains included.
func randomize(_ parameters: [Parameter], seed: UInt64 = 7) {
    var draw = Draw(seed)
    for parameter in parameters {
        parameter.values = Tensor(shape: parameter.shape, scalars: draw.vector(parameter.shape.count).map { $0 / 2 })
    }
}

/// A network of a kind whose parameters are all random.
func randomNetwork(
    _ kind: CellKind, layerCount: Int = 2, inputSize: Int = 3, hiddenSize: Int = 4,
    options: NetworkOptions = NetworkOptions(), seed: UInt64 = 7
) -> any RecurrentNetwork {
    let network = makeNetwork(
        kind: kind, layerCount: layerCount, inputSize: inputSize, hiddenSize: hiddenSize, options: options,
        in: ParameterCollection(seed: seed))
    randomize(network.parameters, seed: seed)
    return network
}

/// The sum of the elements, each times a number of its own: a loss to which every element matters.
func weightedSum(_ expressions: [Expression], seed: UInt64 = 99) -> Expression {
    var draw = Draw(seed)
    return sum(
        expressions.map { x in
            let weights = Tensor(shape: x.shape, scalars: draw.vector(x.shape.totalCount))
            return sumOverBatch(sum(x .* x.graph.input(weights)))
        })
}

/// Compares the gradients of all parameters with differences of the loss; returns the worst error, relative to the largest
/// of 1 and the gradient, and the parameter concerned. About `count` elements of each parameter are looked at.
func worstGradientError(
    _ parameters: [Parameter], step: Float = 5e-3, count: Int = 7, loss: (ComputationGraph) -> Expression
) -> (error: Float, name: String) {
    let graph = ComputationGraph()
    func value() -> Double {
        graph.renew()
        return Double(loss(graph).value.scalar)
    }
    clearGradients(parameters)
    loss(graph).backward()
    let gradients = parameters.map { $0.gradient?.scalars ?? [Float](repeating: 0, count: $0.shape.count) }
    var worst: (error: Float, name: String) = (0, "")
    for (parameter, gradient) in zip(parameters, gradients) {
        let original = parameter.values
        // Spread over the parameter, at another place in each.
        let spacing = max(1, gradient.count / count)
        for index in stride(from: parameter.index % spacing, to: gradient.count, by: spacing) {
            func moved(_ change: Float) -> Double {
                var values = original
                values[index] += change
                parameter.values = values
                return value()
            }
            // Two differences extrapolated: the error falls with the fourth power of the step.
            let narrow = (moved(step) - moved(-step)) / Double(2 * step)
            let wide = (moved(2 * step) - moved(-2 * step)) / Double(4 * step)
            let difference = (4 * narrow - wide) / 3
            let error = Float(abs(difference - Double(gradient[index])) / max(1, abs(difference)))
            if !(error <= worst.error) { worst = (error, "\(parameter.name)[\(index)]") }
        }
        parameter.values = original
    }
    return worst
}

/// Forgets the gradients.
func clearGradients(_ parameters: [Parameter]) {
    for parameter in parameters { parameter.entry.clearGradient() }
}

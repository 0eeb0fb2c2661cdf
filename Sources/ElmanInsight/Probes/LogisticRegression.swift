import ElmanGraph
import ElmanTensor

/// Multinomial logistic regression:
///
///     p(y | x) = softmax(W z + b)        z = (x - mean) / deviation, of the training examples
///     minimises  mean of -log p  +  ‖W‖² · l2 / 2  +  ‖W‖₁ · l1
///
/// by accelerated proximal gradients (FISTA: Beck and Teboulle 2009, with restarts of O'Donoghue and Candès 2015): the same bits
/// from the same examples, nothing is drawn.
public struct LogisticRegression: Sendable {
    /// What keeps weights small.
    public struct Penalty: Sendable, Hashable {
        /// Of the squares.
        public var l2: Double
        /// Of the absolute values, which makes most of them zero.
        public var l1: Double

        /// A penalty.
        public init(l2: Double = 0, l1: Double = 0) { (self.l2, self.l1) = (l2, l1) }
    }

    /// How many classes there are.
    public let classCount: Int
    /// The penalty it was fitted with.
    public let penalty: Penalty
    /// [classCount, features], of standardised features.
    public let weights: Tensor
    /// [classCount].
    public let bias: Tensor
    /// How many steps were taken.
    public let steps: Int
    private let standardization: Standardization

    /// Fits examples. Fails where there are none, or not as many labels, or a label is no class.
    /// - Parameters:
    ///   - labels: the class of every example.
    ///   - maximumSteps: it stops earlier where a step gains less than `tolerance` of the value.
    public init(
        _ examples: FeatureMatrix, labels: [Int], classCount: Int, penalty: Penalty = Penalty(l2: 1e-3),
        maximumSteps: Int = 200, tolerance: Double = 1e-6
    ) {
        guard labels.count == examples.rows, !labels.isEmpty, labels.allSatisfy({ (0..<classCount).contains($0) }) else {
            fail("\(labels.count) labels of \(classCount) classes are given for \(examples.rows) examples")
        }
        standardization = Standardization(examples)
        var descent = ProximalDescent(standardization(examples), labels, classCount, penalty)
        steps = descent.run(maximumSteps: maximumSteps, tolerance: tolerance)
        self.classCount = classCount
        self.penalty = penalty
        weights = Tensor(shape: [classCount, examples.columns], scalars: descent.best.weights)
        bias = Tensor(descent.best.bias)
    }

    /// The likeliest class of every example; the first of equals.
    public func classes(of examples: FeatureMatrix) -> [Int] {
        let scores = scores(of: examples)
        return (0..<examples.rows).map { row in
            var best = 0
            for index in 1..<max(classCount, 1) where scores[row * classCount + index] > scores[row * classCount + best] {
                best = index
            }
            return best
        }
    }

    /// The share of examples whose class it tells.
    public func accuracy(on examples: FeatureMatrix, labels: [Int]) -> Double {
        guard !labels.isEmpty else { return 0 }
        return Double(zip(classes(of: examples), labels).count { $0 == $1 }) / Double(labels.count)
    }

    /// How many features have a weight that is not zero for some class.
    public var usedFeatures: Int {
        (0..<weights.shape.columns).count { column in (0..<classCount).contains { weights[$0, column] != 0 } }
    }

    private func scores(of examples: FeatureMatrix) -> [Float] {
        guard examples.rows > 0 else { return [] }
        let graph = ComputationGraph(keepsForBackward: false), examples = standardization(examples)
        let shape = Shape([examples.columns], batchSize: examples.rows)
        let inputs = graph.input(Tensor(shape: shape, scalars: examples.values))
        return affine(graph.input(weights), inputs, graph.input(bias)).value.scalars
    }
}

/// Weights and bias at a point of the descent.
struct ProbeWeights {
    var weights: [Float]
    var bias: [Float]

    /// self + share · (self - other).
    func beyond(_ other: ProbeWeights, by share: Float) -> ProbeWeights {
        ProbeWeights(
            weights: zip(weights, other.weights).map { $0 + share * ($0 - $1) },
            bias: zip(bias, other.bias).map { $0 + share * ($0 - $1) })
    }

    func product(_ other: ProbeWeights) -> Double {
        zip(weights, other.weights).reduce(0) { $0 + Double($1.0) * Double($1.1) }
            + zip(bias, other.bias).reduce(0) { $0 + Double($1.0) * Double($1.1) }
    }
}

/// The descent of `LogisticRegression`.
struct ProximalDescent {
    private(set) var best: ProbeWeights
    private let graph = ComputationGraph()
    private let parameters = ParameterCollection()
    private let weights: Parameter, bias: Parameter
    private let inputs: Expression
    private let mark: GraphMark
    private let labels: [Int]
    private let penalty: LogisticRegression.Penalty

    init(_ examples: FeatureMatrix, _ labels: [Int], _ classCount: Int, _ penalty: LogisticRegression.Penalty) {
        self.labels = labels
        self.penalty = penalty
        weights = parameters.add([classCount, examples.columns], named: "weights", initializer: .zeros)
        bias = parameters.add([classCount], named: "bias", initializer: .zeros)
        inputs = graph.input(
            Tensor(shape: Shape([examples.columns], batchSize: examples.rows), scalars: examples.values))
        mark = graph.mark()
        best = ProbeWeights(weights: weights.values.scalars, bias: bias.values.scalars)
    }

    /// The smooth part at a point, and its gradient where asked for.
    private func value(at point: ProbeWeights, wantsGradient: Bool) -> (value: Double, gradient: ProbeWeights?) {
        graph.rewind(to: mark)
        weights.values = Tensor(shape: weights.shape, scalars: point.weights)
        bias.values = Tensor(shape: bias.shape, scalars: point.bias)
        let scores = affine(weights(in: graph), inputs, bias(in: graph))
        let loss = sumOverBatch(pickNegativeLogSoftmax(scores, labels)) / Float(labels.count)
        let squares = point.weights.reduce(0) { $0 + Double($1) * Double($1) }
        let value = Double(loss.value.scalar) + penalty.l2 / 2 * squares
        guard wantsGradient else { return (value, nil) }
        loss.backward()
        var gradient = ProbeWeights(
            weights: weights.gradient?.scalars ?? [], bias: bias.gradient?.scalars ?? point.bias.map { _ in 0 })
        parameters.clearGradients()
        for index in gradient.weights.indices { gradient.weights[index] += Float(penalty.l2) * point.weights[index] }
        return (value, gradient)
    }

    /// The point a step of a length down the gradient, its weights made smaller by l1.
    private func step(from point: ProbeWeights, _ gradient: ProbeWeights, length: Double) -> ProbeWeights {
        let length = Float(length), shrinkage = length * Float(penalty.l1)
        return ProbeWeights(
            weights: zip(point.weights, gradient.weights).map { weight, slope in
                let moved = weight - length * slope
                return moved > shrinkage ? moved - shrinkage : moved < -shrinkage ? moved + shrinkage : 0
            }, bias: zip(point.bias, gradient.bias).map { $0 - length * $1 })
    }

    private func objective(_ smooth: Double, _ point: ProbeWeights) -> Double {
        smooth + penalty.l1 * point.weights.reduce(0) { $0 + Double(abs($1)) }
    }

    /// Goes down, and gives the number of steps.
    mutating func run(maximumSteps: Int, tolerance: Double) -> Int {
        var length = 1.0, momentum = 1.0, ahead = best
        var last = objective(value(at: best, wantsGradient: false).value, best)
        for number in 1...max(maximumSteps, 1) {
            let (smooth, slope) = value(at: ahead, wantsGradient: true)
            guard let gradient = slope else { return number }
            var next = step(from: ahead, gradient, length: length)
            var reached = value(at: next, wantsGradient: false).value
            // Shorter steps until the parabola of this length lies above.
            while length > 1e-9 {
                let move = next.difference(from: ahead)
                let bound = smooth + gradient.product(move) + move.product(move) / (2 * length)
                if reached <= bound + 1e-7 * abs(bound) { break }
                length /= 2
                next = step(from: ahead, gradient, length: length)
                reached = value(at: next, wantsGradient: false).value
            }
            let now = objective(reached, next)
            if now > last {
                // Too fast: from the best point on, without momentum.
                if momentum == 1 { return number }
                (momentum, ahead) = (1, best)
                continue
            }
            let gain = last - now
            let faster = (1 + (1 + 4 * momentum * momentum).squareRoot()) / 2
            ahead = next.beyond(best, by: Float((momentum - 1) / faster))
            (best, last, momentum) = (next, now, faster)
            length *= 1.1
            if gain < tolerance * max(abs(now), 1e-12), number > 5 { return number }
        }
        return maximumSteps
    }
}

extension ProbeWeights {
    /// self - other.
    func difference(from other: ProbeWeights) -> ProbeWeights {
        ProbeWeights(weights: zip(weights, other.weights).map { $0 - $1 }, bias: zip(bias, other.bias).map { $0 - $1 })
    }
}

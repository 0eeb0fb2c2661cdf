import ElmanGraph
import ElmanTensor

/// A cache of what was read last, which makes it likelier where the network is as it was then (Grave, Joulin and Usunier 2017).
///
///     p(w) = (1 - λ) p_model(w) + λ p_cache(w)          p_cache(w) ∝ Σ exp(θ h · hᵢ) over the i of the window with wᵢ = w
///
/// h is the output of the top layer before the token, hᵢ the one before token wᵢ. Each is a distribution: so is their mixture. Before
/// there is anything in the window p is the model's.
public struct ContinuousCacheOptions: Sendable, Hashable {
    /// Tokens of the window.
    public var size: Int
    /// θ, at least 0: how flat the cache is. With 0 it is the frequency of words in the window.
    public var theta: Double
    /// λ, in 0..<1: what the cache weighs.
    public var weight: Double

    /// Options. Fails where a number is out of range.
    public init(size: Int, theta: Double = 0.3, weight: Double = 0.1) {
        guard size >= 1, theta >= 0, theta.isFinite, weight >= 0, weight < 1 else {
            fail("a cache has a positive size, θ of at least 0 and a weight in 0..<1, not \(size), \(theta) and \(weight)")
        }
        self.size = size
        self.theta = theta
        self.weight = weight
    }
}

/// The window of a cache, and how it changes probabilities.
struct ContinuousCache {
    let options: ContinuousCacheOptions
    /// The tokens of the window and a little more, oldest first, and the outputs before each of them end to end.
    private var tokens: [Int32] = []
    private var outputs: [Float] = []
    private let outputSize: Int
    private let graph = ComputationGraph(keepsForBackward: false)

    init(_ options: ContinuousCacheOptions, outputSize: Int) {
        self.options = options
        self.outputSize = outputSize
    }

    /// The log-probabilities of successive tokens, mixed from the model's and the cache's, which then holds them too.
    /// - Parameter outputs: of the top layer before each token.
    mutating func mix(_ logProbabilities: [Float], of piece: ArraySlice<Int32>, outputs piecesOutputs: [[Float]]) -> [Float] {
        let before = tokens.count
        tokens += piece
        for output in piecesOutputs { outputs += output }
        let products = products(with: piecesOutputs)
        let mixed = piece.indices.map { index -> Float in
            let place = index - piece.startIndex, end = before + place
            let window = max(0, end - options.size)..<end
            guard !window.isEmpty else { return logProbabilities[place] }
            let cached = probability(of: piece[index], window, products[(place * tokens.count)...])
            let model = exponential(Double(logProbabilities[place]))
            return Float(logarithm((1 - options.weight) * model + options.weight * cached))
        }
        forgetOldest()
        return mixed
    }

    /// h · hᵢ of all outputs, for each of the newest.
    private func products(with newest: [[Float]]) -> [Float] {
        graph.renew()
        let keys = graph.input(Tensor(shape: [outputSize, tokens.count], scalars: outputs))
        let queries = graph.input(Tensor(shape: [outputSize, newest.count], scalars: newest.flatMap { $0 }))
        return transposedProduct(keys, queries).value.scalars
    }

    private func probability(of token: Int32, _ window: Range<Int>, _ products: ArraySlice<Float>) -> Double {
        let first = products.startIndex
        var top = -Double.infinity
        for place in window { top = max(top, options.theta * Double(products[first + place])) }
        var all = 0.0, same = 0.0
        for place in window {
            let share = exponential(options.theta * Double(products[first + place]) - top)
            all += share
            if tokens[place] == token { same += share }
        }
        return same / all
    }

    private mutating func forgetOldest() {
        let excess = tokens.count - options.size
        guard excess > 0 else { return }
        tokens.removeFirst(excess)
        outputs.removeFirst(excess * outputSize)
    }
}

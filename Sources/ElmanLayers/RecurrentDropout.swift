import ElmanGraph
import ElmanTensor

/// How a recurrent network forgets on purpose while it trains. All rates are in 0..<1.
public struct RecurrentDropout: Sendable, Hashable {
    /// Of the outputs between two layers, drawn anew at every step (Zaremba et al. 2014).
    public var betweenLayers: Float = 0
    /// Of the input of each layer, one mask for the whole sequence (Gal and Ghahramani 2016).
    public var variationalInput: Float = 0
    /// Of the input of each layer above the lowest, where that differs from the lowest; nil: as `variationalInput`.
    public var variationalHidden: Float?
    /// Of the state that the recurrent product sees, one mask for the whole sequence.
    public var variationalState: Float = 0
    /// Of the elements of the recurrent matrices: one mask for all that is read in a graph (`ComputationGraph.dropWeights`).
    public var recurrentWeights: Float = 0

    /// No dropout but what is given.
    public init(
        betweenLayers: Float = 0, variationalInput: Float = 0, variationalHidden: Float? = nil, variationalState: Float = 0,
        recurrentWeights: Float = 0
    ) {
        self.betweenLayers = betweenLayers
        self.variationalInput = variationalInput
        self.variationalHidden = variationalHidden
        self.variationalState = variationalState
        self.recurrentWeights = recurrentWeights
    }

    /// No dropout.
    public static let none = RecurrentDropout()
}

/// The masks that hold for a whole sequence, of each layer. The states of one sequence share them, branches included.
///
/// They are drawn when the first input tells how many members the batch has: each has its own. They are drawn again where
/// the graph was taken back to before the draw.
@usableFromInline
final class SequenceMasks {
    private struct Layer {
        var input: Expression?
        var state: Expression?
    }

    private let dropout: RecurrentDropout
    private var layers: [Layer] = []

    @usableFromInline
    init(_ dropout: RecurrentDropout) {
        self.dropout = dropout
        isNeeded = dropout.variationalInput > 0 || (dropout.variationalHidden ?? 0) > 0 || dropout.variationalState > 0
    }

    /// Whether there are any.
    @usableFromInline let isNeeded: Bool

    /// Draws the masks of layers of the given sizes, unless they are drawn.
    func draw(inputSizes: [Int], hiddenSizes: [Int], batchSize: Int, in graph: ComputationGraph) {
        guard isNeeded else { return }
        if let mask = layers.lazy.compactMap({ $0.input ?? $0.state }).first, graph.owns(mask) { return }
        func mask(_ size: Int, _ rate: Float) -> Expression? {
            rate > 0 ? graph.dropoutMask(Shape([size], batchSize: batchSize), rate: rate) : nil
        }
        layers = inputSizes.indices.map { layer in
            let inputRate = layer == 0 ? dropout.variationalInput : dropout.variationalHidden ?? dropout.variationalInput
            return Layer(input: mask(inputSizes[layer], inputRate), state: mask(hiddenSizes[layer], dropout.variationalState))
        }
    }

    /// All masks, layer by layer; none before they are drawn.
    var expressions: [Expression] { layers.flatMap { [$0.input, $0.state].compactMap { $0 } } }

    /// The same masks as other expressions, of another graph.
    func replaced(by expressions: [Expression]) -> SequenceMasks {
        let masks = SequenceMasks(dropout)
        var rest = expressions[...]
        masks.layers = layers.map { layer in
            Layer(input: layer.input.flatMap { _ in rest.popFirst() }, state: layer.state.flatMap { _ in rest.popFirst() })
        }
        return masks
    }

    /// The mask of a layer's input, or nil.
    @usableFromInline
    func input(ofLayer layer: Int) -> Expression? { layers.isEmpty ? nil : layers[layer].input }

    /// The mask of a layer's state, or nil.
    @usableFromInline
    func state(ofLayer layer: Int) -> Expression? { layers.isEmpty ? nil : layers[layer].state }
}

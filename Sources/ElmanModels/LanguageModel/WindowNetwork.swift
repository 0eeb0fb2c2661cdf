import ElmanGraph
import ElmanLayers
import ElmanTensor

/// The network of a feed-forward language model (Bengio et al. 2003) in the place of a recurrent one: its state are the vectors of the
/// last tokens, its output tanh(H x + d) of them, oldest first, and behind it x itself where there are direct connections. With a
/// linear layer on top it is `FeedForwardNGram`.
///
/// Parameters: `weights` H [units, contextCount · embeddingSize] and `bias` d [units].
struct WindowNetwork: RecurrentNetwork {
    /// How many tokens are looked at.
    let contextCount: Int
    let hasDirectConnections: Bool
    private let embeddings: LookupParameter
    /// What stands before the text.
    private let boundary: Int
    private let layer: Linear

    init(
        contextCount: Int, unitCount: Int, hasDirectConnections: Bool, embeddings: LookupParameter, boundary: Int,
        initializer: Initializer?, in parameters: ParameterCollection
    ) {
        self.contextCount = contextCount
        self.hasDirectConnections = hasDirectConnections
        self.embeddings = embeddings
        self.boundary = boundary
        layer = Linear(
            inputSize: contextCount * embeddings.size, outputSize: unitCount, initializer: initializer ?? .glorot(),
            biasInitializer: initializer ?? .zeros, in: parameters)
    }

    var inputSize: Int { embeddings.size }
    var hiddenSize: Int { layer.weights.shape.rows + (hasDirectConnections ? contextCount * inputSize : 0) }
    var layerCount: Int { 1 }
    var parameters: [Parameter] { [layer.weights] + (layer.bias.map { [$0] } ?? []) }
    var stateShapes: [[Shape]] { [Array(repeating: [inputSize], count: contextCount)] }

    /// Dropout within the network there is none: its inputs and outputs are dropped outside.
    func start(in graph: ComputationGraph, dropout: RecurrentDropout) -> any RecurrentNetworkState {
        WindowState(network: self, graph: graph, window: padding(for: 1, in: graph))
    }

    func start(from values: [[Tensor]], in graph: ComputationGraph, dropout: RecurrentDropout) -> any RecurrentNetworkState {
        state(values.map { $0.map { graph.input($0) } }, in: graph)
    }

    func start(from parts: [[Expression]], dropout: RecurrentDropout) -> any RecurrentNetworkState {
        guard let graph = parts.first?.first?.graph else { fail("a state of no parts is given for a window of tokens") }
        return state(parts, in: graph)
    }

    fileprivate func state(_ parts: [[Expression]], in graph: ComputationGraph) -> WindowState {
        guard parts.count == 1, parts[0].count == contextCount else {
            fail("a state of \(parts.map(\.count)) parts is given for a window of \(contextCount) tokens")
        }
        return WindowState(network: self, graph: graph, window: parts[0])
    }

    /// What recordings and interventions call its units.
    private static let seriesName = "hidden/0/hidden"

    /// The vectors of the boundary, for so many texts side by side.
    fileprivate func padding(for batchSize: Int, in graph: ComputationGraph) -> [Expression] {
        let vector = embeddings[Array(repeating: boundary, count: batchSize), in: graph]
        return Array(repeating: vector, count: contextCount)
    }

    fileprivate func output(of window: [Expression]) -> Expression {
        let tokens = concatenate(window), graph = tokens.graph
        var units = tanh(layer(tokens))
        if let intervention = graph.intervention { units = intervention.changed(units, named: Self.seriesName) }
        graph.recording?.note(Self.seriesName, units)
        return hasDirectConnections ? concatenate(units, tokens) : units
    }
}

/// The vectors of the last tokens, oldest first.
private struct WindowState: RecurrentNetworkState {
    let network: WindowNetwork
    let graph: ComputationGraph
    var window: [Expression]

    var output: Expression { network.output(of: window) }

    var parts: [[Expression]] {
        get { [window] }
        set { self = network.state(newValue, in: graph) }
    }

    mutating func addInput(_ input: Expression) {
        let batchSize = input.shape.batchSize
        // Before the first inputs it is not known how many texts there are.
        if batchSize > 1, window.allSatisfy({ $0.shape.batchSize == 1 }) { window = network.padding(for: batchSize, in: graph) }
        window.removeFirst()
        window.append(input)
    }

    func restarted(from values: [[Tensor]], in graph: ComputationGraph) -> WindowState {
        network.state(values.map { $0.map { graph.input($0) } }, in: graph)
    }

    var carriedValues: [Expression] { window }

    var carriedConstants: [Expression] { [] }

    func carrying(_ values: [Expression], constants: [Expression], in graph: ComputationGraph) -> WindowState {
        network.state([values], in: graph)
    }
}

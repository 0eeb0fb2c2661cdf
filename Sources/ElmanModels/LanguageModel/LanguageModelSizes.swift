import ElmanGraph
import ElmanLayers
import ElmanTensor

/// The sizes of a language model's parameters, told from its configuration without making the model: its network is declared, not
/// filled.
struct LanguageModelSizes {
    /// Numbers that are learnt.
    let parameterCount: Int
    /// The same in memory, where the columns of matrices are padded.
    let paddedCount: Int
    /// Numbers of the largest parameter.
    let largestCount: Int
    /// Numbers of the recurrent matrices.
    let recurrentCount: Int
    /// The declared network and output layer.
    let network: any RecurrentNetwork
    let output: any OutputLayer

    init(_ configuration: LanguageModelConfiguration, vocabularySize: Int, counts: [Int]?) {
        let parameters: ParameterCollection
        (parameters, network, output) = Self.declared(configuration, vocabularySize: vocabularySize, counts: counts)
        let entries = parameters.entries
        parameterCount = entries.reduce(0) { $0 + $1.shape.count }
        paddedCount = entries.reduce(0) { $0 + $1.paddedCount }
        largestCount = entries.reduce(0) { max($0, $1.shape.count) }
        recurrentCount = network.recurrentMatrices.reduce(0) { $0 + $1.shape.count }
    }

    /// The parameters of a language model, declared only, its network and its output layer.
    static func declared(
        _ configuration: LanguageModelConfiguration, vocabularySize: Int, counts: [Int]?
    ) -> (parameters: ParameterCollection, network: any RecurrentNetwork, output: any OutputLayer) {
        let parameters = ParameterCollection.declarations()
        let embeddings = parameters.addLookup(
            count: vocabularySize, size: configuration.embeddingSize, named: "embeddings")
        let network = LanguageModel.makeNetwork(configuration, embeddings, boundary: 0, in: parameters)
        let output = LanguageModel.makeOutput(
            configuration, inputSize: network.hiddenSize, vocabularySize: vocabularySize, counts: counts, embeddings,
            in: parameters)
        return (parameters, network, output)
    }
}

/// What one step of a cell takes in a graph, found out by training a small layer of it for a few steps.
struct CellStepCost {
    /// Numbers that a step holds for each hidden unit: values, gradients, and what is kept for the backward pass.
    let numbersPerUnit: Double
    /// Nodes of a step.
    let nodes: Int

    /// What one step of a language model's network takes.
    init(_ configuration: LanguageModelConfiguration) {
        guard configuration.architecture == .feedForward else {
            self.init(configuration.cell)
            return
        }
        let tokens = (configuration.order - 1) * configuration.embeddingSize, units = configuration.hiddenSize
        let numbers = 2 * tokens + 4 * units + (configuration.hasDirectConnections ? 2 * (tokens + units) : 0)
        self.init(numbersPerUnit: Double(numbers) / Double(units), nodes: 4)
    }

    private init(numbersPerUnit: Double, nodes: Int) {
        self.numbersPerUnit = numbersPerUnit
        self.nodes = nodes
    }

    private static let size = 64
    /// Steps of some sentences: where they differ in length, as they mostly do, arguments have to be laid side by side.
    private static let lengths = [11, 5, 9, 7]

    init(_ kind: CellKind) {
        let network = makeNetwork(kind: kind, inputSize: Self.size, hiddenSize: Self.size, in: ParameterCollection())
        let graph = ComputationGraph()
        let inputs = (0..<Self.lengths.reduce(0, +)).map { number in
            graph.input([Float](repeating: Float(number), count: Self.size))
        }
        let inputNodes = graph.nodeCount
        var outputs: [Expression] = []
        for length in Self.lengths { outputs += network.transduce(Array(inputs[outputs.count..<outputs.count + length])) }
        nodes = (graph.nodeCount - inputNodes) / inputs.count
        sum(outputs.map { sum($0) }).backward()
        // The inputs' own values and gradients are no part of the cell.
        let held = graph.heldCount - 2 * Self.size * inputs.count
        numbersPerUnit = Double(held) / Double(Self.size * inputs.count)
    }
}

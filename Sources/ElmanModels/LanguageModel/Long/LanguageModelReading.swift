import ElmanGraph
import ElmanLayers

/// Where the learning of a text, or of parallel streams, stands: a state of the network, and the masks that hold for all of it.
struct LanguageModelReading: CarriedState {
    /// Which of the texts of an update it is.
    let text: Int
    var state: any RecurrentNetworkState
    var masks: TokenMasks
    /// Nothing was read since a text began.
    var isFresh: Bool
    let isTraining: Bool

    /// Goes on with tokens, one for each of parallel texts, and gives the output after them.
    mutating func add(_ tokens: [Int], _ embeddings: LookupParameter) -> Expression {
        isFresh = false
        state.addInput(masks.vectors(tokens, embeddings, in: state.graph))
        return state.output
    }

    var carriedValues: [Expression] { state.carriedValues }

    var carriedConstants: [Expression] { state.carriedConstants + masks.expressions }

    func carrying(_ values: [Expression], constants: [Expression], in graph: ComputationGraph) -> LanguageModelReading {
        let count = state.carriedConstants.count
        return LanguageModelReading(
            text: text, state: state.carrying(values, constants: Array(constants.prefix(count)), in: graph),
            masks: masks.replaced(by: Array(constants.dropFirst(count))), isFresh: isFresh, isTraining: isTraining)
    }
}

extension LanguageModel {
    /// The reading of a text that goes on from a state, or else begins.
    func reading(
        _ text: Int = 0, from state: (any RecurrentNetworkState)? = nil, in graph: ComputationGraph, isTraining: Bool
    ) -> LanguageModelReading {
        LanguageModelReading(
            text: text, state: state ?? initialState(in: graph, isTraining: isTraining),
            masks: TokenMasks(configuration, isTraining: isTraining), isFresh: state == nil,
            isTraining: isTraining)
    }
}

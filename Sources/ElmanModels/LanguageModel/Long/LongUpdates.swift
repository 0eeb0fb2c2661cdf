import ElmanGraph
import ElmanLayers
import ElmanTensor
import ElmanText
import ElmanTraining

// How an update becomes a computation: its pieces, whether they fit into memory together, and what the next update goes on from.

extension LanguageModelTask {
    /// What an update of the present epoch learns from.
    func pieces(ofUpdate update: Int) -> UpdatePieces {
        switch plan {
        case .sentences, .tokens: return UpdatePieces(batches[update].map { training[$0] }, objective: objective)
        case .streams:
            guard let streams else { fail("an update is asked for before its epoch has begun") }
            return UpdatePieces(streams[update], from: update == 0 ? nil : carriedState, objective: objective)
        case .documents(let count, _):
            return documentPieces(ofUpdate: update, streamCount: count)
        }
    }

    private func documentPieces(ofUpdate update: Int, streamCount: Int) -> UpdatePieces {
        guard let documents else { fail("an update is asked for before its epoch has begun") }
        let segment = documents[update], active = activeStreams(ofUpdate: update)
        let runs = active.map { stream in
            segment[stream].map { run in
                UpdatePieces.Run(
                    tokens: training.tokens[run.tokens],
                    previous: run.isBeginning ? model.boundary : training.tokens[run.tokens.lowerBound - 1],
                    isBeginning: run.isBeginning)
            }
        }
        let states = zip(active, runs).map { stream, runs in
            runs[0].isBeginning ? nil : carriedState.map { $0.map { $0.map { $0.member(stream) } } }
        }
        return UpdatePieces(runs, from: states, objective: objective, streamCount: documents.streamCount)
    }

    /// The streams of documents that have tokens in an update.
    private func activeStreams(ofUpdate update: Int) -> [Int] {
        guard let segment = documents?[update] else { return [] }
        return segment.indices.filter { !segment[$0].isEmpty }
    }

    /// What the next update goes on from, given the values of each text's state.
    func carried(_ values: [[[Tensor]]], afterUpdate update: Int) -> [[Tensor]]? {
        switch plan {
        case .sentences, .tokens: return nil
        case .streams: return values.first
        case .documents:
            guard let documents, let first = values.first else { return carriedState }
            let places = activeStreams(ofUpdate: update)
            return first.indices.map { layer in
                first[layer].indices.map { part in
                    let old = carriedState?[layer][part]
                    let shape = first[layer][part].shape, count = shape.count
                    var all = old ?? Tensor(repeating: 0, shape: shape.batched(documents.streamCount))
                    for (place, value) in zip(places, values) {
                        all.scalars.replaceSubrange(place * count..<(place + 1) * count, with: value[layer][part].scalars)
                    }
                    return all
                }
            }
        }
    }

    /// Whether an update goes on from where the one before it ended.
    var carriesState: Bool {
        switch plan {
        case .sentences, .tokens: false
        case .streams, .documents: true
        }
    }

    /// How many members the carried state has; nil where none is carried.
    var carriedMemberCount: Int? {
        switch plan {
        case .sentences, .tokens: nil
        case .streams(let count, let steps):
            StreamBatcher(training.tokens, streams: count, steps: steps, boundary: model.boundary).streamCount
        case .documents(let count, _): max(1, min(count, training.documentCount))
        }
    }

    /// The states of texts, of which the parts are given one after the other.
    func states(of values: [Tensor]) -> [[[Tensor]]] {
        let shapes = model.network.stateShapes, partCount = shapes.reduce(0) { $0 + $1.count }
        return stride(from: 0, to: values.count, by: max(1, partCount)).map { first in
            var rest = values[first..<first + partCount]
            return shapes.map { layer in layer.map { _ in rest.removeFirst() } }
        }
    }
}

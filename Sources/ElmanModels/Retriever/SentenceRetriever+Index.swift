import ElmanFiles
import ElmanGraph
import ElmanTensor
import ElmanText

extension SentenceRetriever {
    /// The vectors of texts of one side, `vectorSize` numbers each. The same text gets the same bits alone and among others.
    public func vectors(of texts: EncodedLists, as side: PairedText) -> [[Float]] {
        let graph = ComputationGraph(keepsForBackward: false)
        var result: [[Float]] = []
        result.reserveCapacity(texts.count)
        for chunk in sentenceGroups(texts.lengths) {
            graph.renew()
            let values = concatenateToBatch(chunk.map { vector(of: texts[$0], as: side, in: graph) }).value.scalars
            let size = configuration.vectorSize
            result += chunk.indices.map { place in
                let start = (place - chunk.lowerBound) * size
                return Array(values[start..<start + size])
            }
        }
        return result
    }

    /// The vectors of lines whose words stand between spaces.
    public func vectors(of lines: [String], as side: PairedText) -> [[Float]] {
        let texts = TokenLists(lines.map { $0.split { $0 == " " || $0 == "\t" }.map(String.init) })
        return vectors(of: (side == .source ? vocabularies.source : vocabularies.target).encode(texts), as: side)
    }

    /// An index of lines of one side, to be queried by texts of the other: by the similarity that the model was trained for, or by
    /// another one. Throws `.badData` for no lines.
    public func index(
        _ lines: [String], as side: PairedText = .target, similarity: RetrievalSimilarity? = nil
    ) throws(DataError) -> RetrievalIndex {
        try RetrievalIndex(
            vectors: vectors(of: lines, as: side), texts: lines, side: side,
            similarity: similarity ?? configuration.similarity)
    }

    /// The texts of an index that are most like each line of the other side: the best first, at most `count`. Throws `.badData`
    /// for an index whose vectors have another size than the model's.
    public func query(
        _ lines: [String], in index: RetrievalIndex, count: Int = 10
    ) throws(DataError) -> [[RetrievalHit]] {
        guard index.vectorSize == configuration.vectorSize else {
            throw DataError(
                .badData,
                "the vectors of the index have \(index.vectorSize) elements, those of the model \(configuration.vectorSize); index "
                    + "the texts again with this model")
        }
        let queries = vectors(of: lines, as: index.side == .source ? .target : .source)
        return queries.map { index.search($0, count: count) }
    }
}

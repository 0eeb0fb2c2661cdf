import ElmanFiles
import ElmanText

/// How well the texts of pairs are found by each other, among all pairs that are given.
public struct RetrieverMetrics: Sendable, Hashable {
    /// Targets, found by their sources.
    public var targets = RetrievalMetrics()
    /// Sources, found by their targets.
    public var sources = RetrievalMetrics()

    /// What `elman evaluate --json` prints; keys that begin with `reverse_` are of sources, found by their targets.
    public var json: JSONObject {
        var json: JSONObject = ["task": "retrieve", "queries": JSONValue(targets.queries)]
        for (prefix, metrics) in [("", targets), ("reverse_", sources)] {
            for k in [1, 5, 10] { json["\(prefix)recall@\(k)"] = JSONValue(metrics.recall(at: k)) }
            json["\(prefix)mrr"] = JSONValue(metrics.meanReciprocalRank)
        }
        return json
    }

    /// The same as names and values for people.
    public var rows: [[String]] {
        var rows = [["", "targets", "sources"]]
        for k in [1, 5, 10] {
            rows.append(["recall@\(k) %"] + [targets, sources].map { percent($0.recall(at: k)) })
        }
        rows.append(["mean reciprocal rank"] + [targets, sources].map { decimal($0.meanReciprocalRank, places: 4) })
        rows.append(["queries"] + [targets, sources].map { "\($0.queries)" })
        return rows
    }
}

extension SentenceRetriever {
    /// How well the texts of pairs are found by each other. Among equal scores, as of equal texts, the right one has the mean of
    /// their ranks. The similarity is the one that the model was trained for, unless another one is given.
    public func metrics(
        of pairs: EncodedPairs, similarity: RetrievalSimilarity? = nil
    ) throws(DataError) -> RetrieverMetrics {
        let lines = [String](repeating: "", count: pairs.count)
        let sources = vectors(of: pairs.sources, as: .source), targets = vectors(of: pairs.targets, as: .target)
        let similarity = similarity ?? configuration.similarity
        let sourceIndex = try RetrievalIndex(vectors: sources, texts: lines, side: .source, similarity: similarity)
        let targetIndex = try RetrievalIndex(vectors: targets, texts: lines, side: .target, similarity: similarity)
        var metrics = RetrieverMetrics()
        for pair in 0..<pairs.count {
            metrics.targets.add(rank: RetrievalMetrics.rank(of: pair, scores: targetIndex.scores(sources[pair])))
            metrics.sources.add(rank: RetrievalMetrics.rank(of: pair, scores: sourceIndex.scores(targets[pair])))
        }
        return metrics
    }
}

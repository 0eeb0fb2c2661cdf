import Elman

/// The score by which models are compared: a key of `elman evaluate --json`.
struct ComparedScore: Hashable {
    let key: String

    /// Keys by which tasks are compared where nothing else is asked for.
    private static let usual = ["bleu", "span_f1", "las", "mrr", "root_accuracy", "accuracy", "perplexity"]
    /// Keys of numbers that are no scores.
    private static let counts = ["sentences", "tokens", "unknown", "examples", "queries", "trees", "nodes", "pairs", "words"]
    /// The scores of each task.
    private static let known = [
        "lm": ["perplexity", "nll", "bits_per_token", "bits_per_character"], "classify": ["accuracy", "macro_f1"],
        "tag": ["accuracy", "span_f1"],
        "seq2seq": ["bleu", "chrf", "exact_match", "perplexity", "known_perplexity", "perplexity_per_word", "nll"],
        "retrieve": ["mrr", "recall@1", "recall@5", "recall@10"].flatMap { [$0, "reverse_" + $0] },
        "tree": ["root_accuracy", "node_accuracy", "binary_root_accuracy"], "parse": ["las", "uas"],
    ]

    init(key: String) { self.key = key }

    /// The score that is asked for, or the usual one of what the evaluations have.
    init(_ name: String?, among keys: [String]) throws {
        if let name {
            guard keys.contains(name) else {
                throw ProgramError(.usage, "there is no score '\(printable(name))'\(suggestion(for: name, among: keys))")
            }
            key = name
        } else {
            key = Self.usual.first { keys.contains($0) } ?? keys.first ?? "score"
        }
    }

    /// Throws, before anything is trained, for a name that is none of a task's scores.
    static func check(_ name: String?, of task: any ProgramTask.Type) throws {
        guard let name, let keys = known[task.name] else { return }
        _ = try ComparedScore(name, among: keys)
    }

    /// The scores in what `elman evaluate --json` says.
    static func keys(of evaluation: JSONObject) -> [String] {
        evaluation.members.filter { $0.value.asDouble != nil && !counts.contains($0.key) }.map(\.key)
    }

    var isLowerBetter: Bool { Metric(key: key).isLowerBetter }

    func isBetter(_ value: Double, than other: Double) -> Bool { isLowerBetter ? value < other : value > other }

    /// Whether it lies between 0 and 1 and is shown in percent.
    var isShare: Bool { !["perplexity", "nll", "loss", "bits", "bleu", "chrf"].contains { key.contains($0) } }

    /// The name for people: `accuracy %`, `BLEU`.
    var name: String { Metric(key: key).name + (isShare ? " %" : "") }

    /// A value or a difference for people, without a unit.
    func text(_ value: Double) -> String {
        let decimals = key.contains("nll") || key.contains("loss") || key.contains("bits") ? 4 : 2
        return fixed(isShare ? 100 * value : value, decimals)
    }

    /// A difference for people: always with its sign.
    func signedText(_ value: Double) -> String { (value > 0 ? "+" : "") + text(value) }
}

import ElmanFiles
import ElmanTensor

/// Dyck-(k, m): well-nested brackets of k kinds, never more than m open (Hewitt et al. 2020).
///
/// A token is `(a` or `a)`. The length is drawn first, among the even ones; then every token opens or closes a bracket, equally likely
/// where both are possible, and the kind of an opening one is drawn.
public struct BracketGenerator: TextGenerator {
    /// `dyck`.
    public static let kind = "dyck"
    /// What it makes.
    public static let summary = "well-nested brackets of some kinds and depth: text and pairs, or labels"
    /// What can be set.
    public static let options = [
        GeneratorOption<Self>("kinds", \.kinds, in: 1...26, "kinds of brackets"),
        GeneratorOption<Self>("depth", \.depth, in: 1...1000, "most brackets open at once"),
        GeneratorOption<Self>("min-length", \.minLength, in: 2...10_000, "fewest tokens of a line"),
        GeneratorOption<Self>("max-length", \.maxLength, in: 2...10_000, "most tokens of a line"),
        GeneratorOption<Self>("pairs", \.pairs, in: 0...1_000_000, "pairs; of one kind there are none"),
        GeneratorOption<Self>("classify", \.isLabelled, "lines to tell apart, valid and invalid"),
    ]

    /// Kinds of brackets, k.
    public var kinds = 2
    /// Most brackets open at once, m.
    public var depth = 4
    /// Fewest tokens of a line.
    public var minLength = 8
    /// Most tokens of a line.
    public var maxLength = 40
    /// How many pairs, where there are two kinds or more.
    public var pairs = 1000
    /// Whether lines are for a classifier, not for a language model.
    public var isLabelled = false

    /// The usual settings.
    public init() {}

    /// The rules.
    public var rules: String {
        let start = """
            Dyck-(\(kinds), \(depth)): well-nested brackets of \(kinds) kinds, at most \(depth) open at once (Hewitt et al. 2020).
            A token is (a or a), (b or b) and so on. Lines have \(minLength) to \(maxLength) tokens, all even numbers equally likely; a token opens or
            closes a bracket, equally likely where both are possible.

            """
        guard isLabelled else {
            return start + """
                pairs.tsv (of two kinds or more): one closing bracket of the bad line is of another kind. group: depth N, where the
                changed bracket is; attractors: 0; distance: tokens between it and its opening one.
                No line of a pair stands in a text; all its tokens stand in train.txt.

                elman train lm train.txt --dev dev.txt -o RUN
                elman pairs RUN pairs.tsv
                """
        }
        return start + """
            A line is valid ||| tokens, or invalid ||| tokens, equally likely. In an invalid one \(kinds > 1 ? "a closing bracket is of another kind" : "an outermost pair of brackets has changed places"):
            counting brackets does not tell.

            elman train classify train.txt --dev dev.txt -o RUN
            elman evaluate RUN test.txt
            """
    }

    /// There must be an even length, and room to open.
    public func check() throws(DataError) {
        try Symbols.check(minLength, maxLength)
        guard minLength < maxLength || minLength % 2 == 0 else {
            throw DataError(
                .configuration, "--min-length and --max-length are \(minLength); brackets come in twos, give an even one")
        }
    }

    /// The texts and the pairs, or three files of labelled lines.
    public func files(count: Int, seed: UInt64) throws(DataError) -> [GeneratedFile] {
        if isLabelled {
            return try parts(count, seed, suffix: "txt") { random in
                var brackets = draw(&random)
                let isValid = random.coin()
                if !isValid { spoil(&brackets, &random) }
                return (isValid ? "valid" : "invalid") + " ||| " + words(brackets).joined(separator: " ")
            }
        }
        return try sentences(count, seed, pairs: kinds > 1 ? pairs : 0, { words(draw(&$0)) }, pair)
    }

    private func pair(_ number: Int, _ random: inout RandomGenerator) -> MinimalPair {
        let brackets = draw(&random)
        let closing = brackets.indices.filter { !brackets[$0].opens }
        let place = random.pick(closing)
        var bad = brackets
        bad[place].kind = otherKind(than: brackets[place].kind, &random)
        let (partner, depth) = Self.opening(of: place, in: brackets)
        return MinimalPair(words(brackets), words(bad), group: "depth \(depth)", attractors: 0, distance: place - partner - 1)
    }

    private struct Bracket {
        var opens: Bool
        var kind: Int
    }

    private func words(_ brackets: [Bracket]) -> [String] {
        brackets.map { $0.opens ? "(" + Symbols.name($0.kind) : Symbols.name($0.kind) + ")" }
    }

    /// A well-nested line.
    private func draw(_ random: inout RandomGenerator) -> [Bracket] {
        let (fewest, most) = ((minLength + 1) / 2, maxLength / 2)
        let length = 2 * (fewest + random.integer(below: most - fewest + 1))
        var brackets: [Bracket] = [], open: [Int] = []
        while brackets.count < length {
            let mustClose = open.count == depth || open.count == length - brackets.count
            if open.isEmpty || !mustClose && random.coin() {
                open.append(random.integer(below: kinds))
                brackets.append(Bracket(opens: true, kind: open[open.count - 1]))
            } else {
                brackets.append(Bracket(opens: false, kind: open.removeLast()))
            }
        }
        return brackets
    }

    /// The place of the bracket that a closing one belongs to, and how many are open there.
    private static func opening(of place: Int, in brackets: [Bracket]) -> (place: Int, depth: Int) {
        var open: [Int] = []
        for index in 0..<place {
            if brackets[index].opens { open.append(index) } else { open.removeLast() }
        }
        return (open[open.count - 1], open.count)
    }

    /// Makes a well-nested line one that is not, with the same number of opening and closing brackets.
    private func spoil(_ brackets: inout [Bracket], _ random: inout RandomGenerator) {
        let closing = brackets.indices.filter { !brackets[$0].opens }
        if kinds > 1 {
            let place = random.pick(closing)
            brackets[place].kind = otherKind(than: brackets[place].kind, &random)
            return
        }
        // An outermost pair that has changed places closes what was not opened.
        let outermost = closing.map { (Self.opening(of: $0, in: brackets), $0) }.filter { $0.0.depth == 1 }
        let (opening, place) = random.pick(outermost)
        brackets.swapAt(opening.place, place)
    }

    private func otherKind(than kind: Int, _ random: inout RandomGenerator) -> Int {
        (kind + 1 + random.integer(below: kinds - 1)) % kinds
    }
}

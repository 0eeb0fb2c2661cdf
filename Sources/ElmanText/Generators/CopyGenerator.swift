import ElmanFiles
import ElmanTensor

/// The copy task: the target is the source, or the source backwards (Graves, Wayne and Danihelka 2014; Sutskever, Vinyals and Le 2014).
public struct CopyGenerator: TextGenerator {
    /// `copy`.
    public static let kind = "copy"
    /// What it makes.
    public static let summary = "sequences to copy or to turn round: pairs for seq2seq"
    /// What can be set.
    public static let options = [
        GeneratorOption<Self>("min-length", \.minLength, in: 1...1000, "shortest sequence"),
        GeneratorOption<Self>("max-length", \.maxLength, in: 1...1000, "longest sequence"),
        GeneratorOption<Self>("symbols", \.symbols, in: 2...26, "different symbols"),
        GeneratorOption<Self>("reverse", \.isReversed, "turn the sequence round"),
    ]

    /// Tokens of the shortest sequence.
    public var minLength = 5
    /// Tokens of the longest sequence.
    public var maxLength = 15
    /// Different symbols, a to z.
    public var symbols = 10
    /// Whether the target is the source backwards.
    public var isReversed = false

    /// The usual settings.
    public init() {}

    /// The rules.
    public var rules: String {
        """
        The copy task (Graves, Wayne and Danihelka 2014; backwards: Sutskever, Vinyals and Le 2014).
        A line is source<TAB>target: \(minLength) to \(maxLength) of the symbols \(Symbols.name(0)) to \(Symbols.name(symbols - 1)), and the same \(isReversed ? "backwards" : "again").
        All lengths are equally likely, and all symbols. No sequence stands in two files.

        elman train seq2seq train.tsv --dev dev.tsv -o RUN
        elman evaluate RUN test.tsv
        """
    }

    /// The shortest sequence may not be longer than the longest.
    public func check() throws(DataError) { try Symbols.check(minLength, maxLength) }

    /// Three files of pairs.
    public func files(count: Int, seed: UInt64) throws(DataError) -> [GeneratedFile] {
        try parts(count, seed, suffix: "tsv") { random in
            let length = minLength + random.integer(below: maxLength - minLength + 1)
            let source = (0..<length).map { _ in Symbols.name(random.integer(below: symbols)) }
            return [source, isReversed ? source.reversed() : source].map { $0.joined(separator: " ") }.joined(separator: "\t")
        }
    }
}

/// The symbols of sequences that mean nothing.
enum Symbols {
    /// a to z.
    static func name(_ number: Int) -> String { String(Unicode.Scalar(UInt8(97 + number))) }

    /// Throws where the shortest length is above the longest.
    static func check(_ minLength: Int, _ maxLength: Int) throws(DataError) {
        guard minLength <= maxLength else {
            throw DataError(.configuration, "--min-length is \(minLength), above --max-length \(maxLength); give a smaller one")
        }
    }
}

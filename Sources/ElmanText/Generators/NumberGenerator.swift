import ElmanFiles
import ElmanTensor

/// Numbers in words and in digits: `four hundred two<TAB>4 0 2`, for translators.
///
/// Short numbers are as likely as long ones; no number stands in two files.
public struct NumberGenerator: TextGenerator {
    /// `numbers`.
    public static let kind = "numbers"
    /// What it makes.
    public static let summary = "numbers in words and in digits: pairs for seq2seq"
    /// What can be set.
    public static let options = [
        GeneratorOption<Self>("limit", \.limit, in: 10...1_000_000, "numbers are below this")
    ]

    /// Numbers are below this.
    public var limit = 1_000_000

    /// The usual settings.
    public init() {}

    /// The rules.
    public var rules: String {
        """
        Numbers in words and in digits, for translation.
        A line is source<TAB>target: a number from 0 to \(limit - 1) in English words, without and, and its digits with spaces between.
        Whether it is below 100, 1000, 10000 and so on up to \(limit) is drawn first, all equally likely, then the number.
        No number stands in two files.

        elman train seq2seq train.tsv --dev dev.tsv -o RUN --attention mlp
        elman evaluate RUN test.tsv
        """
    }

    /// Three files of pairs.
    public func files(count: Int, seed: UInt64) throws(DataError) -> [GeneratedFile] {
        var limits = [limit]
        while limits[0] > 100 { limits.insert(max(100, limits[0] / 10), at: 0) }
        return try parts(count, seed, suffix: "tsv") { random in
            let number = random.integer(below: random.pick(limits))
            return NumberWords.words(number) + "\t" + String(number).map { String($0) }.joined(separator: " ")
        }
    }
}

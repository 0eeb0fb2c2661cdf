import ElmanFiles
import ElmanTensor

/// Parity: whether the number of ones is odd (Minsky and Papert 1969): `1 ||| 1 0 1 1`, for classifiers.
public struct ParityGenerator: TextGenerator {
    /// `parity`.
    public static let kind = "parity"
    /// What it makes.
    public static let summary = "whether the number of ones is odd: lines for classify"
    /// What can be set.
    public static let options = [
        GeneratorOption<Self>("min-length", \.minLength, in: 1...10_000, "fewest bits"),
        GeneratorOption<Self>("max-length", \.maxLength, in: 1...10_000, "most bits"),
    ]

    /// Fewest bits.
    public var minLength = 1
    /// Most bits.
    public var maxLength = 20

    /// The usual settings.
    public init() {}

    /// The rules.
    public var rules: String {
        """
        Parity (Minsky and Papert 1969).
        A line is label ||| bits: \(minLength) to \(maxLength) bits, each 0 or 1, equally likely, and the label 1 where the number of ones is odd,
        else 0. All lengths are equally likely as long as there are new lines of them. No line stands in two files.

        elman train classify train.txt --dev dev.txt -o RUN
        elman evaluate RUN test.txt
        """
    }

    /// The fewest may not be more than the most.
    public func check() throws(DataError) { try Symbols.check(minLength, maxLength) }

    /// Three files of labelled lines.
    public func files(count: Int, seed: UInt64) throws(DataError) -> [GeneratedFile] {
        try parts(count, seed, suffix: "txt") { random in
            let length = minLength + random.integer(below: maxLength - minLength + 1)
            let bits = (0..<length).map { _ in random.integer(below: 2) }
            return "\(bits.reduce(0, +) % 2) ||| " + bits.map { String($0) }.joined(separator: " ")
        }
    }
}

import ElmanFiles
import ElmanTensor

/// The adding problem with digits in place of real numbers (Hochreiter and Schmidhuber 1997, experiment 4; the marks as in Le, Jaitly
/// and Hinton 2015): `12 ||| 3 7 +8 1 0 +4`, for classifiers.
///
/// Digits are drawn from 0 to 9; one in the first half and one in the second half of the line are marked by a plus. The label is the
/// sum of the two, 0 to 18. The commonest sum, 9, is one in ten.
public struct AddingGenerator: TextGenerator {
    /// `adding`.
    public static let kind = "adding"
    /// What it makes.
    public static let summary = "the sum of two marked digits among many: lines for classify"
    /// What can be set.
    public static let options = [
        GeneratorOption<Self>("length", \.length, in: 4...10_000, "digits of a line")
    ]

    /// Digits of a line.
    public var length = 50

    /// The usual settings.
    public init() {}

    /// The rules.
    public var rules: String {
        """
        The adding problem (Hochreiter and Schmidhuber 1997, experiment 4; marks as in Le, Jaitly and Hinton 2015), with digits in place
        of real numbers, so that it is one of words and labels.
        A line is label ||| digits: \(length) digits from 0 to 9, all equally likely. One of the first \(length / 2) and one of the others have a
        plus before them; the label is their sum, 0 to 18. Who always says 9 is right one time in ten. No line stands in two files.
        Classifiers read lines from both ends; the two marked digits are still far from each other.

        elman train classify train.txt --dev dev.txt -o RUN
        elman evaluate RUN test.txt
        """
    }

    /// Three files of labelled lines.
    public func files(count: Int, seed: UInt64) throws(DataError) -> [GeneratedFile] {
        try parts(count, seed, suffix: "txt") { random in
            let digits = (0..<length).map { _ in random.integer(below: 10) }
            let half = length / 2
            let marked = [random.integer(below: half), half + random.integer(below: length - half)]
            let words = digits.indices.map { (marked.contains($0) ? "+" : "") + String(digits[$0]) }
            return "\(digits[marked[0]] + digits[marked[1]]) ||| " + words.joined(separator: " ")
        }
    }
}

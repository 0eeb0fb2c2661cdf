/// How a word is written, as a feature beside a word that was made lower case (Collobert et al. 2011).
public enum WordCase: Int, Sendable, Hashable, CaseIterable {
    /// Letters of lower case alone: `word`.
    case lower
    /// The first letter of upper case, no other: `Word`, `A`.
    case title
    /// Several letters, all of upper case: `WORD`.
    case upper
    /// Letters of both cases in another way: `McDonald`, `iPhone`.
    case mixed
    /// Digits and no letters: `1984`, `3.14`, `10,000`.
    case digits
    /// Letters and digits: `B2B`, `4th`.
    case alphanumeric
    /// Neither letters nor digits: `...`, `$`.
    case punctuation
    /// Letters of writing systems that have no case: `言葉`.
    case uncased

    /// How a word is written. Combining marks do not count.
    public init(_ word: some StringProtocol) {
        var upper = 0, lower = 0, other = 0, digits = 0, isFirstUpper = false
        for scalar in word.unicodeScalars {
            let properties = scalar.properties
            if properties.isUppercase || properties.generalCategory == .titlecaseLetter {
                if upper + lower + other == 0 { isFirstUpper = true }
                upper += 1
            } else if properties.isLowercase {
                lower += 1
            } else if properties.generalCategory == .decimalNumber {
                digits += 1
            } else if properties.isAlphabetic, properties.generalCategory != .nonspacingMark {
                other += 1
            }
        }
        let letters = upper + lower + other
        if letters == 0 {
            self = digits > 0 ? .digits : .punctuation
        } else if digits > 0 {
            self = .alphanumeric
        } else if upper == 0 {
            self = lower > 0 ? .lower : .uncased
        } else if upper == 1, isFirstUpper {
            self = .title
        } else {
            self = lower == 0 ? .upper : .mixed
        }
    }
}

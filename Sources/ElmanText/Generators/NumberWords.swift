import ElmanTensor

/// Numbers below a million in words.
public enum NumberWords {
    private static let small = [
        "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen",
        "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
    ]
    private static let tens = ["", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]

    /// `402` is `four hundred two`. Fails below zero and from a million on.
    public static func words(_ number: Int) -> String {
        guard (0..<1_000_000).contains(number) else { fail("\(number) in words; only numbers below a million are known") }
        if number >= 1000 {
            return words(number / 1000) + " thousand" + (number % 1000 > 0 ? " " + words(number % 1000) : "")
        }
        if number >= 100 {
            return small[number / 100] + " hundred" + (number % 100 > 0 ? " " + words(number % 100) : "")
        }
        if number >= 20 { return tens[number / 10] + (number % 10 > 0 ? " " + small[number % 10] : "") }
        return small[number]
    }

    /// Different numbers in an order that follows from the seed: short ones as likely as long ones.
    public static func shuffled(seed: UInt64, count: Int = 7300) -> [Int] {
        var random = RandomGenerator(seed: seed)
        var seen = Set<Int>(), numbers: [Int] = []
        while numbers.count < count {
            let limit = [100, 1000, 10_000, 100_000, 1_000_000][random.integer(below: 5)]
            let number = random.integer(below: limit)
            if seen.insert(number).inserted { numbers.append(number) }
        }
        return numbers
    }
}

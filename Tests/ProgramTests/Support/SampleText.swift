/// Text for small models: sentences of a grammar with a few dozen words, the same ones for the same numbers.
enum SampleText {
    private static let subjects = ["the cat", "a dog", "the old king", "my neighbour", "this river", "every child"]
    private static let verbs = ["sees", "follows", "hears", "forgets", "likes"]
    private static let objects = ["the moon", "a small house", "the other dog", "an answer", "nothing at all"]
    private static let ends = ["", " today", " in the morning", " again and again"]

    /// So many sentences, one a line.
    static func sentences(_ count: Int, from first: Int = 0) -> String {
        (first..<first + count).map { number in
            let mixed = number &* 2_654_435_761 >> 7
            return "\(subjects[mixed % 6]) \(verbs[mixed / 6 % 5]) \(objects[mixed / 30 % 5])\(ends[mixed / 150 % 4])\n"
        }.joined()
    }
}

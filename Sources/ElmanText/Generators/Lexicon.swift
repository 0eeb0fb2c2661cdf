import ElmanTensor

/// The words that the grammars share.
enum Lexicon {
    /// A word for one and for many: nouns, and verbs that agree with them.
    struct Forms: Sendable {
        let singular: String
        let plural: String

        init(_ singular: String, _ plural: String) {
            self.singular = singular
            self.plural = plural
        }

        /// The form for many or for one.
        subscript(isPlural isPlural: Bool) -> String { isPlural ? plural : singular }
    }

    /// Nouns of persons, with their plural.
    static let people = [
        Forms("boy", "boys"), Forms("girl", "girls"), Forms("teacher", "teachers"), Forms("doctor", "doctors"),
        Forms("farmer", "farmers"), Forms("king", "kings"), Forms("child", "children"), Forms("woman", "women"),
        Forms("man", "men"), Forms("author", "authors"), Forms("pilot", "pilots"), Forms("guest", "guests"),
    ]
    /// Nouns of things, with their plural.
    static let things = [
        Forms("house", "houses"), Forms("tree", "trees"), Forms("river", "rivers"), Forms("door", "doors"),
        Forms("table", "tables"), Forms("car", "cars"), Forms("picture", "pictures"), Forms("garden", "gardens"),
        Forms("key", "keys"), Forms("cabinet", "cabinets"), Forms("box", "boxes"), Forms("lamp", "lamps"),
    ]
    /// Verbs with an object, present tense.
    static let transitive = [
        Forms("sees", "see"), Forms("likes", "like"), Forms("follows", "follow"), Forms("admires", "admire"),
        Forms("watches", "watch"), Forms("knows", "know"), Forms("paints", "paint"), Forms("remembers", "remember"),
    ]
    /// Verbs without an object, present tense.
    static let intransitive = [
        Forms("moves", "move"), Forms("waits", "wait"), Forms("disappears", "disappear"), Forms("falls", "fall"),
        Forms("remains", "remain"), Forms("returns", "return"),
    ]
    /// Verbs with an object whose past tense is one form, with that form as participle too.
    static let past = ["visited", "followed", "admired", "watched", "painted", "remembered", "helped", "called"]
    static let adjectives = ["old", "new", "small", "big", "quiet", "famous", "strange", "pretty"]
    static let adverbs = ["often", "quietly", "now", "still", "also", "usually", "sometimes", "really"]
    static let endings = ["today", "again", "there", "tonight"]
    static let prepositions = ["near", "beside", "behind", "with"]
}

extension RandomGenerator {
    /// One of the elements, all equally likely.
    mutating func pick<Element>(_ elements: [Element]) -> Element { elements[integer(below: elements.count)] }

    /// Yes or no, equally likely.
    mutating func coin() -> Bool { integer(below: 2) == 0 }

    /// A number from 0 to `most`; each is half as likely as the one before.
    mutating func fewUp(to most: Int) -> Int {
        index(weights: (0...most).map { 1 / Float(1 << $0) })
    }

    /// One of the words, or none, as likely.
    mutating func maybe(_ words: [String]) -> [String] { coin() ? [pick(words)] : [] }
}

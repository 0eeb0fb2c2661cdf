import ElmanInsight
import Testing

/// Values of predicates on texts in which one can count them.
@Suite struct PredicateTests {
    private func values(_ predicate: TextPredicate, _ text: String) -> [Double] {
        predicate.values(of: text.map { String($0) }, lineEnd: "\n")
    }

    @Test func insideQuotesHoldsFromTheOpeningToBeforeTheClosingOne() {
        #expect(values(.insideQuotes, "a\"bc\"d") == [0, 1, 1, 1, 0, 0])
        #expect(values(.insideQuotes, "\"a\\\"b\"") == [1, 1, 1, 1, 1, 0])
        #expect(TextPredicate.insideQuotes.values(of: ["say", "``", "no", "''"], lineEnd: "</s>") == [0, 1, 1, 0])
    }

    @Test func bracketsAreCounted() {
        #expect(values(.bracketDepth, "a(b[c])d)") == [0, 1, 1, 2, 2, 1, 0, 0, 0])
        #expect(values(.insideBrackets, "a(b[c])d)") == [0, 1, 1, 1, 1, 1, 0, 0, 0])
    }

    @Test func placesInLinesAreCounted() {
        #expect(values(.linePosition, "ab\nc") == [1, 2, 0, 1])
        #expect(values(.lineLengthLeft, "ab\nc\n") == [2, 1, 0, 1, 0])
        #expect(values(.indentation, "  a b\n c") == [1, 2, 2, 2, 2, 0, 1, 1])
    }
}

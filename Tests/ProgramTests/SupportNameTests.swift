import Testing

@testable import ElmanProgram

@Suite struct SupportNameTests {
    private let commands = [
        "demo", "train", "evaluate", "predict", "score", "generate", "search", "pairs", "probe", "explain", "plot", "inspect",
        "check-data", "export", "serve", "bench",
    ]
    private let keys = ["learning-rate", "hidden", "layers", "batch-size", "weight-decay", "decay", "decay-after", "dropout"]

    @Test(arguments: [
        ("trian", "train"), ("trainn", "train"), ("eval", "evaluate"), ("evalute", "evaluate"), ("pedict", "predict"),
        ("generat", "generate"), ("CheckData", "check-data"), ("check_data", "check-data"), ("serv", "serve"), ("xplot", "plot"),
    ])
    func commandIsFound(typed: String, meant: String) {
        #expect(nearestName(to: typed, among: commands) == meant)
    }

    @Test(arguments: [
        ("lr", "learning-rate"), ("learning_rate", "learning-rate"), ("learningrate", "learning-rate"), ("hiden", "hidden"),
        ("bs", "batch-size"), ("leanring-rate", "learning-rate"), ("decay_afer", "decay-after"), ("layer", "layers"),
    ])
    func keyIsFound(typed: String, meant: String) {
        #expect(nearestName(to: typed, among: keys) == meant)
    }

    @Test(arguments: ["", "x", "foo", "translate", "helicopter", String(repeating: "a", count: 10_000)])
    func farNamesAreNotSuggested(typed: String) {
        #expect(nearestName(to: typed, among: commands) == nil)
    }

    @Test func firstOfEqualsCounts() {
        #expect(nearestName(to: "cat", among: ["bat", "hat", "car"]) == "bat")
        #expect(nearestName(to: "a", among: ["b"]) == nil)
    }

    @Test func distances() {
        func distance(_ first: String, _ second: String) -> Int {
            editDistance(Array(first.unicodeScalars), Array(second.unicodeScalars))
        }
        #expect(distance("", "abc") == 3)
        #expect(distance("kitten", "sitting") == 3)
        #expect(distance("ab", "ba") == 1)
        #expect(distance("ca", "abc") == 3)
        #expect(distance("same", "same") == 0)
    }

    @Test func suggestions() {
        #expect(suggestion(for: "hiden", among: keys) == "; did you mean \"hidden\"?")
        #expect(suggestion(for: "zzz", among: ["lm", "tag"]) == "; valid: lm, tag")
        #expect(suggestion(for: "zzz", among: commands).hasPrefix("; valid: demo, train"))
        #expect(suggestion(for: "zzz", among: (0..<25).map { "name\($0)" }) == "")
    }
}

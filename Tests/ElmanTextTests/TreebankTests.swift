import ElmanFiles
import Testing

@testable import ElmanText

@Suite("Treebank") struct TreebankTests {
    private func read(_ text: String) throws -> Treebank { try Treebank(text: Array(text.utf8), name: "x.txt") }

    @Test("nodes come in postorder, with their labels, words and children")
    func postorder() throws {
        let bank = try read("(3 (2 a) (4 (1 b) (0 c)))\n\n(1 x)\n(S (NP (D the) (A big) (N cat)) (V sat))\n")
        #expect(bank.count == 3 && bank.lines == [1, 3, 4])
        #expect(bank.labels.tokens(of: 0) == ["2", "1", "0", "4", "3"])
        #expect(bank.words.tokens(of: 0) == ["a", "b", "c"])
        let tree = bank[0]
        #expect((0..<tree.count).map { Array(tree.children(of: $0)) } == [[], [], [], [1, 2], [0, 3]])
        #expect(tree.depth == 3 && tree.root == 4)
        #expect(bank[1].count == 1 && bank[1].isLeaf(0) && bank[1].depth == 1)
        #expect(Array(bank[2].children(of: 3)) == [0, 1, 2])
        #expect(bank.labelIndices(in: try read("(0 (4 a) (2 b))").labelVocabulary()).tokens.prefix(5) == [1, -1, 0, 2, -1])
    }

    @Test("a tree is written as it was read, blanks aside, and with other labels")
    func writing() throws {
        let bank = try read(" ( 3 (2 a)(4   (1 b)\t(0 -LRB-) ) ) ")
        #expect(bank.text(of: 0) == "(3 (2 a) (4 (1 b) (0 -LRB-)))")
        #expect(bank.text(of: 0, labels: ["v", "w", "x", "y", "z"]) == "(z (v a) (y (w b) (x -LRB-)))")
    }

    @Test(
        "malformed trees are refused with line and column",
        arguments: [
            ("(3 (2 a) (4 b)\n", "column 1 is not closed"), ("(3 (2 a))) (1 b)", "column 10 closes none"),
            ("(3 a) (2 b)", "follows the tree in column 7"), ("a", "a word in column 1"), ("(3 (2 a) b)", "a word in column 10"),
            ("(3 a b)", "a ) is missing in column 6"), ("(3 a", "missing at the end of the line"),
            ("(3)", "column 1 has neither"),
            ("((2 a))", "column 1 has no label"), ("(3 (2 a) ())", "column 10 has no label"), (")", "column 1 closes none"),
            ("(3 a (2 b))", "a ) is missing in column 6"),
        ])
    func faults(text: String, message: String) throws {
        let error = try dataError { try read("(1 x)\n" + text) }
        #expect(error.line == 2 && error.path == "x.txt" && error.kind == .badData)
        #expect(error.message.contains(message), "\(error.message)")
    }

    @Test("a file without trees is an error")
    func empty() throws { #expect(try dataError { try read("\n") }.message.hasPrefix("no trees in x.txt")) }

    @Test("a tree of depth 100,000 is read and written")
    func deep() throws {
        let depth = 100_000
        let text = String(repeating: "(1 (0 a) ", count: depth - 1) + "(0 z)" + String(repeating: ")", count: depth - 1)
        let bank = try read(text)
        #expect(bank[0].count == 2 * depth - 1 && bank[0].depth == depth)
        #expect(bank.text(of: 0) == text)
        #expect(
            try dataError { try read(String(repeating: "(1 ", count: depth)) }.message.contains("column 299998 is not closed"))
        let chain = String(repeating: "(1 ", count: depth) + "a" + String(repeating: ")", count: depth)
        #expect(try read(chain)[0].depth == depth)
    }

    @Test("roots and nodes are counted")
    func metrics() {
        var metrics = TreeMetrics()
        metrics.add(gold: [0, 1, 2], predicted: [0, 2, 2] as [Int32])
        metrics.add(gold: [3], predicted: [1] as [Int32])
        #expect(metrics.rootAccuracy == 0.5 && metrics.nodeAccuracy == 0.5)
    }

    @Test("the Stanford Sentiment Treebank is read and written back", .enabled(if: data("trees/train.txt") != nil))
    func sentimentTreebank() throws {
        let path = try #require(data("trees/train.txt"))
        let bank = try Treebank(reading: [path])
        #expect(bank.count == 8_544 && bank.labels.types.count == 318_582 && bank.words.types.count == 163_563)
        #expect(bank.labelVocabulary().entries == ["0", "1", "2", "3", "4"])
        let written = (0..<bank.count).map { bank.text(of: $0) + "\n" }.joined()
        #expect(Array(written.utf8) == (try FileSystem.readFile(path)))
        let roots = (0..<bank.count).map { bank.labels.tokens(of: $0).last }
        #expect(["0", "1", "2", "3", "4"].map { label in roots.count { $0 == label } } == [1_092, 2_218, 1_624, 2_322, 1_288])
    }
}

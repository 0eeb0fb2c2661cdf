import ElmanFiles
import ElmanTensor
import Testing

@testable import ElmanText

@Suite("Dependency treebank") struct DependencyTests {
    private static let text = """
        # text = It isn't.
        1\tIt\tit\tPRON\tPRP\t_\t2\tnsubj\t2:nsubj\t_
        2-3\tisn't\t_\t_\t_\t_\t_\t_\t_\t_
        2\tis\tbe\tAUX\tVBZ\t_\t0\troot\t0:root\tSpaceAfter=No
        3\tn't\tnot\tPART\tRB\t_\t2\tadvmod:neg\t2:advmod\t_
        3.1\tgone\tgo\tVERB\tVBN\t_\t_\t_\t2:x\t_

        1\tYes\tyes\tINTJ\tUH\t_\t0\troot\t_\t_
        """

    private func read(_ text: String, _ options: DependencyOptions = DependencyOptions()) throws -> DependencyTreebank {
        try DependencyTreebank(text: Array(text.utf8), name: "x.conllu", options: options)
    }

    /// A sentence with the given heads.
    private func sentence(_ heads: [String]) -> String {
        heads.enumerated().map { "\($0 + 1)\tw\tw\tX\tx\t_\t\($1)\tdep\t_\t_\n" }.joined() + "\n"
    }

    @Test("columns are read, ranges and empty nodes left out")
    func reading() throws {
        let bank = try read(Self.text)
        #expect(bank.count == 2 && bank.lines == [2, 8])
        #expect(bank.words.tokens(of: 0) == ["It", "is", "n't"] && bank.upos.tokens(of: 0) == ["PRON", "AUX", "PART"])
        #expect(bank.xpos.tokens(of: 1) == ["UH"] && bank.relations.tokens(of: 0) == ["nsubj", "root", "advmod:neg"])
        #expect(Array(bank.heads(of: 0)) == [2, 0, 2] && bank.heads == [2, 0, 2, 0])
        #expect(bank.relationVocabulary().entries == ["advmod:neg", "nsubj", "root"])
        #expect(bank.relationIndices(in: bank.relationVocabulary()).tokens == [1, 2, 0, 2])
    }

    @Test("the file is written back to the byte, and with other trees where nothing else differs", arguments: ["\n", "\r\n"])
    func writing(end: String) throws {
        let text = Self.text.split(separator: "\n", omittingEmptySubsequences: false).joined(separator: end)
        let bank = try read(text, .init(keepsText: true))
        let relations = bank.relationVocabulary()
        let indices = bank.relationIndices(in: relations).tokens
        #expect(bank.contents(heads: bank.heads, relations: indices, of: relations) == Array(text.utf8))
        let changed = bank.contents(
            heads: [0, 10, 1, 0], relations: [2, 1, 1, 2], of: relations, upos: ["A", "AUX", "PART", "INTJ"])
        let lines = String(decoding: changed, as: UTF8.self).split(whereSeparator: \.isNewline)
        #expect(lines[1] == "1\tIt\tit\tA\tPRP\t_\t0\troot\t2:nsubj\t_")
        #expect(lines[3] == "2\tis\tbe\tAUX\tVBZ\t_\t10\tnsubj\t0:root\tSpaceAfter=No")
        #expect(lines[5] == "3.1\tgone\tgo\tVERB\tVBN\t_\t_\t_\t2:x\t_")
    }

    @Test(
        "what is no tree is refused at the word's line",
        arguments: [
            (["0", "3"], 2, "head 3 is out of range"), (["0", "1", "0"], 3, "second root, after word 1"),
            (["2", "1"], 1, "cycle"), (["0", "3", "4", "2"], 2, "cycle"), (["0", "2"], 2, "cycle"), (["0", "_"], 2, "no head"),
            (["0", "x"], 2, "“x”"), (["0", "-1"], 2, "“-1”"), (["1"], 1, "cycle"),
        ])
    func faults(heads: [String], line: Int, message: String) throws {
        let error = try dataError { try read(sentence(heads)) }
        #expect(error.line == line && error.kind == .badData)
        #expect(error.message.contains(message), "\(error.message)")
    }

    @Test("heads may be missing and roots may be many where that is allowed")
    func lenient() throws {
        #expect(try read(sentence(["_", "_"]), .init(allowsMissingHeads: true)).heads == [-1, -1])
        #expect(try read(sentence(["0", "0"]), .init(requiresSingleRoot: false)).count == 1)
        let error = try dataError { try read(sentence(["0"]) + "1\ta\tb\n") }
        #expect(error.line == 3 && error.message.contains("3 columns"))
    }

    @Test("the fault of any heads is the one that brute force finds")
    func everyTree() {
        for count in 1...4 {
            var code = 0
            while code < power(count + 1, count) {
                let heads = (0..<count).map { Int32(code / power(count + 1, $0) % (count + 1)) }
                let isTree = heads.indices.allSatisfy { start in
                    var (word, steps) = (start + 1, 0)
                    while word != 0, steps <= count { (word, steps) = (Int(heads[word - 1]), steps + 1) }
                    return word == 0
                }
                #expect((DependencyTree.fault(in: heads, requiresSingleRoot: false) == nil) == isTree)
                if isTree { #expect(DependencyTree.isProjective(heads) == !crosses(heads)) }
                code += 1
            }
        }
    }

    private func power(_ base: Int, _ exponent: Int) -> Int { (0..<exponent).reduce(1) { result, _ in result * base } }

    /// Whether any two arcs cross, looking at every pair.
    private func crosses(_ heads: some Sequence<Int32>) -> Bool {
        let arcs = heads.enumerated().map { (min(Int($1), $0 + 1), max(Int($1), $0 + 1)) }
        return arcs.contains { first in arcs.contains { first.0 < $0.0 && $0.0 < first.1 && first.1 < $0.1 } }
    }

    @Test("a relation counts up to its colon, and only with the right head")
    func attachment() throws {
        let relations = try Vocabulary(entries: ["nsubj", "nsubj:pass", "obj"], unknown: nil, boundary: nil)
        var metrics = AttachmentMetrics(relations: relations)
        let gold: [AttachmentMetrics.Arc] = [(2, 0), (0, 2), (2, 1), (1, 0)]
        metrics.add(gold: gold, predicted: [(2, 1), (0, 0), (2, 1), (3, 0)] as [AttachmentMetrics.Arc])
        #expect(metrics.uas == 0.75 && metrics.las == 0.5 && metrics.tokens == 4)
    }

    /// The numbers of Benchmarks/facts/attachment.py.
    @Test(
        "disturbed trees have the scores that a separate script counts", .enabled(if: data("ud_english_lines/dev.conllu") != nil))
    func disturbed() throws {
        let path = try #require(data("ud_english_lines/dev.conllu"))
        let bank = try DependencyTreebank(reading: [path], options: .init(keepsText: true))
        var counts = bank.relations.counts
        counts.add("dep")
        for type in 0..<bank.relations.counts.typeCount {
            counts.add(String(bank.relations.counts.token(type).prefix { $0 != ":" }) + ":sub")
        }
        let relations = Vocabulary(labels: counts)
        var (metrics, word, projective) = (AttachmentMetrics(relations: relations), 0, 0)
        for sentence in 0..<bank.count {
            let (heads, names) = (bank.heads(of: sentence), bank.relations.tokens(of: sentence))
            var (gold, predicted): ([AttachmentMetrics.Arc], [AttachmentMetrics.Arc]) = ([], [])
            for (head, name) in zip(heads, names) {
                let other =
                    word % 5 == 0 ? "dep" : word % 5 == 1 ? String(name.prefix { $0 != ":" }) + ":sub" : name
                gold.append((head, Int32(try #require(relations.index(of: name)))))
                let newHead = word % 7 == 0 ? (Int(head) + word) % (heads.count + 1) : Int(head)
                predicted.append((Int32(newHead), Int32(try #require(relations.index(of: other)))))
                word += 1
            }
            metrics.add(gold: gold, predicted: predicted)
            projective += DependencyTree.isProjective(heads) ? 1 : 0
        }
        #expect(metrics.sentences == 1_118 && metrics.tokens == 21_637)
        #expect(metrics.correctHeads == 18_834 && metrics.correctArcs == 15_025 && projective == 1_029)
        let own = bank.relationVocabulary()
        let indices = bank.relationIndices(in: own).tokens
        #expect(bank.contents(heads: bank.heads, relations: indices, of: own) == (try FileSystem.readFile(path)))
    }
}

import ElmanFiles
import ElmanGraph
import ElmanOptimizers
import ElmanTensor
import ElmanText
import ElmanTraining
import Testing

@testable import ElmanModels

/// Sentences of a small grammar: determiners and adjectives hang on the noun behind them, subject and object on the verb.
private enum ParserFixture {
    static func conllu(count: Int = 40, seed: UInt64 = 6) -> String {
        var generator = RandomGenerator(seed: seed)
        func pick(_ words: [String]) -> String { words[generator.integer(below: words.count)] }
        return (0..<count).map { _ in
            var rows: [(word: String, tag: String, head: Int, relation: String)] = []
            func phrase(_ relation: String, verb: Int?) -> Int {
                let first = rows.count + 1, adjectives = generator.integer(below: 3), noun = first + 1 + adjectives
                rows.append((pick(["the", "a"]), "DET", noun, "det"))
                for _ in 0..<adjectives { rows.append((pick(["old", "red", "big"]), "ADJ", noun, "amod")) }
                rows.append((pick(["king", "dog", "ship"]), "NOUN", verb ?? noun + 1, relation))
                return noun
            }
            _ = phrase("nsubj", verb: nil)
            rows.append((pick(["sees", "takes"]), "VERB", 0, "root"))
            let verb = rows.count
            if generator.integer(below: 2) == 1 { _ = phrase("obj", verb: verb) }
            return rows.enumerated().map { index, row in
                "\(index + 1)\t\(row.word)\t_\t\(row.tag)\t_\t_\t\(row.head)\t\(row.relation)\t_\tKept=\(index)\n"
            }.joined()
        }.joined(separator: "\n") + "\n"
    }

    static func bank(_ text: String = conllu(), keepsText: Bool = false) throws -> DependencyTreebank {
        try DependencyTreebank(
            text: Array(text.utf8), options: DependencyOptions(allowsMissingHeads: true, keepsText: keepsText))
    }

    static func configuration(_ method: ParsingMethod) -> ParserConfiguration {
        var configuration = ParserConfiguration()
        configuration.method = method
        configuration.encoder.embeddingSize = 8
        configuration.encoder.hiddenSize = 8
        configuration.encoder.layerCount = 1
        configuration.encoder.dropout = 0
        configuration.tagEmbeddingSize = 4
        configuration.arcSize = 12
        configuration.labelSize = 8
        configuration.stackSize = 12
        configuration.actionSize = 16
        configuration.relationEmbeddingSize = 4
        return configuration
    }
}

@Suite(.serialized) struct ParserTests {
    private func loop(
        _ method: ParsingMethod, epochs: Int, folder: RunFolder? = nil, change: (inout ParserConfiguration) -> Void = { _ in }
    ) throws -> TrainingLoop {
        var configuration = ParserFixture.configuration(method)
        change(&configuration)
        let bank = try ParserFixture.bank()
        let model = try Parser(configuration, for: bank, seed: 2)
        let development = model.encode(try ParserFixture.bank(ParserFixture.conllu(seed: 7)))
        let task = try ParserTask(model, training: model.encode(bank), development: development, batchSize: 4, seed: 5)
        var options = TrainingOptions()
        options.epochs = epochs
        return TrainingLoop(
            task, trainer: AdamTrainer(model.parameters, learningRate: 0.01), options: options, folder: folder)
    }

    private func parser(_ loop: TrainingLoop) throws -> Parser { try #require(loop.task as? ParserTask).model }

    @Test(arguments: ParsingMethod.allCases) func everyMethodLearnsAGrammar(method: ParsingMethod) throws {
        let loop = try loop(method, epochs: 12)
        try loop.run()
        #expect(try #require(loop.progress.bestValue) > 0.99)
    }

    @Test(arguments: ParsingMethod.allCases) func charactersDropoutAndNoTagsAreLearntWithToo(method: ParsingMethod) throws {
        let loop = try loop(method, epochs: 12) {
            $0.encoder.dropout = 0.1
            $0.encoder.characterEmbeddingSize = 4
            $0.encoder.characterHiddenSize = 4
            $0.tagEmbeddingSize = 0
        }
        try loop.run()
        #expect(try #require(loop.progress.bestValue) > 0.95)
        #expect(try parser(loop).tags == nil)
    }

    @Test(arguments: ParsingMethod.allCases) func aSentenceGetsTheSameTreeAloneAndAmongOthers(method: ParsingMethod) throws {
        let loop = try loop(method, epochs: 1)
        try loop.run()
        let model = try parser(loop)
        let bank = try ParserFixture.bank()
        let together = model.trees(of: model.encode(bank))
        for number in 0..<bank.count {
            let words = bank.words.tokens(of: number), tags = bank.upos.tokens(of: number)
            #expect(model.trees(of: [words], upos: [tags]) == [together[number]])
        }
    }

    @Test(arguments: ParsingMethod.allCases) func everyTreeOfAnUntrainedParserIsLegal(method: ParsingMethod) throws {
        let bank = try ParserFixture.bank()
        let model = try Parser(ParserFixture.configuration(method), for: bank, seed: 8)
        let root = try #require(model.relations.index(of: "root"))
        let words = (0..<30).map { count in (0..<count).map { ["the", "king", "sees", "strange"][$0 * $0 % 4] } }
        let trees = model.trees(of: words, upos: words.map { $0.map { _ in "NOUN" } })
        #expect(trees.map(\.heads.count) == Array(0..<30))
        for tree in trees.dropFirst() {
            #expect(DependencyTree.fault(in: tree.heads.map { Int32($0) }) == nil)
            for (head, relation) in zip(tree.heads, tree.relations) { #expect((head == 0) == (relation == root)) }
        }
    }

    @Test func everythingButHeadsAndRelationsIsKept() throws {
        let text =
            "# text = the king's dog\n1-2\tking's\t_\t_\t_\t_\t_\t_\t_\t_\n1\tking\tking\tNOUN\tNN\tA=B\t_\t_\t1:x\tM=N\n"
            + "1.1\te\t_\t_\t_\t_\t_\t_\t_\t_\n2\t's\t's\tPART\tPOS\t_\t_\t_\t_\t_\n\n"
        let model = try Parser(ParserFixture.configuration(.arcHybrid), for: ParserFixture.bank(), seed: 8)
        let sentences = model.encode(try ParserFixture.bank(text, keepsText: true))
        let tree = model.trees(of: sentences)[0]
        let output = String(decoding: model.conllu(of: sentences), as: UTF8.self)
        let given = text.split(separator: "\n", omittingEmptySubsequences: false)
        let written = output.split(separator: "\n", omittingEmptySubsequences: false)
        #expect(given.count == written.count)
        var word = 0
        for (given, written) in zip(given, written) {
            var fields = given.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
            if fields.count == 10, fields[0] == "1" || fields[0] == "2" {
                fields[6] = "\(tree.heads[word])"
                fields[7] = model.relations[tree.relations[word]]
                word += 1
            }
            #expect(written == fields.joined(separator: "\t"))
        }
    }

    @Test(arguments: ParsingMethod.allCases) func aSavedModelGivesTheSameTreesAndWrongFilesGiveErrors(
        method: ParsingMethod
    ) throws {
        let folder = try TemporaryFolder()
        let run = try RunFolder.create(folder.path + "/run")
        let loop = try loop(method, epochs: 1, folder: run)
        let model = try parser(loop)
        try model.writeVocabularies(to: run)
        try run.write(configuration: model.configuration.json, programVersion: "test")
        try loop.run()
        let loaded = try Parser(contentsOf: folder.path + "/run")
        #expect(loaded.configuration == model.configuration)
        let bank = try ParserFixture.bank()
        #expect(loaded.trees(of: loaded.encode(bank)) == model.trees(of: model.encode(bank)))
        for name in ["tags.txt", "vocabulary.txt", "relations.txt"] {
            let path = folder.path + "/run/" + name
            let before = try FileSystem.readFile(path)
            try AtomicFile.write("<unk>\nroot\n", to: path)
            #expect(throws: DataError.self) { try Parser(contentsOf: folder.path + "/run") }
            try AtomicFile.write(before, to: path)
        }
        _ = try Parser(contentsOf: folder.path + "/run")
    }

    @Test func sentencesThatCannotBeLearntAreCounted() throws {
        // The second tree has crossing arcs, the third no heads.
        let text = """
            1\ta\t_\tX\t_\t_\t2\tdep\t_\t_
            2\tb\t_\tX\t_\t_\t0\troot\t_\t_

            1\ta\t_\tX\t_\t_\t3\tdep\t_\t_
            2\tb\t_\tX\t_\t_\t4\tdep\t_\t_
            3\tc\t_\tX\t_\t_\t0\troot\t_\t_
            4\td\t_\tX\t_\t_\t3\tdep\t_\t_

            1\ta\t_\tX\t_\t_\t_\t_\t_\t_

            """
        for (method, skipped) in [(ParsingMethod.arcStandard, 2), (.arcHybrid, 1), (.biaffine, 1)] {
            let bank = try ParserFixture.bank(text)
            let model = try Parser(ParserFixture.configuration(method), for: bank)
            let sentences = model.encode(bank)
            let task = try ParserTask(model, training: sentences, development: nil, batchSize: 8, seed: 1)
            #expect(task.skippedSentences == skipped)
            #expect(task.beginEpoch(2) == 1)
            #expect(task.loss(ofUpdate: 0, in: ComputationGraph()).total.value.scalar.isFinite)
        }
        let bank = try ParserFixture.bank("1\ta\t_\tX\t_\t_\t_\troot\t_\t_\n\n")
        var configuration = ParserFixture.configuration(.biaffine)
        configuration.rootRelation = "root"
        let model = try Parser(configuration, for: bank)
        #expect(throws: DataError.self) {
            try ParserTask(model, training: model.encode(bank), development: nil, batchSize: 1, seed: 1)
        }
    }

    @Test func relationsThatOnlyTheTestHasCountAsWrong() throws {
        let model = try Parser(ParserFixture.configuration(.biaffine), for: ParserFixture.bank(), seed: 8)
        let sentences = model.encode(try ParserFixture.bank("1\tking\t_\tNOUN\t_\t_\t0\tnew\t_\t_\n\n"))
        let metrics = model.metrics(of: sentences)
        #expect(metrics.attachment.uas == 1)
        #expect(metrics.attachment.las == 0)
        #expect(metrics.json["tokens"] == 1)
    }

    @Test func threadsAndRepetitionsDoNotChangeABit() throws {
        let before = Processor.threadCount
        defer { Processor.threadCount = before }
        let results = try [1, 2].map { threads in
            Processor.threadCount = threads
            let loop = try loop(.arcHybrid, epochs: 2) { $0.encoder.dropout = 0.2 }
            try loop.run()
            return loop.task.parameters.parameters.map(\.values.scalars)
        }
        #expect(results[0] == results[1])
    }

    @Test func aConfigurationSurvivesItsFile() throws {
        var configuration = ParserFixture.configuration(.arcStandard)
        configuration.rootRelation = "ROOT"
        configuration.encoder.vocabularySize = 100
        #expect(try ParserConfiguration(json: configuration.json, path: "x") == configuration)
        var broken = configuration.json
        broken["method"] = "magic"
        #expect(throws: DataError.self) { try ParserConfiguration(json: broken, path: "x") }
    }
}

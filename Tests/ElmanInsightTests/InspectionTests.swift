import ElmanFiles
import ElmanGraph
import ElmanInsight
import ElmanModels
import ElmanTensor
import ElmanText
import Testing

/// What is seen of a model is what it does.
@Suite struct InspectionTests {
    @Test func everyModelCanBeLookedInto() throws {
        for (name, model, text) in try InsightFixture.models() {
            let graph = ComputationGraph()
            graph.recording = Recording()
            let inspection = try model.inspect(text, in: graph)
            #expect(!inspection.decisions.isEmpty, "\(name)")
            for decision in inspection.decisions {
                #expect(decision.scores.shape.totalCount == decision.labels.count, "\(name)")
                #expect(abs(decision.probabilities.reduce(0, +) - 1) < 1e-5, "\(name)")
            }
            let vectors = graph.recording?.values(of: inspection.vectorSeries) ?? []
            #expect(vectors.count == inspection.tokens.count, "\(name)")
            #expect(inspection.places.map { inspection.tokens[$0] } == text.tokens, "\(name)")
        }
    }

    @Test(arguments: OutputKind.allCases)
    func aLanguageModelIsSeenToGiveTheProbabilitiesThatItIsScoredBy(kind: OutputKind) throws {
        for (carries, isBackward) in [(false, false), (true, false), (false, true)] {
            let model = try InsightFixture.languageModel {
                $0.carriesState = carries
                $0.isBackward = isBackward
                $0.output.kind = kind
            }
            let text = try model.text("the king is dead\nlong live the queen\n")
            let graph = ComputationGraph()
            let inspection = try model.inspect(text, in: graph)
            let seen = inspection.decisions.dropLast().map { $0.objective($0.chosen()).value.scalar }
            for decision in inspection.decisions.dropLast() {
                let probability = Double(decision.probabilities[decision.chosen()])
                let other = Double(exp(decision.objective(decision.chosen())).value.scalar)
                #expect(abs(probability - other) < 1e-5 * other)
            }
            var scorer = LanguageModelScorer(model)
            let encoded = try ["the king is dead", "long live the queen"].map {
                try model.encoder.encode($0).tokens + [model.boundary]
            }
            let scored = Array(scorer.logProbabilities(of: encoded).joined())
            #expect(seen == Array(scored.dropLast()))
        }
    }

    @Test func linesEndAsFilesOfAllSystemsEndThem() throws {
        let model = try InsightFixture.languageModel()
        let tokens = ["the", "king", "</s>", "is"]
        #expect(try model.text("the king\nis\n").tokens == tokens && model.text("the king\r\nis\r\n").tokens == tokens)
        let characters = try InsightFixture.languageModel { $0.unit = .char }
        #expect(try characters.text("a\r\n\nb").tokens == ["a", "\n", "\n", "b"])
        let backward = try InsightFixture.languageModel { $0.isBackward = true }
        #expect(try backward.text("the king\nis dead").tokens == ["king", "the", "</s>", "dead", "is"])
    }

    @Test func aTaggerIsSeenWithWhatCharacterModelsSay() throws {
        let forward = try InsightFixture.languageModel { $0.unit = .char }
        let texts = try TaggedTexts(text: Array("the|D king|N is|V dead|A\nlong|A live|V the|D queen|N\n".utf8))
        var configuration = TaggerConfiguration()
        configuration.encoder = InsightFixture.encoder()
        let tagger = try Tagger(configuration, for: texts, contextual: ContextualModels(forward: forward), seed: 2)
        let words = ["long", "live", "the", "king"], text = InspectedText(tokens: words)
        let decisions = try tagger.inspect(text, in: ComputationGraph()).decisions
        #expect(decisions.map { $0.labels[$0.chosen()] } == tagger.tags(of: [words])[0])
        let saliency = try #require(try tagger.integratedGradients(of: text, decision: 3, steps: 64))
        #expect(try #require(saliency.completenessError) < 0.01)
    }

    @Test func aTextInTwoPiecesIsReadAsOne() throws {
        let model = try InsightFixture.languageModel()
        let text = try model.text("the king is dead long live the queen")
        let graph = ComputationGraph()
        let whole = try model.inspect(text, in: graph).decisions.map { $0.scores.value.scalars }
        var (first, second) = (text, text)
        first.tokens = Array(text.tokens[..<3])
        second.tokens = Array(text.tokens[3...])
        let state = try model.inspect(first, in: graph).finalState?()
        graph.renew()
        let rest = try model.inspect(second, from: state, in: graph, deciding: true)
        #expect(rest.decisions.map { $0.scores.value.scalars } == Array(whole[3...]))
        #expect(rest.decisions.compactMap(\.outcome).count == second.tokens.count)
    }

    @Test func classifiersTaggersAndTranslatorsAreSeenToSayWhatTheyPredict() throws {
        let words = InsightFixture.lines[0].split(separator: " ").map(String.init)
        let text = InspectedText(tokens: words)
        let classifier = try InsightFixture.classifier()
        let seen = try classifier.inspect(text, in: ComputationGraph()).decisions[0]
        #expect(seen.chosen() == classifier.predict([words])[0].label)
        for loss in TaggerLoss.allCases {
            let tagger = try InsightFixture.tagger(loss)
            let decisions = try tagger.inspect(text, in: ComputationGraph()).decisions
            #expect(decisions.map { $0.labels[$0.chosen()] } == tagger.tags(of: [words])[0])
        }
        let translator = try InsightFixture.translator()
        let decisions = try translator.inspect(text, in: ComputationGraph()).decisions
        let translation = try translator.translate([words])[0]
        #expect(decisions.dropLast().map { $0.labels[$0.chosen()] } == translation.tokens)
        let logProbability = decisions.map { $0.objective($0.chosen()).value.scalar }.reduce(0, +)
        #expect(abs(logProbability - translation.logProbability) < 1e-4)
    }

    @Test func attentionIsRecordedStepByStep() throws {
        let record = try InsightFixture.translator().record(InspectedText(words: InsightFixture.lines[0]))
        let attention = try #require(record["attention/weights"])
        #expect(attention.size == 5 && attention.steps.count == attention.values.count)
        #expect(attention.values.allSatisfy { abs($0.reduce(0, +) - 1) < 1e-5 })
        let pooling = try InsightFixture.classifier { $0.pooling = .attention }
            .record(InspectedText(words: InsightFixture.lines[0]))
        #expect(pooling["encoder/pooling/weights"] == nil && pooling["pooling/weights"]?.values.first?.count == 4)
    }

    @Test func unknownTokensAreTold() throws {
        let inspection = try InsightFixture.classifier().inspect(
            InspectedText(words: "the ghost is dead"), in: ComputationGraph())
        #expect(inspection.unknown == [1])
    }

    @Test func textsThatCannotBeReadAreTold() throws {
        #expect(throws: DataError.self) { try InsightFixture.parser(.biaffine).text("the king") }
        #expect(throws: DataError.self) { try InsightFixture.treeClassifier().text("the king") }
        #expect(throws: DataError.self) {
            try InsightFixture.treeClassifier().inspect(InspectedText(words: "the king"), in: ComputationGraph())
        }
    }

    @Test func recordsAreWrittenAsTensorsAndAsTable() throws {
        let model = try InsightFixture.languageModel { $0.unit = .char }
        let record = try model.record(model.text("the king,\n"))
        let folder = "/tmp/elman-insight-\(UInt64.random(in: 0 ... .max))"
        try FileSystem.createDirectory(folder)
        defer { try? FileSystem.remove(folder) }
        try record.write(to: folder + "/record.safetensors")
        let file = try SafetensorsFile(folder + "/record.safetensors")
        for series in record.series {
            #expect(try file.floats(named: series.name) == Array(series.values.joined()))
            #expect(file[series.name]?.shape == [series.values.count, series.size ?? 0])
        }
        let rows = record.table.split(separator: "\n", omittingEmptySubsequences: true)
        #expect(rows[0] == "series,step,token,unit,value")
        #expect(record.table.contains("rnn/0/hidden,9,\",\",0,"), "\(rows.count) rows")
        #expect(record.table.contains("rnn/0/hidden,0,\"\n\",0,"))
        #expect(throws: DataError.self) { try record.write(to: folder + "/record.txt") }
    }
}

import ElmanGraph
import ElmanModels
import ElmanTensor
import ElmanText
import Testing

@testable import ElmanInsight

/// A character model in whose LSTM one unit follows quotes and one counts the characters of a line, set by hand.
enum PlantedModel {
    static let quoteUnit = 2, counterUnit = 5, size = 8
    static let alphabet = ["\n", "\"", "a", "b", "c", " "]

    static func model() throws -> LanguageModel {
        var configuration = LanguageModelConfiguration()
        configuration.unit = .char
        configuration.carriesState = true
        (configuration.embeddingSize, configuration.hiddenSize) = (alphabet.count, size)
        let vocabulary = try Vocabulary(entries: alphabet, unknown: nil, boundary: "\n")
        let model = try LanguageModel(configuration, vocabulary: vocabulary, seed: 7)
        // Every character is an element of its own.
        var embeddings = Tensor(repeating: 0, shape: [alphabet.count, alphabet.count])
        for index in alphabet.indices { embeddings[index, index] = 1 }
        model.parameters.lookupParameters[0].values = embeddings
        plant(model.parameters)
        return model
    }

    private static func plant(_ parameters: ParameterCollection) {
        func change(_ name: String, _ body: (inout Tensor) -> Void) {
            let parameter = parameters.parameters.first { $0.name == name }!
            var values = parameter.values
            body(&values)
            parameter.values = values
        }
        func gate(_ number: Int, _ unit: Int) -> Int { number * size + unit }
        let (input, forget, candidate, output) = (0, 1, 2, 3), (newline, quote) = (0, 1)
        change("rnn/0/inputWeights") { weights in
            for row in 0..<4 {
                for unit in [quoteUnit, counterUnit] {
                    for column in alphabet.indices { weights[gate(row, unit), column] = 0 }
                }
            }
            // A quote writes and forgets; the end of a line forgets the count.
            weights[gate(input, quoteUnit), quote] = 40
            weights[gate(forget, quoteUnit), quote] = -40
            weights[gate(input, counterUnit), newline] = -40
            weights[gate(forget, counterUnit), newline] = -40
        }
        change("rnn/0/recurrentWeights") { weights in
            for row in 0..<4 {
                for unit in [quoteUnit, counterUnit] { for column in 0..<size { weights[gate(row, unit), column] = 0 } }
            }
            // What is written is the opposite of what was there.
            weights[gate(candidate, quoteUnit), quoteUnit] = -10
        }
        change("rnn/0/bias") { bias in
            for row in [input, forget, output] { for unit in [quoteUnit, counterUnit] { bias[gate(row, unit)] = 20 } }
            bias[gate(input, quoteUnit)] = -20
            // The first quote opens.
            bias[gate(candidate, quoteUnit)] = 1
            bias[gate(candidate, counterUnit)] = 0.02
        }
        // Inside quotes a quote becomes likely; nothing else depends on anything.
        change("scores/weights") { weights in
            weights = Tensor(repeating: 0, shape: weights.shape)
            weights[quote, quoteUnit] = 4
        }
        change("scores/bias") { $0 = Tensor(repeating: 0, shape: $0.shape) }
    }

    /// Lines of a few characters, some between quotes.
    static func text(lines: Int = 120) -> String {
        var generator = RandomGenerator(seed: 5)
        func word() -> String {
            (0...generator.integer(below: 5)).map { _ in ["a", "b", "c"][generator.integer(below: 3)] }.joined()
        }
        return (0..<lines).map { _ in
            (0...generator.integer(below: 4)).map { _ in generator.integer(below: 2) == 0 ? "\"\(word()) \(word())\"" : word() }
                .joined(separator: " ") + "\n"
        }.joined()
    }
}

@Suite struct UnitSearchTests {
    static func table(_ model: LanguageModel, _ text: String) throws -> StateTable {
        try StateTable(reading: [model.text(text)], with: model)
    }

    private func search(_ predicate: TextPredicate) throws -> UnitSearch {
        let table = try Self.table(try PlantedModel.model(), PlantedModel.text())
        return UnitSearch(table, for: predicate.values(of: table.tokens, lineEnd: "\n"))
    }

    @Test func thePlantedQuoteUnitIsFoundFirst() throws {
        let search = try search(.insideQuotes), best = search.ranking[0]
        #expect(best.unit.index == PlantedModel.quoteUnit)
        #expect(abs(best.heldOut) > 0.99 && best.threshold?.accuracy == 1 && best.threshold?.areaUnderCurve == 1)
        #expect(search.control.highest < 0.5 && search.control.significance(of: best.heldOut) < 0.05)
    }

    @Test func thePlantedCounterIsFoundFirst() throws {
        let best = try search(.linePosition).ranking[0]
        #expect(best.unit == NetworkUnit(part: "rnn/0/cell", index: PlantedModel.counterUnit))
        #expect(best.heldOut > 0.999 && best.threshold == nil)
    }

    @Test func holdingTheQuoteUnitChangesWhatItMust() throws {
        let model = try PlantedModel.model(), text = PlantedModel.text()
        let table = try Self.table(model, text)
        let inside = TextPredicate.insideQuotes.values(of: table.tokens, lineEnd: "\n")
        func group(_ row: Int) -> String {
            let before = row > 0 ? inside[row - 1] : 0
            return before == 1 ? (inside[row] == 0 ? "closing" : "inside") : (inside[row] == 1 ? "opening" : "outside")
        }
        let unit = NetworkUnit(part: "rnn/0/hidden", index: PlantedModel.quoteUnit)
        let ablation = try UnitAblation(model, holding: [(unit, 0)], on: [model.text(text)], group: group)
        #expect(ablation.groups[0].count == table.tokens.count)
        for group in ablation.groups.dropFirst() {
            // With the unit at 0 all six characters are as likely as each other.
            #expect(abs(group.loss.after / Double(group.count) - 1.791759) < 1e-4, "\(group.name)")
            switch group.name {
            case "closing", "outside": #expect(group.loss.before < group.loss.after)
            default: #expect(group.loss.before > group.loss.after)
            }
        }
        let other = NetworkUnit(part: "rnn/0/hidden", index: PlantedModel.counterUnit)
        let harmless = try UnitAblation(model, holding: [(other, 0)], on: [model.text(text)], group: group)
        #expect(harmless.groups.allSatisfy { $0.loss.before == $0.loss.after && $0.right.before == $0.right.after })
    }

    @Test func writingWithTheQuoteUnitHeldWritesQuotes() throws {
        let model = try PlantedModel.model(), intervention = Intervention()
        intervention.hold(unit: PlantedModel.quoteUnit, of: "rnn/0/hidden", at: 3)
        let quote = Int32(1)
        let held = try model.generate(after: [], GenerationOptions(length: 200), intervention: intervention)
        let free = try model.generate(after: [], GenerationOptions(length: 200))
        #expect(held.count { $0 == quote } > 190 && free.count { $0 == quote } < 150)
    }

    @Test func unitsThatAreNoneAreTold() throws {
        let model = try PlantedModel.model()
        let unit = try #require(NetworkUnit("rnn/7/hidden/3"))
        #expect(unit.description == "rnn/7/hidden/3" && NetworkUnit("hidden") == nil && NetworkUnit("rnn/x") == nil)
        #expect(throws: (any Error).self) { try UnitAblation(model, holding: [(unit, 0)], on: [model.text("a\n")]) }
    }

    @Test func aLongTextReadInPiecesHasTheStatesOfTheWhole() throws {
        let model = try PlantedModel.model(), text = PlantedModel.text()
        let table = try Self.table(model, text), whole = try model.record(model.text(text))
        #expect(table.tokens.count > 1200)
        for part in table.parts {
            #expect(part.values == Array((whole[part.name]?.values ?? []).dropFirst().joined()))
        }
    }

    @Test func manyTextsHaveTheStatesOfEachAlone() throws {
        for (name, model, text) in try InsightFixture.models() where name != "tree" && name != "classify bag" {
            let table = try StateTable(reading: Array(repeating: text, count: 7), with: model, contents: .statesAndVectors)
            let alone = try StateTable(reading: [text], with: model, contents: .statesAndVectors)
            #expect(table.textCount == 7 && table.parts.count == alone.parts.count, "\(name)")
            for (part, single) in zip(table.parts, alone.parts) {
                #expect(part.values == Array(repeatElement(single.values, count: 7).joined()), "\(name) \(part.name)")
            }
        }
    }

    @Test func textsWithoutTokensHaveRowsOfZeros() throws {
        let model = try InsightFixture.classifier(), text = InspectedText(words: "the king")
        let table = try StateTable(reading: [InspectedText(tokens: []), text, InspectedText(tokens: [])], with: model)
        #expect(table.starts == [0, 0, 2, 2])
        let summaries = table.summaries()
        #expect(summaries.textCount == 3 && summaries.tokens == ["", "the king", ""])
        for part in summaries.parts {
            #expect(part.values.count == 3 * part.size && part.values.prefix(part.size).allSatisfy { $0 == 0 })
            #expect(part.values.suffix(part.size).allSatisfy { $0 == 0 })
        }
    }

    @Test func thresholdsAndAreasAreThoseOfCounting() throws {
        var generator = RandomGenerator(seed: 9)
        let truth = (0..<60).map { _ in generator.uniform() < 0.4 }
        let values = truth.map { Float($0 ? 0.3 : 0) + Float(generator.integer(below: 10)) / 10 }
        let threshold = try #require(UnitThreshold(searched: (values, truth), heldOut: (values, truth)))
        let cuts = values + [-1], right = cuts.map { cut in zip(values, truth).count { ($0.0 > cut) == $0.1 } }
        let wrong = cuts.map { cut in zip(values, truth).count { ($0.0 > cut) != $0.1 } }
        #expect(threshold.accuracy == Double((right + wrong).max()!) / 60)
        var pairs = 0.0, count = 0.0
        for (high, isTrue) in zip(values, truth) where isTrue {
            for (low, isOther) in zip(values, truth) where !isOther {
                pairs += high > low ? 1 : high == low ? 0.5 : 0
                count += 1
            }
        }
        #expect(abs(threshold.areaUnderCurve - pairs / count) < 1e-12)
        let opposite = try #require(UnitThreshold(searched: (values.map { -$0 }, truth), heldOut: (values.map { -$0 }, truth)))
        #expect(abs(opposite.areaUnderCurve - pairs / count) < 1e-12 && opposite.accuracy == threshold.accuracy)
    }
}

import ElmanFiles
import ElmanGraph
import ElmanLayers
import ElmanTensor
import ElmanText
import Testing

@testable import ElmanModels

@Suite struct TranslatorTests {
    /// Settings that take every way through the model.
    static let variants: [@Sendable (inout TranslatorConfiguration) -> Void] = [
        { _ in },
        {
            $0.attention = .mlp; $0.isBidirectional = true; $0.encoderHiddenSize = 4; $0.handOver = .states
        },
        {
            $0.attention = .dot; $0.feedsInput = true; $0.cell = .gru; $0.layerCount = 2; $0.handOver = .states
        },
        {
            $0.attention = .bilinear; $0.isBidirectional = true; $0.handOver = .bridge; $0.tiesEmbeddings = true;
            $0.embeddingSize = 8
        },
        {
            $0.isBidirectional = true; $0.layerCount = 2; $0.isResidual = true; $0.initialRange = 0.3; $0.cell = .elman
        },
        {
            $0.attention = .mlp; $0.feedsInput = true; $0.preparation.mergeCount = 12
        },
    ]

    @Test func anUntrainedModelWithZeroWeightsIsUniform() throws {
        let (model, pairs) = try PairFixture.translator { $0.attention = .mlp }
        for parameter in model.parameters.parameters {
            parameter.values = Tensor(repeating: 0, shape: parameter.shape)
        }
        let perplexity = model.prediction(of: pairs).tokens.perplexity
        #expect(abs(perplexity - Double(model.vocabularies.target.vocabulary.count)) < 1e-3)
    }

    @Test(arguments: variants.indices) func aPairHasTheSameBitsAloneAndAmongOthers(variant: Int) throws {
        let (model, pairs) = try PairFixture.translator(Self.variants[variant])
        let together = model.logProbabilities(of: pairs)
        let sources = PairFixture.sources(pairs)
        let options = TranslationOptions(maximumLength: 6)
        let translations = try model.translate(sources, options)
        #expect(translations.count == pairs.count)
        for pair in [0, 11, 29] {
            let text = pairs.texts.targets.tokens(of: pair).joined(separator: " ")
            let alone = model.vocabularies.encode(
                try PairFixture.texts([(sources[pair].joined(separator: " "), text)]))
            #expect(model.logProbabilities(of: alone)[0] == together[pair])
            #expect(try model.translate([sources[pair]], options)[0] == translations[pair])
        }
    }

    @Test(arguments: variants.indices) func whatIsWrittenHasTheProbabilityThatItIsGiven(variant: Int) throws {
        let (model, pairs) = try PairFixture.translator(Self.variants[variant])
        let sources = [PairFixture.sources(pairs)[23]]
        for options in [
            TranslationOptions(maximumLength: 5, allowsUnknown: true),
            TranslationOptions(beamSize: 3, maximumLength: 5, allowsUnknown: true),
            TranslationOptions(temperature: 2, seed: 4, maximumLength: 5, allowsUnknown: true),
        ] {
            for found in try model.nBest(sources, options, count: 3)[0] {
                let graph = ComputationGraph(keepsForBackward: false)
                let target = found.tokens.map { Int32(model.vocabularies.target.vocabulary.index(of: $0)!) }
                let source = model.vocabularies.source.encode(TokenLists(sources))[0]
                let losses = model.losses(of: target, after: source, in: graph)
                let expected = losses.reduce(0) { $0 - Double($1.value.scalar) }
                #expect(abs(Double(found.logProbability) - expected) < 1e-4)
                #expect(found.attention.count == (model.hasAttention ? found.tokens.count : 0))
                for weights in found.attention {
                    #expect(weights.count == source.count + 1)
                    #expect(abs(weights.reduce(0, +) - 1) < 1e-5)
                }
            }
        }
    }

    @Test(arguments: variants.indices) func aBeamOfOneIsGreedy(variant: Int) throws {
        let (model, pairs) = try PairFixture.translator(Self.variants[variant])
        let options = TranslationOptions(maximumLength: 7)
        let graph = ComputationGraph(keepsForBackward: false)
        for pair in [3, 22] {
            let source = Array(pairs.sources[pair])
            let greedy = model.write([source], first: 0, options, in: graph)[0]
            let searched = model.search(source, options, in: graph)[0]
            #expect(greedy.tokens == searched.tokens)
            #expect(greedy.logProbability == searched.logProbability)
        }
    }

    @Test func nBestListsAreSortedAndWithoutDoubles() throws {
        let (model, pairs) = try PairFixture.translator { $0.attention = .mlp }
        let lists = try model.nBest(
            Array(PairFixture.sources(pairs).prefix(4)), TranslationOptions(beamSize: 6, maximumLength: 4), count: 5)
        for list in lists {
            #expect(list.count == 5)
            #expect(Set(list.map(\.tokens)).count == 5)
            #expect(zip(list, list.dropFirst()).allSatisfy { $0.score >= $1.score })
            #expect(!list.contains { $0.tokens.contains(Vocabulary.unknownSpelling) })
        }
    }

    @Test func drawnTranslationsDependOnSeedAndPlaceOnly() throws {
        let (model, pairs) = try PairFixture.translator()
        let sources = PairFixture.sources(pairs)
        let options = TranslationOptions(temperature: 1, seed: 5, maximumLength: 6)
        let all = try model.translate(sources, options)
        #expect(try model.translate(Array(sources.prefix(3)), options) == Array(all.prefix(3)))
        var other = options
        other.seed = 6
        #expect(try model.translate(sources, other) != all)
    }

    @Test func unknownWordsAreCopiedFromWhereTheModelLooks() throws {
        let (model, _) = try PairFixture.translator { $0.attention = .dot }
        let bias = try #require(model.parameters.parameters.first { $0.name == "decoder/scores/bias" })
        var values = bias.values
        values[model.vocabularies.target.vocabulary.unknown!] = 50
        bias.values = values
        let source = ["nineteen", "unheard-of", "two"]
        let found = try model.translate([source], TranslationOptions(maximumLength: 4, replacesUnknown: true))[0]
        #expect(found.words.count == 4)
        for (word, weights) in zip(found.words, found.attention) {
            let best = (0..<3).max { weights[$0] < weights[$1] }!
            #expect(word == source[best])
        }
        let (blind, _) = try PairFixture.translator()
        #expect(throws: DataError.self) { try blind.translate([source], TranslationOptions(replacesUnknown: true)) }
    }

    @Test func anEmptyTextIsTranslatedToo() throws {
        for variant in Self.variants {
            let (model, _) = try PairFixture.translator(variant)
            #expect(try model.translate([[], ["two"]], TranslationOptions(maximumLength: 3)).count == 2)
        }
    }

    @Test func theDecoderStartsFromWhatTheEncoderEndedWith() throws {
        for kind in StateHandOver.allCases {
            let (model, pairs) = try PairFixture.translator { $0.handOver = kind }
            let graph = ComputationGraph(keepsForBackward: false)
            let tokens = Array(pairs.sources[7]) + [model.vocabularies.source.boundary]
            let reading = model.encoder.read(tokens, in: graph, isTraining: false)
            let parts = model.start(after: pairs.sources[7], in: graph, isTraining: false).state.network.values[0]
            switch kind {
            case .summary: #expect(parts == [tanh(reading.summary).value, reading.summary.value])
            case .states: #expect(parts == reading.finalParts[0].map(\.value))
            case .bridge: #expect(parts != reading.finalParts[0].map(\.value))
            }
        }
    }

    /// Also states with parts of other sizes than the hidden value, and with the last input, which the two sides have of two sizes.
    @Test(arguments: CellKind.allCases, StateHandOver.allCases)
    func everyCellIsHandedOver(cell: CellKind, handOver: StateHandOver) throws {
        for isBidirectional in [false, true] {
            let (model, pairs) = try PairFixture.translator {
                $0.cell = cell; $0.handOver = handOver; $0.isBidirectional = isBidirectional
                $0.attention = .mlp; $0.feedsInput = true; $0.layerCount = 2
            }
            let together = model.logProbabilities(of: pairs)
            #expect(together.joined().allSatisfy { $0.isFinite })
            let parts = model.start(after: pairs.sources[7], in: ComputationGraph(), isTraining: false).state.network.values
            #expect(parts.map { $0.map(\.shape) } == model.decoder.network.stateShapes)
            let sources = PairFixture.sources(pairs)
            let texts = [(sources[7].joined(separator: " "), pairs.texts.targets.tokens(of: 7).joined(separator: " "))]
            #expect(model.logProbabilities(of: model.vocabularies.encode(try PairFixture.texts(texts)))[0] == together[7])
        }
    }

    @Test func settingsThatDoNotFitAreRefused() throws {
        #expect(throws: DataError.self) { try PairFixture.translator { $0.tiesEmbeddings = true } }
        #expect(throws: DataError.self) { try PairFixture.translator { $0.feedsInput = true } }
        #expect(throws: DataError.self) {
            try PairFixture.translator {
                $0.attention = .dot; $0.isBidirectional = true
            }
        }
        #expect(throws: DataError.self) { try PairFixture.translator { $0.dropout = 1 } }
        #expect(throws: DataError.self) { try PairFixture.translator { $0.preparation.unknownRate = 2 } }
        let (model, _) = try PairFixture.translator()
        for options in [
            TranslationOptions(beamSize: 0), TranslationOptions(temperature: 0), TranslationOptions(maximumLength: 0),
            TranslationOptions(beamSize: 2, temperature: 1),
        ] { #expect(throws: DataError.self) { try model.translate([["two"]], options) } }
    }

    @Test func aConfigurationSurvivesItsFile() throws {
        for variant in Self.variants {
            var configuration = TranslatorConfiguration()
            configuration.hiddenSize = 8
            variant(&configuration)
            #expect(try TranslatorConfiguration(json: configuration.json, path: "x") == configuration)
        }
        var broken = TranslatorConfiguration().json
        broken["attention"] = "sideways"
        #expect(throws: DataError.self) { try TranslatorConfiguration(json: broken, path: "x") }
        broken = TranslatorConfiguration().json
        broken["task"] = "lm"
        #expect(throws: DataError.self) { try TranslatorConfiguration(json: broken, path: "x") }
    }
}

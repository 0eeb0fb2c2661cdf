import ElmanFiles
import ElmanGraph
import ElmanLayers
import ElmanTensor
import Testing

@testable import ElmanModels

/// Language models whose weights are held in fewer bits.
@Suite struct ReducedModelTests {
    private static let precisions: [WeightPrecision] = [.bfloat16, .int8]

    private static func scores(_ model: LanguageModel, _ sentences: [[Int32]]) -> [[Float]] {
        var scorer = LanguageModelScorer(model)
        return scorer.logProbabilities(of: sentences)
    }

    @Test(arguments: precisions, [false, true])
    func aLineScoresTheSameAloneAndAmongOthers(precision: WeightPrecision, tied: Bool) throws {
        for cell in CellKind.allCases {
            let (model, corpus) = try Fixture.model {
                $0.cell = cell
                $0.layerCount = 2
                $0.tiesEmbeddings = tied
                // With usual initial weights some cells of this size put out almost nothing, and rounding would change no score.
                $0.initialRange = 0.7
            }
            let sentences = (0..<corpus.sentenceCount).map { Array(corpus[$0]) }
            let exact = Self.scores(model, sentences)
            model.parameters.quantize(to: precision)
            let together = Self.scores(model, sentences)
            for (sentence, expected) in zip(sentences, together) {
                #expect(Self.scores(model, [sentence])[0] == expected, "\(cell)")
            }
            for (found, expected) in zip(together.joined(), exact.joined()) { #expect(abs(found - expected) < 0.1, "\(cell)") }
            #expect(together != exact, "\(cell)")
        }
    }

    @Test func sixteenBitsGiveTheBitsOfTheRoundedModel() throws {
        let (model, corpus) = try Fixture.model(), (rounded, _) = try Fixture.model()
        model.parameters.quantize(to: .bfloat16)
        for (from, to) in zip(model.parameters.parameters, rounded.parameters.parameters) { to.values = from.values }
        for (from, to) in zip(model.parameters.lookupParameters, rounded.parameters.lookupParameters) { to.values = from.values }
        let sentences = (0..<corpus.sentenceCount).map { Array(corpus[$0]) }
        #expect(Self.scores(model, sentences) == Self.scores(rounded, sentences))
    }
}

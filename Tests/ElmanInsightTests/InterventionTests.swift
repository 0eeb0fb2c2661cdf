import ElmanFiles
import ElmanGraph
import ElmanInsight
import ElmanLayers
import ElmanModels
import ElmanTensor
import ElmanText
import Testing

/// Units are held where they are, and nothing else changes.
@Suite struct InterventionTests {
    @Test func aHeldUnitHasItsValueAtEveryStepOfEveryModel() throws {
        for (name, model, text) in try InsightFixture.models() {
            let free = try model.record(text)
            for series in free.ofTokens where series.name.hasSuffix("/hidden") || series.name.hasSuffix("/cell") {
                let intervention = Intervention()
                intervention.hold(unit: 1, of: series.name, at: 0.25)
                let held = try model.record(text, intervention: intervention)
                // What cells keep without a name for it, and nodes of trees, cannot be held; that is told.
                if intervention.unused.contains(series.name) {
                    #expect(held.series.map(\.values) == free.series.map(\.values))
                    continue
                }
                #expect(held[series.name]?.values.allSatisfy { $0[1] == 0.25 } == true, "\(name) \(series.name)")
            }
        }
    }

    @Test func anInterventionThatHoldsNothingChangesNoBit() throws {
        for (name, model, text) in try InsightFixture.models() {
            let (free, other) = try (model.record(text), model.record(text, intervention: Intervention()))
            #expect(free.series.map(\.values) == other.series.map(\.values), "\(name)")
        }
    }

    @Test func generationGoesOnFromHeldUnits() throws {
        let model = try InsightFixture.languageModel()
        let intervention = Intervention()
        for unit in 0..<6 { intervention.hold(unit: unit, of: "rnn/0/hidden", at: 0) }
        let held = try model.generate(GenerationOptions(length: 12, temperature: 0), intervention: intervention)
        // With nothing to go on from, every token is the same.
        #expect(Set(held).count == 1)
        let drawn = try model.generate(GenerationOptions(length: 40), intervention: intervention)
        #expect(try drawn != model.generate(GenerationOptions(length: 40)))
        #expect(intervention.unused.isEmpty)
    }
}

extension LanguageModel {
    fileprivate func generate(_ options: GenerationOptions, intervention: Intervention? = nil) throws -> [Int32] {
        try generate(after: [], options, intervention: intervention)
    }
}

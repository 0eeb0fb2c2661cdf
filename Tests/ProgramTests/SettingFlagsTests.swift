import ArgumentParser
import Elman
import Testing

@testable import ElmanProgram

/// Flags of training as settings.
@Suite struct SettingFlagsTests {
    @Test func keysAreNamesOfFlags() {
        for (property, key) in [
            ("_batchSize", "batch-size"), ("_invalidUTF8", "invalid-utf8"), ("_bptt", "bptt"), ("_onNan", "on-nan"),
        ] { #expect(settingKey(ofProperty: property) == key) }
        #expect(Set(LanguageModelSettings.keys).count == LanguageModelSettings.keys.count)
        #expect(LanguageModelSettings.keys.contains("hidden") && LanguageModelSettings.keys.contains("weight-decay"))
    }

    /// Each flag alone gives its setting and no other.
    @Test func everyFlagArrives() throws {
        try check(ModelFlags.self)
        try check(LanguageModelFlags.self)
        try check(RegularizationFlags.self)
        try check(OutputFlags.self)
        try check(TextFlags.self)
        try check(EncoderFlags.self)
        try check(ClassifyFlags.self)
        try check(TagFlags.self)
        try check(PairTaskFlags.self)
        try check(TranslateFlags.self)
        try check(RetrieveFlags.self)
        try check(TreeFlags.self)
        try check(ParseFlags.self)
        try check(TrainingFlags.self)
        #expect(
            try ModelFlags.parse(["--dropout", "0.5", "--cell", "gru", "--layers", "2", "--residual"]).settings
                == ["cell": "gru", "layers": 2, "dropout": 0.5, "residual": true])
    }

    private func check<Flags: SettingFlags>(_ type: Flags.Type) throws {
        #expect(try Flags.parse([]).settings.members.isEmpty)
        for key in Flags.keys {
            let flags = try (try? Flags.parse(["--\(key)", "1"])) ?? Flags.parse(["--\(key)"])
            #expect(flags.settings.members.map(\.key) == [key])
        }
    }

    /// What is resolved from no flag at all names all settings but one, which is part of the cell's name.
    @Test func everyFlagIsKeptInTheConfiguration() throws {
        let settings = try LanguageModelSettings(SettingsReader(flags: [:], file: nil, keys: LanguageModelSettings.keys))
        let kept = Set(settings.json.members.map(\.key))
        #expect(
            Set(LanguageModelSettings.keys).subtracting(kept)
                == Set(["layer-norm", "order", "direct-connections", "architecture"] + OutputFlags.keys))
    }
}

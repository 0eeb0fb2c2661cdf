import ElmanFiles
import ElmanGraph
import ElmanLayers
import ElmanTensor
import ElmanText

@testable import ElmanModels

/// Runs of small untrained models, to be taken over.
enum TransferFixture {
    /// The run of a language model of `Fixture`'s text.
    static func languageModel(
        in folder: TemporaryFolder, _ name: String = "lm", lines: [String] = Fixture.lines,
        _ change: (inout LanguageModelConfiguration) -> Void = { _ in }
    ) throws -> LanguageModel {
        var configuration = LanguageModelConfiguration()
        configuration.embeddingSize = 5
        configuration.hiddenSize = 6
        change(&configuration)
        let options = ReadingOptions(unit: configuration.unit)
        let corpus = try TextCorpus(text: Array(lines.joined(separator: "\n").utf8), options: options)
        let model = try LanguageModel(configuration, vocabulary: corpus.vocabulary(), seed: UInt64(name.utf8.count))
        for parameter in model.parameters.parameters where parameter.name.hasSuffix("bias") {
            parameter.values = Tensor(shape: parameter.shape, scalars: parameter.values.scalars.indices.map { Float($0 % 7) / 9 })
        }
        let run = try RunFolder.create(folder.path + "/" + name)
        try model.vocabulary.write(to: run.vocabularyPath)
        try run.write(configuration: model.configuration.json, programVersion: "test")
        try model.parameters.save(to: run.weightsPath)
        return model
    }

    /// Writes a model as the run of its training.
    static func save(_ model: some TaskModel, in folder: TemporaryFolder, _ name: String) throws {
        let run = try RunFolder.create(folder.path + "/" + name)
        try model.writeVocabularies(to: run)
        try run.write(configuration: model.settings, programVersion: "test")
        try model.parameters.save(to: run.weightsPath)
    }

    static func labelled(
        _ lines: [String] = ["yes ||| long live the King", "no ||| the king is gone", "no ||| gone"]
    ) throws -> LabelledTexts {
        try LabelledTexts(text: Array(lines.joined(separator: "\n").utf8))
    }

    /// The outputs of a language model's network over words, without the mark before a sentence.
    static func outputs(_ model: LanguageModel, _ words: [String]) -> [[Float]] {
        let graph = ComputationGraph()
        let inputs = words.map { model.embeddings[model.vocabulary.index(of: $0)!, in: graph] }
        return model.network.transduce(inputs).map(\.value.scalars)
    }

    static func vector(_ table: LookupParameter, _ index: Int) -> [Float] {
        Array(table.values.scalars[index * table.size..<(index + 1) * table.size])
    }
}

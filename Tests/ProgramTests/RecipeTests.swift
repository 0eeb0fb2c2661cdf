import ArgumentParser
import Elman
import Foundation
import Testing

@testable import ElmanProgram

/// The recipes of the package can be followed: each is a configuration of its task, and what it reaches is written down.
@Suite struct RecipeTests {
    private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("../../Recipes").standardizedFileURL.path

    private static func results() throws -> JSONObject {
        let path = folder + "/results.json"
        return try #require(try JSONValue(parsing: Array(Data(contentsOf: URL(fileURLWithPath: path))), path: path).asObject)
    }

    private static let names = ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? [])
        .filter { $0.hasSuffix(".json") && $0 != "results.json" }.map { String($0.dropLast(5)) }.sorted()

    @Test func everyRecipeHasItsResult() throws {
        #expect(!Self.names.isEmpty)
        #expect(try Self.results().members.map(\.key).sorted() == Self.names)
    }

    @Test(arguments: names) func aRecipeIsAConfigurationOfItsTask(name: String) throws {
        let task = try #require(try Self.results()[name]?["task"]?.asString)
        let folder = TemporaryFolder()
        try folder.write(TaskRun.training(task), to: "train")
        let command = try TrainCommand.parse([task, folder["train"], "--config", Self.folder + "/\(name).json"])
        let configuration = try command.plan(ProgramTasks.named(task), command.sources())(nil).configuration
        #expect(configuration["epochs"]?.asInteger ?? 0 > 0)
    }
}

import ArgumentParser
import Elman

/// The version of the program and of the library.
let elmanVersion = "0.1.0"

/// The program `elman`.
@main
struct ElmanProgram: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "elman",
        abstract: "Recurrent neural networks for text: train, evaluate, explain and use them on an ordinary machine.",
        discussion: """
            elman demo
            elman train lm train.txt --dev dev.txt -o runs/first
            elman generate runs/first --prompt "the king"
            """,
        version: elmanVersion,
        subcommands: [
            DemoCommand.self, TrainCommand.self, EvaluateCommand.self, PredictCommand.self, SearchCommand.self, ScoreCommand.self,
            GenerateCommand.self, PairsCommand.self, ExplainCommand.self, UnitsCommand.self, ProbeCommand.self,
            GraphCommand.self, GradientsCommand.self, MemoryTasksCommand.self, CompareCommand.self,
            SearchHyperparametersCommand.self, PlotCommand.self, InspectCommand.self, CheckDataCommand.self, MakeDataCommand.self,
            BenchCommand.self,
        ])

    /// What `elman` alone says.
    private static var overview: String {
        """
        elman \(elmanVersion): recurrent neural networks for text, on an ordinary machine.

        A first look, no file needed:
          elman demo

        A language model of your own text, one sentence a line:
          elman train lm train.txt --dev dev.txt -o runs/first
          elman generate runs/first --prompt "the king"

        Commands: \(commandNames.joined(separator: ", ")).
        elman help COMMAND tells all about one of them.
        """
    }

    static var commandNames: [String] { configuration.subcommands.compactMap { $0.configuration.commandName } }

    func run() { Console.output.write(Self.overview + "\n") }

    static func main() {
        let arguments = Array(CommandLine.arguments.dropFirst())
        do {
            try checkCommandName(arguments)
            var command = try parseAsRoot(arguments)
            try command.run()
            Console.output.flush()
        } catch {
            end(with: error, arguments)
        }
    }

    /// Results first, then the message, then the status.
    private static func end(with error: any Error, _ arguments: [String]) -> Never {
        let status: Int32
        if let error = error as? ExitWithStatus {
            status = error.status.rawValue
        } else if exitCode(for: error) == .success {
            Console.output.write(fullMessage(for: error) + "\n")
            status = 0
        } else if exitCode(for: error) == .validationFailure {
            let message = UsageMessage.text(message(for: error), arguments: arguments)
            status = Console().report(ProgramError(.usage, message)).rawValue
        } else {
            status = Console().report(error).rawValue
        }
        Console.output.flush()
        exitProcess(status)
    }

    /// A misspelt command gets the name that was meant.
    private static func checkCommandName(_ arguments: [String]) throws {
        guard let name = arguments.first, !name.hasPrefix("-") else { return }
        let names = commandNames + ["help"]
        guard !names.contains(name) else { return }
        throw ProgramError(.usage, "there is no command '\(name)'\(suggestion(for: name, among: names))")
    }
}

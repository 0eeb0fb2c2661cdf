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
            DemoCommand.self, TrainCommand.self, EvaluateCommand.self, ScoreCommand.self, GenerateCommand.self,
            PlotCommand.self, InspectCommand.self, CheckDataCommand.self, BenchCommand.self,
        ])

    static func main() {
        let arguments = Array(CommandLine.arguments.dropFirst())
        do {
            try checkCommandName(arguments)
            var command = try parseAsRoot(arguments)
            try command.run()
            Console.output.flush()
        } catch {
            end(with: error)
        }
    }

    /// Results first, then the message, then the status.
    private static func end(with error: any Error) -> Never {
        let status: Int32
        if let error = error as? ExitWithStatus {
            status = error.status.rawValue
        } else if error is DataError || error is ProgramError {
            status = Console().report(error).rawValue
        } else if exitCode(for: error) == .success {
            Console.output.write(fullMessage(for: error) + "\n")
            status = 0
        } else {
            if !(error is ExitCode) {
                let message = message(for: error)
                Console.errors.write(
                    errorLine(ProgramError(.usage, message.isEmpty ? "\(error)" : message)) + "\n")
            }
            status = exitCode(for: error).rawValue
        }
        Console.output.flush()
        exitProcess(status)
    }

    /// A misspelt command gets the name that was meant.
    private static func checkCommandName(_ arguments: [String]) throws {
        guard let name = arguments.first, !name.hasPrefix("-") else { return }
        let names = configuration.subcommands.compactMap { $0.configuration.commandName } + ["help"]
        guard !names.contains(name) else { return }
        throw ProgramError(.usage, "there is no command '\(name)'\(suggestion(for: name, among: names))")
    }
}

import ArgumentParser

/// Makes of what the argument parser says about a command line what a user can act on.
enum UsageMessage {
    /// The message, and after a semicolon what to do.
    static func text(_ message: String, arguments: [String]) -> String {
        let command = ElmanProgram.configuration.subcommands.first { $0.configuration.commandName == arguments.first }
        if let option = quoted(in: message, after: "Unknown option ") {
            return "there is no option \(option)\(suggestedOption(for: option, command))"
        }
        if let option = quoted(in: message, after: "Missing value for "),
            let name = option.split(separator: " ").first.map(String.init), let position = arguments.firstIndex(of: name),
            position + 1 < arguments.count, Double(arguments[position + 1]) != nil
        {
            return "\(name) has no value; write a negative number as \(name)=\(arguments[position + 1])"
        }
        let text = message.prefix(1).lowercased() + message.dropFirst()
        return text.contains(";") ? text : "\(text); see \(help(command))"
    }

    private static func help(_ command: (any ParsableCommand.Type)?) -> String {
        "elman \(command?.configuration.commandName.map { $0 + " " } ?? "")--help"
    }

    /// What stands in single quotes behind a beginning.
    private static func quoted(in message: String, after start: String) -> String? {
        guard message.hasPrefix(start + "'") else { return nil }
        return message.dropFirst(start.count + 1).split(separator: "'").first.map(String.init)
    }

    private static func suggestedOption(for option: String, _ command: (any ParsableCommand.Type)?) -> String {
        let name = String(option.drop { $0 == "-" }.prefix { $0 != "=" })
        guard let near = nearestName(to: name, among: options(of: command)) else { return "; see \(help(command))" }
        return "; did you mean \"--\(near)\"?"
    }

    /// The names of a command's long options, as its help lists them.
    private static func options(of command: (any ParsableCommand.Type)?) -> [String] {
        let help = command.map { ElmanProgram.helpMessage(for: $0, columns: 200) } ?? ElmanProgram.helpMessage(columns: 200)
        var names: [String] = []
        for line in help.split(separator: "\n") where line.drop(while: { $0 == " " }).hasPrefix("-") {
            for word in line.split(whereSeparator: { " ,".contains($0) }).prefix(2) where word.hasPrefix("--") {
                names.append(String(word.dropFirst(2)))
            }
        }
        return names
    }
}

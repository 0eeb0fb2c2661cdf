import ElmanFiles
import ElmanTensor

/// Makes the data of an experiment by rules: the same bytes from the same seed, on every machine.
///
/// A generator is a value with its settings; `generate(count:seed:)` gives the files. All lines of all files are different.
public protocol TextGenerator: Sendable {
    /// The name of the kind, such as `agreement`.
    static var kind: String { get }
    /// What it makes, in a line.
    static var summary: String { get }
    /// What can be set.
    static var options: [GeneratorOption<Self>] { get }
    /// The rules, where they come from and how to train on the files; lines of text.
    var rules: String { get }
    /// The usual settings.
    init()
    /// Throws `.configuration` where settings contradict each other. Their ranges have been checked.
    func check() throws(DataError)
    /// The files but for the rules, `count` lines in the first. Throws `.configuration` where the rules do not give so many.
    func files(count: Int, seed: UInt64) throws(DataError) -> [GeneratedFile]
}

/// A setting of a generator.
public struct GeneratorOption<Generator>: Sendable {
    /// Where the value is kept.
    public enum Setting: Sendable {
        /// A number and its range.
        case number(WritableKeyPath<Generator, Int> & Sendable, ClosedRange<Int>)
        /// Something that is done or not: 1 or 0.
        case flag(WritableKeyPath<Generator, Bool> & Sendable)
    }

    /// The name, such as `train-depth`.
    public let name: String
    /// What it sets.
    public let summary: String
    /// Where the value is kept.
    public let setting: Setting

    /// A number in a range.
    public init(
        _ name: String, _ path: WritableKeyPath<Generator, Int> & Sendable, in range: ClosedRange<Int>, _ summary: String
    ) {
        self.name = name
        self.summary = summary
        setting = .number(path, range)
    }

    /// Something that is done or not.
    public init(_ name: String, _ path: WritableKeyPath<Generator, Bool> & Sendable, _ summary: String) {
        self.name = name
        self.summary = summary
        setting = .flag(path)
    }

    /// Throws `.configuration` for a number out of range.
    func check(_ value: Int) throws(DataError) {
        guard case .number(_, let range) = setting, !range.contains(value) else { return }
        throw DataError(.configuration, "--\(name) is \(value); give \(range.lowerBound) to \(range.upperBound)")
    }

    /// The value that a generator has.
    func value(of generator: Generator) -> Int {
        switch setting {
        case .number(let path, _): generator[keyPath: path]
        case .flag(let path): generator[keyPath: path] ? 1 : 0
        }
    }
}

/// A file that a generator made.
public struct GeneratedFile: Sendable, Hashable {
    /// Its name, such as `train.txt`.
    public let name: String
    /// Its lines.
    public let lines: [String]

    /// A file.
    public init(_ name: String, _ lines: [String]) {
        self.name = name
        self.lines = lines
    }

    /// The bytes as text; each line ends with a line feed.
    public var text: String { lines.map { $0 + "\n" }.joined() }
}

/// All generators.
public enum TextGenerators {
    /// All, those of language first.
    public static let all: [any TextGenerator.Type] = [
        AgreementGenerator.self, ReflexiveGenerator.self, PolarityGenerator.self, SelectionGenerator.self,
        NestingGenerator.self, NumberGenerator.self, CopyGenerator.self, BracketGenerator.self, ParityGenerator.self,
        AddingGenerator.self, RecallGenerator.self,
    ]

    /// The file that tells the rules and the settings.
    public static let rulesName = "rules.txt"

    /// Every name that a generator gives to a file.
    public static let fileNames = [
        "train.txt", "dev.txt", "test.txt", "train.tsv", "dev.tsv", "test.tsv", "pairs.tsv", rulesName,
    ]

    /// The generator of a kind.
    public static func named(_ kind: String) -> (any TextGenerator.Type)? { all.first { $0.kind == kind } }
}

extension TextGenerator {
    /// No contradiction is possible.
    public func check() throws(DataError) {}

    /// The names of what can be set.
    public static var optionNames: [String] { options.map(\.name) }

    /// What can be set, a line each: name, range, usual value, meaning.
    public static var optionLines: [String] {
        options.map { option in
            guard case .number(_, let range) = option.setting else { return "--\(option.name): \(option.summary)" }
            let usual = option.value(of: Self())
            return "--\(option.name) \(range.lowerBound)...\(range.upperBound): \(option.summary) (\(usual))"
        }
    }

    /// Sets what has a name; 1 for something that is to be done. Throws `.configuration` for an unknown name or a number out of range.
    public mutating func set(_ name: String, to value: Int) throws(DataError) {
        guard let option = Self.options.first(where: { $0.name == name }) else {
            let names = Self.options.map { "--" + $0.name }.joined(separator: ", ")
            throw DataError(.configuration, "--\(name) has no meaning for \(Self.kind); it takes \(names)")
        }
        try option.check(value)
        switch option.setting {
        case .number(let path, _): self[keyPath: path] = value
        case .flag(let path): self[keyPath: path] = value != 0
        }
    }

    /// The command line that sets what this has.
    public var commandLine: String {
        var words = ["elman make-data", Self.kind]
        for option in Self.options {
            let value = option.value(of: self)
            if case .number = option.setting {
                words.append("--\(option.name) \(value)")
            } else if value != 0 {
                words.append("--\(option.name)")
            }
        }
        return words.joined(separator: " ")
    }

    /// All files: `count` lines to train on, a tenth as many to develop and to test on, pairs where there are any, and the rules.
    ///
    /// Throws `.configuration` for settings out of range, settings that contradict each other, and where the rules do not give
    /// so many different lines.
    public func generate(count: Int = 10_000, seed: UInt64 = 1) throws(DataError) -> [GeneratedFile] {
        guard (1...1_000_000).contains(count) else {
            throw DataError(.configuration, "--count is \(count); give 1 to 1000000")
        }
        for option in Self.options { try option.check(option.value(of: self)) }
        try check()
        let files = try files(count: count, seed: seed)
        let head = ["\(commandLine) --count \(count) --seed \(seed)", ""]
        let body = rules.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        let counts = files.map { "\($0.name): \($0.lines.count) lines" }
        return files + [GeneratedFile(TextGenerators.rulesName, head + body + [""] + counts)]
    }
}

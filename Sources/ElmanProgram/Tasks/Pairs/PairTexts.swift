import Elman

/// The pairs of a training: two files of equal line count, or two columns of one.
struct PairTexts {
    private let texts: TrainingTexts<ParallelTexts>
    private let columns: String?

    /// - Parameter autoencodes: whether files hold single lines, each of which is source and target.
    init(_ sources: TrainingSources, columns: String?, _ settings: TrainSettings, autoencodes: Bool = false) throws {
        self.columns = columns
        texts = try TrainingTexts(dividing: sources, "pair") { files, pair in
            try Self.read(files, pair, columns, settings.reading, autoencodes: autoencodes)
        }
    }

    var training: ParallelTexts { texts.training }
    var development: ParallelTexts? { texts.development }

    /// The setting `columns`, such as 1,3, checked.
    static func columns(_ reader: SettingsReader) throws -> String? {
        guard let text = try reader.string("columns") else { return nil }
        guard parse(text) != nil else { throw reader.fault("columns", "is '\(text)'; give two numbers such as 1,3") }
        return text
    }

    static func parse(_ text: String) -> ParallelTexts.Columns? {
        let numbers = text.split(separator: ",").map { Int($0) ?? 0 }
        guard numbers.count == 2, numbers.allSatisfy({ $0 > 0 }) else { return nil }
        return ParallelTexts.Columns(source: numbers[0], target: numbers[1])
    }

    private static func read(
        _ files: [String], _ pair: PairedFiles?, _ columns: String?, _ options: ReadingOptions, autoencodes: Bool
    ) throws -> ParallelTexts {
        if autoencodes {
            guard pair == nil, files.count == 1 else {
                throw ProgramError(.usage, "--autoencode takes one file of lines, which are sources and targets; give one")
            }
            return try ParallelTexts(source: files[0], target: files[0], options: options)
        }
        if let pair {
            guard files.isEmpty else {
                throw ProgramError(.usage, "pairs are given twice: in \(files[0]) and as --source and --target")
            }
            return try ParallelTexts(source: pair.source, target: pair.target, options: options)
        }
        guard files.count == 1 else { throw ProgramError(.usage, "\(files.count) files of pairs are given; give one") }
        return try ParallelTexts(reading: files[0], columns: columns.flatMap(parse), options: options)
    }

    /// The pairs that an evaluation is asked for.
    static func read(_ request: EvaluationRequest, _ folder: RunFolder) throws -> ParallelTexts {
        let configuration = try folder.readConfiguration()
        let columns = request.column ?? configuration["columns"]?.asString
        let autoencodes = configuration["autoencode"]?.asBool ?? false
        return try read(
            request.files, request.pair, columns, ReadingOptions(), autoencodes: autoencodes && request.files.count == 1)
    }

    var json: JSONObject { ["columns": columns.map { .string($0) } ?? .null] }

    func summary(vocabularies: [Int]) -> [String] {
        [
            "\(counted(training.count, "pair")), \(counted(training.sources.types.count, "token")) in sources, "
                + "\(grouped(training.targets.types.count)) in targets, vocabularies "
                + vocabularies.map { grouped($0) }.joined(separator: " and ")
                + (training.statistics.blankLines > 0
                    ? ", \(counted(training.statistics.blankLines, "pair")) with a blank side left out" : "")
        ] + texts.splitSummary
    }

    var fingerprint: String {
        var hash = Fingerprint()
        hash.add(training.sources)
        hash.add(training.targets)
        return hash.text
    }
}

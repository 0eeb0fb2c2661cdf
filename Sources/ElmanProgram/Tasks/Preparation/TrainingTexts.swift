import Elman

/// Examples of which some can be kept apart.
protocol DivisibleTexts {
    var count: Int { get }
    func part(where belongs: (Int) -> Bool) -> Self
}

extension LabelledTexts: DivisibleTexts {}
extension TaggedTexts: DivisibleTexts {}
extension ParallelTexts: DivisibleTexts {}

/// The texts that a model is trained and evaluated on.
struct TrainingTexts<Texts> {
    let training: Texts
    let development: Texts?
    /// What is said of examples that are kept apart.
    let splitSummary: [String]

    /// Reads training and development files, which are none where pairs lie in two files.
    init(_ sources: TrainingSources, _ read: ([String], PairedFiles?) throws -> Texts) throws {
        training = try read(sources.training, sources.pair)
        development = try Self.development(sources, read)
        splitSummary = []
    }

    /// As `init`, and where no development files are given keeps some of the training examples apart. `example` names one.
    init(dividing sources: TrainingSources, _ example: String, _ read: ([String], PairedFiles?) throws -> Texts) throws
    where Texts: DivisibleTexts {
        let all = try read(sources.training, sources.pair)
        let given = try Self.development(sources, read)
        let split = DevelopmentSplit(count: all.count, hasDevelopment: given != nil)
        training = split.isNeeded ? all.part { !split.isKeptApart($0) } : all
        development = given ?? (split.isNeeded ? all.part(where: split.isKeptApart) : nil)
        splitSummary = split.summary(example)
    }

    private static func development(
        _ sources: TrainingSources, _ read: ([String], PairedFiles?) throws -> Texts
    ) throws -> Texts? {
        guard sources.development != nil || sources.developmentPair != nil else { return nil }
        return try read(sources.development.map { [$0] } ?? [], sources.developmentPair)
    }
}

import ElmanFiles

extension RunFolder {
    /// The model of the run, whatever its task, to be looked into. Throws a `DataError` that names the file.
    public func inspectableModel() throws(DataError) -> any InspectableModel {
        switch try readConfiguration()["task"]?.asString ?? "unknown" {
        case "lm": try LanguageModel(self)
        case "classify": try Classifier(self)
        case "tag": try Tagger(self)
        case "seq2seq": try Translator(self)
        case "retrieve": try SentenceRetriever(self)
        case "tree": try TreeClassifier(self)
        case "parse": try Parser(self)
        case let task: throw DataError(.badData, path: configurationPath, "task '\(task)' is not known to this program")
        }
    }
}

import ElmanFiles
import ElmanGraph

/// A model that a task trains, as far as preparing its training is the same for all of them.
///
/// It can be made of declared parameters, `ParameterCollection.declarations()`: then it knows its vocabularies and its sizes and
/// takes no memory for weights.
package protocol TaskModel: Sendable {
    associatedtype Configuration
    associatedtype TrainingTexts
    /// A model for training texts, whose words and labels it knows.
    init(_ configuration: Configuration, for texts: TrainingTexts, in parameters: ParameterCollection) throws(DataError)
    /// The model of a run's folder, its parameters not those of the folder's weights.
    static func untrained(_ folder: RunFolder, in parameters: ParameterCollection) throws(DataError) -> Self
    /// The same model with other parameters.
    func remade(in parameters: ParameterCollection) throws(DataError) -> Self
    /// Its parameters.
    var parameters: ParameterCollection { get }
    /// What it is made of, as in `config.json`.
    var settings: JSONObject { get }
    /// Tensors that have a row for each line of a file, how many lines that file has, and its name in a run's folder.
    var rowFiles: [RowFile] { get }
    /// Writes its vocabularies and what else it needs beside its weights.
    func writeVocabularies(to folder: RunFolder) throws(DataError)
}

/// A tensor that has a row for each entry of a file.
package struct RowFile: Sendable {
    let tensor: String
    let count: Int
    let file: String

    init(_ tensor: String, _ count: Int, _ file: String) {
        self.tensor = tensor
        self.count = count
        self.file = file
    }
}

extension TaskModel {
    /// The model of a run's folder with its best weights. No memory is taken before its sizes are known to be those of the weights.
    static func loaded(from folder: RunFolder, weights: WeightPrecision) throws(DataError) -> Self {
        try folder.requireWeights()
        let declared = try untrained(folder, in: .declarations())
        for rows in declared.rowFiles { try folder.requireRows(of: rows.tensor, count: rows.count, file: rows.file) }
        try declared.parameters.checkFit(of: try SafetensorsFile(folder.weightsPath))
        let model = try declared.remade(in: .toBeLoaded(as: weights))
        try model.parameters.load(from: folder.weightsPath)
        return model
    }

    /// The model that is resumed from a folder, or a new one for texts where there is no folder. Its parameters are declared only.
    package static func declared(
        _ configuration: Configuration, for texts: TrainingTexts, resuming folder: RunFolder?
    ) throws(DataError) -> Self {
        let parameters = ParameterCollection.declarations()
        if let folder { return try untrained(folder, in: parameters) }
        return try Self(configuration, for: texts, in: parameters)
    }
}

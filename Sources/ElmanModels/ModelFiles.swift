import ElmanFiles
import ElmanGraph
import ElmanText

extension RunFolder {
    /// Throws `.missingInput` where there are no weights yet.
    package func requireWeights() throws(DataError) {
        guard FileSystem.exists(weightsPath) else {
            throw DataError(
                .missingInput, path: weightsPath,
                "there is no model yet; it is written at the first evaluation: go on with elman train --resume \(path)")
        }
    }

    /// Throws `.badData` where the stored weights of a tensor have another number of rows than a file of entries has lines.
    package func requireRows(of tensor: String, count: Int, file: String) throws(DataError) {
        guard let stored = try SafetensorsFile(weightsPath)[tensor], let rows = stored.shape.first, rows != count else { return }
        throw DataError(
            .badData, path: try self.file(named: file),
            "has \(count) entries, but \(weightsPath) was made with \(rows); put back the file of this model")
    }

    /// Labels or tags, as `Vocabulary.write` wrote them. Throws `.badData` where there are none.
    package func readLabels(_ name: String) throws(DataError) -> Vocabulary {
        let path = try file(named: name)
        let labels = try Vocabulary(reading: path, unknown: nil, boundary: nil)
        guard labels.count > 0 else { throw DataError(.badData, path: path, "is empty; put back the file of this model") }
        return labels
    }
}

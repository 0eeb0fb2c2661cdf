import ElmanGraph
import ElmanTensor

// How parameters lie in a safetensors file, so that anybody can reproduce a score with another framework: a matrix of shape
// [outputSize, inputSize] is stored row by row under that shape, as PyTorch stores it; a lookup table as [count, size].

extension ParameterCollection {
    /// Writes all parameters of this scope into a safetensors file. Equal values give equal bytes.
    public func save(to path: String, metadata: SafetensorsMetadata = [:]) throws(DataError) {
        try Safetensors.write(to: path, tensors: tensorSources(), metadata: metadata)
    }

    /// The parameters as tensors to be written, each name after `prefix`.
    package func tensorSources(prefix: String = "") -> [TensorSource] {
        entries.map { entry in
            TensorSource(name: prefix + entry.name, shape: StoredLayout(entry).shape) { StoredLayout(entry).floats }
        }
    }

    /// Fills all parameters of this scope from a safetensors file, by name.
    ///
    /// Throws `.badData` that lists all missing, unexpected and mis-shaped tensors at once, and changes nothing then.
    public func load(from path: String) throws(DataError) {
        try load(from: try SafetensorsFile(path))
    }

    /// As `load(from:)`, from an open file whose tensors' names begin with `namePrefix`; others are left alone.
    package func load(from file: SafetensorsFile, namePrefix: String = "") throws(DataError) {
        try checkFit(of: file, namePrefix: namePrefix)
        if isToBeLoaded {
            // Nothing is lost where reading fails half way, and the tensors need not be in memory side by side.
            for entry in entries { StoredLayout(entry).fill(try file.floats(named: namePrefix + entry.name)) }
            return
        }
        var loaded: [(ParameterEntry, [Float])] = []
        for entry in entries { loaded.append((entry, try file.floats(named: namePrefix + entry.name))) }
        for (entry, floats) in loaded { StoredLayout(entry).fill(floats) }
    }

    /// Throws `.badData` that lists all missing, unexpected and mis-shaped tensors of a file. The parameters may be declared only.
    package func checkFit(of file: SafetensorsFile, namePrefix: String = "") throws(DataError) {
        var faults: [String] = []
        let expected = Set(entries.map { namePrefix + $0.name })
        for entry in entries {
            guard let tensor = file[namePrefix + entry.name] else {
                faults.append("\(entry.name) is missing")
                continue
            }
            let shape = StoredLayout(entry).shape
            if tensor.shape != shape { faults.append("\(entry.name) has the shape \(tensor.shape), not \(shape)") }
        }
        for tensor in file.tensors where tensor.name.hasPrefix(namePrefix) && !expected.contains(tensor.name) {
            faults.append("\(tensor.name) is not part of the model")
        }
        guard !faults.isEmpty else { return }
        let shown = faults.prefix(20).joined(separator: ", ") + (faults.count > 20 ? " and \(faults.count - 20) more" : "")
        throw DataError(
            .badData, path: file.path, "does not fit the model: \(shown); use the weights that belong to this configuration")
    }
}

/// The two orders of a parameter's elements: column by column in memory, row by row in files.
private struct StoredLayout {
    let entry: ParameterEntry
    /// The shape in a file.
    let shape: [Int]
    private let isTransposed: Bool

    init(_ entry: ParameterEntry) {
        self.entry = entry
        isTransposed = entry.shape.rank == 2 && !entry.isLookup
        // A column-major [size, count] is a row-major [count, size].
        shape = isTransposed || entry.shape.rank < 2 ? entry.shape.dimensions : entry.shape.dimensions.reversed()
    }

    var floats: [Float] {
        let columns = entry.copy(of: entry.values)
        return isTransposed ? Self.transposed(columns, entry.shape.rows, entry.columnCount) : columns
    }

    func fill(_ floats: [Float]) {
        entry.setValues(isTransposed ? Self.transposed(floats, entry.columnCount, entry.shape.rows) : floats)
    }

    /// A column-major matrix of `rows` by `columns` as a row-major one.
    private static func transposed(_ elements: [Float], _ rows: Int, _ columns: Int) -> [Float] {
        [Float](unsafeUninitializedCapacity: elements.count) { buffer, count in
            for row in 0..<rows { for column in 0..<columns { buffer[row * columns + column] = elements[column * rows + row] } }
            count = elements.count
        }
    }
}

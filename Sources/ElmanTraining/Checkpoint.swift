import ElmanFiles
import ElmanGraph
import ElmanOptimizers
import ElmanTensor

/// The last state of a run, in one file that is replaced as a whole: weights, the trainer's state, carried values, progress.
enum Checkpoint {
    private static let fileName = "last.safetensors"
    private static let stateKey = "state"
    private static let checksumKey = "state_crc32c"
    private static let weightsPrefix = "weights/"
    private static let carriedPrefix = "carried/"

    static func path(in folder: RunFolder) -> String { FileSystem.join(folder.checkpointsPath, fileName) }

    // MARK: Writing

    static func write(_ loop: TrainingLoop, to path: String) throws(DataError) {
        var tensors = loop.parameters.tensorSources(prefix: weightsPrefix)
        let state = loop.trainer.stateSources
        for item in state.tensors {
            tensors.append(TensorSource(name: item.name, shape: [item.shape.count]) { item.copy().scalars })
        }
        var shapes: [JSONValue] = []
        for (layer, parts) in (loop.task.carriedState ?? []).enumerated() {
            for (part, tensor) in parts.enumerated() {
                tensors.append(
                    TensorSource(
                        name: "\(carriedPrefix)\(layer)/\(part)", shape: [tensor.scalars.count], floats: tensor.scalars))
            }
            shapes.append(.array(parts.map { json(of: $0.shape) }))
        }
        var values: JSONObject = [:]
        for (key, value) in state.values.sorted(by: { $0.key < $1.key }) { values[key] = .string(value) }
        let trainerTensors: [JSONValue] = state.tensors.map { ["name": .string($0.name), "shape": json(of: $0.shape)] }
        let summary: JSONObject = [
            "format_version": JSONValue(RunFolder.formatVersion), "settings": .object(loop.settings),
            "progress": .object(loop.progress.json),
            "trainer": .object(values), "trainer_tensors": .array(trainerTensors),
            "carried": loop.task.carriedState == nil ? nil : .array(shapes),
        ]
        let text = summary.text()
        try Safetensors.write(
            to: path, tensors: tensors, metadata: [stateKey: text, checksumKey: checksum(of: text)])
    }

    /// Tensors have checksums of their own, metadata have not.
    private static func checksum(of text: String) -> String {
        var checksum = Checksum()
        Array(text.utf8).withUnsafeBytes { checksum.add($0) }
        return String(checksum.value, radix: 16)
    }

    private static func json(of shape: Shape) -> JSONValue {
        ["dimensions": .array(shape.dimensions.map { JSONValue($0) }), "batch": JSONValue(shape.batchSize)]
    }

    // MARK: Reading

    static func read(into loop: TrainingLoop, from folder: RunFolder) throws(DataError) {
        let path = path(in: folder)
        guard FileSystem.exists(path) else {
            throw DataError(.missingInput, path: path, "there is no checkpoint; the run cannot be resumed, train it anew")
        }
        let file = try SafetensorsFile(path)
        guard let text = file.metadata[stateKey], file.metadata[checksumKey] == checksum(of: text) else { throw damaged(path) }
        let summary = try JSONValue(parsing: text, path: path)
        guard let object = summary.asObject else { throw damaged(path) }
        try RunFolder.checkVersion(of: object, path: path)
        try checkSettings(loop.settings, object, path)
        guard let progress = object["progress"]?.asObject.flatMap(RunProgress.init(json:)) else { throw damaged(path) }
        try loop.parameters.load(from: file, namePrefix: weightsPrefix)
        try restoreTrainer(loop.trainer, object, file, path)
        let carried = try carried(object, file, path)
        guard carried.map(loop.task.fits(carriedState:)) ?? true else { throw damaged(path) }
        loop.task.carriedState = carried
        loop.progress = progress
    }

    /// Throws `.configuration` that lists all settings of the checkpoint that the loop does not have.
    private static func checkSettings(_ settings: JSONObject, _ object: JSONObject, _ path: String) throws(DataError) {
        let saved = object["settings"]?.asObject ?? [:]
        let differences = settings.members.compactMap { member -> String? in
            // A setting of no value may have been unknown to the program that made the checkpoint.
            let old = (saved[member.key] ?? .null).text(), new = member.value.text()
            return old == new ? nil : "'\(member.key)' is \(old) in the checkpoint and \(new) now"
        }
        guard !differences.isEmpty else { return }
        throw DataError(
            .configuration, path: path, differences.joined(separator: ", ") + "; put the settings back, or train the run anew")
    }

    private static func restoreTrainer(
        _ trainer: Trainer, _ object: JSONObject, _ file: SafetensorsFile, _ path: String
    ) throws(DataError) {
        guard let values = object["trainer"]?.asObject, let list = object["trainer_tensors"]?.asArray else { throw damaged(path) }
        var tensors: [TrainerState.NamedTensor] = []
        for item in list {
            guard let name = item.asObject?["name"]?.asString, let shape = item.asObject?["shape"].flatMap(shape(of:)) else {
                throw damaged(path)
            }
            tensors.append(.init(name: name, tensor: try tensor(named: name, shape, file, path)))
        }
        var texts: [String: String] = [:]
        for member in values.members { texts[member.key] = member.value.asString }
        do { try trainer.restore(TrainerState(tensors: tensors, values: texts)) } catch {
            throw DataError(.badData, path: path, "the trainer's state does not fit: \(error.description)")
        }
    }

    private static func carried(
        _ object: JSONObject, _ file: SafetensorsFile, _ path: String
    ) throws(DataError) -> [[Tensor]]? {
        guard let layers = object["carried"]?.asArray else { return nil }
        var result: [[Tensor]] = []
        for (layer, parts) in layers.enumerated() {
            var tensors: [Tensor] = []
            for (part, item) in (parts.asArray ?? []).enumerated() {
                guard let shape = shape(of: item) else { throw damaged(path) }
                tensors.append(try tensor(named: "\(carriedPrefix)\(layer)/\(part)", shape, file, path))
            }
            result.append(tensors)
        }
        return result
    }

    private static func tensor(
        named name: String, _ shape: Shape, _ file: SafetensorsFile, _ path: String
    ) throws(DataError) -> Tensor {
        let scalars = try file.floats(named: name)
        guard scalars.count == shape.totalCount else { throw damaged(path) }
        return Tensor(shape: shape, scalars: scalars)
    }

    /// A shape read from a file; nil where it is none.
    private static func shape(of json: JSONValue) -> Shape? {
        guard let object = json.asObject, let batch = object["batch"]?.asInteger, (1...Int(Int32.max)).contains(batch),
            let list = object["dimensions"]?.asArray, list.count <= Shape.maximumRank
        else { return nil }
        let dimensions = list.compactMap(\.asInteger)
        guard dimensions.count == list.count, dimensions.allSatisfy({ (0...Int(Int32.max)).contains($0) }) else { return nil }
        return Shape(dimensions, batchSize: batch)
    }

    private static func damaged(_ path: String) -> DataError {
        DataError(.badData, path: path, "the checkpoint is damaged; train the run anew")
    }
}

extension TrainingLoop {
    var parameters: ParameterCollection { task.parameters }
}

import ArgumentParser
import Elman

/// `elman inspect`.
struct InspectCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "inspect", abstract: "Tensors, norms and values that are not finite; of a run also what it is.")

    @Argument(help: "A run or a safetensors file.") var path: String
    @Flag(help: "One JSON object on standard output.") var json = false
    @OptionGroup var common: CommonFlags

    func run() throws {
        let console = common.start()
        let isRun = FileSystem.isDirectory(path)
        let folder = isRun ? try RunFolder.open(path) : nil
        let file = try SafetensorsFile(folder?.weightsPath ?? path)
        let tensors = try file.tensors.map { tensor throws(DataError) in try TensorSummary(tensor, file) }
        let configuration = try folder?.readConfiguration()
        let log = try folder?.readLog() ?? []
        if json { return console.print(object(tensors, file, configuration, log).text()) }
        if let configuration {
            let shown = configuration.members.filter { !$0.key.hasPrefix("_") && $0.value != .null }
            for line in alignedColumns(shown.map { [$0.key, $0.value.asString ?? $0.value.text()] }) { console.print(line) }
            console.print()
        }
        let rows = tensors.map(\.row)
        let header = ["tensor", "type", "shape", "norm", "smallest", "largest", "mean", "not finite"]
        for line in alignedColumns(rows, header: header) { console.print(line) }
        let count = tensors.reduce(0) { $0 + $1.count }
        console.print("\(counted(tensors.count, "tensor")), \(counted(count, "number"))")
        if let last = log.last {
            console.print("\(counted(log.count, "evaluation")), the last: \(last.text())")
        }
    }

    private func object(
        _ tensors: [TensorSummary], _ file: SafetensorsFile, _ configuration: JSONObject?, _ log: [JSONObject]
    ) -> JSONObject {
        var object: JSONObject = ["path": .string(path)]
        if let configuration { object["configuration"] = .object(configuration) }
        object["tensors"] = .array(tensors.map { .object($0.json) })
        if let last = log.last { object["last_evaluation"] = .object(last) }
        return object
    }
}

/// What there is to say about a tensor in a file.
private struct TensorSummary {
    let name: String
    let type: String
    let shape: [Int]
    let count: Int
    var norm = 0.0
    var smallest = Double.infinity
    var largest = -Double.infinity
    var mean = 0.0
    var nonFinite = 0
    /// Nil for types that are no numbers we read.
    private let isRead: Bool

    init(_ tensor: StoredTensor, _ file: SafetensorsFile) throws(DataError) {
        name = tensor.name
        type = tensor.dataType.name
        shape = tensor.shape
        count = tensor.count
        let floats: [Float]
        if [.float64, .float32, .float16, .bfloat16].contains(tensor.dataType) {
            floats = try file.floats(named: tensor.name)
            isRead = true
        } else {
            floats = []
            isRead = false
        }
        var sum = 0.0, squares = 0.0, finite = 0
        for value in floats {
            guard value.isFinite else {
                nonFinite += 1
                continue
            }
            let value = Double(value)
            sum += value
            squares += value * value
            smallest = min(smallest, value)
            largest = max(largest, value)
            finite += 1
        }
        norm = squares.squareRoot()
        mean = finite > 0 ? sum / Double(finite) : 0
    }

    var row: [String] {
        let dimensions = "[" + shape.map(String.init).joined(separator: ", ") + "]"
        guard isRead, count > 0 else { return [printable(name), type, dimensions, "–", "–", "–", "–", "–"] }
        return [printable(name), type, dimensions] + [norm, smallest, largest, mean].map { significant($0) } + ["\(nonFinite)"]
    }

    var json: JSONObject {
        var object: JSONObject = [
            "name": .string(name), "type": .string(type), "shape": .array(shape.map { JSONValue($0) }),
        ]
        guard isRead, count > nonFinite else { return object }
        object["norm"] = JSONValue(norm)
        object["min"] = JSONValue(smallest)
        object["max"] = JSONValue(largest)
        object["mean"] = JSONValue(mean)
        object["non_finite"] = JSONValue(nonFinite)
        return object
    }
}

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif
import Elman

/// Which values the settings of a search may have.
///
/// A file holds an object: `{"hidden": [32, 64, 128], "learning-rate": {"log": [0.0003, 0.01]}, "dropout": {"uniform": [0, 0.5]},
/// "layers": {"integers": [1, 3]}, "cell": "gru"}`.
struct SearchSpace {
    /// The values of one setting.
    enum Dimension: Equatable {
        /// One of these, all alike.
        case choice([JSONValue])
        /// Between two numbers, all alike.
        case uniform(Double, Double)
        /// Between two positive numbers, each ratio alike.
        case logarithmic(Double, Double)
        /// A whole number, both ends included.
        case integers(Int, Int)
    }

    /// By rising key, so that the order in the file does not matter.
    let dimensions: [(key: String, dimension: Dimension)]

    /// Reads a file. Throws `.configuration` for settings that are none of `keys`, and for values that cannot be drawn from.
    init(reading path: String, keys: [String]) throws(DataError) {
        let value = try JSONValue(parsing: try FileSystem.readFile(path, maximumSize: 1 << 26), path: path)
        guard let object = value.asObject, !object.members.isEmpty else {
            throw DataError(
                .configuration, path: path, "is \(value.kindName), not an object of settings such as {\"hidden\": [32, 64]}")
        }
        var dimensions: [(key: String, dimension: Dimension)] = []
        for member in object.members {
            let key = member.key
            guard key != "seed", key != "epochs" else {
                throw DataError(.configuration, path: path, "'\(key)' cannot be searched for; give --\(key)")
            }
            guard keys.contains(key) else {
                throw DataError(
                    .configuration, path: path, "there is no setting '\(printable(key))'\(suggestion(for: key, among: keys))")
            }
            guard let dimension = Self.dimension(member.value) else {
                throw DataError(
                    .configuration, path: path,
                    "'\(key)' is \(member.value.text()); give [values], {\"uniform\": [low, high]}, {\"log\": [low, high]} or "
                        + "{\"integers\": [low, high]}")
            }
            dimensions.append((key, dimension))
        }
        self.dimensions = dimensions.sorted { $0.key < $1.key }
    }

    private static func dimension(_ value: JSONValue) -> Dimension? {
        if let values = value.asArray { return values.isEmpty ? nil : .choice(values) }
        guard let object = value.asObject else { return .choice([value]) }
        guard object.members.count == 1, let kind = object.members.first, let ends = kind.value.asArray, ends.count == 2,
            let low = ends[0].asDouble, let high = ends[1].asDouble, low <= high, low.isFinite, high.isFinite
        else { return nil }
        switch kind.key {
        case "uniform": return .uniform(low, high)
        case "log": return low > 0 ? .logarithmic(low, high) : nil
        case "integers":
            guard let low = ends[0].asInteger, let high = ends[1].asInteger, high - low < 1 << 40 else { return nil }
            return .integers(low, high)
        default: return nil
        }
    }

    /// The settings of a trial: they follow from the seed and the trial's number alone, so that more trials leave the first ones
    /// as they are.
    func settings(ofTrial trial: Int, seed: UInt64) -> JSONObject {
        var object: JSONObject = [:]
        var random = RandomGenerator(seed: seed, stream: UInt64(trial))
        for (key, dimension) in dimensions { object[key] = Self.draw(dimension, &random) }
        return object
    }

    private static func draw(_ dimension: Dimension, _ random: inout RandomGenerator) -> JSONValue {
        switch dimension {
        case .choice(let values): values[random.integer(below: values.count)]
        case .uniform(let low, let high): JSONValue(rounded(low + random.uniform() * (high - low), in: low...high))
        case .logarithmic(let low, let high):
            JSONValue(rounded(low * pow(high / low, random.uniform()), in: low...high))
        case .integers(let low, let high): JSONValue(low + random.integer(below: high - low + 1))
        }
    }

    /// Four digits are as good as sixteen, and can be read.
    private static func rounded(_ value: Double, in range: ClosedRange<Double>) -> Double {
        guard value != 0, value.isFinite else { return value }
        let exponent = 3 - Int(floor(log10(abs(value))))
        let power = pow(10, Double(abs(exponent)))
        let short = exponent < 0 ? (value / power).rounded() * power : (value * power).rounded() / power
        return min(max(short, range.lowerBound), range.upperBound)
    }
}

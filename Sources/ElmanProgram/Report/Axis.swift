#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// How values become positions along an axis.
enum AxisScale: Sendable, Hashable {
    /// Equal differences are equally far apart.
    case linear
    /// As linear, ticks at whole numbers only: what is counted, as steps and tokens.
    case whole
    /// Equal ratios are equally far apart; positive values only.
    case logarithmic
    /// As linear, in seconds: ticks at whole minutes, hours and the like.
    case time
}

/// One mark of an axis.
struct Tick: Sendable, Hashable {
    /// Where it is.
    let value: Double
    /// What stands beside it.
    let label: String
}

/// A range of values with ticks at round ones.
struct Axis: Sendable {
    /// How values become positions.
    let scale: AxisScale
    /// The lowest and the highest value.
    let range: ClosedRange<Double>
    /// The marks, rising.
    let ticks: [Tick]

    /// An axis for these values, of which those are left out that are not finite (or, on a logarithmic scale, not positive).
    ///
    /// With `extends` the axis begins and ends at a tick, without it at the values themselves.
    init(_ scale: AxisScale, for values: some Sequence<Double>, count: Int = 5, extends: Bool = true, includesZero: Bool = false)
    {
        let usable = values.filter { $0.isFinite && (scale != .logarithmic || $0 > 0) }
        let fallback = scale == .logarithmic ? (1.0, 10.0) : (0.0, 1.0)
        var (low, high) = (usable.min() ?? fallback.0, usable.max() ?? fallback.1)
        if includesZero && scale != .logarithmic { (low, high) = (min(low, 0), max(high, 0)) }
        if low == high { (low, high) = Axis.widened(low, scale) }
        let positions: [Double]
        switch scale {
        case .logarithmic: positions = Axis.logarithmicTicks(low, high, count, extends)
        case .linear, .whole, .time: positions = Axis.linearTicks(low, high, Axis.step(high - low, count, scale), extends)
        }
        self.scale = scale
        if extends, let first = positions.first, let last = positions.last {
            range = min(low, first)...max(high, last)
        } else {
            range = low...high
        }
        let visible = positions.filter { [range] in range.contains($0) }
        ticks = zip(visible, Axis.labels(visible, scale)).map { Tick(value: $0, label: $1) }
    }

    /// Where a value lies, from 0 at the low end to 1 at the high end.
    func position(of value: Double) -> Double {
        if scale == .logarithmic {
            return log(value / range.lowerBound) / log(range.upperBound / range.lowerBound)
        }
        return (value - range.lowerBound) / (range.upperBound - range.lowerBound)
    }

    /// Room around a single value.
    private static func widened(_ value: Double, _ scale: AxisScale) -> (Double, Double) {
        if scale == .logarithmic { return (value / 1.5, value * 1.5) }
        if value == 0 { return (0, 1) }
        let room = abs(value) * 0.1
        return (value - room, value + room)
    }

    /// A round distance of ticks: 1, 2 or 5 times a power of ten, or a usual length of time.
    static func step(_ span: Double, _ count: Int, _ scale: AxisScale = .linear) -> Double {
        let rough = span / Double(max(1, count))
        guard rough.isFinite, rough > 0, scale != .whole || rough > 1 else { return 1 }
        if scale == .time && rough > 0.5 {
            let usual: [Double] = [
                1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400, 172_800, 604_800,
            ]
            if let step = usual.first(where: { $0 >= rough * 0.75 }) { return step }
        }
        let exponent = floor(log10(rough))
        let power = pow(10, exponent)
        let leading = rough / power
        let factor: Double = leading < 1.4 ? 1 : (leading < 2.9 ? 2 : (leading < 7.1 ? 5 : 10))
        // A division gives 0.1 and 0.001 exactly as they are written; a multiplication by 1e-1 would not.
        return exponent < 0 ? factor / pow(10, -exponent) : factor * power
    }

    private static func linearTicks(_ low: Double, _ high: Double, _ step: Double, _ extends: Bool) -> [Double] {
        let slack = 1e-9
        let first = extends ? floor(low / step + slack) : ceil(low / step - slack)
        let last = extends ? ceil(high / step - slack) : floor(high / step + slack)
        guard last >= first, last - first < 1000 else { return [low, high] }
        return stride(from: first, through: last, by: 1).map { index in
            // Whole steps per unit divide, so that 3 times a tenth is 0.3.
            let perUnit = (1 / step).rounded()
            return step < 1 && abs(1 / step - perUnit) < 1e-9 * perUnit ? index / perUnit : index * step
        }
    }

    /// Round numbers at about equal ratios: powers of ten, with 2 and 5, or with more between; or, on less than a
    /// factor of about two, those of a linear axis.
    private static func logarithmicTicks(_ low: Double, _ high: Double, _ count: Int, _ extends: Bool) -> [Double] {
        let decades = log10(high / low)
        if decades < 0.35 {
            return linearTicks(low, high, step(high - low, count), extends).filter { $0 > 0 }
        }
        let choices: [[Double]] = [[1, 1.5, 2, 3, 4, 5, 6, 8], [1, 2, 3, 5], [1, 2, 5], [1, 3], [1]]
        for multiples in choices where decades * Double(multiples.count) <= Double(count) * 1.35 {
            return logarithmicTicks(low, high, multiples, every: 1, extends)
        }
        return logarithmicTicks(low, high, [1], every: max(1, Int((decades / Double(count)).rounded(.up))), extends)
    }

    private static func logarithmicTicks(
        _ low: Double, _ high: Double, _ multiples: [Double], every: Int, _ extends: Bool
    ) -> [Double] {
        let first = Int(floor(log10(low))) - every
        let last = Int(ceil(log10(high))) + every
        let all = stride(from: (first / every) * every, through: last, by: every).flatMap { exponent in
            multiples.map { exponent < 0 ? $0 / pow(10, Double(-exponent)) : $0 * pow(10, Double(exponent)) }
        }
        let below = all.last { $0 <= low * (1 + 1e-9) } ?? low
        let above = all.first { $0 >= high * (1 - 1e-9) } ?? high
        return all.filter { extends ? $0 >= below && $0 <= above : $0 >= low * (1 - 1e-9) && $0 <= high * (1 + 1e-9) }
    }

    private static func labels(_ values: [Double], _ scale: AxisScale) -> [String] {
        switch scale {
        case .time: return timeLabels(values)
        case .logarithmic:
            guard let low = values.first, let high = values.last, low < 1e-4 || high >= 1e7 else {
                return values.map { significant($0, 3) }
            }
            return values.map(powerLabel)
        case .linear, .whole:
            let largest = values.map(abs).max() ?? 0
            if largest >= 1e7 || (largest > 0 && largest < 1e-3) { return values.map(powerLabel) }
            let decimals = (0...6).first { digits in
                values.allSatisfy { abs($0 * powerOfTen(digits) - ($0 * powerOfTen(digits)).rounded()) < 1e-6 * max(1, abs($0)) }
            }
            return values.map { grouped($0, decimals ?? 6) }
        }
    }

    /// A very large or small number as `5e-4`.
    private static func powerLabel(_ value: Double) -> String {
        if value == 0 { return "0" }
        let exponent = Int(floor(log10(abs(value)) + 1e-9))
        return "\(withoutTrailingZeros(fixed(value / pow(10, Double(exponent)), 2)))e\(exponent)"
    }

    /// All labels in one unit, that of the largest.
    private static func timeLabels(_ values: [Double]) -> [String] {
        let largest = values.last ?? 0
        let units: [(Double, String)] = [(86400, "d"), (3600, "h"), (60, "min"), (1, "s")]
        let unit = units.first { largest >= $0.0 * 1.999 } ?? (1, "s")
        return values.map { $0 == 0 ? "0" : "\(significant($0 / unit.0, 3)) \(unit.1)" }
    }
}

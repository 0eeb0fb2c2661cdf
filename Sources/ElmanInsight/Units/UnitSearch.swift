import ElmanTensor

/// The units of a network in the order in which they follow a predicate (Karpathy et al. 2015), with a control.
///
/// Units are ranked by |r|, Pearson's correlation with the predicate, over the first half of the rows, and measured on the second.
/// The control is the same search for the predicate's values shifted along the text by random distances: with all their runs,
/// but at the wrong places. (Values shuffled one by one would be an easier control, since those of a text come in runs.)
public struct UnitSearch: Sendable {
    /// What the best unit reaches for shifted values.
    public struct Control: Sendable, Hashable {
        /// |r| of the best unit on the held-out half, one number a shift.
        public let correlations: [Double]

        /// Their mean.
        public var mean: Double { correlations.reduce(0, +) / Double(max(correlations.count, 1)) }
        /// The highest.
        public var highest: Double { correlations.max() ?? 0 }
        /// How likely a correlation at least so high is by chance: (1 + how many are) / (1 + how many there are).
        public func significance(of correlation: Double) -> Double {
            Double(1 + correlations.count { $0 >= abs(correlation) }) / Double(1 + correlations.count)
        }
    }

    /// All units, best first; equally good ones in the order of the parts.
    public let ranking: [UnitScore]
    /// The control.
    public let control: Control
    /// How many rows were searched, and how many held out.
    public let rows: (searched: Int, heldOut: Int)

    /// How many of the best units get a threshold.
    private static let thresholds = 20

    /// Searches the units of a table. Fails where there are not as many values as rows.
    /// - Parameters:
    ///   - values: the predicate at every row; not a number where the row does not count.
    ///   - shifts: how many controls; 0: none.
    ///   - seed: from which their distances are drawn.
    public init(_ table: StateTable, for values: [Double], shifts: Int = 20, seed: UInt64 = 1) {
        guard values.count == table.tokens.count else {
            fail("\(values.count) values are given for \(table.tokens.count) tokens")
        }
        let counted = values.indices.filter { values[$0].isFinite }
        let halves = (Array(counted.prefix(counted.count / 2)), Array(counted.dropFirst(counted.count / 2)))
        rows = (halves.0.count, halves.1.count)
        let truth = (halves.0.map { values[$0] }, halves.1.map { values[$0] })
        let columns = table.parts.map { (UnitColumns($0, halves.0), UnitColumns($0, halves.1)) }
        let scores = Self.scores(columns, truth.0, truth.1)
        var units: [UnitScore] = []
        for (part, scores) in zip(table.parts, scores) {
            for (index, score) in scores.enumerated() {
                units.append(
                    UnitScore(
                        unit: NetworkUnit(part: part.name, index: index), searched: score.searched, heldOut: score.heldOut))
            }
        }
        let order = units.indices.sorted { (abs(units[$1].searched), $0) < (abs(units[$0].searched), $1) }
        units = order.map { units[$0] }
        if values.allSatisfy({ $0 == 0 || $0 == 1 || !$0.isFinite }) {
            for place in units.indices.prefix(Self.thresholds) {
                let unit = units[place].unit, part = table.parts.first { $0.name == unit.part }!
                func half(_ rows: [Int]) -> (values: [Float], truth: [Bool]) {
                    (rows.map { part.values[$0 * part.size + unit.index] }, rows.map { values[$0] == 1 })
                }
                units[place].threshold = UnitThreshold(searched: half(halves.0), heldOut: half(halves.1))
            }
        }
        ranking = units
        control = Control(correlations: Self.controls(columns, truth, count: shifts, seed: seed))
    }

    private static func controls(
        _ columns: [(UnitColumns, UnitColumns)], _ truth: ([Double], [Double]), count: Int, seed: UInt64
    ) -> [Double] {
        guard min(truth.0.count, truth.1.count) >= 4 else { return [] }
        var generator = RandomGenerator(seed: seed, stream: 0x7368_6966)
        return (0..<count).map { _ in
            let shifted = (shifted(truth.0, &generator), shifted(truth.1, &generator))
            let best = scores(columns, shifted.0, shifted.1).joined().max { abs($0.searched) < abs($1.searched) }
            return abs(best?.heldOut ?? 0)
        }
    }

    /// The values moved along by a tenth to nine tenths of their number, the end going on at the beginning.
    private static func shifted(_ values: [Double], _ generator: inout RandomGenerator) -> [Double] {
        let margin = max(1, values.count / 10)
        let distance = margin + generator.integer(below: max(1, values.count - 2 * margin))
        return Array(values[distance...] + values[..<distance])
    }

    private static func scores(
        _ columns: [(UnitColumns, UnitColumns)], _ searched: [Double], _ heldOut: [Double]
    ) -> [[(searched: Double, heldOut: Double)]] {
        columns.map { part in
            zip(part.0.correlations(with: searched), part.1.correlations(with: heldOut)).map { ($0, $1) }
        }
    }
}

/// The values of a part at some rows, and what correlations need of them.
private struct UnitColumns {
    private let part: StateTable.Part
    private let rows: [Int]
    private let means: [Double]
    /// √Σ(x - mean)².
    private let deviations: [Double]

    init(_ part: StateTable.Part, _ rows: [Int]) {
        self.part = part
        self.rows = rows
        var sums = [Double](repeating: 0, count: part.size), squares = sums
        part.values.withUnsafeBufferPointer { values in
            for row in rows {
                for unit in 0..<part.size { sums[unit] += Double(values[row * part.size + unit]) }
            }
            let means = sums.map { $0 / Double(max(rows.count, 1)) }
            for row in rows {
                for unit in 0..<part.size {
                    let difference = Double(values[row * part.size + unit]) - means[unit]
                    squares[unit] += difference * difference
                }
            }
        }
        means = sums.map { $0 / Double(max(rows.count, 1)) }
        deviations = squares.map { $0.squareRoot() }
    }

    /// Pearson's correlation of every unit with values at the rows; 0 where either never changes.
    func correlations(with truth: [Double]) -> [Double] {
        let mean = truth.reduce(0, +) / Double(max(truth.count, 1))
        let deviation = truth.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }.squareRoot()
        var products = [Double](repeating: 0, count: part.size)
        part.values.withUnsafeBufferPointer { values in
            for (row, value) in zip(rows, truth) {
                let difference = value - mean
                for unit in 0..<part.size { products[unit] += difference * Double(values[row * part.size + unit]) }
            }
        }
        return products.indices.map { unit in
            let scale = deviation * deviations[unit]
            // A unit that changes by rounding alone says nothing.
            return scale > 1e-12 * (1 + abs(means[unit])) ? max(-1, min(1, products[unit] / scale)) : 0
        }
    }
}

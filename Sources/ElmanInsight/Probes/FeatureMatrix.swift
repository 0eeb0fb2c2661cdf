import ElmanTensor

/// Examples as rows of numbers: what probes are trained on.
public struct FeatureMatrix: Sendable, Hashable {
    /// How many numbers an example has.
    public let columns: Int
    /// The numbers of all examples, one example behind the other.
    public let values: [Float]

    /// A matrix of given numbers. Fails where they are no whole rows.
    public init(columns: Int, values: [Float]) {
        guard columns >= 1, values.count % columns == 0 else { fail("\(values.count) numbers are no rows of \(columns)") }
        self.columns = columns
        self.values = values
    }

    /// How many examples there are.
    public var rows: Int { values.count / columns }

    /// Some of the examples.
    public func rows(_ indices: some Sequence<Int>) -> FeatureMatrix {
        FeatureMatrix(columns: columns, values: indices.flatMap { values[$0 * columns..<($0 + 1) * columns] })
    }

    /// Some of the columns.
    public func columns(_ indices: [Int]) -> FeatureMatrix {
        FeatureMatrix(
            columns: indices.count, values: (0..<rows).flatMap { row in indices.map { values[row * columns + $0] } })
    }

    /// The columns of several matrices of equally many rows, side by side.
    public static func joined(_ parts: [FeatureMatrix]) -> FeatureMatrix {
        guard let first = parts.first else { fail("there are no matrices to join") }
        if parts.count == 1 { return first }
        var values: [Float] = []
        values.reserveCapacity(parts.reduce(0) { $0 + $1.values.count })
        for row in 0..<first.rows {
            for part in parts { values += part.values[row * part.columns..<(row + 1) * part.columns] }
        }
        return FeatureMatrix(columns: parts.reduce(0) { $0 + $1.columns }, values: values)
    }
}

/// Means and deviations of columns, by which features of all sizes weigh the same.
struct Standardization: Sendable, Hashable {
    let means: [Float]
    /// Standard deviations; 1 where a column does not change.
    let deviations: [Float]

    init(_ matrix: FeatureMatrix) {
        var sums = [Double](repeating: 0, count: matrix.columns), squares = sums
        for row in 0..<matrix.rows {
            for column in 0..<matrix.columns { sums[column] += Double(matrix.values[row * matrix.columns + column]) }
        }
        let means = sums.map { $0 / Double(max(matrix.rows, 1)) }
        for row in 0..<matrix.rows {
            for column in 0..<matrix.columns {
                let difference = Double(matrix.values[row * matrix.columns + column]) - means[column]
                squares[column] += difference * difference
            }
        }
        self.means = means.map { Float($0) }
        deviations = squares.map { square in
            let deviation = (square / Double(max(matrix.rows, 1))).squareRoot()
            return deviation > 1e-6 ? Float(deviation) : 1
        }
    }

    func callAsFunction(_ matrix: FeatureMatrix) -> FeatureMatrix {
        var values = matrix.values
        for row in 0..<matrix.rows {
            for column in 0..<matrix.columns {
                let index = row * matrix.columns + column
                values[index] = (values[index] - means[column]) / deviations[column]
            }
        }
        return FeatureMatrix(columns: matrix.columns, values: values)
    }
}

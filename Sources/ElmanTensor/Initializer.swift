import CElmanKernels

/// How the first values of a parameter are drawn.
public struct Initializer: Sendable {
    /// What the name of the initializer is in a configuration.
    public let name: String
    private let body: @Sendable (Shape, inout RandomGenerator) -> [Float]
    /// For tables of vectors, where it differs.
    private let tableBody: (@Sendable (_ size: Int, _ count: Int, inout RandomGenerator) -> [Float])?

    /// An initializer of one's own: `body` returns `shape.count` values in storage order.
    public init(_ name: String, _ body: @escaping @Sendable (_ shape: Shape, _ generator: inout RandomGenerator) -> [Float]) {
        self.init(name, body, table: nil)
    }

    private init(
        _ name: String, _ body: @escaping @Sendable (Shape, inout RandomGenerator) -> [Float],
        table: (@Sendable (Int, Int, inout RandomGenerator) -> [Float])?
    ) {
        self.name = name
        self.body = body
        tableBody = table
    }

    /// Values for a table of vectors, such as embeddings. What an initializer makes of the shape it makes of that of a vector:
    /// a range does not depend on how many vectors there are.
    public func values(forTableOf count: Int, vectorSize: Int, using generator: inout RandomGenerator) -> [Float] {
        guard let tableBody else { return values(for: [vectorSize, count], using: &generator) }
        return tableBody(vectorSize, count, &generator)
    }

    /// Values for a parameter of a shape.
    public func values(for shape: Shape, using generator: inout RandomGenerator) -> [Float] {
        let values = body(shape, &generator)
        guard values.count == shape.count else {
            fail("initializer \(name) gave \(values.count) values for the shape \(shape)")
        }
        return values
    }

    /// The same value everywhere.
    public static func constant(_ value: Float) -> Initializer {
        Initializer("constant") { shape, _ in [Float](repeating: value, count: shape.count) }
    }

    /// Zero everywhere.
    public static let zeros = constant(0)

    /// Uniform in -range...range.
    public static func uniform(_ range: Float) -> Initializer {
        Initializer("uniform") { shape, generator in uniformValues(shape.count, range: range, &generator) }
    }

    /// Normal with mean 0 and the given standard deviation (DyNet's `Normal` takes the variance).
    public static func normal(deviation: Float) -> Initializer {
        Initializer("normal") { shape, generator in
            var values = [Float](repeating: 0, count: shape.count)
            ek_random_normal(generator.next(), 0, values.count, &values)
            return values.map { $0 * deviation }
        }
    }

    /// Uniform in ±gain·√(3 d / Σ dimensions) for d dimensions (Glorot and Bengio 2010, as DyNet generalises it): for a
    /// matrix √(6 / (rows + columns)), for a vector and for each vector of a table √(3 / n).
    public static func glorot(gain: Float = 1) -> Initializer {
        @Sendable func range(_ shape: Shape) -> Float {
            gain * (3 * Float(max(shape.rank, 1)) / Float(max(shape.dimensions.reduce(0, +), 1))).squareRoot()
        }
        return Initializer(
            "glorot", { shape, generator in uniformValues(shape.count, range: range(shape), &generator) },
            table: { size, count, generator in uniformValues(size * count, range: range([size]), &generator) })
    }

    /// The identity matrix times `scale`; zeros outside the diagonal.
    public static func identity(scale: Float = 1) -> Initializer {
        Initializer("identity") { shape, _ in
            var values = [Float](repeating: 0, count: shape.count)
            for index in 0..<min(shape.rows, shape.columns) { values[index * shape.rows + index] = scale }
            return values
        }
    }

    /// A matrix with orthonormal rows (or columns, where there are fewer of them) times `gain` (Saxe et al. 2013).
    public static func orthonormal(gain: Float = 1) -> Initializer {
        Initializer("orthonormal") { shape, generator in
            let long = max(shape.rows, shape.columns), short = min(shape.rows, shape.columns)
            let basis = orthonormalVectors(count: short, size: long, &generator)
            var values = [Float](repeating: 0, count: shape.count)
            for column in 0..<shape.columns {
                for row in 0..<shape.rows {
                    let value = shape.rows <= shape.columns ? basis[row][column] : basis[column][row]
                    values[column * shape.rows + row] = gain * Float(value)
                }
            }
            return values
        }
    }

    /// The same, with `offset` added to one of `count` equal parts of a vector, such as one gate of a bias. Parts count from 0.
    public func adding(_ offset: Float, toPart part: Int, of count: Int) -> Initializer {
        Initializer(name) { shape, generator in
            var values = values(for: shape, using: &generator)
            let size = shape.count / count
            for index in part * size..<(part + 1) * size { values[index] += offset }
            return values
        }
    }

    /// The given values, in storage order.
    public static func values(_ values: [Float]) -> Initializer { Initializer("values") { _, _ in values } }
}

private func uniformValues(_ count: Int, range: Float, _ generator: inout RandomGenerator) -> [Float] {
    var values = [Float](repeating: 0, count: count)
    ek_random_uniform(generator.next(), 0, count, &values)
    for index in values.indices { values[index] = (2 * values[index] - 1) * range }
    return values
}

/// Random directions made orthonormal one after the other (Gram and Schmidt, twice for precision).
private func orthonormalVectors(count: Int, size: Int, _ generator: inout RandomGenerator) -> [[Double]] {
    var basis: [[Double]] = []
    while basis.count < count {
        var draw = [Float](repeating: 0, count: size)
        ek_random_normal(generator.next(), 0, size, &draw)
        var vector = draw.map(Double.init)
        for _ in 0..<2 {
            for other in basis {
                let projection = zip(vector, other).reduce(0) { $0 + $1.0 * $1.1 }
                for index in vector.indices { vector[index] -= projection * other[index] }
            }
        }
        let norm = vector.reduce(0) { $0 + $1 * $1 }.squareRoot()
        if norm > 1e-6 { basis.append(vector.map { $0 / norm }) }
    }
    return basis
}

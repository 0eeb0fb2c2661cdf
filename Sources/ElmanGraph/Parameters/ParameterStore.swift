import CElmanKernels
import ElmanTensor

/// The memory behind a `ParameterCollection`: values and gradients of all parameters in two regions of equal layout.
package final class ParameterStore: @unchecked Sendable {
    private static let capacity = 1 << 34
    /// Elements of the values and of the gradients; a trainer's moments mirror them.
    package private(set) var values: Region
    package private(set) var gradients: Region
    package private(set) var entries: [ParameterEntry] = []
    package var generator: RandomGenerator
    private var names: Set<String> = []
    private let lock = Guarded(())
    /// Parameters have names and shapes only: no memory is taken and no number is drawn.
    private let isDeclaration: Bool
    /// In how many bits matrices are held from the first values that they are given on; where fewer than all, none are drawn.
    private let precision: WeightPrecision

    init(seed: UInt64, isDeclaration: Bool = false, precision: WeightPrecision = .float32) {
        self.isDeclaration = isDeclaration
        self.precision = precision
        values = Region(capacity: isDeclaration ? 1 << 16 : Self.capacity)
        gradients = Region(capacity: values.capacity, skew: 3)
        generator = RandomGenerator(seed: seed)
    }

    deinit {
        values.release()
        gradients.release()
    }

    /// Whether parameters have no values before they are given some.
    var drawsNothing: Bool { precision != .float32 }

    /// Floats in use, padding included.
    package var usedCount: Int { values.used }

    /// Adds a parameter whose name must be new.
    func add(name: String, shape: Shape, isLookup: Bool, initializer: Initializer) -> Int {
        lock.withLock { _ in
            guard names.insert(name).inserted else { fail("there is a parameter \(name) already; use another scope or name") }
            guard shape.count > 0, shape.batchSize == 1 else { fail("parameter \(name) cannot have the shape \(shape)") }
            let columnStride = shape.rank >= 2 ? Self.paddedStride(shape.rows) : shape.rows
            let columnCount = shape.count / max(shape.rows, 1)
            let usedCount = isDeclaration ? 0 : columnStride * columnCount
            let pointer = values.allocate(usedCount)
            let gradientPointer = gradients.allocate(usedCount)
            let entry = ParameterEntry(
                name: name, shape: shape, isLookup: isLookup, columnStride: columnStride, columnCount: columnCount,
                values: pointer, gradients: gradientPointer, isDeclaration: isDeclaration, precision: precision)
            if !isDeclaration, precision == .float32 {
                entry.setValues(
                    isLookup
                        ? initializer.values(forTableOf: shape.columns, vectorSize: shape.rows, using: &generator)
                        : initializer.values(for: shape, using: &generator))
            }
            entries.append(entry)
            return entries.count - 1
        }
    }

    /// Where the gradient of the value at an address lies.
    @inline(__always)
    func gradient(at value: UnsafeMutablePointer<Float>) -> UnsafeMutablePointer<Float> {
        gradients.base + (value - values.base)
    }

    /// Columns begin at multiples of 16 floats, for aligned loads, and their distance is no multiple of 1024 floats: such
    /// columns would fall into the same few cache sets (measured: products two to three times slower).
    static func paddedStride(_ rows: Int) -> Int {
        let rounded = (rows + 15) & ~15
        return rounded % 1024 == 0 ? rounded + 16 : rounded
    }
}

/// One parameter or lookup table.
package final class ParameterEntry: @unchecked Sendable {
    package let name: String
    package let shape: Shape
    package let isLookup: Bool
    package let columnStride: Int
    package let columnCount: Int
    package let values: UnsafeMutablePointer<Float>
    package let gradients: UnsafeMutablePointer<Float>
    private let isDeclaration: Bool
    /// In how many bits new values are held.
    private let precision: WeightPrecision
    /// What changes, behind a pointer: properties of a class pay an exclusivity check at every touch.
    private let state: UnsafeMutablePointer<State>

    private struct State {
        var isFrozen = false
        var reduced: ReducedWeights?
        var hasGradient = false
        var isDenselyTouched = false
        var touchedRows: [Int32] = []
        /// One byte for each row, 1 for those in `touchedRows`; nil before the first.
        var isRowTouched: UnsafeMutablePointer<UInt8>?
    }

    package var isFrozen: Bool {
        get { state.pointee.isFrozen }
        set { state.pointee.isFrozen = newValue }
    }
    /// The values in fewer bits, where they are held so; the memory of `values` is zeros then.
    var reduced: ReducedWeights? { state.pointee.reduced }
    /// In how many bits the values are held.
    package var heldPrecision: WeightPrecision { reduced?.precision ?? .float32 }
    /// Whether the gradient holds something; where not, its memory is arbitrary.
    package var hasGradient: Bool { state.pointee.hasGradient }
    /// Rows of a lookup table whose gradients hold something, where not all of them do.
    package var touchedRows: [Int32] { state.pointee.touchedRows }
    package var isDenselyTouched: Bool { state.pointee.isDenselyTouched }

    init(
        name: String, shape: Shape, isLookup: Bool, columnStride: Int, columnCount: Int,
        values: UnsafeMutablePointer<Float>, gradients: UnsafeMutablePointer<Float>, isDeclaration: Bool,
        precision: WeightPrecision
    ) {
        self.name = name
        self.shape = shape
        self.isLookup = isLookup
        self.columnStride = columnStride
        self.columnCount = columnCount
        self.values = values
        self.gradients = gradients
        self.isDeclaration = isDeclaration
        self.precision = precision
        state = .allocate(capacity: 1)
        state.initialize(to: State())
    }

    deinit {
        state.pointee.isRowTouched?.deallocate()
        state.deinitialize(count: 1)
        state.deallocate()
    }

    /// Floats that it takes, padding included.
    package var paddedCount: Int { columnStride * columnCount }

    /// Elements in storage order, without padding.
    package func copy(of pointer: UnsafeMutablePointer<Float>) -> [Float] {
        guard !isDeclaration else { fail("parameter \(name) is declared only and has no values") }
        let rows = shape.rows, reduced = pointer == values ? reduced : nil
        return [Float](unsafeUninitializedCapacity: shape.count) { buffer, count in
            for column in 0..<columnCount {
                if let reduced {
                    reduced.copyColumn(column, to: buffer.baseAddress! + column * rows)
                    continue
                }
                (buffer.baseAddress! + column * rows).update(from: pointer + column * columnStride, count: rows)
            }
            count = shape.count
        }
    }

    package func setValues(_ scalars: [Float]) {
        state.pointee.reduced = nil
        if isDeclaration { return }
        write(scalars)
        if precision != .float32 { reduce(to: precision) }
    }

    private func write(_ scalars: [Float]) {
        let rows = shape.rows
        scalars.withUnsafeBufferPointer { buffer in
            for column in 0..<columnCount {
                (values + column * columnStride).update(from: buffer.baseAddress! + column * rows, count: rows)
            }
        }
    }

    /// Holds the values of a matrix in fewer bits, and gives the memory of the floats back. They are frozen then.
    package func reduce(to precision: WeightPrecision) {
        guard precision != heldPrecision, precision != .float32, shape.rank == 2, !isDeclaration else { return }
        if reduced != nil {
            let scalars = copy(of: values)
            state.pointee.reduced = nil
            write(scalars)
        }
        state.pointee.reduced = ReducedWeights(
            precision, values, columnStride: columnStride, rows: shape.rows, columns: columnCount, isTable: isLookup)
        ek_discard_inside(values, paddedCount * 4)
        isFrozen = true
    }

    /// Makes the whole gradient valid, zero where nothing was accumulated.
    package func prepareGradient() {
        if isLookup {
            if !isDenselyTouched { fillUntouchedRows() }
        } else if !hasGradient {
            gradients.update(repeating: 0, count: paddedCount)
        }
        state.pointee.hasGradient = true
    }

    /// Whether a kernel that writes the whole gradient starts from zero or keeps what is there; it counts as written then.
    package func beginGradient() -> Bool {
        let keeps = hasGradient
        if isLookup {
            if keeps { prepareGradient() } else { state.pointee.isDenselyTouched = true }
        }
        state.pointee.hasGradient = true
        return keeps
    }

    /// The gradient of one row of a lookup table, zeroed at the first touch.
    @inline(__always)
    func touchRow(_ row: Int) -> UnsafeMutablePointer<Float> {
        let pointer = gradients + row * columnStride
        if isDenselyTouched { return pointer }
        let isRowTouched = state.pointee.isRowTouched ?? makeRowMarks()
        if isRowTouched[row] == 0 {
            isRowTouched[row] = 1
            state.pointee.touchedRows.append(Int32(row))
            pointer.update(repeating: 0, count: columnStride)
            state.pointee.hasGradient = true
        }
        return pointer
    }

    /// Forgets the gradient. Its memory is overwritten at the next touch.
    package func clearGradient() {
        forgetTouchedRows()
        state.pointee.isDenselyTouched = false
        state.pointee.hasGradient = false
    }

    private func fillUntouchedRows() {
        let isRowTouched = state.pointee.isRowTouched ?? makeRowMarks()
        for row in 0..<columnCount where isRowTouched[row] == 0 {
            (gradients + row * columnStride).update(repeating: 0, count: columnStride)
        }
        forgetTouchedRows()
        state.pointee.isDenselyTouched = true
    }

    private func forgetTouchedRows() {
        guard let isRowTouched = state.pointee.isRowTouched else { return }
        for row in state.pointee.touchedRows { isRowTouched[Int(row)] = 0 }
        state.pointee.touchedRows.removeAll(keepingCapacity: true)
    }

    @inline(never)
    private func makeRowMarks() -> UnsafeMutablePointer<UInt8> {
        let marks = UnsafeMutablePointer<UInt8>.allocate(capacity: columnCount)
        marks.initialize(repeating: 0, count: columnCount)
        state.pointee.isRowTouched = marks
        return marks
    }
}

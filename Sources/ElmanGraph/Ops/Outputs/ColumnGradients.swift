import ElmanTensor

/// Where kernels add the gradients of single columns of a shared matrix: of a lookup table only the columns that are touched begin
/// to have one, so that a trainer leaves the others alone.
struct ColumnGradients {
    private let base: UnsafeMutablePointer<Float>
    private let columnStride: Int
    /// The table whose columns are to be touched first; nil where the whole gradient has begun.
    private let table: ParameterEntry?

    /// Nil where nobody needs the gradient of the argument.
    init?(_ call: OpCall, argument: Int) {
        guard call.needsGradient(argument) else { return nil }
        columnStride = call.input(argument).columnStride
        if let entry = call.parameter(argument) {
            base = entry.gradients
            table = entry.isLookup ? entry : nil
            if !entry.isLookup { entry.prepareGradient() }
        } else {
            guard let rows = call.inputGradient(argument) else { return nil }
            base = rows.base
            table = nil
        }
    }

    /// The gradient of a column, to be added to.
    @inline(__always)
    func callAsFunction(_ column: Int) -> UnsafeMutablePointer<Float> {
        table?.touchRow(column) ?? base + column * columnStride
    }
}

extension OpCall {
    /// The gradient of a shared argument as a whole, to be added to here and there; nil where nobody needs it.
    func sharedGradient(_ argument: Int) -> UnsafeMutablePointer<Float>? {
        guard needsGradient(argument) else { return nil }
        guard let entry = parameter(argument) else { return inputGradient(argument)?.base }
        entry.prepareGradient()
        return entry.gradients
    }
}

extension OpArguments {
    /// Checks a vector x, argument 0, a table whose columns are as long, argument 1, and a bias with a number for each column,
    /// argument 2.
    func checkTable() throws(ShapeError) {
        let x = self[0], table = self[1], bias = self[2]
        guard x.rank == 1, table.rank == 2, table.rows == x.rows, bias.rank == 1, bias.rows == table.columns else {
            throw ShapeError("x \(x), a table \(table) and a bias \(bias): [k], [k, n] and [n] are needed")
        }
    }
}

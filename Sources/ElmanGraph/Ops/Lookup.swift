import CElmanKernels
import ElmanTensor

extension Op {
    /// Argument: the table, shape [size, count]. Data: the rows (columns of that matrix) to look up.
    static let lookup = Op(
        "lookup", batching: .sharing([0]), acceptsPadding: true, reducible: [0], isReducibleTransposed: true, decidesBatch: true,
        isRagged: true,
        samples: [OpSample([[4, 6]], settings: OpSettings(data: [3, 0, 3]))],
        shape: { shapes throws(ShapeError) in
            for index in shapes.data where index < 0 || Int(index) >= shapes[0].columns {
                throw ShapeError("row \(index) of a table with \(shapes[0].columns) rows")
            }
            return Shape([shapes[0].rows], batchSize: max(shapes.data.count, 1))
        },
        forward: { call in
            let table = call.input(0), y = call.output, reduced = call.reducedWeights(0)
            var row = 0
            for node in 0..<call.nodeCount {
                for index in call.data(ofNode: node) {
                    if let reduced {
                        reduced.copyColumn(Int(index), to: y[row])
                        row += 1
                        continue
                    }
                    y[row].update(from: table.base + Int(index) * table.columnStride, count: y.size)
                    row += 1
                }
            }
        },
        backward: { call in
            guard call.needsGradient(0) else { return }
            let dy = call.outputGradient
            // A table that is a parameter keeps a list of touched rows; one that was computed has an ordinary gradient.
            let gradient = call.inputGradient(0)
            let entry = gradient == nil ? call.lookupEntry : nil
            let isTable = entry?.isLookup ?? false
            if let entry, !isTable { entry.prepareGradient() }
            var row = 0
            for node in 0..<call.nodeCount {
                for index in call.data(ofNode: node) {
                    let target =
                        isTable
                        ? entry!.touchRow(Int(index))
                        : (entry?.gradients ?? gradient!.base) + Int(index) * call.input(0).columnStride
                    ek_accumulate(dy.size, dy[row], target)
                    row += 1
                }
            }
        })
}

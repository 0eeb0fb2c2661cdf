import CElmanKernels
import ElmanTensor

extension ComputationGraph {
    /// A constant: the tensor's values, copied.
    public func input(_ tensor: Tensor) -> Expression {
        insertLeaf(.input, shape: tensor.shape, flags: [], value: tensor.scalars)
    }

    /// A constant number.
    public func input(_ scalar: Float) -> Expression { input(Tensor(scalar)) }

    /// A constant vector.
    public func input(_ vector: [Float]) -> Expression { input(Tensor(vector)) }

    /// Zeros. Asking again for the same shape gives the same expression.
    public func zeros(_ shape: Shape) -> Expression {
        if let known = storage.pointee.zeroNodes[shape] {
            return expression(known)
        }
        let value = [Float](repeating: 0, count: shape.totalCount)
        let expression = insertLeaf(.zeros, shape: shape, flags: [], value: value)
        storage.pointee.zeroNodes[shape] = expression.index
        return expression
    }

    /// The same number everywhere.
    public func constant(_ value: Float, _ shape: Shape) -> Expression {
        insertFilled(shape) { count, values in values.update(repeating: value, count: count) }
    }

    /// Ones.
    public func ones(_ shape: Shape) -> Expression { constant(1, shape) }

    /// A vector of `count` elements with one at `index` and zeros elsewhere. Fails where the index is outside.
    public func oneHot(_ index: Int, count: Int) -> Expression { oneHot([index], count: count) }

    /// A batch of such vectors, one for each index.
    public func oneHot(_ indices: [Int], count: Int) -> Expression {
        guard !indices.isEmpty, indices.allSatisfy({ $0 >= 0 && $0 < count }) else {
            return failure(ShapeError("oneHot: \(indices) are no indices of \(count) elements"))
        }
        let shape = Shape([count], batchSize: indices.count)
        let places = indices.enumerated().map { $0 * count + $1 }
        return sparse(shape, places, [Float](repeating: 1, count: indices.count))
    }

    /// `elements` at the places `indices`, which count through the whole batch in storage order, and `filling` elsewhere. Fails
    /// where the lists differ in length or a place lies outside.
    public func sparse(_ shape: Shape, _ indices: [Int], _ elements: [Float], filling: Float = 0) -> Expression {
        guard indices.count == elements.count, indices.allSatisfy({ $0 >= 0 && $0 < shape.totalCount }) else {
            return failure(ShapeError("sparse: \(elements.count) elements at \(indices.count) places of \(shape)"))
        }
        return insertFilled(shape) { count, values in
            values.update(repeating: filling, count: count)
            for (index, element) in zip(indices, elements) { values[index] = element }
        }
    }
}

extension Op {
    /// A padded parameter without its padding; one that is held in fewer bits as floats.
    static let denseCopy = Op(
        "denseCopy", batching: .sharing([0]), acceptsPadding: true, samples: [OpSample([[3, 2]])],
        shape: { shapes throws(ShapeError) in shapes[0] },
        forward: { call in
            let x = call.input(0), y = call.output, rows = call.outputShape.rows, reduced = call.reducedWeights(0)
            for row in 0..<y.count {
                for column in 0..<y.size / rows {
                    if let reduced {
                        reduced.copyColumn(column, to: y[row] + column * rows)
                        continue
                    }
                    (y[row] + column * rows).update(from: x.base + column * x.columnStride, count: rows)
                }
            }
        },
        backward: { call in
            guard let (gradient, keeps) = call.beginSharedGradient(0) else { return }
            let stride = call.input(0).columnStride, rows = call.outputShape.rows, dy = call.outputGradient
            for column in 0..<dy.size / rows {
                let target = gradient + column * stride
                if !keeps { target.update(repeating: 0, count: stride) }
                for row in 0..<dy.count { ek_accumulate(rows, dy[row] + column * rows, target) }
            }
        })
}

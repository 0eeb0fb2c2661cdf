import CElmanKernels
import Testing

extension KernelTests {
    @Suite struct MatrixMemories {
        static let sizes = [(1, 1), (3, 2), (2, 15), (4, 16), (5, 17), (16, 33), (20, 64)]

        /// Random memories and gradients.
        struct Data {
            let keys: Int, values: Int
            let old: Float = 0.75
            let shares, written, query, from, ofTo, ofRead: [Float]

            init(_ keys: Int, _ values: Int) {
                self.keys = keys
                self.values = values
                var random = Values(seed: keys * 100 + values)
                shares = random.array(keys)
                written = random.array(values)
                query = random.array(keys)
                from = random.array(keys * values)
                ofTo = random.array(keys * values)
                ofRead = random.array(values)
            }
        }

        /// New memory and what is read; gradients of `old`, from (on top of ones), values, shares and query.
        func write(_ data: Data) -> [[Float]] {
            let k = data.keys, v = data.values
            func row(_ values: [Float]) -> Guarded { Guarded(rows: 1, columns: values.count, values: values) }
            func matrix(_ values: [Float]? = nil) -> Guarded { Guarded(rows: k, columns: v, values: values) }
            let shares = row(data.shares), written = row(data.written), query = row(data.query), from = matrix(data.from)
            let to = matrix(), read = Guarded(rows: 1, columns: v)
            var memory = ek_memory(
                key_count: k, value_count: v, old: data.old, shares: shares.pointer, values: written.pointer,
                query: query.pointer, from: from.pointer, to: to.pointer, read: read.pointer)
            ek_memory_write(&memory)
            let ofTo = matrix(data.ofTo), ofRead = row(data.ofRead), ofFrom = matrix([Float](repeating: 1, count: k * v))
            let ofValues = Guarded(rows: 1, columns: v), ofShares = Guarded(rows: 1, columns: k)
            let ofQuery = Guarded(rows: 1, columns: k)
            var gradient = ek_memory_gradient(
                d_to: ofTo.pointer, d_read: ofRead.pointer, d_from: ofFrom.pointer, d_values: ofValues.pointer,
                d_shares: ofShares.pointer, d_query: ofQuery.pointer)
            let ofOld = ek_memory_write_backward(&memory, &gradient)
            let outputs = [to, read, ofFrom, ofValues, ofShares, ofQuery]
            #expect(outputs.allSatisfy { $0.isIntact })
            return [[ofOld]] + outputs.map(\.values)
        }

        @Test(arguments: sizes) func writingFollowsTheDefinition(keys: Int, values: Int) {
            let data = Data(keys, values), size = keys * values
            var to = [Double](repeating: 0, count: size), read = [Double](repeating: 0, count: values), ofOld = 0.0
            var ofFrom = [Double](repeating: 1, count: size), ofValues = read
            var ofShares = [Double](repeating: 0, count: keys), ofQuery = ofShares
            for k in 0..<keys {
                for v in 0..<values {
                    let i = k * values + v
                    let share = Double(data.shares[k]), query = Double(data.query[k]), value = Double(data.written[v])
                    to[i] = Double(data.old) * Double(data.from[i]) + share * value
                    read[v] += query * to[i]
                    let d = Double(data.ofTo[i]) + query * Double(data.ofRead[v])
                    ofOld += d * Double(data.from[i])
                    ofFrom[i] += Double(data.old) * d
                    ofValues[v] += share * d
                    ofShares[k] += d * value
                    ofQuery[k] += Double(data.ofRead[v]) * to[i]
                }
            }
            check(onLevels { write(data) }, [[ofOld], to, read, ofFrom, ofValues, ofShares, ofQuery])
        }

        /// What is read; gradients of weights and memory, on top of ones.
        func read(_ data: Data) -> [[Float]] {
            let k = data.keys, v = data.values
            let weights = Guarded(rows: 1, columns: k, values: data.shares)
            let from = Guarded(rows: k, columns: v, values: data.from), found = Guarded(rows: 1, columns: v)
            ek_memory_read(k, v, weights.pointer, from.pointer, found.pointer)
            let ofFound = Guarded(rows: 1, columns: v, values: data.ofRead)
            let ofWeights = Guarded(rows: 1, columns: k, values: [Float](repeating: 1, count: k))
            let ofFrom = Guarded(rows: k, columns: v, values: [Float](repeating: 1, count: k * v))
            ek_memory_read_backward(
                k, v, weights.pointer, from.pointer, ofFound.pointer, ofWeights.pointer, ofFrom.pointer)
            #expect(found.isIntact && ofWeights.isIntact && ofFrom.isIntact)
            return [found.values, ofWeights.values, ofFrom.values]
        }

        @Test(arguments: sizes) func readingFollowsTheDefinition(keys: Int, values: Int) {
            let data = Data(keys, values)
            var found = [Double](repeating: 0, count: values), ofWeights = [Double](repeating: 1, count: keys)
            var ofFrom = [Double](repeating: 1, count: keys * values)
            for i in ofFrom.indices {
                let k = i / values, v = i % values
                found[v] += Double(data.shares[k]) * Double(data.from[i])
                ofWeights[k] += Double(data.ofRead[v]) * Double(data.from[i])
                ofFrom[i] += Double(data.shares[k]) * Double(data.ofRead[v])
            }
            check(onLevels { read(data) }, [found, ofWeights, ofFrom])
        }

        func check(_ results: [(level: String, result: [[Float]])], _ expected: [[Double]]) {
            for (level, result) in results {
                #expect(zip(result, expected).allSatisfy { close($0, $1, relative: 1e-5) }, "\(level)")
                guard fusedLevels.contains(level) else { continue }
                #expect(zip(result, results[0].result).allSatisfy(same), "\(level)")
            }
        }
    }
}

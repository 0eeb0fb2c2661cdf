import CElmanKernels
import ElmanGraph
import ElmanTensor

/// Memory laid out like the parameters': the number that belongs to a value lies at the value's offset. Memory is taken
/// only where it is touched, and nothing ever moves.
final class MomentSlab {
    private let region: Region
    private let skew: Int
    /// Where the number that belongs to the first value lies.
    let base: UnsafeMutablePointer<Float>

    /// - Parameter number: differs among the slabs that are used together.
    init(mirroring store: ParameterStore, number: Int) {
        // Addresses a power of two apart get into each other's way in the cache: slabs that all begin at such made updates
        // two to three times slower. Each begins 257 KiB further on than the one before it.
        skew = (number + 1) * (65536 + 272)
        region = Region(capacity: store.values.capacity)
        base = region.base + skew
    }

    deinit { region.release() }

    /// Makes everything zero and gives the memory back. `usedCount`: the floats that may have been touched.
    func clear(usedCount: Int) {
        guard usedCount > 0 else { return }
        // Whole huge pages; the region ends where the last of them would.
        let bytes = ((skew + usedCount) * 4 + (1 << 21) - 1) & ~((1 << 21) - 1)
        ek_discard(region.base, min(bytes, region.capacity * 4))
    }

    /// Fails where the system granted less memory than the parameters need.
    func checkCapacity(usedCount: Int) {
        guard skew + usedCount <= region.capacity else { fail("no address space for the moments of \(usedCount) parameters") }
    }

    /// The numbers of one parameter, without padding.
    func tensor(of entry: ParameterEntry, at offset: Int) -> Tensor {
        Tensor(shape: entry.shape, scalars: entry.copy(of: base + offset))
    }

    /// Sets the numbers of one parameter.
    func set(_ tensor: Tensor, of entry: ParameterEntry, at offset: Int) {
        let rows = entry.shape.rows
        tensor.scalars.withUnsafeBufferPointer { buffer in
            for column in 0..<entry.columnCount {
                (base + offset + column * entry.columnStride)
                    .update(from: buffer.baseAddress! + column * rows, count: rows)
            }
        }
    }
}

import CElmanKernels
import ElmanTensor

/// A column of the graph: plain elements behind a pointer that doubles when full and is never freed before the graph.
package struct Column<Element: BitwiseCopyable> {
    package private(set) var pointer: UnsafeMutablePointer<Element>
    package private(set) var count = 0
    private var capacity: Int

    package init(capacity: Int = 256) {
        self.capacity = capacity
        pointer = .allocate(capacity: capacity)
    }

    package func deallocate() { pointer.deallocate() }

    @inline(__always)
    package mutating func append(_ element: Element) {
        if count == capacity { grow(to: count + 1) }
        pointer[count] = element
        count += 1
    }

    /// Appends `extra` uninitialised elements and returns the index of the first.
    @inline(__always)
    package mutating func extend(by extra: Int) -> Int {
        if count + extra > capacity { grow(to: count + extra) }
        let first = count
        count += extra
        return first
    }

    /// Makes room for `newCount` elements and sets the count; new elements are uninitialised.
    package mutating func resize(to newCount: Int) {
        if newCount > capacity { grow(to: newCount) }
        count = newCount
    }

    package mutating func truncate(to newCount: Int) { count = newCount }

    package subscript(index: Int) -> Element {
        @inline(__always) get { pointer[index] }
        @inline(__always) nonmutating set { pointer[index] = newValue }
    }

    @inline(never)
    private mutating func grow(to needed: Int) {
        let newCapacity = max(needed, capacity * 2)
        let newPointer = UnsafeMutablePointer<Element>.allocate(capacity: newCapacity)
        newPointer.update(from: pointer, count: count)
        pointer.deallocate()
        pointer = newPointer
        capacity = newCapacity
    }
}

/// Address space for floats, reserved once and touched as it is used, so that pointers into it never move.
package struct Region {
    package let base: UnsafeMutablePointer<Float>
    package let capacity: Int
    package private(set) var used = 0
    private let skew: Int

    /// Reserves room for `capacity` floats, or for as many as the system grants.
    /// - Parameter skew: number among the regions that are read side by side. Equal offsets in regions a power of two apart
    ///   fall into the same cache sets, which made one pass over four of them three times slower; each gets a distance of
    ///   its own.
    package init(capacity wanted: Int, skew number: Int = 0) {
        skew = number * (257 * 256)
        var capacity = wanted
        while capacity >= 1 << 16 {
            if let address = ek_reserve((capacity + skew) * 4) {
                base = address.bindMemory(to: Float.self, capacity: capacity + skew) + skew
                self.capacity = capacity
                return
            }
            capacity /= 2
        }
        fail("no address space for \(wanted * 4) bytes")
    }

    package func release() { ek_release(base - skew, (capacity + skew) * 4) }

    /// The next `count` floats, aligned to 64 bytes; their contents are whatever lay there.
    @inline(__always)
    package mutating func allocate(_ count: Int) -> UnsafeMutablePointer<Float> {
        let start = used
        used = start + ((count + 15) & ~15)
        if used > capacity { fail("a graph needs more than \(capacity * 4) bytes; use shorter segments or smaller batches") }
        return base + start
    }

    package mutating func reset(to mark: Int = 0) { used = mark }
}

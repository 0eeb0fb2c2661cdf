import CElmanKernels
import ElmanGraph

/// A piece of the parameters' memory, in floats from its beginning.
struct Span {
    var offset: Int
    var count: Int
    /// What an average gives to the new value, and a trainer multiplies its rate by.
    var weight: Float = 1
}

/// Pieces of memory to work through, in an order and in blocks that depend on neither the threads nor the speed.
struct SpanList {
    /// No piece is longer, so that threads share the work evenly.
    static let blockCount = 1 << 14
    /// Below this many floats, waking other threads costs more than it gains.
    private static let parallelCount = 1 << 16

    private(set) var spans: [Span] = []
    private var totalCount = 0

    var isEmpty: Bool { spans.isEmpty }
    var count: Int { spans.count }

    mutating func removeAll() {
        spans.removeAll(keepingCapacity: true)
        totalCount = 0
    }

    /// Adds a piece, cut into blocks.
    mutating func append(_ span: Span) {
        var offset = span.offset, left = span.count
        while left > 0 {
            let count = min(left, Self.blockCount)
            spans.append(Span(offset: offset, count: count, weight: span.weight))
            offset += count
            left -= count
        }
        totalCount += span.count
    }

    /// Calls `body` with every piece and its number, on any threads.
    func forEach(_ body: (Int, Span) -> Void) {
        spans.withUnsafeBufferPointer { spans in
            guard totalCount >= Self.parallelCount, ek_threads() > 1 else {
                for index in spans.indices { body(index, spans[index]) }
                return
            }
            let starts = chunkStarts(spans)
            starts.withUnsafeBufferPointer { starts in
                inParallel(starts.count - 1) { chunk in
                    for index in starts[chunk]..<starts[chunk + 1] { body(index, spans[index]) }
                }
            }
        }
    }

    /// Neighbouring pieces that together make about a block: the first piece of each chunk, and the end of the last.
    private func chunkStarts(_ spans: UnsafeBufferPointer<Span>) -> [Int] {
        var starts = [0], inChunk = 0
        for index in spans.indices {
            if inChunk > 0, inChunk + spans[index].count > Self.blockCount {
                starts.append(index)
                inChunk = 0
            }
            inChunk += spans[index].count
        }
        starts.append(spans.count)
        return starts
    }
}

/// Joins neighbours in the parameters' memory into one piece: most updates are then a single pass over all of it.
struct SpanJoiner {
    private var open: Span?

    mutating func add(_ span: Span, to list: inout SpanList) {
        if let last = open, last.weight == span.weight, (last.offset + last.count + 15) & ~15 == span.offset {
            // Up to 15 floats between the two belong to nobody and stay zero.
            open?.count = span.offset + span.count - last.offset
        } else {
            finish(&list)
            open = span
        }
    }

    mutating func finish(_ list: inout SpanList) {
        if let last = open { list.append(last) }
        open = nil
    }
}

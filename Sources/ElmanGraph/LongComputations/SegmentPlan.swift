/// How a computation of many pieces is divided into segments that are held in memory one after the other.
///
/// The first pass over the sequence keeps the states between segments and nothing else. Going back, each segment is computed a second
/// time from the state before it (Chen et al. 2016). Where not even all those states fit, some are computed again too, from
/// the nearest one that was kept, in the order of least work (Griewank and Walther 2000).
public struct SegmentPlan: Sendable, Hashable {
    /// The pieces of each segment.
    public let segments: [Range<Int>]
    /// How many states may be kept at a time, beside the one before the first segment.
    public let keptStateCount: Int
    /// Bytes of the largest segment and of the kept states.
    public let bytes: Int

    /// Segments of `piecesPerSegment` pieces, the first of which may have fewer, with all states between them kept.
    public init(pieceCount: Int, piecesPerSegment: Int, keptStateCount: Int? = nil) {
        self.init(
            pieceCount: pieceCount, piecesPerSegment: piecesPerSegment, keptStateCount: keptStateCount, pieceBytes: 0,
            stateBytes: 0)
    }

    private init(
        pieceCount: Int, piecesPerSegment: Int, keptStateCount: Int?, pieceBytes: Int, stateBytes: Int
    ) {
        var segments: [Range<Int>] = []
        var end = pieceCount
        while end > 0 {
            segments.append(max(0, end - max(1, piecesPerSegment))..<end)
            end = segments[segments.count - 1].lowerBound
        }
        self.segments = segments.reversed()
        self.keptStateCount = max(1, keptStateCount ?? segments.count - 1)
        bytes = min(pieceCount, max(1, piecesPerSegment)) * pieceBytes + self.keptStateCount * stateBytes
    }

    /// The plan of least work within some bytes. Nil where not even the least that is possible, `leastBytes`, fits.
    /// - Parameters:
    ///   - pieceBytes: of the graph of one piece.
    ///   - stateBytes: of the state between two pieces.
    public init?(pieceCount: Int, pieceBytes: Int, stateBytes: Int, bytes: Int) {
        func plan(_ piecesPerSegment: Int, _ keptStateCount: Int? = nil) -> SegmentPlan {
            SegmentPlan(
                pieceCount: pieceCount, piecesPerSegment: piecesPerSegment, keptStateCount: keptStateCount,
                pieceBytes: pieceBytes, stateBytes: stateBytes)
        }
        var size = min(pieceCount, bytes / max(1, pieceBytes))
        while size > 0 {
            let candidate = plan(size)
            if candidate.bytes <= bytes {
                self = candidate
                return
            }
            size /= 2
        }
        let least = Self.leastStateCount(pieceCount)
        let states = (bytes - pieceBytes) / max(1, stateBytes)
        guard states >= least else { return nil }
        self = plan(1, states)
    }

    /// The fewest bytes that so many pieces can do with.
    public static func leastBytes(pieceCount: Int, pieceBytes: Int, stateBytes: Int) -> Int {
        pieceBytes + leastStateCount(pieceCount) * stateBytes
    }

    /// With the logarithm of the number of pieces no piece is computed more often than that.
    private static func leastStateCount(_ pieceCount: Int) -> Int {
        max(1, Int.bitWidth - max(0, pieceCount - 1).leadingZeroBitCount)
    }

    /// The segment before which the next state is kept, of segments first..<last of which the state before the first is there and
    /// `slots` more can be kept: with c = slots + 1 states, binomial(c + r, c) segments need r repetitions at most.
    package static func split(_ first: Int, _ last: Int, slots: Int) -> Int {
        let count = last - first, states = slots + 1
        var repetitions = 1
        while reach(states, repetitions) < count { repetitions += 1 }
        return first + max(1, min(reach(states, repetitions - 1), count - reach(states - 1, repetitions - 1)))
    }

    /// binomial(states + repetitions, states), or a number beyond all counts.
    private static func reach(_ states: Int, _ repetitions: Int) -> Int {
        var result = 1
        for factor in 0..<min(states, repetitions) {
            let (product, overflows) = result.multipliedReportingOverflow(by: states + repetitions - factor)
            if overflows { return .max / 2 }
            result = product / (factor + 1)
        }
        return result
    }
}

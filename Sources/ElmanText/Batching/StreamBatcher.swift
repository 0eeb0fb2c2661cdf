import ElmanTensor

/// One continuous stream of tokens, cut into parallel streams that are read in segments of a few steps: truncated
/// backpropagation through time, the state carried from segment to segment.
///
/// The stream is cut into `streamCount` runs of equal length. What is left over at its end, fewer than `streamCount` tokens, is
/// not used (`unusedCount`); with one stream nothing is lost. Every token of a run is a target once: the input of the first
/// step is the token before it in the text, or `boundary` at the very start. The last segment may have fewer steps.
///
/// Segments are made on demand, so reading can go on at any of them: `batcher[k...]`.
public struct StreamBatcher: Sendable, RandomAccessCollection {
    /// How many streams run in parallel: as many as asked for, but never more than there are tokens.
    public let streamCount: Int
    /// Steps of a segment, except perhaps the last; their mean, or nearly, where they vary.
    public let stepCount: Int
    /// Tokens of each stream.
    public let streamLength: Int
    /// Tokens at the end of the text that no stream has.
    public let unusedCount: Int
    private let tokens: [Int32]
    private let boundary: Int32
    /// Where the segments begin, and where the last ends, if their lengths vary.
    private let starts: [Int]?

    /// Some steps of all streams.
    public struct Segment: Sendable, Equatable {
        /// How many steps it has.
        public let stepCount: Int
        /// How many streams run in parallel.
        public let streamCount: Int
        /// What goes into each step, step by step: all streams of step 0, all of step 1 and so on.
        public let inputs: [Int32]
        /// What each step is to predict, in the same order.
        public let targets: [Int32]

        /// Some of its steps. Fails where it has not all of them.
        public func steps(_ range: Range<Int>) -> Segment {
            guard range.lowerBound >= 0, range.upperBound <= stepCount else {
                fail("steps \(range) of a segment of \(stepCount)")
            }
            let places = range.lowerBound * streamCount..<range.upperBound * streamCount
            return Segment(
                stepCount: range.count, streamCount: streamCount, inputs: Array(inputs[places]), targets: Array(targets[places]))
        }
    }

    /// Cuts a stream. Fails where `streams` or `steps` is not positive.
    /// - Parameter variation: segments vary in length, as this generator draws (`SegmentLengths`); nil: they have `steps` steps.
    public init(_ tokens: [Int32], streams: Int, steps: Int, boundary: Int32, variation: RandomGenerator? = nil) {
        guard streams > 0, steps > 0 else { fail("\(streams) streams of \(steps) steps; both must be positive") }
        self.tokens = tokens
        self.boundary = boundary
        streamCount = Swift.max(1, Swift.min(streams, tokens.count))
        stepCount = steps
        streamLength = tokens.count / streamCount
        unusedCount = tokens.count - streamLength * streamCount
        let length = streamLength
        starts = variation.map { SegmentLengths(mean: steps, generator: $0).starts(upTo: length) }
    }

    /// Tokens that are targets in one pass.
    public var tokenCount: Int { streamLength * streamCount }

    /// The first segment.
    public var startIndex: Int { 0 }
    /// How many segments there are.
    public var endIndex: Int { starts.map { $0.count - 1 } ?? (streamLength + stepCount - 1) / stepCount }

    /// A segment by its number. Fails where there is no such one.
    public subscript(number: Int) -> Segment {
        guard indices.contains(number) else { fail("segment \(number) of \(count)") }
        let first = starts?[number] ?? number * stepCount
        let steps = (starts?[number + 1] ?? Swift.min(first + stepCount, streamLength)) - first
        var inputs: [Int32] = []
        var targets: [Int32] = []
        inputs.reserveCapacity(steps * streamCount)
        targets.reserveCapacity(steps * streamCount)
        for step in first..<first + steps {
            for stream in 0..<streamCount {
                let position = stream * streamLength + step
                inputs.append(position == 0 ? boundary : tokens[position - 1])
                targets.append(tokens[position])
            }
        }
        return Segment(stepCount: steps, streamCount: streamCount, inputs: inputs, targets: targets)
    }
}

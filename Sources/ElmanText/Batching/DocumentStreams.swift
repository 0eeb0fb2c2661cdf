import ElmanTensor

/// Whole documents dealt out to parallel streams, which are read in segments of a few steps: the state is carried from segment to
/// segment within a document and starts anew with the next one.
///
/// Documents come in random order, each to the stream that has the fewest tokens so far, so that streams are about as long. Every
/// token is a target once. Towards the end there may be fewer streams.
public struct DocumentStreams: Sendable, RandomAccessCollection {
    /// A part of a document: what is to be predicted, and where.
    public struct Run: Sendable, Hashable {
        /// Places of the targets in the text.
        public let tokens: Range<Int>
        /// Whether the document begins with it; otherwise it goes on from the token before.
        public let isBeginning: Bool
    }

    /// How many streams there are: as many as asked for, but no more than documents.
    public let streamCount: Int
    /// Steps of a segment.
    public let stepCount: Int
    /// The documents of each stream.
    private let documents: [[Range<Int>]]
    /// Where each of them begins in its stream, and where the last one ends.
    private let offsets: [[Int]]

    /// Deals out documents, given by the places of their tokens. Fails where `streams` or `steps` is not positive.
    public init(_ documents: [Range<Int>], streams: Int, steps: Int, seed: UInt64) {
        guard streams > 0, steps > 0 else { fail("\(streams) streams of \(steps) steps; both must be positive") }
        streamCount = Swift.max(1, Swift.min(streams, documents.count))
        stepCount = steps
        var order = documents
        var generator = RandomGenerator(seed: seed)
        generator.shuffle(&order)
        var dealt = [[Range<Int>]](repeating: [], count: streamCount)
        var offsets = [[Int]](repeating: [0], count: streamCount)
        for document in order where !document.isEmpty {
            let stream = offsets.indices.min { (offsets[$0].last!, $0) < (offsets[$1].last!, $1) }!
            dealt[stream].append(document)
            offsets[stream].append(offsets[stream].last! + document.count)
        }
        self.documents = dealt
        self.offsets = offsets
    }

    /// Tokens of the longest stream.
    public var streamLength: Int { offsets.reduce(0) { Swift.max($0, $1.last!) } }

    /// The first segment.
    public var startIndex: Int { 0 }
    /// How many segments there are.
    public var endIndex: Int { (streamLength + stepCount - 1) / stepCount }

    /// The runs of each stream in a segment; none of a stream that has ended. Fails where there is no such segment.
    public subscript(number: Int) -> [[Run]] {
        guard indices.contains(number) else { fail("segment \(number) of \(count)") }
        let steps = number * stepCount..<(number + 1) * stepCount
        return documents.indices.map { runs(ofStream: $0, in: steps) }
    }

    private func runs(ofStream stream: Int, in steps: Range<Int>) -> [Run] {
        let offsets = offsets[stream], documents = documents[stream]
        // The last document that begins at or before the first step.
        var low = 0, high = documents.count
        while high - low > 1 {
            let middle = (low + high) / 2
            if offsets[middle] <= steps.lowerBound { low = middle } else { high = middle }
        }
        var runs: [Run] = []
        while low < documents.count, offsets[low] < steps.upperBound {
            let part = steps.clamped(to: offsets[low]..<offsets[low + 1])
            if !part.isEmpty {
                let first = documents[low].lowerBound + part.lowerBound - offsets[low]
                runs.append(
                    Run(tokens: first..<first + part.count, isBeginning: part.lowerBound == offsets[low]))
            }
            low += 1
        }
        return runs
    }
}

import ElmanTensor

#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// When each batch of a graph ran, and how long.
///
///     graph.profile = ExecutionProfile()
///     loss.backward()
///     let trace = graph.profile!.chromeTrace      // for chrome://tracing or ui.perfetto.dev
///
/// It is kept over `renew()`, so that it can hold many updates. Timing costs some nanoseconds a batch; results stay the same.
public final class ExecutionProfile {
    /// What was done with a batch.
    public enum Pass: String, Sendable, Hashable, CaseIterable {
        /// Values.
        case forward
        /// Gradients.
        case backward
        /// Gradients of parameters that were put off until all their parts were known, in one product.
        case deferred
    }

    /// One batch, one pass.
    public struct Span: Sendable, Hashable {
        /// The op.
        public let op: String
        /// Forward or backward.
        public let pass: Pass
        /// The shape of a node's value.
        public let shape: String
        /// How many nodes ran together.
        public let nodeCount: Int
        /// How many rows, members of batches counted singly.
        public let rowCount: Int
        /// When it began, in seconds since the profile was made.
        public let start: Double
        /// How long it took, in seconds.
        public let duration: Double
    }

    /// What ran, in order.
    public private(set) var spans: [Span] = []
    private let origin = ExecutionProfile.now

    /// An empty profile that begins now.
    public init() {}

    /// Seconds since the beginning.
    var time: Double { Self.now - origin }

    func add(_ pass: Pass, _ op: String, _ shape: Shape?, nodes: Int, rows: Int, since start: Double) {
        spans.append(
            Span(
                op: op, pass: pass, shape: shape.map { "\($0)" } ?? "", nodeCount: nodes, rowCount: rows, start: start,
                duration: time - start))
    }

    private static var now: Double {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
    }

    /// The spans in the trace event format of Chrome (JSON): a line for each pass.
    public var chromeTrace: String {
        func text(_ seconds: Double) -> String {
            let thousandths = Int((seconds * 1e9).rounded())
            let fraction = String(thousandths % 1000)
            return "\(thousandths / 1000)." + String(repeating: "0", count: 3 - fraction.count) + fraction
        }
        // Ops of users may be called anything.
        func quoted(_ name: String) -> String {
            let safe = name.unicodeScalars.map { scalar -> String in
                scalar == "\"" || scalar == "\\" ? "\\\(scalar)" : scalar.value < 0x20 ? " " : String(scalar)
            }
            return "\"\(safe.joined())\""
        }
        let names = Pass.allCases.enumerated().map { line, pass in
            #"{"name":"thread_name","ph":"M","pid":1,"tid":\#(line + 1),"args":{"name":"\#(pass.rawValue)"}}"#
        }
        let events = spans.map { span in
            let line = Pass.allCases.firstIndex(of: span.pass)! + 1
            return
                #"{"name":\#(quoted(span.op)),"cat":"\#(span.pass.rawValue)","ph":"X","pid":1,"tid":\#(line),"ts":\#(text(span.start)),"#
                + #""dur":\#(text(span.duration)),"args":{"shape":"\#(span.shape)","nodes":\#(span.nodeCount),"rows":\#(span.rowCount)}}"#
        }
        return "{\"traceEvents\":[\n" + (names + events).joined(separator: ",\n") + "\n],\"displayTimeUnit\":\"ns\"}\n"
    }

    /// What an op took in a pass.
    public struct Total: Sendable, Hashable {
        /// The op.
        public let op: String
        /// The pass.
        public let pass: Pass
        /// Seconds.
        public internal(set) var seconds = 0.0
        /// How many batches ran.
        public internal(set) var batchCount = 0
        /// How many nodes they had.
        public internal(set) var nodeCount = 0
    }

    /// What each op took in each pass, the most expensive first.
    public var totals: [Total] {
        var places: [String: Int] = [:]
        var totals: [Total] = []
        for span in spans {
            let key = "\(span.op) \(span.pass.rawValue)"
            let place = places[key] ?? totals.count
            if place == totals.count {
                places[key] = place
                totals.append(Total(op: span.op, pass: span.pass))
            }
            totals[place].seconds += span.duration
            totals[place].batchCount += 1
            totals[place].nodeCount += span.nodeCount
        }
        return totals.sorted { $0.seconds > $1.seconds }
    }
}

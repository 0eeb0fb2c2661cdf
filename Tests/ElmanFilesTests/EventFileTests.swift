import Testing

@testable import ElmanFiles

@Suite struct EventFileTests {
    /// As TensorBoard 2.21 writes the same two events: Benchmarks/facts/events.py.
    static let expected =
        "1800000000000000a37f4b220900002040fc54d9411a0d627261696e2e4576656e743a322b35311045"
        + "00000000000000ebe668b0090000104ffc54d94110ac022a370a150a0e6465765f706572706c6578697479150000f742"
        + "0a1e0a177570646174655f726174696f2f656d62656464696e6773156f12833a1d1d1401"

    @Test func theBytesAreThoseOfTensorBoard() throws {
        let scratch = ScratchFolder()
        let file = try EventFile(creating: scratch("x.tfevents"), wallTime: 1_700_000_000.5)
        try file.append(
            step: 300, wallTime: 1_700_000_060.25, [("dev_perplexity", 123.5), ("update_ratio/embeddings", 0.001)])
        let bytes = try FileSystem.readFile(scratch("x.tfevents"))
        let text = bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        #expect(text == Self.expected)
    }

    @Test func aFileThatIsThereIsBegunAnew() throws {
        let scratch = ScratchFolder()
        _ = try EventFile(creating: scratch("x.tfevents"), wallTime: 1)
        let size = FileSystem.size(of: scratch("x.tfevents"))
        try EventFile(creating: scratch("x.tfevents"), wallTime: 1).append(step: 1, wallTime: 2, [("a", 1)])
        _ = try EventFile(creating: scratch("x.tfevents"), wallTime: 1)
        #expect(FileSystem.size(of: scratch("x.tfevents")) == size)
    }
}

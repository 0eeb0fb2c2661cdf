import ElmanTensor
import Testing

func isClose(_ a: Float, _ b: Float, _ tolerance: Float = 1e-5) -> Bool {
    abs(a - b) <= tolerance * max(1, abs(a), abs(b))
}

func bits(_ tensor: Tensor) -> [UInt32] { tensor.scalars.map(\.bitPattern) }

func expectClose(
    _ found: Tensor?, _ expected: Tensor?, _ tolerance: Float = 1e-5, sourceLocation: SourceLocation = #_sourceLocation
) {
    #expect(found?.shape == expected?.shape, sourceLocation: sourceLocation)
    let pairs = zip(found?.scalars ?? [], expected?.scalars ?? [])
    let areClose = pairs.allSatisfy { isClose($0, $1, tolerance) }
    #expect(areClose, "\(found?.scalars ?? []), not \(expected?.scalars ?? [])", sourceLocation: sourceLocation)
}

func expectClose(_ found: [Tensor?], _ expected: [Tensor?], sourceLocation: SourceLocation = #_sourceLocation) {
    #expect(found.count == expected.count, sourceLocation: sourceLocation)
    for (found, expected) in zip(found, expected) { expectClose(found, expected, sourceLocation: sourceLocation) }
}

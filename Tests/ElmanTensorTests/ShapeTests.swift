import ElmanTensor
import Testing

struct ShapeTests {
    @Test func countsLeaveOutTheBatchAndTotalsDoNot() {
        let shape = Shape([3, 4], batchSize: 5)
        #expect(shape.count == 12 && shape.totalCount == 60)
        #expect(shape.rows == 3 && shape.columns == 4 && shape[2] == 1 && shape[9] == 1)
        #expect(shape.dimensions == [3, 4] && shape.rank == 2)
        #expect(Shape.scalar.count == 1 && Shape.scalar.rank == 0)
    }

    @Test func shapesAreEqualWithRankAndBatch() {
        #expect(Shape([3]) != Shape([3, 1]))
        #expect(Shape([3]).hasSameDimensions(as: Shape([3, 1], batchSize: 2)))
        #expect(Shape([3], batchSize: 2) == Shape([3]).batched(2))
    }

    @Test func descriptionsShowTheBatchWhereThereIsOne() {
        #expect("\(Shape([512, 128]))" == "[512, 128]")
        #expect("\(Shape([512], batchSize: 16))" == "[512]×16")
        #expect("\(Shape.scalar)" == "[]")
    }

    @Test func impossibleShapesEndTheProgram() async {
        await #expect(processExitsWith: .failure) { _ = Shape([1, 1, 1, 1, 1]) }
        await #expect(processExitsWith: .failure) { _ = Shape([-1]) }
        await #expect(processExitsWith: .failure) { _ = Shape([1], batchSize: 0) }
    }
}

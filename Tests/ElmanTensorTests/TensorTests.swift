import ElmanTensor
import Testing

struct TensorTests {
    @Test func matricesAreStoredColumnByColumn() {
        let matrix = Tensor(rows: [[1, 2, 3], [4, 5, 6]])
        #expect(matrix.shape == [2, 3])
        #expect(matrix.scalars == [1, 4, 2, 5, 3, 6])
        #expect(matrix[1, 2] == 6 && matrix[2] == 2)
        #expect(matrix.rows == [[1, 2, 3], [4, 5, 6]])
    }

    @Test func membersOfABatchFollowEachOther() {
        let batch = Tensor(shape: Shape([2], batchSize: 3), scalars: [1, 2, 3, 4, 5, 6])
        #expect(batch.member(1) == Tensor([3, 4]))
    }

    @Test func elementsCanBeSet() {
        var matrix = Tensor(repeating: 0, shape: [2, 2])
        matrix[0, 1] = 7
        matrix[0] = 1
        #expect(matrix.rows == [[1, 7], [0, 0]])
    }

    @Test func theLargestElementIsTheFirstOfEquals() {
        #expect(Tensor([1, 3, 3, 2]).argmax == 1)
        #expect(Tensor([1, 2, 3]).sum == 6)
        #expect(Tensor(4).scalar == 4)
    }

    @Test func wrongNumbersOfElementsEndTheProgram() async throws {
        let result = try await #require(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = Tensor(shape: [2, 2], scalars: [1])
        }
        #expect(String(decoding: result.standardErrorContent, as: UTF8.self).contains("has 4 elements, not 1"))
        await #expect(processExitsWith: .failure) { _ = Tensor([1, 2]).scalar }
        await #expect(processExitsWith: .failure) { _ = Tensor(rows: [[1], [1, 2]]) }
    }
}

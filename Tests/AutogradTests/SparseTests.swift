import Autograd
import Tensors
import TestSupport
import Testing

@Suite struct SparseTests {
  private let dense = [0, 2, 0, -1, 0, 0, 0, 0, 0.5, 3, 0, 4]

  @Test func `a sparse product is the dense one`() throws {
    let a = Variable(try tensor(dense, [3, 4]))
    let x = Variable(try tensor((0..<8).map { Double($0) - 2.5 }, [4, 2]))
    let parts = try Operations.compressed.all([a])
    #expect(parts[0].value.doubles == [0, 2, 2, 5])
    #expect(parts[1].value.doubles == [1, 3, 0, 1, 3])
    #expect(parts[2].value.doubles == [2, -1, 0.5, 3, 4])
    let got = try Operations.sparseMatmul(parts + [x])
    #expect(got.value.doubles == (try Variable.matmul(a, x)).value.doubles)
  }

  @Test func `gradients of a sparse product are those of the dense one`() throws {
    let x = Variable(try tensor((0..<8).map { Double($0) - 2.5 }, [4, 2]))
    let w = Variable(try tensor([1, -2, 0.5, 3, 0.25, -1], [3, 2]))
    let a = Variable(try tensor(dense, [3, 4]))
    let parts = try Operations.compressed.all([a])
    let sparse = try Gradients.of([parts[2], x]) {
      try (Operations.sparseMatmul([parts[0], parts[1]] + $0) * w).sum()
    }.gradients
    let full = try Gradients.of([a, x]) { try (Variable.matmul($0[0], $0[1]) * w).sum() }.gradients
    #expect(sparse[1].value.doubles == full[1].value.doubles)
    let kept = zip(full[0].value.doubles, dense).filter { $0.1 != 0 }.map(\.0)
    #expect(sparse[0].value.doubles == kept)
  }

  @Test func `a graph's matrix adds loops and divides by the roots of the degrees`() throws {
    // A path of three nodes with loops: degrees 2, 3, 2.
    let edges = Variable(try Tensor([Int64(0), 1, 1, 2], shape: Shape(checking: [2, 2])))
    let parts = try Operations.adjacency.all([edges], ["nodes": .integer(3)])
    let eye = Variable(try Tensor.eye(3))
    let full = try Operations.sparseMatmul(parts + [eye])
    let (p, q) = (0.5, 1 / Double(6).squareRoot())
    expectClose(
      full.value.doubles, [p, q, 0, q, 1.0 / 3, q, 0, q, p], absolute: 1e-7)
    let mean = try Operations.adjacency.all(
      [edges], ["nodes": .integer(3), "loops": .boolean(false), "scale": .text("mean")])
    #expect(mean[2].value.doubles == [1, 0.5, 0.5, 1])
  }

  @Test func `wrong parts are told`() throws {
    let values = Variable(try tensor([1, 2], [2]))
    let x = Variable(try tensor([1, 2], [2]))
    func whole(_ all: [Int64]) throws -> Variable { Variable(try Tensor(all)) }
    for (starts, columns) in [
      ([0, 1], [0, 1]), ([0, 2], [0, 2]), ([1, 2], [0, 1]), ([0, 2], [-1, 0]),
    ]
      as [([Int64], [Int64])]
    {
      #expect(throws: TensorError.self) {
        try Operations.sparseMatmul([whole(starts), whole(columns), values, x])
      }
    }
  }
}

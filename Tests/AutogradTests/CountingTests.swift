import Autograd
import Tensors
import TestSupport
import Testing

@Suite struct CountingTests {
  @Test func `histograms agree with NumPy`() throws {
    let x = Variable(try tensor((0..<40).map { Double(($0 * 37 + 11) % 29) / 7 - 2 }, [40]))
    #expect(
      try Operations.histogram(x, ["bins": .integer(7)]).value.doubles == [5, 6, 6, 5, 6, 5, 7])
    let part: Attributes = ["bins": .integer(4), "lo": .integer(-1), "hi": .integer(1)]
    #expect(try Operations.histogram(x, part).value.doubles == [5, 4, 6, 5])
    let same = Variable(try tensor([2, 2], [2]))
    #expect(try Operations.histogram(same, ["bins": .integer(2)]).value.doubles == [0, 2])
    #expect(throws: TensorError.self) {
      try Operations.histogram(Variable(tensor([0, .infinity], [2])))
    }
  }

  @Test func `positions and counts of nothing are empty`() throws {
    let none = Variable(try tensor([], [0, 3]))
    #expect(try Operations.nonzero(none).dims == [0, 2])
    #expect(try Operations.occurrences(Variable(Tensor([Int64]()))).dims == [0])
    #expect(throws: TensorError.self) { try Operations.occurrences(Variable(Tensor([Int64(-1)]))) }
  }

  @Test func `a grid of the pixels' own places gives the image, one outside gives zeros`() throws {
    let image = Variable(try tensor((0..<6).map(Double.init), [1, 1, 2, 3]))
    let places: [Double] = [
      -2.0 / 3, -0.5, 0, -0.5, 2.0 / 3, -0.5, -2.0 / 3, 0.5, 0, 0.5, 2.0 / 3, 0.5,
    ]
    let grid = Variable(try tensor(places, [1, 2, 3, 2]))
    expectClose(
      try Operations.gridSample([image, grid]).value.doubles, [0, 1, 2, 3, 4, 5], absolute: 1e-12)
    let far = Variable(try tensor([7, 7, .nan, 1e300], [1, 1, 2, 2]))
    #expect(
      try Operations.gridSample([image, far], ["mode": .text("nearest")]).value.doubles == [0, 0])
  }
}

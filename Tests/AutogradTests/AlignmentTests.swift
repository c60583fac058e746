import Autograd
import Tensors
import TestSupport
import Testing

@Suite struct AlignmentTests {
  private static let scores = [0.5, -1.2, 2.0, 0.7, 1.9, -0.3, 0.1, 0.8, -0.6, 1.1, 0.2, -0.5]

  /// What a path of classes reads as: equal neighbours once, then without blanks.
  private func reading(_ path: [Int]) -> [Int] {
    path.enumerated().filter { $0.offset == 0 || path[$0.offset - 1] != $0.element }
      .map(\.element).filter { $0 != 0 }
  }

  /// -log of the sum over every path of four places and three classes that reads as the labels.
  private func expected(_ labels: [Int], _ logs: [Double]) throws -> Double {
    var total = 0.0
    for code in 0..<81 {
      let path = [code / 27, code / 9 % 3, code / 3 % 3, code % 3]
      guard reading(path) == labels else { continue }
      let sum = path.enumerated().reduce(0) { $0 + logs[$1.offset * 3 + $1.element] }
      total += try Tensor.number(sum).unary(.exp).item ?? 0
    }
    return try -(Tensor.number(total).unary(.log).item ?? 0)
  }

  @Test(arguments: [[1], [1, 2], [2, 2], [1, 2, 1], [], [1, 1, 2]])
  func `the loss is the sum over all paths that read as the labels`(labels: [Int]) throws {
    let logs = try Operations.logSoftmax(Variable(tensor(Self.scores, [4, 1, 3])))
    let losses = try Operations.alignmentLosses(
      logs, labels: [labels], lengths: [4], blank: 0)
    expectClose(
      losses.value.doubles, [try expected(labels, logs.value.doubles)], absolute: 1e-12)
  }

  @Test func `labels that do not fit are infinitely unlikely, or count as nothing`() throws {
    let x = Variable(try tensor(Array(Self.scores.prefix(6)), [1, 2, 3]))
    let y = Variable(try Tensor([Int64(1), 1], shape: Shape(checking: [1, 2])))
    #expect(try Operations.alignmentLoss([x, y]).value.item == .infinity)
    let (value, slopes) = try Gradients.of([x]) {
      try Operations.alignmentLoss([$0[0], y], ["zero_infinity": .boolean(true)])
    }
    #expect(value.value.item == 0)
    #expect(slopes[0].value.doubles == Array(repeating: 0, count: 6))
  }

  @Test func `certain places far from the labels stay finite`() throws {
    let x = Variable(try tensor([1000, 0, 1000, 0], [1, 2, 2]))
    let y = Variable(try Tensor([Int64(1)], shape: Shape(checking: [1, 1])))
    // Paths -1, 1-: each costs 1000; 11 costs 2000.
    let loss = try #require(try Operations.alignmentLoss([x, y]).value.item)
    expectClose([loss], [1000 - 0.6931471805599453], absolute: 1e-9)
  }

  @Test func `labels outside the classes are told`() throws {
    let x = Variable(try tensor(Self.scores, [1, 4, 3]))
    for label in [0, 3, 7] as [Int64] {
      let y = Variable(try Tensor([label], shape: Shape(checking: [1, 1])))
      #expect(throws: TensorError.self) { try Operations.alignmentLoss([x, y]) }
    }
  }
}

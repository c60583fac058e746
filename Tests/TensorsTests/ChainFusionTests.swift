import Tensors
import Testing

/// Steps of single elements that a program takes together, against the same steps one by one.
@Suite struct ChainFusionTests {
  private let stream = RandomStream(seed: 3)

  private func numbers(_ count: Int, _ seed: UInt64) throws -> Tensor {
    var stream = RandomStream(seed: seed)
    return try stream.uniform(Shape(checking: [count])).binary(.add, .number(0.25))
  }

  /// What Adam does with a gradient: root and quotient, numbers beside tensors, a result that is also
  /// read on.
  private func steps(_ x: Tensor, _ g: Tensor) throws -> [Tensor] {
    let m = try x.binary(.multiply, .number(0.9)).binary(
      .add, g.binary(.multiply, .number(0.1)))
    let v = try g.binary(.power, .number(2)).binary(.multiply, .number(0.001))
    let root = try v.binary(.power, .number(0.5)).binary(.add, .number(1e-8))
    let total = try m.reduce(.sum)
    let share = try m.binary(.divide, root).unary(.tanh).binary(.multiply, total)
    return [try share.reduce(.sum), m, try share.unary(.exp), try x.binary(.subtract, share)]
  }

  private func bits(_ tensors: [Tensor]) -> [[UInt64]] {
    tensors.map { $0.array(of: Double.self).map(\.bitPattern) }
  }

  @Test(arguments: [1, 7, 1024, 1025, 70_001])
  func `taken together, steps give the bits that they give apart`(count: Int) throws {
    let given = [try numbers(count, 1), try numbers(count, 2)]
    let (results, recording) = try Recording.of(given, stream) { try steps(given[0], given[1]) }
    let program = try #require(try TensorProgram(recording, given: given, results: results))
    let others = [try numbers(count, 5), try numbers(count, 6)]
    try program.run(others, stream)
    let expected = bits(try steps(others[0], others[1]))
    #expect(bits(program.results) == expected)
    // What comes before, between and behind the two sums, and these.
    #expect(count == 1 || program.lineCount == 5, "\(program.lineCount)")

    // Results in memory of their own stay when the program runs again.
    let fresh = try program.fresh(1..<3)
    #expect(fresh.map { $0 == nil } == [true, false, false, true])
    try program.run(others, stream, into: fresh)
    try program.run(given, stream)
    #expect(bits(fresh.compactMap { $0 }) == Array(expected[1..<3]))
    #expect(bits(program.results) == bits(results))
  }

  @Test func `a number that is cut out of what is being made is made first`() throws {
    let given = [try numbers(5, 1)]
    func steps(_ x: Tensor) throws -> [Tensor] {
      let y = try x.unary(.exp)
      let last = try y.sliced(axis: 0, 4..<5)
      return [try y.binary(.multiply, last).binary(.add, x)]
    }
    let (results, recording) = try Recording.of(given, stream) { try steps(given[0]) }
    let program = try #require(try TensorProgram(recording, given: given, results: results))
    let other = try numbers(5, 9)
    try program.run([other], stream)
    #expect(bits(program.results) == bits(try steps(other)))
  }
}

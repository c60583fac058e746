import Autograd
import Library
import Tensors

/// What single operations on 8x8 matrices cost: microseconds, the least and the median.
package struct Overhead: Sendable {
  package let name: String
  package let least: Double
  package let median: Double

  /// The rows of the table: single operations, then a chain without and with its gradient.
  package static func all() throws -> [Overhead] {
    var stream = RandomStream(seed: 0)
    let shape = try Shape(checking: [8, 8])
    let leaves = try (0..<3).map { _ in Variable(try stream.normal(shape)) }
    func chain(_ x: [Variable]) throws -> Variable {
      try Operations.sum(Operations.relu(Variable.matmul(x[0], x[1])) + x[2])
    }
    let planned = RepeatedGradient(at: leaves.map(\.value), of: chain)
    return [
      try timed("add") { _ = try leaves[0] + leaves[1] },
      try timed("matmul") { _ = try Variable.matmul(leaves[0], leaves[1]) },
      try timed("relu") { _ = try Operations.relu(leaves[0]) },
      try timed("fwd_only") { _ = try chain(leaves) },
      try timed("fwd_bwd_taped") { _ = try Gradients.of(leaves, chain) },
      // As a training does it.
      try timed("fwd_bwd") { try planned.step() },
    ]
  }

  private static func timed(_ name: String, _ body: () throws -> Void) throws -> Overhead {
    for _ in 0..<200 { try body() }
    var times: [Double] = []
    for _ in 0..<60 {
      let start = Clock.wall
      for _ in 0..<200 { try body() }
      times.append((Clock.wall - start) / 200 * 1e6)
    }
    times.sort()
    return Overhead(name: name, least: times[0], median: Timing.median(times))
  }
}

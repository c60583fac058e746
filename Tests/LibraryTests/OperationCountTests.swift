import Language
import Testing

@testable import Library

@Suite struct OperationCountTests {
  // Two for each weight and place; one for each element of a sum or an activation.
  @Test(arguments: [
    // 16 x 16 x 3 x 3 weights at 64 places.
    ("flops(Conv(16, 16, 3), [1, 16, 8, 8])", 2 * 2304 * 64),
    ("flops(residual(Conv(16, 16, 3)), [1, 16, 8, 8])", 2 * 2304 * 64 + 1024),
    (
      "c = Conv(3, 8, 3)\nflops(x => relu(c(x) + c(x)), [1, 3, 4, 4])",
      2 * (2 * 216 * 16) + 128 + 128
    ),
    ("w = param(ones(4, 5))\nflops(x => x @ w, [7, 4])", 2 * 7 * 4 * 5),
    // 6 queries and keys of 8 numbers: two products of 6 x 6 x 8, scaled by a root, and a softmax.
    ("flops(x => attention(x, x, x), [1, 6, 8])", 2 * (2 * 6 * 6 * 8) + 36 + 1 + 36),
    // Three gates of 8 + 64 numbers in and 64 out, at each of 8 places though the last alone is given.
    ("flops(GRU(8, 64, all=false), [1, 8, 8])", 2 * 3 * 64 * (8 + 64) * 8),
    ("flops(Linear(4, 3) >> relu, [1, 4])", 27),
    ("flops(Linear(4, 3) >> relu, [1, 4], macs=true)", 12),
    // Four matrices of 8 x 8 at 6 places; scores of each place with each, and means of the values.
    ("flops(Attention(8, heads=2), [1, 6, 8], macs=true)", 4 * 64 * 6 + 2 * 6 * 6 * 8),
  ])
  func `operations are counted in chains and functions alike`(source: String, count: Int) throws {
    let context = EvaluationContext()
    _ = try StandardLibrary.interpreter().evaluate(source, in: Names(), context)
    guard case .value(let value)? = context.output.last else {
      Issue.record("no value")
      return
    }
    #expect(value.text(width: 80) == "\(count)")
  }
}

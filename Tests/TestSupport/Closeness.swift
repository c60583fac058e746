import Tensors
import Testing

/// Expects two lists of numbers to agree: |got - want| <= absolute + relative |want|.
package func expectClose(
  _ got: [Double], _ want: [Double], relative: Double = 1e-5, absolute: Double = 1e-6,
  _ comment: Comment? = nil, sourceLocation: SourceLocation = #_sourceLocation
) {
  #expect(got.count == want.count, comment, sourceLocation: sourceLocation)
  for (i, (a, b)) in zip(got, want).enumerated() {
    let isClose = a == b || abs(a - b) <= absolute + relative * abs(b) || (a.isNaN && b.isNaN)
    #expect(isClose, "element \(i): got \(a), want \(b)", sourceLocation: sourceLocation)
    if !isClose { return }
  }
}

extension Tensor {
  /// All elements in double precision.
  package var doubles: [Double] { array(of: Double.self) }
}

/// A tensor from literals, for tests.
package func tensor(_ values: [Double], _ shape: [Int], _ dtype: DType = .float64) throws -> Tensor
{
  try Tensor(values, shape: Shape(checking: shape)).cast(dtype)
}

import TestSupport
import Testing

/// The library against NumPy and SciPy: a result may differ from the one in double precision by a
/// relative part, an absolute part, or some units in the last place of single precision.
@Suite struct NumPyTests {
  struct Tolerance {
    var relative = 0.0
    var absolute = 0.0
    var ulp = 0.0

    func allows(_ got: Double, _ want: Double) -> Bool {
      if got == want || (got.isNaN && want.isNaN) { return true }
      let unit = max(Double(Float(want).ulp), Double(Float.leastNonzeroMagnitude))
      return abs(got - want) <= max(absolute + relative * abs(want), ulp * unit)
    }
  }

  @Test func `arithmetic broadcasts as in NumPy, to 2 ulp or 1e-6`() throws {
    try compare("broadcasting", Tolerance(absolute: 1e-6, ulp: 2))
  }

  @Test func `matrix products agree to 1e-6 of their size`() throws {
    try compare("products", Tolerance(relative: 1e-6, absolute: 4e-6))
  }

  @Test func `softmax, its logarithm and the losses agree to 1e-6`() throws {
    try compare("softmax", Tolerance(relative: 1e-6, absolute: 1e-6))
  }

  @Test func `convolutions and pooling agree to 1e-6 of their size`() throws {
    try compare("convolutions", Tolerance(relative: 1e-6, absolute: 4e-6))
  }

  @Test func `reductions over any axes agree to 4 ulp or 1e-6`() throws {
    try compare("reductions", Tolerance(absolute: 1e-6, ulp: 4))
  }

  @Test func `packed kinds round as in NumPy, to the 12 digits that the file holds`() throws {
    try compare("kinds", Tolerance(relative: 1e-11))
  }

  @Test func `slices and rearrangements are exact`() throws {
    try compare("slicing", Tolerance(ulp: 0.5))
  }

  @Test func `functions of one number are right to 4 ulp`() throws {
    try compare("functions", Tolerance(ulp: 4))
  }

  @Test func `metrics have the values of their definitions in NumPy, to 1e-6`() throws {
    try compare("metrics", Tolerance(relative: 1e-6, absolute: 1e-6))
  }

  @Test func `optimizers and schedules go as in PyTorch, to 1e-6`() throws {
    try compare("torch", Tolerance(relative: 1e-6, absolute: 1e-6))
  }

  private func compare(
    _ file: String, _ tolerance: Tolerance, sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let cases = try NumPyCase.all(in: file)
    #expect(cases.count >= 10)
    for known in cases {
      let got = try #require(try known.result(), "\(known.expression)")
      #expect(
        got.shape == known.shape, "\(known.expression)", sourceLocation: sourceLocation)
      try #require(got.values.count == known.want.count, "\(known.expression)")
      let wrong = zip(got.values, known.want).enumerated().first {
        !tolerance.allows($1.0, $1.1)
      }
      #expect(
        wrong == nil,
        "\(known.expression), element \(wrong?.offset ?? 0): \(wrong.map { "\($0.element)" } ?? "")",
        sourceLocation: sourceLocation)
    }
  }
}

import Benchmarks
import Testing

@Suite struct WorkloadTests {
  /// Parameter counts of the PyTorch programs of the same names.
  @Test(arguments: [
    ("mlp_tiny", 1218), ("mlp_digits", 17226), ("lenet_mnist", 61706), ("gru_small", 56580),
  ])
  func `a workload trains the network that its name promises`(name: String, parameters: Int) throws
  {
    let workload = try #require(Workloads.catalog[name])
    let timing = try Timing.of(workload, seconds: 0.001)
    #expect(timing.parameters == parameters)
    #expect(timing.least > 0 && timing.least <= timing.median)
  }

  @Test func `single operations are timed in microseconds`() throws {
    let rows = try Overhead.all()
    #expect(rows.map(\.name) == ["add", "matmul", "relu", "fwd_only", "fwd_bwd_taped", "fwd_bwd"])
    #expect(rows.allSatisfy { $0.least > 0 && $0.least < 1000 })
  }
}

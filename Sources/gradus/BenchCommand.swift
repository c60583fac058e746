import ArgumentParser
import Benchmarks
import Glibc
import Tensors
import Vocabulary

struct BenchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bench", abstract: "Times training steps of fixed networks on made-up data.")

  @Flag(help: "One JSON object a line.") var json = false
  @Flag(help: "Times noting and drawing numbers instead.") var screen = false
  @Flag(help: "Compares trainings that are looked at with ones that are not instead.")
  var watching = false
  @Option(help: "Names of workloads, joined by commas; all when left out.") var only: String?
  @Option(help: "Worker threads.") var threads: Int?
  @Option(
    help: "portable or fast; the portable kernels are the fastest here, so both are the same.")
  var numerics = Numerics.fast
  @Option(help: "Seconds for each workload.") var secs = 4.0

  func run() throws {
    if let threads { Workers.count = threads }
    if screen { return DrawingTime.all().forEach(show) }
    if watching { return try showWatching() }
    guard secs > 0, secs <= 3600 else { throw ValidationError("--secs lies between 0 and 3600") }
    let names = only.map { $0.split(separator: ",").map(String.init) } ?? Workloads.names
    for name in names where !Workloads.names.contains(name) {
      let near = Suggestion.nearest(to: name, among: Workloads.names)
      throw ValidationError(
        "no workload is called \(name); "
          + (near.map { "did you mean \($0)?" }
            ?? "there are " + Workloads.names.joined(separator: ", ")))
    }
    if !json {
      print(
        "\(Workers.count) thread\(Workers.count == 1 ? "" : "s"), \(Kernels.name) kernels, "
          + "numerics \(numerics.rawValue)")
    }
    for name in names {
      if let workload = Workloads.catalog[name] {
        show(workload, try Timing.of(workload, seconds: secs))
      } else {
        show(try Overhead.all())
      }
      fflush(nil)
    }
  }

  private func show(_ workload: Workload, _ t: Timing) {
    let rate = Double(workload.items) / t.median * 1e3
    let speed = workload.operations / t.least / 1e6
    guard json else {
      print(
        padded(workload.entry.name, 14) + padded("\(rounded(t.median)) ms", 12)
          + padded("least \(rounded(t.least))", 16)
          + padded("processor \(rounded(t.processor))", 20)
          + padded("\(rounded(rate, 1)) \(workload.unit)/s", 26)
          + padded("\(rounded(speed, 1)) GFLOP/s", 16) + "\(rounded(t.memory, 1)) MiB")
      return
    }
    print(
      """
      {"workload": "\(workload.entry.name)", "mode": "gradus", \(machine), \
      "unit": "\(workload.unit)", "\(workload.unit)_per_s": \(rounded(rate, 1)), \
      "step_ms": \(rounded(t.median)), "min_ms": \(rounded(t.least)), \
      "cpu_ms": \(rounded(t.processor)), "n": \(t.steps), "params": \(t.parameters), \
      "gflop_per_step": \(rounded(workload.operations / 1e9)), "gflops": \(rounded(speed, 2)), \
      "first_step_ms": \(rounded(t.first)), "rss_mb": \(rounded(t.memory, 1))}
      """)
  }

  private func show(_ time: DrawingTime) {
    print(
      padded(time.name, 46) + padded("\(rounded(time.median, 3)) us", 16)
        + "least \(rounded(time.least, 3))")
    fflush(nil)
  }

  private func showWatching() throws {
    let names = only.map { $0.split(separator: ",").map(String.init) } ?? Observation.workloads
    for name in names {
      guard let workload = Workloads.catalog[name] else { continue }
      let found = try Observation.of(workload, seconds: secs)
      func percent(_ share: Double) -> String { "\(rounded(100 * share, 2)) %" }
      func spread(_ shares: [Double]) -> String {
        let (low, high) = (shares[shares.count / 4], shares[3 * shares.count / 4])
        return "\(percent(shares[shares.count / 2])) (half of the pairs \(percent(low)) to "
          + "\(percent(high)))"
      }
      print(
        """
        \(name): \(found.steps) steps in \(rounded(found.bare, 2)) s; medians of \
        \(found.both.count) pairs
          watching adds          \(spread(found.watching))
          the open dashboard     \(spread(found.open)), \(found.frames) frames
          both together          \(spread(found.both)); it says itself \(percent(found.said))
          in processor time      \(spread(found.work))
        """)
      fflush(nil)
      let back = try GoingBack.of(workload)
      print(
        "  back to 50 of \(back.steps) steps: \(rounded(back.median, 1)) ms, at most "
          + "\(rounded(back.most, 1)) ms")
      fflush(nil)
    }
  }

  private func show(_ rows: [Overhead]) {
    guard json else {
      for row in rows {
        print(
          padded("op_overhead", 14) + padded(row.name, 12)
            + "\(rounded(row.median, 3)) us, least \(rounded(row.least, 3))")
      }
      return
    }
    let times = rows.map { "\"\($0.name)\": [\(rounded($0.least, 3)), \(rounded($0.median, 3))]" }
    print(
      """
      {"workload": "op_overhead", "mode": "gradus", \(machine), "unit": "us [min, median]", \
      \(times.joined(separator: ", "))}
      """)
  }

  private var machine: String {
    """
    "threads": \(Workers.count), "numerics": "\(numerics.rawValue)", \
    "kernels": "\(Kernels.name)", "openblas": "not used"
    """
  }

  private func rounded(_ x: Double, _ digits: Int = 4) -> Double {
    let scale = (0..<digits).reduce(1.0) { product, _ in product * 10 }
    return (x * scale).rounded() / scale
  }
}

extension Numerics: ExpressibleByArgument {}

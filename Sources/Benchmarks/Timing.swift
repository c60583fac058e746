import Glibc
import Language
import Library
import Tensors
import Training

/// What timing a workload found. Times are milliseconds for one step.
package struct Timing: Sendable {
  package let steps: Int
  /// The median over steps during which the kernel took the processor from nobody.
  package let median: Double
  package let least: Double
  /// The median of processor time over all threads.
  package let processor: Double
  package let first: Double
  package let parameters: Int

  /// The most memory that the process held, in MiB, beyond what it held before the first step.
  package let memory: Double

  /// Takes steps of a workload for about so many seconds.
  package static func of(_ workload: Workload, seconds: Double) throws -> Timing {
    let resident = Clock.peakMemory
    let (parameters, step) = try started(workload)
    let begin = Clock.wall
    try step()
    let first = Clock.wall - begin
    let warm = Clock.wall
    var count = 1
    while Clock.wall - warm < min(1, seconds / 3) && count < 200 || count < 4 {
      try step()
      count += 1
    }
    var all: [Double] = []
    var clean: [Double] = []
    var processor: [Double] = []
    let start = Clock.wall
    while Clock.wall - start < seconds || all.count < 5 {
      let switches = Clock.involuntarySwitches
      let (cpu, wall) = (Clock.processor, Clock.wall)
      try step()
      let took = Clock.wall - wall
      processor.append(Clock.processor - cpu)
      all.append(took)
      if Clock.involuntarySwitches == switches { clean.append(took) }
      if all.count > 50_000 { break }
    }
    all.sort()
    return Timing(
      steps: all.count, median: median(clean.count >= 5 ? clean : all) * 1e3,
      least: all[0] * 1e3, processor: median(processor) * 1e3, first: first * 1e3,
      parameters: parameters(), memory: max(0, Clock.peakMemory - resident))
  }

  static func median(_ times: [Double]) -> Double { times.sorted()[times.count / 2] }

  /// How many numbers the workload learns, and one step of it.
  private static func started(_ workload: Workload) throws -> (
    parameters: () -> Int, step: () throws -> Void
  ) {
    let interpreter = StandardLibrary.interpreter()
    let result = try interpreter.evaluate(workload.program, in: Names(), EvaluationContext())
    guard let run = result.started.first as? Run else {
      let repeated = try RepeatedCall(of: "f", with: "x", in: result.names, interpreter)
      return ({ repeated.parameterCount }, { try repeated.step() })
    }
    try run.wait()
    var learner = run.job.result
    let plan = TrainingPlan(
      epochs: 1, batchSize: learner.exampleCount, stream: RandomStream(seed: 1))
    let order = plan.order(epoch: 0, learner.exampleCount)
    var count = 0
    // The run itself, and with it the first weights, is let go.
    let parameters = Tree.leaves(of: run.finalModel, .parameters).reduce(0) {
      $0 + $1.variable.shape.count
    }
    return (
      { parameters },
      {
        let metrics = try learner.step(order, number: count, stream: plan.stream(step: count))
        count += 1
        if let bad = metrics.first(where: { !$0.value.isFinite }) {
          throw TrainingError.notFinite(step: count, epoch: 1, metric: bad.name, value: "infinite")
        }
      }
    )
  }
}

/// Seconds, by the wall and by the processor.
enum Clock {
  static var wall: Double { seconds(CLOCK_MONOTONIC) }
  static var processor: Double { seconds(CLOCK_PROCESS_CPUTIME_ID) }

  /// How often the kernel took the processor from this process.
  static var involuntarySwitches: Int {
    var usage = rusage()
    getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    return usage.ru_nivcsw
  }

  /// MiB that the process has held at most.
  static var peakMemory: Double {
    guard let file = fopen("/proc/self/status", "r") else { return 0 }
    defer { fclose(file) }
    var line = [CChar](repeating: 0, count: 256)
    while fgets(&line, 256, file) != nil {
      let text = String(
        decoding: line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
      guard text.hasPrefix("VmHWM:") else { continue }
      return (Double(text.filter(\.isNumber)) ?? 0) / 1024
    }
    return 0
  }

  private static func seconds(_ clock: clockid_t) -> Double {
    var time = timespec()
    clock_gettime(clock, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
  }
}

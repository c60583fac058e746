import Language
import Library
import Tensors
import Training

/// How long it takes to find a run again as it was after steps chosen at random, in milliseconds.
package struct GoingBack: Sendable {
  package let name: String
  package let steps: Int
  package let median: Double
  package let most: Double

  package static func of(_ workload: Workload, steps: Int = 2000, looks: Int = 50) throws
    -> GoingBack
  {
    let result = try StandardLibrary.interpreter().evaluate(
      workload.program, in: Names(), EvaluationContext())
    guard let run = result.started.first as? Run else {
      throw LanguageError("value", "\(workload.entry.name) trains nothing")
    }
    try run.wait()
    var start = try run.job.snapshot(at: 0).state
    start.detach()
    var plan = run.job.plan
    plan.steps = steps
    let job = try TrainingJob(start, plan, series: [])
    job.start()
    try job.wait { false }
    var stream = RandomStream(seed: 1)
    let times = try (0..<looks).map { _ in
      let step = 1 + Int(stream.nextUniform() * Double(steps - 1))
      let begun = Clock.wall
      _ = try job.snapshot(at: step)
      return 1000 * (Clock.wall - begun)
    }
    return GoingBack(
      name: workload.entry.name, steps: steps, median: Timing.median(times),
      most: times.max() ?? 0)
  }
}

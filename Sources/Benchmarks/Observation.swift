import Glibc
import Language
import Library
import Training

/// What it costs a training to be looked at: runs of the same steps beside each other, in turns.
package struct Observation: Sendable {
  package let name: String
  package let steps: Int
  /// Medians of seconds: with nothing but records, watched as always, and with its dashboard open.
  package let bare: Double
  package let watched: Double
  package let open: Double
  /// The medians of what watching and the open dashboard add, as shares.
  package let watchingCost: Double
  package let openCost: Double
  /// What the program itself says that watching took.
  package let said: Double

  package static let workloads = ["lenet_mnist", "gpt_tiny"]

  private enum Kind: CaseIterable { case bare, watched, open }

  package static func of(_ workload: Workload, pairs: Int = 10, seconds: Double = 1) throws
    -> Observation
  {
    let result = try StandardLibrary.interpreter().evaluate(
      workload.program, in: Names(), EvaluationContext())
    guard let run = result.started.first as? Run else {
      throw LanguageError("value", "\(workload.entry.name) trains nothing")
    }
    try run.wait()
    let first = try timed(run, .watched, 40).seconds / 40
    let steps = max(40, Int(seconds / first))
    var times: [Kind: [Double]] = [:]
    var said: [Double] = []
    for pair in 0..<pairs {
      let kinds = Kind.allCases
      for place in kinds.indices {
        let kind = kinds[(place + pair) % kinds.count]
        let (seconds, share) = try timed(run, kind, steps)
        times[kind, default: []].append(seconds)
        if kind == .open { said.append(share) }
      }
    }
    func all(_ kind: Kind) -> [Double] { times[kind] ?? [] }
    func cost(_ a: Kind, over b: Kind) -> Double {
      Timing.median(zip(all(a), all(b)).map { $0 / $1 - 1 })
    }
    return Observation(
      name: workload.entry.name, steps: steps, bare: Timing.median(all(.bare)),
      watched: Timing.median(all(.watched)), open: Timing.median(all(.open)),
      watchingCost: cost(.watched, over: .bare), openCost: cost(.open, over: .watched),
      said: Timing.median(said))
  }

  /// Seconds of a run of so many steps, and what it says that watching took.
  private static func timed(_ run: Run, _ kind: Kind, _ steps: Int) throws -> (
    seconds: Double, share: Double
  ) {
    var start = try run.job.snapshot(at: 0).state
    start.detach()
    var plan = run.job.plan
    plan.steps = steps
    plan.isWatched = kind != .bare
    let job = try TrainingJob(start, plan, series: [])
    let shown = run.branch(job, step: 0)
    job.start()
    while kind == .open, !job.status.isOver {
      _ = shown.dashboard.draw(width: 100, height: nil, depth: .palette)
      // As often as the studio draws what is live.
      usleep(80_000)
    }
    try job.wait { false }
    return (job.seconds, job.times.shares.first { $0.name == "watching" }?.share ?? 0)
  }
}

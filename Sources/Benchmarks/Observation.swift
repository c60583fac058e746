import Drawing
import Glibc
import Language
import Library
import Training

/// What it costs a training to be looked at: runs of the same steps beside each other, in turns.
package struct Observation: Sendable {
  package let name: String
  package let steps: Int
  /// The median of the seconds of a run with nothing but records.
  package let bare: Double
  /// What being watched as always adds to that, what the open dashboard adds to being watched, and
  /// both together, as shares; one for each pair of runs, in order of size.
  package let watching: [Double]
  package let open: [Double]
  package let both: [Double]
  /// Both together in time of the processor, which other programs do not disturb.
  package let work: [Double]
  /// The median of what the program itself says that watching and drawing took.
  package let said: Double
  /// Frames of the dashboard in a run.
  package let frames: Int

  package static let workloads = ["lenet_mnist", "gpt_tiny"]

  private enum Kind: Int, CaseIterable { case bare, watched, open }

  package static func of(_ workload: Workload, pairs: Int = 10, seconds: Double = 3) throws
    -> Observation
  {
    let result = try StandardLibrary.interpreter().evaluate(
      workload.program, in: Names(), EvaluationContext())
    guard let run = result.started.first as? Run else {
      throw LanguageError("value", "\(workload.entry.name) trains nothing")
    }
    try run.wait()
    let trial = try Round(run, steps: 60, length: 60)
    let steps = max(60, Int(60 * seconds / max(1e-6, trial.seconds[Kind.bare.rawValue])))
    // A turn of a fifth of a second is short beside what else goes on, and long beside a step.
    let length = max(1, Int(Double(steps) * 0.2 / seconds))
    let rounds = try (0..<pairs).map { _ in try Round(run, steps: steps, length: length) }
    func cost(_ a: Kind, over b: Kind) -> [Double] {
      rounds.map { $0.seconds[a.rawValue] / $0.seconds[b.rawValue] - 1 }.sorted()
    }
    return Observation(
      name: workload.entry.name, steps: steps,
      bare: Timing.median(rounds.map { $0.seconds[Kind.bare.rawValue] }),
      watching: cost(.watched, over: .bare), open: cost(.open, over: .watched),
      both: cost(.open, over: .bare),
      work: rounds.map { $0.work[Kind.open.rawValue] / $0.work[Kind.bare.rawValue] - 1 }.sorted(),
      said: Timing.median(rounds.map(\.said)),
      frames: rounds.map(\.frames).sorted()[pairs / 2])
  }

  /// One run of each kind, in turns.
  private struct Round {
    let seconds: [Double]
    let work: [Double]
    let said: Double
    private(set) var frames = 0

    init(_ run: Run, steps: Int, length: Int) throws {
      let turns = Turns(Kind.allCases.count, steps: steps, length: length)
      let jobs = try Kind.allCases.map { kind in
        var start = try run.job.snapshot(at: 0).state
        start.detach()
        var plan = run.job.plan
        plan.steps = steps
        plan.isWatched = kind != .bare
        return try TrainingJob(start, plan, series: []) {
          turns.step(of: kind.rawValue)
          return false
        }
      }
      let open = Kind.open.rawValue
      let (shown, drawn) = (run.branch(jobs[open], step: 0), ScreenTime.seconds)
      for job in jobs { job.start() }
      turns.begin()
      var (pace, last) = (FramePace(), 0.0)
      // As the studio draws what is live.
      while !jobs[open].status.isOver {
        let now = turns.seconds(of: open)
        if turns.isTurn(of: open), now - last >= pace.interval {
          let begun = Clock.wall
          _ = shown.dashboard.draw(width: 100, height: nil, depth: .palette)
          ScreenTime.add(seconds: Clock.wall - begun)
          pace.note(Clock.wall - begun)
          frames += 1
          last = now
        }
        usleep(20_000)
      }
      for job in jobs { try job.wait { false } }
      seconds = jobs.indices.map { turns.seconds(of: $0) }
      work = jobs.indices.map { turns.work(of: $0) }
      let watching = jobs[open].times.shares.first { $0.name == "watching" }?.share ?? 0
      said = watching + (ScreenTime.seconds - drawn) / seconds[open]
    }
  }
}

import Glibc
import Language
import Testing
import Training

@testable import Library

/// Where runs stay behind, a lesson done on three seeds takes three times the memory.
@Suite struct RunLifeTests {
  @Test(arguments: [
    "train(Linear(1, 1), (x=[[1.0]], y=[[2.0]]), loss=mse, steps=9)",
    "train(Linear(1, 1), (x=[[1.0]], y=[[2.0]]), loss=mse, steps=9, quiet=true)",
    "train(Linear(1, 1), (x=[[1.0]],), objective=(m, b) => mean(m(b.x)^2), steps=9)",
    "spawn(() => sum(ones(9)))",
    "fork(train(Linear(1, 1), (x=[[1.0]], y=[[2.0]]), loss=mse, steps=9), 4)",
  ])
  func `a run that nobody looks at any more is gone`(program: String) throws {
    weak var job: TrainingJob?
    func runOnce() throws {
      let context = EvaluationContext()
      _ = try StandardLibrary.interpreter().evaluate("r = \(program)\nr", in: Names(), context)
      guard case .value(.object(let object))? = context.output.last, let run = object as? Run else {
        Issue.record("it shows no run")
        return
      }
      job = run.job
      try job?.wait { false }
      #expect(job != nil)
    }
    try runOnce()
    // The queue lets go of what it has done a moment after that is over.
    let patience = ContinuousClock.now + .seconds(20)
    while job != nil, ContinuousClock.now < patience { sched_yield() }
    #expect(job == nil)
  }

  @Test func `what a run has worked is known when it is gone`() throws {
    let context = EvaluationContext()
    _ = try StandardLibrary.interpreter().evaluate(
      "train(Linear(1, 1), (x=[[1.0]], y=[[2.0]]), loss=mse, steps=99, quiet=true);", in: Names(),
      context)
    #expect(context.interruption.workElsewhere > 0)
  }
}

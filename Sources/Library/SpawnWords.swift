import Autograd
import Language
import Tensors
import Training
import Vocabulary

/// A function that runs in the background: one step, whose result is its model.
struct FunctionLearner: Learner {
  let scene: LearningScene
  let body: Value
  var result = Value.none
  var exampleCount: Int { 1 }

  mutating func step(_ indices: [Int], number step: Int, stream: RandomStream) throws -> [Metric] {
    result = try scene.interpreter(stream).apply(body, [])
    return [Metric("loss", result.asNumber.flatMap { $0.isFinite ? $0 : nil } ?? 0)]
  }

  func validate() -> [Metric] { [] }
  mutating func set(_ name: String, _ value: Double) throws {
    throw TrainingError.noSetting(name: name, available: ["none: this is no training"])
  }
  var saved: [Checkpoint.NamedTensor] { get throws { try LearnedState.of(result, "result") } }
  mutating func restore(_ saved: [Checkpoint.NamedTensor]) throws {
    result = try LearnedState(saved).restored(result, "result")
  }
}

extension StandardLibrary {
  static let spawnWords: [Builtin] = [
    Builtin(
      Entry(
        "spawn", family: "Runs", [Argument("f", .function, "A function without arguments.")],
        summary: "Starts a function in the background and returns its run; model is the result.",
        examples: [Example("spawn(() => 6 * 7).model", prints: "42")])
    ) { call, interpreter in
      let interruption = interpreter.context.interruption
      let learner = FunctionLearner(scene: LearningScene(interpreter), body: call["f"])
      let job = try TrainingJob(
        learner,
        TrainingPlan(
          epochs: 1, steps: 1, batchSize: 1, patience: nil,
          stream: interpreter.context.stream.split())
      ) { interruption.isRequested }
      let run = Run(job) { ($0 as? FunctionLearner)?.result ?? .none }
      interpreter.context.started.append(run)
      interruption.include { [work = job.work] in work.seconds }
      job.start()
      return .object(run)
    },
    Builtin(
      Entry(
        "runs", family: "Runs",
        [
          Argument(
            "past", .boolean, "Those of earlier sessions instead, as records, the newest first.",
            default: "false")
        ], summary: "The runs of the page, and of lists of the page; or those of earlier sessions.",
        details: "table(runs(past=true)) shows them; filter and sort_by choose among them.",
        examples: [Example("r = spawn(() => 1)\nlen(runs())", prints: "1")])
    ) { call, interpreter in
      if try call.boolean("past") {
        interpreter.context.hasReadClock = true
        return try pastRuns()
      }
      var found: [Value] = []
      func collect(_ value: Value) {
        if case .object(let object) = value, (object as? Run)?.isQuiet == false {
          found.append(value)
        }
        if case .list(let items) = value { items.forEach(collect) }
      }
      let names = interpreter.globals
      for name in names.order where name != "ans" { names[name].map(collect) }
      return .list(found)
    },
  ]
}

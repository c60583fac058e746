import Autograd
import Files
import Formats
import Language
import Tensors
import Training
import Vocabulary

extension StandardLibrary {
  static let r = Argument("r", .run, "A run.")

  static func run(_ call: Call, _ name: String = "r") throws -> Run {
    guard case .object(let object) = call[name], let run = object as? Run else {
      throw call.wrong(name, expected: "a run, as train(…) returns")
    }
    return run
  }

  private static func train(_ call: Call, _ interpreter: Interpreter) throws -> Value {
    var data = call["data"]
    if let x = data.variable, x.rank > 0 { data = .record(Record([("x", .tensor(x))])) }
    guard let count = try rows(of: data), count > 0 else {
      throw call.wrong("data", expected: "data with rows, such as (x=…, y=…)")
    }
    let batch = try call.integer("batch")
    guard batch > 0 else { throw call.error("batch should be at least 1", at: "batch") }
    let epochs = try call.integer("epochs")
    let steps = call.isNone("steps") ? nil : try call.integer("steps")
    guard epochs >= 0, epochs < 1 << 40, (steps ?? 0) >= 0 else {
      throw call.error("epochs and steps are counts", at: "epochs")
    }
    let isQuiet = try call.boolean("quiet")
    var plan = TrainingPlan(
      epochs: epochs, steps: steps, batchSize: batch,
      patience: call.isNone("patience") ? nil : try call.integer("patience"),
      ahead: try call.integer("ahead"), stream: interpreter.context.stream.split())
    guard plan.ahead >= 0, plan.ahead <= 64 else {
      throw call.error("ahead lies between 0 and 64 batches", at: "ahead")
    }
    plan.isWatched = !isQuiet
    let scene = LearningScene(interpreter)
    let interruption = interpreter.context.interruption
    let script = isQuiet ? [] : script(interpreter)
    let checkpoint = try checkpoint(call, interpreter)
    let variation = try BatchVariation(call["augment"], data: data, call)
    let made: Run
    if !call.isNone("step") {
      let learner = StateLearner(
        scene: scene, state: interpreter.asModel(call["model"]), data: data, body: call["step"],
        variation: variation, exampleCount: count)
      let job = try TrainingJob(learner, plan, recorded: script, resuming: checkpoint) {
        interruption.isRequested
      }
      made = Run(job, isQuiet: isQuiet) {
        ($0 as? StateLearner)?.state ?? .none
      }
    } else {
      let model = interpreter.asModel(call["model"])
      let maker = Suspicions.madeAnew(by: model)
      guard !Tree.leaves(of: model, .parameters).isEmpty else {
        if let maker { throw call.error(Suspicions.anew(maker), at: "model") }
        throw call.error(
          "this model has no parameters to train", at: "model",
          hint: "Linear(…), or param(…) inside")
      }
      if let maker { interpreter.note(Suspicions.anew(maker)) }
      guard case .object(let object) = call["opt"], let optimizer = object as? OptimizerObject
      else {
        throw call.wrong("opt", expected: "an optimizer such as Adam(1e-3)")
      }
      let held = call.isNone("val") ? nil : call["val"]
      let learner = ModelLearner(
        scene: scene, model: model, optimizer: optimizer, data: data,
        loss: call.isNone("objective") ? call["loss"] : call["objective"],
        isObjective: !call.isNone("objective"),
        held: try held.map { try variation?.certain(of: $0) ?? $0 }, variation: variation,
        exampleCount: count)
      interpreter.context.notes = try placed(call) {
        try learner.tried(before: interpreter.context.notes, batch: batch)
      }
      let job = try TrainingJob(learner, plan, recorded: script, resuming: checkpoint) {
        interruption.isRequested
      }
      made = Run(job, isQuiet: isQuiet) {
        ($0 as? ModelLearner)?.model ?? .none
      }
    }
    return isQuiet ? try finished(made, interpreter) : launched(made, interpreter)
  }

  /// A run that has ended, of which nobody else is told.
  private static func finished(_ run: Run, _ interpreter: Interpreter) throws -> Value {
    let job = run.job
    interpreter.context.hasTrainedQuietly = true
    interpreter.context.interruption.include { [work = job.work] in work.seconds }
    job.start()
    do { try run.wait(interpreter) } catch {
      job.stop()
      throw error
    }
    return .object(run)
  }

  /// Starts a run, behind others where there is a queue.
  static func launched(_ run: Run, _ interpreter: Interpreter) -> Value {
    let context = interpreter.context
    let job = run.job
    context.interruption.include { [work = job.work] in work.seconds }
    if context.isLed {
      job.isLed = true
      let number = context.started.count
      job.leash = context.leashes.indices.contains(number) ? context.leashes[number] : nil
    }
    context.started.append(run)
    job.start(on: context.runQueue as? RunQueue)
    return .object(run)
  }

  /// The steering that was recorded for the run that is started next.
  static func script(_ interpreter: Interpreter) -> [SteeringEvent] {
    let (recorded, number) = (
      interpreter.context.recorded, interpreter.context.started.count
    )
    return number < recorded.count ? recorded[number] as? [SteeringEvent] ?? [] : []
  }

  /// Mistakes of a first batch told at the argument of train that they are about.
  static func placed<R>(_ call: Call, _ body: () throws -> R) throws -> R {
    do { return try body() } catch var error as LanguageError {
      error.span = place(error.code, error.message, call)
      throw error
    } catch let error as any Diagnosable {
      throw LanguageError(
        error.code, error.message, at: place(error.code, error.message, call), hint: error.hint)
    }
  }

  private static func place(_ code: String, _ message: String, _ call: Call) -> SourceSpan? {
    if code == "data" { return call.span(of: "data") }
    for name in ["loss", "objective"] where call.isGiven(name) {
      if code == "loss" { return call.span(of: name) }
      if case .builtin(let word) = call[name], message.hasPrefix(word.entry.name + ":") {
        return call.span(of: name)
      }
    }
    return call.span(of: "model")
  }

  /// What a run is to go on from.
  private static func checkpoint(_ call: Call, _ interpreter: Interpreter) throws -> Checkpoint? {
    if call.isNone("resume") { return nil }
    if case .text(let path) = call["resume"] {
      let full = try ReadablePath.of(path, folder: interpreter.context.folder)
      return try ModelFiles.checkpoint(Safetensors(full.read()))
    }
    let run = try run(call, "resume")
    try run.wait(interpreter)
    return try run.job.checkpoint()
  }

  static let trainingWords: [Builtin] = [
    Builtin(
      Entry(
        "train", family: "Runs",
        [
          Argument("model", .model, "What learns."),
          Argument("data", .data, "Examples: (x=…, y=…), or a tensor for an objective."),
          Argument("loss", .function, "loss(prediction, target).", default: "cross_entropy"),
          Argument("opt", .optimizer, "The optimizer.", default: "Adam(1e-3)"),
          Argument("epochs", .integer, "Passes over the data.", default: "5"),
          Argument("steps", .any, "Batches in all, instead of epochs.", default: "none"),
          Argument("batch", .integer, "Examples in a batch.", default: "32"),
          Argument("val", .any, "Data that is only measured, after each epoch.", default: "none"),
          Argument(
            "augment", .any,
            "How batches are varied: Flip() >> Shift(2), or a function of a batch.",
            default: "none"),
          Argument(
            "patience", .any, "Epochs without a better val loss before the end.", default: "none"),
          Argument("objective", .any, "objective(model, batch) in place of loss.", default: "none"),
          Argument(
            "step", .any, "(state, batch) => (state, metrics), your own step.", default: "none"),
          Argument(
            "resume", .any, "A run, or the file of one, to go on from as if it had not ended.",
            default: "none"),
          Argument(
            "ahead", .integer, "Varied batches that may be made ready in advance, on a queue.",
            default: "2"),
          Argument(
            "quiet", .boolean,
            "Train before going on, and neither draw nor record it: for loops and functions.",
            default: "false"),
        ], summary: "Starts a training in the background and returns it at once.",
        details:
          "quiet=true gives the same bits, but is in no list of runs, on no page and in no record: "
          + "max([accuracy_of(train(m, d, quiet=true).model, d) for m in models]).",
        examples: [
          Example(
            "train(Linear(1, 1), (x=[[0.0], [1]], y=[[1.0], [3]]), loss=mse, opt=SGD(0.5), steps=200).loss < 1e-3",
            prints: "true")
        ]), train),
    Builtin(
      Entry(
        "await", family: "Runs", [r], summary: "Waits for the end of a run and returns it.",
        examples: [
          Example(
            "await(train(Linear(1, 2), (x=zeros(4, 1), y=[0, 1, 0, 1]), epochs=1)).status",
            prints: "finished")
        ])
    ) { call, interpreter in
      try run(call).wait(interpreter)
      return call["r"]
    },
    Builtin(
      Entry(
        "peek", family: "Runs", [r], summary: "A run's results as of now, without waiting.",
        examples: [
          Example(
            "typeof(peek(train(Linear(1, 2), (x=zeros(4, 1), y=[0, 1, 0, 1]))))", prints: "record")
        ])
    ) { call, interpreter in try run(call).peek(interpreter) },
  ]
}

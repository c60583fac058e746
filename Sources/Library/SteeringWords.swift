import Autograd
import Language
import Tensors
import Training
import Vocabulary

extension StandardLibrary {
  private static let example = "r = train(Linear(1, 2), (x=zeros(4, 1), y=[0, 1, 0, 1]), steps=8)\n"

  private static let settings: [Argument] = [
    Argument("lr", .any, "Learning rate.", default: "none"),
    Argument("momentum", .any, "Momentum.", default: "none"),
    Argument("decay", .any, "Weight decay.", default: "none"),
    Argument("clip", .any, "Largest gradient norm; 0 for none.", default: "none"),
    Argument("dropout", .any, "The chance of its Dropout layers.", default: "none"),
    Argument("batch", .any, "Examples in a batch.", default: "none"),
    Argument("skip", .any, "A step, counted from 1, whose batch is left out.", default: "none"),
  ]

  /// The settings that a call gives, in order.
  private static func changes(_ call: Call) throws -> [SteeringEvent.Kind] {
    try settings.filter { !call.isNone($0.name) }.map {
      .set(name: $0.name, value: try call.number($0.name))
    }
  }

  static let steeringWords: [Builtin] = [
    Builtin(
      Entry(
        "set", family: "Runs", [r] + settings,
        summary: "Changes settings of a run before its next step.",
        examples: [Example(example + "set(r, lr=0.1, batch=2)")])
    ) { call, _ in
      let run = try run(call)
      for change in try changes(call) { try run.job.steer(change) }
      return .none
    },
    control("pause", "Makes a run wait before its next step.") { $0.pause() },
    control("resume", "Lets a paused run go on.") { $0.resume() },
    control("stop", "Ends a run before its next step; what it has learned stays.") { $0.stop() },
    control("checkpoint", "Keeps the state of a run at this step, so that at(r, step) is quick.") {
      try $0.steer(.checkpoint)
    },
    Builtin(
      Entry(
        "advance", family: "Runs",
        [
          r,
          Argument(
            "n", .any, "How many steps; none for those to the end of the epoch.", default: "1"),
        ], summary: "Lets a paused run take some steps and wait again.",
        examples: [Example(example + "pause(r)\nadvance(r, 2)\nresume(r)")])
    ) { call, _ in
      let run = try run(call)
      let count = call.isNone("n") ? 0 : try call.integer("n")
      guard count > 0 || call.isNone("n") else {
        throw call.error("a run goes on by at least 1 step", at: "n")
      }
      try run.job.steer(.advance(steps: count))
      return .none
    },
    Builtin(
      Entry(
        "unfreeze", family: "Runs", [r, Argument("layer", .text, "As freeze names it.")],
        summary: "Lets a layer of a run move again that freeze(r, layer) had stopped.",
        examples: [Example(example + "freeze(r, \"weight\")\nunfreeze(r, \"weight\")")])
    ) { call, _ in
      try run(call).job.steer(.unfreeze(layer: call.text("layer")))
      return .none
    },
    Builtin(
      Entry(
        "at", family: "Runs", [r, Argument("step", .integer, "Steps from its start.")],
        summary: "A run's results as they were after a step, bit for bit.",
        details: "States are kept along the way; the steps from the nearest one are taken again.",
        examples: [
          Example(
            example + "same(at(r, 8).model.weight, r.model.weight)", prints: "true")
        ])
    ) { call, interpreter in
      try run(call).record(
        run(call).job.snapshot(at: call.integer("step")) {
          interpreter.context.interruption.isRequested
        })
    },
    Builtin(
      Entry(
        "fork", family: "Runs",
        [r, Argument("step", .any, "Where the branch begins; none for the end.", default: "none")]
          + settings + [
            Argument(
              "freeze", .any, "A layer that stays as it is, or a list of them.", default: "none"),
            Argument("epochs", .any, "Passes over the data in all.", default: "none"),
            Argument("steps", .any, "Steps in all.", default: "none"),
            Argument("data", .any, "Other examples from there on.", default: "none"),
          ],
        summary: "A new run that goes on from a step of another one with other settings.",
        details: "It sees the same batches; plot([r, fork(r, 100, lr=0.01)]) draws both branches.",
        examples: [
          Example(example + "f = fork(r, 4, lr=0.1)\nlen(f.history)", prints: "8")
        ]), fork),
  ]

  private static func fork(_ call: Call, _ interpreter: Interpreter) throws -> Value {
    let trunk = try run(call)
    let interruption = interpreter.context.interruption
    let wasTold = { interruption.isRequested }
    if call.isNone("step") { try trunk.job.wait(isInterrupted: wasTold) }
    let step = call.isNone("step") ? trunk.job.step : try call.integer("step")
    let start = try trunk.job.snapshot(at: step, isInterrupted: wasTold)
    var (state, plan) = (start.state, trunk.job.plan)
    state.detach()
    if !call.isNone("data") {
      guard let count = try rows(of: call["data"]), count > 0 else {
        throw call.wrong("data", expected: "data with rows, such as (x=…, y=…)")
      }
      guard let learner = state.learner as? ModelLearner else {
        throw call.error("a run of your own step keeps its data", at: "data")
      }
      state.change(to: learner.learning(from: call["data"], count: count))
    }
    for change in try changes(call) { try state.apply(change) }
    if case .text(let layer) = call["freeze"] {
      try state.apply(.freeze(layer: layer))
    } else if !call.isNone("freeze") {
      for layer in try call.elements("freeze", interpreter) {
        try state.apply(.freeze(layer: layer.text()))
      }
    }
    if !call.isNone("epochs") { (plan.epochs, plan.steps) = (try call.integer("epochs"), nil) }
    if !call.isNone("steps") { plan.steps = try call.integer("steps") }
    let job = try TrainingJob(state, plan, series: start.series, recorded: script(interpreter)) {
      interruption.isRequested
    }
    return launched(trunk.branch(job, step: step), interpreter)
  }

  private static func control(
    _ name: String, _ summary: String, _ body: @escaping @Sendable (TrainingJob) throws -> Void
  ) -> Builtin {
    Builtin(
      Entry(
        name, family: "Runs", [r], summary: summary, examples: [Example(example + "\(name)(r)")])
    ) { call, _ in
      try body(run(call).job)
      return .none
    }
  }
}

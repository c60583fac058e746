import Autograd
import Language
import Tensors
import Training

/// What every learner of the language shares: the names of the page as they were at the start.
struct LearningScene: Sendable {
  private let words: @Sendable (EvaluationContext) -> Interpreter
  private let interruption: Interruption

  init(_ interpreter: Interpreter) {
    let (catalog, prelude, names) = (interpreter.words, Prelude.definitions, interpreter.globals)
    interruption = interpreter.context.interruption
    words = { context in
      let own = Interpreter(words: catalog, prelude: prelude, composer: Model.composed)
      own.adopt(names)
      own.context = context
      own.markStack()
      return own
    }
  }

  func interpreter(_ stream: RandomStream) -> Interpreter {
    words(EvaluationContext(stream: stream, interruption: interruption))
  }

  func interpreter(_ context: EvaluationContext) -> Interpreter {
    words(context)
  }
}

/// A model that learns from a loss by an optimizer.
struct ModelLearner: Learner {
  let scene: LearningScene
  var model: Value
  var optimizer: OptimizerObject
  let data: Value
  /// loss(prediction, target), or objective(model, batch).
  let loss: Value
  let isObjective: Bool
  let held: Value?
  let exampleCount: Int

  init(
    scene: LearningScene, model: Value, optimizer: OptimizerObject, data: Value, loss: Value,
    isObjective: Bool, held: Value?, exampleCount: Int
  ) {
    self.scene = scene
    self.model = model
    self.optimizer = optimizer
    self.data = data
    self.loss = loss
    self.isObjective = isObjective
    self.held = held
    self.exampleCount = exampleCount
  }

  private func loss(of model: Value, on batch: Value, _ interpreter: Interpreter) throws -> Variable
  {
    let result: Value
    if isObjective {
      result = try interpreter.apply(loss, [model, batch])
    } else {
      guard case .record(let record) = batch, let x = record["x"], let y = record["y"] else {
        throw LanguageError("data", "training needs data with fields x and y", hint: "(x=…, y=…)")
      }
      result = try interpreter.apply(loss, [interpreter.apply(model, [x]), y])
    }
    guard let number = result.variable, number.shape.count == 1 else {
      throw LanguageError(
        "loss", "the loss should be one number, it is \(result.withArticle)",
        details: [result.brief])
    }
    return number
  }

  mutating func step(_ indices: [Int], number step: Int, stream: RandomStream) throws -> [Metric] {
    let interpreter = scene.interpreter(stream)
    let batch = try StandardLibrary.choosing(indices, from: data)
    let starts = Tree.leaves(of: model, .parameters).map(\.variable)
    var (value, slopes, varied) = try gradient(at: starts, batch, interpreter)
    let metric = Metric("loss", value.value.item ?? .nan)
    guard metric.value.isFinite else { return [metric] }
    if let rho = optimizer.sharpness {
      // The second look uses the same random numbers; averages are noted at the first one.
      let steep = try OptimizerObject.uphill(starts, slopes, rho: rho)
      slopes = try gradient(at: steep, batch, scene.interpreter(stream)).slopes
    }
    let carried = try Tree.replacing(varied, .parameters, with: slopes)
    (model, optimizer) = try optimizer.updating(model, LayerMemory.settled(carried), interpreter)
    return [metric]
  }

  /// Loss and slopes with the parameters at `places`, and the model that noted what it saw.
  private func gradient(at places: [Variable], _ batch: Value, _ interpreter: Interpreter) throws
    -> (value: Variable, slopes: [Variable], varied: Value)
  {
    let (value, varied, slopes) = try Gradients.of(places) { traced in
      let varied = try Tree.replacing(model, .parameters, with: traced, training: true)
      return (try loss(of: varied, on: batch, interpreter), varied)
    }
    return (value, slopes, varied)
  }

  mutating func observe(_ loss: Double) { optimizer.observe(loss) }

  var saved: [Checkpoint.NamedTensor] {
    get throws {
      try LearnedState.of(model, "") + LearnedState.of(.object(optimizer), "optimizer")
    }
  }

  mutating func restore(_ state: [Checkpoint.NamedTensor]) throws {
    let saved = LearnedState(state)
    model = try saved.restored(model, "")
    if case .object(let object) = try saved.restored(.object(optimizer), "optimizer"),
      let restored = object as? OptimizerObject
    {
      optimizer = restored
    }
  }

  func validate() throws -> [Metric] {
    guard let held else { return [] }
    let interpreter = scene.interpreter(RandomStream(seed: 0))
    let value = try loss(of: model, on: held, interpreter).value.item ?? .nan
    var metrics = [Metric("val loss", value)]
    if !isObjective, case .record(let record) = held, let x = record["x"],
      let y = record["y"]?.variable,
      y.dtype == .int64, let p = try interpreter.apply(model, [x]).variable
    {
      metrics.append(Metric("val accuracy", try Metrics.accuracy(p.value, y.value)))
    }
    return metrics
  }

  mutating func set(_ name: String, _ value: Double) throws {
    try optimizer.set(name, value)
  }

  /// Runs the loss on one batch, so that mistakes show before the run starts; gives `notes` and what
  /// is suspicious besides.
  func tried(before notes: [String], batch size: Int) throws -> [String] {
    let context = EvaluationContext(stream: RandomStream(seed: 0))
    context.notes = notes
    let interpreter = scene.interpreter(context)
    if !isObjective, case .record(let record) = data, let x = record["x"]?.rowCount {
      try ModelLearner.checkRows(x, record["y"]?.rowCount)
    }
    let count = min(size, exampleCount)
    let batch = try StandardLibrary.choosing(Array(0..<count), from: data)
    let choice = Tree.Choice.parameters
    let leaves = Tree.leaves(of: model, choice)
    let (_, gradients) = try Gradients.of(leaves.map(\.variable)) { traced in
      try loss(
        of: Tree.replacing(model, choice, with: traced, training: true), on: batch, interpreter)
    }
    if let held {
      let rows = try StandardLibrary.rows(of: held) ?? 0
      _ = try loss(
        of: model, on: StandardLibrary.choosing(Array(0..<min(2, rows)), from: held), interpreter)
    }
    try Suspicions.note(self, leaves, gradients, on: batch, interpreter)
    return context.notes
  }

  /// Prediction and target come row by row.
  static func checkRows(_ x: Int, _ y: Int?) throws {
    guard let y, x != y else { return }
    throw LanguageError(
      "data", "x has \(x) rows but y has \(y)", hint: "as many targets as examples")
  }
}

/// A state moved by the user's own step: (state, batch) => (state, metrics).
struct StateLearner: Learner {
  let scene: LearningScene
  var state: Value
  let data: Value
  let body: Value
  let exampleCount: Int

  mutating func step(_ indices: [Int], number step: Int, stream: RandomStream) throws -> [Metric] {
    let interpreter = scene.interpreter(stream)
    let batch = try StandardLibrary.choosing(indices, from: data)
    let result = try interpreter.apply(body, [state, batch])
    guard case .record(let pair) = result, pair.fields.count == 2,
      case .record(let metrics) = pair.fields[1].value
    else {
      throw LanguageError(
        "step", "a step returns (state, (name=number, …))", details: [result.brief])
    }
    state = pair.fields[0].value
    return zip(metrics.names, metrics.fields).map { Metric($0, $1.value.asNumber ?? .nan) }
  }

  func validate() -> [Metric] { [] }

  var saved: [Checkpoint.NamedTensor] { get throws { try LearnedState.of(state, "state") } }

  mutating func restore(_ saved: [Checkpoint.NamedTensor]) throws {
    state = try LearnedState(saved).restored(state, "state")
  }

  mutating func set(_ name: String, _ value: Double) throws {
    guard case .record(let record) = state,
      let at = record.fields.firstIndex(where: {
        if case .object(let object) = $0.value { object is OptimizerObject } else { false }
      }), case .object(let object) = record.fields[at].value,
      var holder = object as? OptimizerObject
    else {
      throw TrainingError.noSetting(name: name, available: ["none: the state holds no optimizer"])
    }
    try holder.set(name, value)
    var copy = record
    copy.fields[at].value = .object(holder)
    state = .record(copy)
  }
}

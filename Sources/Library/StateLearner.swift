import Autograd
import Language
import Tensors
import Training

/// A state moved by the user's own step: (state, batch) => (state, metrics).
struct StateLearner: Learner {
  let scene: LearningScene
  /// The state as it was when its tensors were last moved by the interpreter.
  private var template: Value
  /// The state's tensors where steps were repeated since then.
  private var moved: [Tensor]?
  let data: Value
  let body: Value
  var variation: BatchVariation?
  let exampleCount: Int
  /// How the step runs without being interpreted, once it has been seen; nil to interpret always.
  var plan: StatePlan? = StatePlan()

  init(
    scene: LearningScene, state: Value, data: Value, body: Value,
    variation: BatchVariation? = nil, exampleCount: Int
  ) {
    (self.scene, template, self.data, self.body) = (scene, state, data, body)
    self.variation = variation
    self.exampleCount = exampleCount
  }

  var state: Value {
    get {
      guard let moved else { return template }
      return (try? StateLeaves(of: template).with(moved).value(of: template, asTensors: false))
        ?? template
    }
    set { (template, moved) = (newValue, nil) }
  }

  mutating func step(_ indices: [Int], number step: Int, stream: RandomStream) throws -> [Metric] {
    guard let tables = StandardLibrary.tables(of: data) else {
      return try interpreted(StandardLibrary.choosing(indices, from: data), stream)
    }
    return try learn(data, tables.map { try $0.taking(indices) }, stream)
  }

  var preparation: BatchPreparation? {
    guard let variation else { return nil }
    let (data, scene) = (data, scene)
    return { batch in try variation.ready(batch, of: data, scene) }
  }

  mutating func step(_ batch: PlannedBatch, ready: any Sendable) throws -> [Metric] {
    guard let value = ready as? Value else {
      return try step(batch.indices, number: batch.step, stream: batch.stream)
    }
    guard let tables = StandardLibrary.tables(of: value) else {
      return try interpreted(value, batch.stream)
    }
    return try learn(value, tables, batch.stream)
  }

  private mutating func interpreted(_ batch: Value, _ stream: RandomStream) throws -> [Metric] {
    let (next, metrics) = try stepped(state, batch, scene.interpreter(stream))
    state = next
    return StatePlan.metrics(metrics)
  }

  /// A step on the rows of `whole`: by the plan once there is one.
  private mutating func learn(_ whole: Value, _ rows: [Tensor], _ stream: RandomStream) throws
    -> [Metric]
  {
    guard let plan else {
      return try interpreted(StandardLibrary.replacing(tablesOf: whole, with: rows), stream)
    }
    if plan.isInUse {
      let tensors = moved ?? StateLeaves(of: template).tensors
      if let (tensors, metrics) = try plan.repeated(tensors, rows, stream) {
        moved = tensors
        return metrics
      }
    }
    let (next, metrics) = try plan.step(state, rows, stream) { state in
      let interpreter = scene.interpreter(stream)
      let batch = StandardLibrary.replacing(tablesOf: whole, with: rows)
      let (next, metrics) = try stepped(state, batch, interpreter)
      return (next, metrics, interpreter.context.isBeyondPlans)
    }
    state = next
    return metrics
  }

  private func stepped(_ state: Value, _ batch: Value, _ interpreter: Interpreter) throws -> (
    state: Value, metrics: Record
  ) {
    let result = try interpreter.apply(body, [state, batch])
    guard case .record(let pair) = result, pair.fields.count == 2,
      case .record(let metrics) = pair.fields[1].value
    else {
      throw LanguageError(
        "step", "a step returns (state, (name=number, …))", details: [result.brief])
    }
    return (pair.fields[0].value, metrics)
  }

  func validate() -> [Metric] { [] }

  var learningRate: Double? {
    guard case .record(let record) = state else { return nil }
    return record.fields.lazy.compactMap { field -> Double? in
      guard case .object(let object) = field.value else { return nil }
      return (object as? OptimizerObject)?.optimizer.learningRate
    }.first
  }

  mutating func forgetPlan() { if plan != nil { plan = StatePlan() } }

  var byteCount: Int {
    (moved ?? StateLeaves(of: template).tensors).reduce(0) { $0 + $1.count * $1.dtype.size }
  }

  func apart(like other: (any Learner)?) -> any Learner {
    var copy = self
    if plan != nil { copy.plan = (other as? StateLearner)?.plan ?? StatePlan() }
    return copy
  }

  var saved: [Checkpoint.NamedTensor] { get throws { try LearnedState.of(state, "state") } }

  mutating func restore(_ saved: [Checkpoint.NamedTensor]) throws {
    state = try LearnedState(saved).restored(state, "state")
    if plan != nil { plan = StatePlan() }
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
    // What was noted holds the old setting.
    if plan != nil { plan = StatePlan() }
  }
}

import Autograd
import Language
import Tensors
import Training

/// A model that learns from a loss by an optimizer.
package struct ModelLearner: Learner {
  let scene: LearningScene
  /// The model as it began; `parameters` and `memory` stand for its own.
  var template: Value
  var parameters: [Tensor]
  /// What layers know beside their parameters.
  var memory: [Tensor]
  var optimizer: OptimizerObject
  let layers: LayerReadings
  package private(set) var reading: StepReading?
  /// Whether the next step tells what its layers did, and looks for dead units too.
  private var isRead = false
  private var isReadDeeply = false
  var data: Value
  /// loss(prediction, target), or objective(model, batch).
  let loss: Value
  let isObjective: Bool
  let held: Value?
  /// How batches are varied; nil to take them as they are.
  let variation: BatchVariation?
  package internal(set) var exampleCount: Int
  /// Parameters that stay as they are.
  var frozen: Set<Int> = []
  /// The chance of its Dropout layers, where it was changed.
  var chance: Double?
  package internal(set) var times = StepTimes()
  /// How the step runs without being interpreted, once it has been seen; nil to interpret always.
  package var plan: StepPlan? = StepPlan()

  init(
    scene: LearningScene, model: Value, optimizer: OptimizerObject, data: Value, loss: Value,
    isObjective: Bool, held: Value?, variation: BatchVariation? = nil, exampleCount: Int
  ) {
    self.variation = variation
    self.scene = scene
    template = model
    parameters = Tree.leaves(of: model, .parameters).map(\.variable.value)
    memory = LayerMemory.tensors(of: model)
    self.optimizer = optimizer
    layers = LayerReadings(model)
    self.data = data
    self.loss = loss
    self.isObjective = isObjective
    self.held = held
    self.exampleCount = exampleCount
  }

  package var model: Value {
    let moved = try? Tree.replacing(template, .parameters, with: parameters.map { Variable($0) })
    return LayerMemory.replacing(in: moved ?? template, with: memory)
  }

  /// What a model is given, and what it should say of it.
  static func inputAndTarget(of batch: Value) throws(LanguageError) -> (x: Value, y: Value) {
    guard case .record(let record) = batch, let x = record["x"], let y = record["y"] else {
      throw LanguageError("data", "training needs data with fields x and y", hint: "(x=…, y=…)")
    }
    return (x, y)
  }

  func loss(of model: Value, on batch: Value, _ interpreter: Interpreter) throws -> Variable {
    let result: Value
    if isObjective {
      result = try interpreter.apply(loss, [model, batch])
    } else {
      let (x, y) = try Self.inputAndTarget(of: batch)
      result = try interpreter.apply(loss, [interpreter.apply(model, [x]), y])
    }
    guard let number = result.variable, number.shape.count == 1 else {
      throw LanguageError(
        "loss", "the loss should be one number, it is \(result.withArticle)",
        details: [result.brief])
    }
    return number
  }

  package mutating func step(_ indices: [Int], number step: Int, stream: RandomStream) throws
    -> [Metric]
  {
    try learn(.rows(indices), stream)
  }

  package var preparation: BatchPreparation? {
    guard let variation else { return nil }
    let (data, scene) = (data, scene)
    return { batch in try variation.ready(batch, of: data, scene) }
  }

  package mutating func step(_ batch: PlannedBatch, ready: any Sendable) throws -> [Metric] {
    try learn(Batch(batch, ready), batch.stream)
  }

  /// What a step learns from: rows of the data, or a batch that was made ready.
  private enum Batch {
    case rows([Int])
    case ready(Value)

    init(_ batch: PlannedBatch, _ ready: (any Sendable)?) {
      self = (ready as? Value).map { .ready($0) } ?? .rows(batch.indices)
    }

    func value(of data: Value) throws -> Value {
      switch self {
      case .rows(let indices): try StandardLibrary.choosing(indices, from: data)
      case .ready(let value): value
      }
    }
  }

  private mutating func learn(_ batch: Batch, _ stream: RandomStream) throws -> [Metric] {
    guard optimizer.sharpness == nil else { return try sharpStep(batch, stream) }
    guard let plan, plan.isInUse else { return try plainStep(batch, stream) }
    return try plan.pool.use { try plainStep(batch, stream) }
  }

  private mutating func plainStep(_ batch: Batch, _ stream: RandomStream) throws -> [Metric] {
    let begun = StepTimes.now
    let slopes = try slopes(batch, stream)
    let known = StepTimes.now
    let halfway = min(known, max(begun, plan?.halfway ?? known))
    times.forward += halfway - begun
    times.backward += known - halfway
    let metric = Metric("loss", slopes.loss)
    guard metric.value.isFinite else { return [metric] }
    try move(against: slopes, stream)
    return [metric]
  }

  package var isFinite: Bool {
    parameters.allSatisfy { $0.array(of: Double.self).allSatisfy(\.isFinite) }
  }

  package func origin(_ batch: PlannedBatch, ready: (any Sendable)?) -> String? {
    guard let value = try? Batch(batch, ready).value(of: data) else { return nil }
    let watch = FiniteWatch(rows: batch.indices.count)
    if let broken = watch.broken(in: value) { return "the batch holds \(broken)" }
    let context = EvaluationContext(stream: batch.stream)
    context.watch = watch
    let leaves = Tree.leaves(of: model, .parameters)
    let found = try? interpreted(
      at: parameters.map { Variable($0) }, value, scene.interpreter(context))
    if let sentence = watch.sentence {
      let example = watch.row.map { " (the row is example \(batch.indices[$0]) of the data)" } ?? ""
      return sentence + example
    }
    guard let gradients = found?.gradients else { return nil }
    for (leaf, slope) in zip(leaves, gradients) {
      guard let kind = FiniteWatch.kind(of: slope) else { continue }
      return "the gradient of `\(leaf.path)` has \(kind)"
    }
    return nil
  }

  package var doubts: [TrainingWatch.Doubt] { LayerReadings.doubts(data) }

  package mutating func readNextStep(deeply: Bool) {
    isRead = true
    isReadDeeply = deeply
  }

  private mutating func read(from before: [Tensor], _ gradients: [Double]) {
    var dead: [Int: Double] = [:]
    var contradicted: Double?
    for (index, layer) in (reading?.layers ?? []).enumerated() { dead[index] = layer.dead }
    if isReadDeeply {
      let interpreter = scene.interpreter(RandomStream(seed: 0))
      var isScored = false
      if !isObjective, case .builtin(let word) = loss {
        isScored = word.entry.name == "cross_entropy"
      }
      (dead, contradicted) = layers.look(
        at: model, on: data, held: held, isScored: isScored, interpreter)
    }
    reading = StepReading(
      layers.readings(before: before, after: parameters, gradients: gradients, dead: dead),
      contradicted: contradicted)
    (isRead, isReadDeeply) = (false, false)
  }

  private mutating func move(against slopes: StepPlan.Slopes, _ stream: RandomStream) throws {
    let scene = scene
    let begun = StepTimes.now
    let before = isRead ? parameters : []
    let sizes = isRead ? slopes.gradients.map { $0.sumOfSquares() } : []
    let measured = StepTimes.now
    try optimizer.move(&parameters, slopes.gradients, keeping: frozen) {
      scene.interpreter(stream)
    }
    times.watching += measured - begun
    times.optimizer += StepTimes.now - measured
    defer {
      if isRead {
        let moved = StepTimes.now
        read(from: before, sizes)
        times.watching += StepTimes.now - moved
      }
    }
    if let varied = slopes.varied {
      let settled = LayerMemory.settled(varied)
      memory = LayerMemory.tensors(of: settled)
      template = LayerMemory.moved(from: settled, to: template)
    } else if !slopes.memory.isEmpty {
      memory = try slopes.memory.map { try $0.copied() }
    }
    if let program = slopes.program { try optimizer.optimizer.letGo(of: program.owns) }
  }

  /// A step along the gradient at the steepest place near by.
  private mutating func sharpStep(_ source: Batch, _ stream: RandomStream) throws -> [Metric] {
    let batch = try source.value(of: data)
    let starts = parameters.map { Variable($0) }
    var (slopes, _) = try interpreted(at: starts, batch, stream)
    let metric = Metric("loss", slopes.loss)
    guard metric.value.isFinite else { return [metric] }
    // The second look uses the same random numbers; averages are noted at the first one.
    let varied = slopes.varied
    for index in frozen {
      slopes.gradients[index] = try .zeros(starts[index].shape, starts[index].dtype)
    }
    let steep = try OptimizerObject.uphill(
      starts, slopes.gradients.map { Variable($0) }, rho: optimizer.sharpness ?? 0)
    slopes = try interpreted(at: steep, batch, stream).slopes
    slopes.varied = varied
    try move(against: slopes, stream)
    return [metric]
  }

  /// The program that its steps repeat, and what it may be given; nil when there is none.
  func planned() throws -> (program: TensorProgram, given: [Tensor])? {
    guard let program = plan?.program, let tables = StandardLibrary.tables(of: data) else {
      return nil
    }
    let own = parameters + memory
    guard program.givenShapes.count == own.count + tables.count,
      let count = program.givenShapes[own.count].dims.first, count <= exampleCount
    else { return nil }
    let given = try own + tables.map { try $0.taking(Array(0..<count)) }
    return program.fits(given) ? (program, given) : nil
  }

  /// The loss on a batch and its gradients: by the plan where it fits, else by the interpreter.
  private func slopes(_ batch: Batch, _ stream: RandomStream) throws -> StepPlan.Slopes {
    let starts = { parameters.map { Variable($0) } }
    let (whole, rows): (Value, [Tensor]?) =
      switch batch {
      case .rows(let indices):
        (data, try StandardLibrary.tables(of: data)?.map { try $0.taking(indices) })
      case .ready(let value): (value, StandardLibrary.tables(of: value))
      }
    guard let plan, let rows else {
      return try interpreted(at: starts(), batch.value(of: data), stream).slopes
    }
    return try plan.slopes(parameters + memory + rows, stream) { _ in
      let batch = StandardLibrary.replacing(tablesOf: whole, with: rows)
      let (slopes, context) = try interpreted(at: starts(), batch, stream)
      return (slopes, context.isBeyondPlans)
    }
  }

  private func interpreted(at places: [Variable], _ batch: Value, _ stream: RandomStream) throws
    -> (slopes: StepPlan.Slopes, context: EvaluationContext)
  {
    let interpreter = scene.interpreter(stream)
    return (try interpreted(at: places, batch, interpreter), interpreter.context)
  }

  private func interpreted(
    at places: [Variable], _ batch: Value, _ interpreter: Interpreter
  ) throws -> StepPlan.Slopes {
    let start = LayerMemory.replacing(in: template, with: memory)
    let (value, varied, gradients) = try Gradients.of(places) { traced in
      let varied = try Tree.replacing(start, .parameters, with: traced, training: true)
      let value = try loss(of: varied, on: batch, interpreter)
      plan?.halfway = StepTimes.now
      return (value, varied)
    }
    var slopes = StepPlan.Slopes(value.value, gradients.map(\.value))
    slopes.memory = LayerMemory.tensors(of: LayerMemory.settled(varied))
    slopes.varied = varied
    return slopes
  }

  package mutating func observe(_ loss: Double) { optimizer.observe(loss) }

  package func validate() throws -> [Metric] {
    guard let held else { return [] }
    let interpreter = scene.interpreter(RandomStream(seed: 0))
    let model = model
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
}

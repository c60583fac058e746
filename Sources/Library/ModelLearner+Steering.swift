import Autograd
import Language
import Layers
import Tensors
import Training

/// What may change while it learns, and what is kept of it.
extension ModelLearner {
  package mutating func set(_ name: String, _ value: Double) throws {
    guard name == "dropout" else {
      do { return try optimizer.set(name, value) } catch TrainingError.noSetting(
        let name, let available)
      {
        throw TrainingError.noSetting(
          name: name, available: available + (hasDropout ? ["dropout"] : []) + ["batch", "skip"])
      }
    }
    guard hasDropout else {
      throw TrainingError.noSetting(name: "dropout", available: ["none: the model has no Dropout"])
    }
    guard value >= 0, value < 1 else {
      throw TrainingError.badSetting(
        name: name, value: value, expected: "a chance from 0 to less than 1")
    }
    chance = value
    template = ModelLearner.replacing(dropout: value, in: template)
    forgetPlan()
  }

  /// The chances in layers that drop something, each with the name of its setting.
  private static func setting(of layer: Layer) -> String? {
    if layer.kind.entry.name == "Dropout" { return "p" }
    return layer.settings.number("dropout", default: 0) > 0 ? "dropout" : nil
  }

  private var hasDropout: Bool {
    var found = false
    _ = Tree.mapObjects(template) { object in
      if let layer = (object as? LayerObject)?.layer, ModelLearner.setting(of: layer) != nil {
        found = true
      }
      return nil
    }
    return found
  }

  private static func replacing(dropout chance: Double, in model: Value) -> Value {
    Tree.mapObjects(model) { object in
      guard var layer = (object as? LayerObject)?.layer, let name = setting(of: layer) else {
        return nil
      }
      layer.settings[name] = .number(chance)
      return LayerObject(layer)
    }
  }

  package mutating func freeze(_ layer: String, _ isFrozen: Bool) throws {
    let members = LayerReadings.members(of: layer, in: template)
    guard !members.isEmpty else {
      throw TrainingError.noLayer(name: layer, available: LayerReadings.names(of: template))
    }
    if isFrozen { frozen.formUnion(members) } else { frozen.subtract(members) }
  }

  package var learningRate: Double? { optimizer.optimizer.learningRate }

  package mutating func forgetPlan() { if plan != nil { plan = StepPlan() } }

  package var byteCount: Int {
    let own = parameters + memory
    let remembered = optimizer.optimizer.memory.joined().map(\.value)
    return (own + remembered).reduce(0) { $0 + $1.count * $1.dtype.size }
  }

  package func apart(like other: (any Learner)?) -> any Learner {
    var copy = self
    let kin = other as? ModelLearner
    // What is repeated holds the chances of its time.
    if plan != nil { copy.plan = (kin?.chance == chance ? kin?.plan : nil) ?? StepPlan() }
    copy.times = StepTimes()
    return copy
  }

  /// The same learner on other data of the same kind.
  func learning(from data: Value, count: Int) -> ModelLearner {
    var copy = self
    (copy.data, copy.exampleCount) = (data, count)
    copy.forgetPlan()
    return copy
  }

  package var saved: [Checkpoint.NamedTensor] {
    get throws {
      var all = try LearnedState.of(model, "") + LearnedState.of(.object(optimizer), "optimizer")
      if !frozen.isEmpty {
        all.append(("steering.frozen", try Tensor(frozen.sorted().map { Int64($0) })))
      }
      if let chance { all.append(("steering.dropout", try .number(chance))) }
      return all
    }
  }

  package mutating func restore(_ state: [Checkpoint.NamedTensor]) throws {
    let saved = LearnedState(state)
    template = try saved.restored(model, "")
    parameters = Tree.leaves(of: template, .parameters).map(\.variable.value)
    memory = LayerMemory.tensors(of: template)
    if case .object(let object) = try saved.restored(.object(optimizer), "optimizer"),
      let restored = object as? OptimizerObject
    {
      optimizer = restored
    }
    for (name, value) in state {
      if name == "steering.frozen" {
        frozen = Set(value.array(of: Int64.self).compactMap { Int(exactly: $0) })
          .intersection(parameters.indices)
      } else if name == "steering.dropout", let chance = value.item, chance >= 0, chance < 1 {
        self.chance = chance
        template = ModelLearner.replacing(dropout: chance, in: template)
      }
    }
  }
}

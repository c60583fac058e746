import Autograd
import Language
import Layers
import Tensors
import Training

/// What learning changes in a value, as tensors by their path: parameters, what layers noted, numbers
/// of a state, an optimizer's memory. Code and settings stay with the program.
struct LearnedState {
  private let tensors: [Checkpoint.NamedTensor]
  private let positions: [String: Int]

  /// Whether floats keep the kind that they were saved in, even if the value's are of another.
  private let keepsKinds: Bool

  init(_ tensors: [Checkpoint.NamedTensor], keepsKinds: Bool = false) {
    self.tensors = tensors
    self.keepsKinds = keepsKinds
    positions = Dictionary(
      tensors.enumerated().map { ($1.name, $0) }, uniquingKeysWith: { first, _ in first })
  }

  private static func inner(_ path: String, _ name: String) -> String {
    path.isEmpty ? name : path + "." + name
  }

  // MARK: Taking

  static func of(_ value: Value, _ path: String) throws -> [Checkpoint.NamedTensor] {
    var found: [Checkpoint.NamedTensor] = []
    try collect(value, path, isState: true, &found)
    return found
  }

  /// `isState`: plain tensors and numbers count too; inside functions and layers they are settings.
  private static func collect(
    _ value: Value, _ path: String, isState: Bool, _ found: inout [Checkpoint.NamedTensor]
  ) throws {
    let name = path.isEmpty ? "value" : path
    switch value {
    case .parameter(let x): found.append((name, x.value))
    case .tensor(let x): if isState { found.append((name, x.value)) }
    case .number(let x): if isState { found.append((name, try .number(x))) }
    case .integer(let n): if isState { found.append((name, try .integer(n))) }
    case .boolean(let flag): if isState { found.append((name, try .number(flag ? 1 : 0, .bool))) }
    case .list(let items):
      for (i, item) in items.enumerated() {
        try collect(item, inner(path, "\(i)"), isState: isState, &found)
      }
    case .record(let record):
      for (name, field) in zip(record.names, record.fields) {
        try collect(field.value, inner(path, name), isState: isState, &found)
      }
    case .function(let function):
      for (name, value) in function.captured {
        try collect(value, inner(path, name), isState: false, &found)
      }
    case .object(let object):
      if let optimizer = object as? OptimizerObject {
        try collect(optimizer, path, &found)
        return
      }
      for (name, child) in object.children {
        try collect(child, inner(path, name), isState: false, &found)
      }
      for (name, buffer) in (object as? LayerObject)?.layer.buffers ?? [] {
        found.append((inner(path, name), buffer))
      }
    case .none, .text, .range, .builtin: break
    }
  }

  private static func collect(
    _ object: OptimizerObject, _ path: String, _ found: inout [Checkpoint.NamedTensor]
  ) throws {
    let optimizer = object.optimizer
    func add(_ name: String, _ value: Tensor) { found.append((inner(path, name), value)) }
    add("steps", try .integer(optimizer.steps))
    if object.schedule == nil { add("lr", try .number(optimizer.learningRate)) }
    if let plateau = object.plateau { add("plateau", try Tensor(plateau.state)) }
    for name in Optimizer.settingNames where optimizer.settings[name] != nil {
      add("setting." + name, try .number(optimizer.settings.number(name, default: 0)))
    }
    for (i, slots) in optimizer.memory.enumerated() {
      for (name, value) in slots { add("memory.\(i).\(name)", value) }
    }
  }

  // MARK: Putting back

  private func tensor(_ path: String, like old: Tensor) throws -> Tensor {
    func text(_ x: Tensor) -> String { "\(x.dtype.name) \(x.dims)" }
    guard let at = positions[path] else {
      throw TrainingError.otherState(name: path, was: "missing", now: text(old))
    }
    let found = tensors[at].value
    let isPacked = found.dtype.isHalf || old.dtype.isHalf
    if found.dims == old.dims, isPacked, found.dtype.isFloat, old.dtype.isFloat {
      return keepsKinds ? found : try found.cast(old.dtype)
    }
    guard found.dims == old.dims, found.dtype == old.dtype else {
      throw TrainingError.otherState(name: path, was: text(found), now: text(old))
    }
    return found
  }

  /// The value with the tensors of this state in its places.
  func restored(_ value: Value, _ path: String) throws -> Value {
    try restored(value, path, isState: true)
  }

  private func restored(_ value: Value, _ path: String, isState: Bool) throws -> Value {
    let name = path.isEmpty ? "value" : path
    func inner(_ name: String) -> String { Self.inner(path, name) }
    switch value {
    case .parameter(let x): return .parameter(Variable(try tensor(name, like: x.value)))
    case .tensor(let x):
      return isState ? .tensor(Variable(try tensor(name, like: x.value))) : value
    case .number, .integer, .boolean:
      // A number may have become whole, or stopped being it, while it was learned.
      guard isState else { return value }
      guard let at = positions[name], tensors[at].value.rank == 0 else {
        throw TrainingError.otherState(name: name, was: "missing", now: "a number")
      }
      return try Value(tensors[at].value)
    case .list(let items):
      return .list(
        try items.enumerated().map { try restored($1, inner("\($0)"), isState: isState) })
    case .record(let record):
      return .record(
        Record(
          try zip(record.names, record.fields).map { name, field in
            (field.name, try restored(field.value, inner(name), isState: isState))
          }))
    case .function(let function):
      guard !function.captured.isEmpty else { return value }
      return .function(
        function.capturing(
          try function.captured.map { ($0, try restored($1, inner($0), isState: false)) }))
    case .object(let object):
      if let optimizer = object as? OptimizerObject {
        return .object(try restored(optimizer, path))
      }
      var copy = object
      if var layer = (object as? LayerObject)?.layer, !layer.buffers.isEmpty {
        for i in layer.buffers.indices {
          let buffer = layer.buffers[i]
          layer.buffers[i].value = try tensor(inner(buffer.name), like: buffer.value)
        }
        copy = LayerObject(layer)
      }
      let children = copy.children
      guard !children.isEmpty else { return .object(copy) }
      return .object(
        copy.replacingChildren(
          try children.map { try restored($0.value, inner($0.name), isState: false) }))
    case .none, .text, .range, .builtin: return value
    }
  }

  private func restored(_ object: OptimizerObject, _ path: String) throws -> OptimizerObject {
    var copy = object
    func number(_ name: String) -> Double? {
      positions[Self.inner(path, name)].flatMap { tensors[$0].value.item }
    }
    guard let steps = number("steps").flatMap({ Int(exactly: $0) }), steps >= 0 else {
      throw TrainingError.otherState(
        name: Self.inner(path, "steps"), was: "missing", now: "a number")
    }
    if let at = positions[Self.inner(path, "plateau")], copy.plateau != nil {
      copy.plateau?.state = tensors[at].value.array(of: Double.self)
      copy.optimizer.learningRate = number("lr") ?? copy.optimizer.learningRate
    } else if let rate = number("lr") {
      copy.set(rate: rate)
    }
    for name in Optimizer.settingNames {
      if let value = number("setting." + name) { try copy.optimizer.set(name, value) }
    }
    var memory: [[(name: String, value: Tensor)]] = []
    let prefix = Self.inner(path, "memory.")
    for (name, value) in tensors where name.hasPrefix(prefix) {
      let parts = name.dropFirst(prefix.count).split(separator: ".", maxSplits: 1)
      guard parts.count == 2, let index = Int(parts[0]), index >= memory.count - 1, index < 1 << 20
      else {
        throw TrainingError.otherState(name: name, was: "out of order", now: "a memory")
      }
      // Parameters that never moved have left nothing.
      while memory.count <= index { memory.append([]) }
      memory[index].append((String(parts[1]), value))
    }
    copy.optimizer.restore(steps: steps, memory: memory)
    return copy
  }
}

import Autograd
import Language
import Tensors
import Training

/// How a user's own step runs without being interpreted: its state and its metrics as tensors, for a
/// `StepPlan` that records the step once, proves it against the interpreter and repeats it.
///
/// Copies of a learner share it; only one of them may take steps at a time.
final class StatePlan: @unchecked Sendable {
  typealias Stepped = (state: Value, metrics: Record, isOpen: Bool)
  private let plan = StepPlan()
  /// Steps that were interpreted so far.
  private var seen = 0
  /// Why the state is no list of tensors that a step changes.
  private var isUnfit = false
  /// The kinds of the state's numbers, which a recorded step cannot change.
  private var kinds: [StateLeaves.Kind] = []
  /// Which leaves a step replaces; the others stay.
  private var moved: [Int] = []
  private var names: [String] = []

  init() {}

  /// Whether steps are repeated from the plan now.
  var isInUse: Bool { plan.isInUse && !isUnfit }
  var obstacle: String? { isUnfit ? "the state is not made of tensors alone" : plan.obstacle }

  static func metrics(_ record: Record) -> [Metric] {
    zip(record.names, record.fields).map { Metric($0, $1.value.asNumber ?? .nan) }
  }

  /// The state's tensors and the metrics after a step that is repeated; nil where it has to be
  /// interpreted.
  func repeated(_ tensors: [Tensor], _ rows: [Tensor], _ stream: RandomStream) throws -> (
    [Tensor], [Metric]
  )? {
    guard !isUnfit,
      let results = try plan.repeated(tensors + rows, stream, own: moved.count)
    else { return nil }
    var tensors = tensors
    for (position, result) in zip(moved, results.dropFirst()) { tensors[position] = result }
    return (tensors, metrics([results[0]] + results.dropFirst(1 + moved.count)))
  }

  private func metrics(_ numbers: [Tensor]) -> [Metric] {
    zip(names, numbers).map { Metric($0, $1.item ?? .nan) }
  }

  private func moving(_ tensors: [Tensor], _ slopes: StepPlan.Slopes) throws -> ([Tensor], [Metric])
  {
    var tensors = tensors
    for (position, result) in zip(moved, slopes.gradients) {
      tensors[position] = try result.copied()
    }
    let numbers = [slopes.value] + slopes.gradients[moved.count...]
    return (tensors, metrics(numbers))
  }

  /// The state and the metrics after a step.
  func step(
    _ state: Value, _ rows: [Tensor], _ stream: RandomStream, _ interpret: (Value) throws -> Stepped
  ) throws -> (Value, [Metric]) {
    let leaves = StateLeaves(of: state)
    if !leaves.isClosed { isUnfit = true }
    guard !isUnfit, plan.obstacle == nil, seen < 2 || leaves.kinds == kinds else {
      return try plain(state, interpret)
    }
    // What the interpreter gave, when it was asked.
    var given: Stepped?
    do {
      let slopes = try plan.slopes(leaves.tensors + rows, stream) { isRecorded in
        seen += 1
        // Where a step is recorded, its numbers are tensors, so that what becomes of them is noted.
        let next = try interpret(isRecorded ? leaves.value(of: state, asTensors: true) : state)
        if !isRecorded { given = next }
        return try (results(of: next, after: leaves, isRecorded: isRecorded), next.isOpen)
      }
      if slopes.program != nil { return try taken(slopes, from: state, leaves) }
    } catch  where given == nil || error is StateLeaves.Unfit {
      // Numbers as tensors may stand where only numbers can: then steps are interpreted.
      isUnfit = true
    }
    if let given { return (given.state, Self.metrics(given.metrics)) }
    return try plain(state, interpret)
  }

  private func plain(_ state: Value, _ interpret: (Value) throws -> Stepped) throws -> (
    Value, [Metric]
  ) {
    let next = try interpret(state)
    return (next.state, Self.metrics(next.metrics))
  }

  /// The tensors that a step made: the first metric, what moved in the state, the other metrics.
  private func results(of next: Stepped, after leaves: StateLeaves, isRecorded: Bool) throws
    -> StepPlan.Slopes
  {
    let new = StateLeaves(of: next.state)
    // At the first step an optimizer begins to remember.
    guard
      seen == 1 || new.tensors.count == leaves.tensors.count && new.skeleton == leaves.skeleton
    else {
      throw StateLeaves.Unfit()
    }
    if isRecorded {
      let changed = new.tensors.indices.filter { !new.tensors[$0].isSame(as: leaves.tensors[$0]) }
      // Whatever the batch, a step moves the same tensors and tells the same numbers.
      guard seen == 2 || changed == moved && next.metrics.names == names else {
        throw StateLeaves.Unfit()
      }
      (kinds, moved, names) = (leaves.kinds, changed, next.metrics.names)
    }
    let metrics = try next.metrics.fields.map { field in
      guard let x = field.value.variable, x.rank == 0 else { throw StateLeaves.Unfit() }
      return try x.value.cast(.float64)
    }
    guard let first = metrics.first, seen < 2 || next.metrics.names == names else {
      throw StateLeaves.Unfit()
    }
    return StepPlan.Slopes(
      first, moved.map { new.tensors[$0] } + metrics.dropFirst())
  }

  private func taken(_ slopes: StepPlan.Slopes, from state: Value, _ leaves: StateLeaves) throws
    -> (Value, [Metric])
  {
    let (tensors, metrics) = try moving(leaves.tensors, slopes)
    return (try leaves.with(tensors).value(of: state, asTensors: false), metrics)
  }
}

/// The tensors and numbers of a state in order.
struct StateLeaves {
  struct Unfit: Error {}
  enum Kind: Equatable { case tensor, parameter, number, integer }

  private(set) var tensors: [Tensor] = []
  private(set) var kinds: [Kind] = []
  /// Everything else, as text: a step that changes it is interpreted.
  private(set) var skeleton = ""

  init(of state: Value) { collect(state) }

  private mutating func add(_ tensor: Tensor, _ kind: Kind) {
    tensors.append(tensor)
    kinds.append(kind)
    skeleton += "\(tensor.dims)"
  }

  private mutating func collect(_ value: Value) {
    switch value {
    case .tensor(let x): add(x.value, .tensor)
    case .parameter(let x): add(x.value, .parameter)
    case .number(let x): if let x = try? Tensor.number(x) { add(x, .number) }
    case .integer(let n): if let n = try? Tensor.integer(n) { add(n, .integer) }
    case .list(let items):
      skeleton += "["
      for item in items { collect(item) }
      skeleton += "]"
    case .record(let record):
      skeleton += "("
      for (name, field) in zip(record.names, record.fields) {
        skeleton += name + "="
        collect(field.value)
      }
      skeleton += ")"
    case .function(let function):
      skeleton += function.syntax.source
      for (name, value) in function.captured {
        skeleton += name
        if Tree.leaves(of: value, .parameters).isEmpty {
          skeleton += value.inline
        } else {
          collect(value)
        }
      }
    case .object(let object):
      skeleton += object.text(width: 72) + "{"
      if let optimizer = object as? OptimizerObject { collect(optimizer) }
      // Layers that take notes change what is no tensor of theirs.
      if !((object as? LayerObject)?.layer.buffers.isEmpty ?? true) { isClosed = false }
      for (_, child) in object.children { collect(child) }
      skeleton += "}"
    case .none, .boolean, .text, .range, .builtin: skeleton += value.inline
    }
  }

  /// The number of its steps, and what it remembers of each parameter.
  private mutating func collect(_ object: OptimizerObject) {
    if !object.isRepeatable { isClosed = false }
    let optimizer = object.optimizer
    if let count = optimizer.counter ?? (try? .integer(optimizer.steps)) { add(count, .integer) }
    for slots in optimizer.memory {
      skeleton += ";"
      for (name, value) in slots {
        skeleton += name
        add(value, .tensor)
      }
    }
  }

  /// Whether all that a step may change is among the tensors.
  private(set) var isClosed = true

  func with(_ tensors: [Tensor]) -> StateLeaves {
    var copy = self
    copy.tensors = tensors
    return copy
  }

  /// The state with these tensors; numbers as numbers, or as tensors of rank 0.
  func value(of state: Value, asTensors: Bool) throws -> Value {
    var next = 0
    return try replaced(state, &next, asTensors)
  }

  private func replaced(_ value: Value, _ next: inout Int, _ asTensors: Bool) throws -> Value {
    func leaf() -> Tensor {
      defer { next += 1 }
      return tensors[next]
    }
    switch value {
    case .tensor: return .tensor(Variable(leaf()))
    case .parameter: return .parameter(Variable(leaf()))
    case .number, .integer:
      let x = leaf()
      return asTensors ? .tensor(Variable(x)) : try Value(x)
    case .list(let items): return .list(try items.map { try replaced($0, &next, asTensors) })
    case .record(let record):
      return .record(
        Record(
          try record.fields.map { ($0.name, try replaced($0.value, &next, asTensors)) }))
    case .function(let function):
      return .function(
        function.capturing(
          try function.captured.map { name, value in
            Tree.leaves(of: value, .parameters).isEmpty
              ? (name, value) : (name, try replaced(value, &next, asTensors))
          }))
    case .object(let object):
      if var optimizer = object as? OptimizerObject {
        let count = leaf()
        optimizer.optimizer.restore(
          steps: asTensors ? optimizer.optimizer.steps : count.integer(at: 0),
          memory: optimizer.optimizer.memory.map { slots in slots.map { ($0.name, leaf()) } })
        if asTensors { optimizer.optimizer.counter = count }
        return .object(optimizer)
      }
      let children = object.children
      guard !children.isEmpty else { return value }
      return .object(
        object.replacingChildren(
          try children.map { try replaced($0.value, &next, asTensors) }))
    case .none, .boolean, .text, .range, .builtin: return value
    }
  }
}

import Autograd
import Language
import Layers
import Tensors
import Vocabulary

/// What words do while a program is only tried on shapes: most are asked with tensors of zeros.
enum OutlineRules {
  /// Words that reach outside, take long, or change something.
  private static let outside: Set<String> = [
    "dataset", "datasets", "load", "save", "import", "load_into", "time", "peak_memory", "spawn",
    "runs",
  ]

  /// The result of a word; nil when it may simply run.
  @Sendable static func result(_ word: Builtin, _ call: Call, _ interpreter: Interpreter) throws
    -> Value
  {
    let entry = word.entry
    if let own = rules[entry.name] { return try own(call, interpreter) }
    if outside.contains(entry.name) || entry.family == "Runs" { return Outline.anything }
    if entry.family == "Plots" {
      try checkKinds(word, call, interpreter)
      return Outline.anything
    }
    let isKnown = !call.all.contains { $0.holdsOutline || $0.isLarge }
    // A size written out may ask for more than a trial should take.
    if call.all.contains(where: \.isHuge) { return Outline.anything }
    if isKnown {
      let value = try run(word, call, interpreter)
      return value.outlining(all: entry.family == "Random")
    }
    if entry.family == "Lists and text" { return try passed(word, call, interpreter) }
    return try asked(word, call, interpreter)
  }

  /// The word itself. Where it asks a model for numbers it gets shapes only, and what it complains of
  /// then is uncertain; mistakes inside the model are not.
  private static func run(_ word: Builtin, _ call: Call, _ interpreter: Interpreter) throws -> Value
  {
    do { return try word.run(call, interpreter) } catch let error as LanguageError {
      let asksModel = call.all.contains { value in
        switch value {
        case .object, .function: true
        default: false
        }
      }
      if asksModel, error.calls.isEmpty { return Outline.anything }
      throw error
    }
  }

  /// Words on lists work on lists of outlines as they are; their own complaints are uncertain.
  private static func passed(_ word: Builtin, _ call: Call, _ interpreter: Interpreter) throws
    -> Value
  {
    do { return try word.run(call, interpreter).outlining(all: false) } catch let error
      as LanguageError
    {
      if !error.calls.isEmpty { throw error }
      return Outline.anything
    }
  }

  /// The shape of what a word gives for tensors of zeros in these shapes.
  private static func asked(_ word: Builtin, _ call: Call, _ interpreter: Interpreter) throws
    -> Value
  {
    let entry = word.entry
    var probes: [Value] = []
    for (argument, value) in zip(entry.arguments, call.all) {
      if value.holdsAnything { return Outline.anything }
      if value.outline?.dims?.isEmpty == true, argument.kind != .tensor { return Outline.anything }
      guard let probe = value.probed else {
        try checkKinds(word, call, interpreter)
        return try sameShape(entry, call)
      }
      probes.append(probe)
    }
    do {
      return try word.run(call.with(probes), interpreter).outlining()
    } catch let error as any Diagnosable {
      if isAboutShapes(error.code, entry) { throw error }
      return Outline.anything
    } catch let error as LanguageError {
      if isAboutShapes(error.code, entry) || error.code == "kind" { throw error }
      return Outline.anything
    }
  }

  /// Refuses values of kinds that a word does not take, asked with small tensors in place of large ones.
  private static func checkKinds(_ word: Builtin, _ call: Call, _ interpreter: Interpreter) throws {
    let probes = call.all.compactMap(\.smallProbe)
    guard probes.count == call.all.count, !call.all.contains(where: \.isHuge) else { return }
    do { _ = try word.run(call.with(probes), interpreter) } catch let error as LanguageError {
      if error.code == "kind" { throw error }
    } catch is any Diagnosable {}
  }

  /// Large tensors keep their shape in words of one element each.
  private static func sameShape(_ entry: Entry, _ call: Call) throws -> Value {
    if ["Elementwise", "Activations"].contains(entry.family) {
      let shapes = call.all.compactMap { $0.outlined }.compactMap { $0.dims }
      let shape = try shapes.reduce(Shape.number) {
        try Shape.broadcast($0, Shape(checking: $1), operation: entry.name)
      }
      let isPacked = call.all.contains { $0.outlined?.dtype?.isPacked ?? false }
      return isPacked || entry.name == "cast" || entry.name == "logsumexp"
        ? Outline.anything : Outline.tensor(shape.dims, call.all[0].outlined?.dtype ?? .float32)
    }
    return Outline.anything
  }

  /// Other mistakes may come from the zeros.
  private static func isAboutShapes(_ code: String, _ entry: Entry) -> Bool {
    code.hasPrefix("shape") || code == "axis" || (entry.family == "Losses" && code == "value")
  }
}

extension Value {
  /// Whether it holds more numbers than a trial computes with.
  var isLarge: Bool {
    switch self {
    case .tensor(let x), .parameter(let x): x.shape.count > Outline.concreteCount
    case .range(let range): range.count > Outline.concreteCount
    case .list(let items): items.count > 1024 || items.contains(where: \.isLarge)
    case .record(let record): record.fields.contains { $0.value.isLarge }
    default: false
    }
  }

  /// Whether a whole number in it asks for a large result.
  var isHuge: Bool {
    switch self {
    case .integer(let n): n.magnitude > 4096
    case .number(let x): !(Swift.abs(x) <= 4096) && x == x.rounded()
    case .list(let items): items.contains(where: \.isHuge)
    case .record(let record): record.fields.contains { $0.value.isHuge }
    default: false
    }
  }

  /// What stands in for it where only its kind is asked: two elements an axis for a large tensor. Nil
  /// where nothing is known.
  fileprivate var smallProbe: Value? {
    if holdsAnything { return nil }
    if let probe = probed { return isLarge && outlined == nil ? nil : probe }
    if case .record(let record) = self {
      var fields: [(name: String?, value: Value)] = []
      for field in record.fields {
        guard let probe = field.value.smallProbe else { return nil }
        fields.append((field.name, probe))
      }
      return .record(Record(fields))
    }
    guard let dims = outlined?.dims, let dtype = outlined?.dtype, dims.count <= 12 else {
      return nil
    }
    return Outline(.tensor(dims.map { _ in 2 }, dtype)).probe().flatMap { try? Value($0) }
  }

  /// Zeros in place of outlines; nil where they would be many or nothing is known.
  var probed: Value? {
    switch self {
    case .list(let items):
      let all = items.map(\.probed)
      return all.contains { $0 == nil } ? nil : .list(all.compactMap { $0 })
    case .record(let record):
      var fields: [(name: String?, value: Value)] = []
      for field in record.fields {
        guard let probe = field.value.probed else { return nil }
        fields.append((field.name, probe))
      }
      return .record(Record(fields))
    case .object(let object):
      guard let outline = object as? Outline else { return self }
      return outline.probe().flatMap { try? Value($0) }
    case .tensor(let x), .parameter(let x):
      return x.shape.count <= Outline.probeCount ? self : nil
    default: return self
    }
  }
}

extension Layer {
  /// The shape that the layer makes of one, asked with a batch of one where axes come first.
  func outlined(_ input: Outline) throws -> Value {
    guard let dims = input.dims, let dtype = input.dtype, !dims.isEmpty, dims[0] > 0 else {
      return Outline.anything
    }
    if let known = resultShape(of: dims, dtype) { return Outline.tensor(known) }
    var context = LayerContext(isTraining: isTraining, stream: RandomStream(seed: 0))
    // A copy, whose running averages nobody sees.
    let layer = inTraining(isTraining)
    // A layer that tells its result by a rule refuses at once what the rule does not fit.
    let isRefused = hasShapeRule && dtype == .float32
    func asked(_ dims: [Int]) throws -> Outline? {
      let outline = Outline(.tensor(dims, dtype))
      guard let x = isRefused ? outline.blank() : outline.probe() else { return nil }
      return try Value(layer(x, &context)).outlined
    }
    let isBatch = dims.count > 1
    do {
      guard let result = try asked(isBatch ? [1] + dims.dropFirst() : dims),
        let shape = result.dims, let kind = result.dtype
      else { return Outline.anything }
      guard isBatch else { return Outline.tensor(shape, kind) }
      return shape.first == 1
        ? Outline.tensor([dims[0]] + shape.dropFirst(), kind) : Outline.anything
    } catch TensorError.indexOutOfRange { return Outline.anything } catch {
      // Told with the batch as it is.
      if isBatch, let whole = try asked(dims) { return .object(whole) }
      throw error
    }
  }
}

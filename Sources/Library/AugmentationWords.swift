import Autograd
import Language
import Tensors
import Training
import Vocabulary

/// A way to vary examples, with its settings.
struct AugmentationObject: LanguageObject {
  let kind: AugmentationKind
  let settings: Attributes
  let source: String

  var kindName: String { "augmentation" }
  func text(width: Int) -> String { source }

  /// Called with a tensor of examples or with data, it varies them once.
  func call(_ arguments: [Value], _ interpreter: Interpreter) throws -> Value? {
    guard arguments.count == 1 else {
      throw LanguageError("argument", "\(source) takes examples, here are \(arguments.count)")
    }
    if interpreter.isTrial { return Outline.anything }
    let stream = interpreter.context.stream.split()
    return try BatchVariation([.native(self)], classes: nil).varied(
      arguments[0], stream: stream, streams: { stream.child(UInt64($0) << 1 | 1) }
    ) { _ in interpreter }
  }
}

extension Builtin {
  /// The word for a way to vary examples.
  init(augmentation kind: AugmentationKind) {
    self.init(kind.entry) { call, _ in
      var settings: Attributes = [:]
      for argument in kind.entry.arguments {
        switch argument.kind {
        case .integer: settings[argument.name] = .integer(try call.integer(argument.name))
        case .number: settings[argument.name] = .number(try call.number(argument.name))
        case .boolean: settings[argument.name] = .boolean(try call.boolean(argument.name))
        default: settings[argument.name] = try call[argument.name].attribute(call, argument.name)
        }
      }
      return .object(
        AugmentationObject(kind: kind, settings: settings, source: call.source))
    }
  }
}

/// How the batches of a training are varied: a chain of augmentations and functions of a batch.
struct BatchVariation: Sendable {
  enum Part: Sendable {
    case native(AugmentationObject)
    case function(Value)
  }

  private let parts: [Part]
  /// How many classes the labels of the whole data tell apart; nil to count them in the batch.
  private let classes: Int?

  init(_ parts: [Part], classes: Int?) {
    (self.parts, self.classes) = (parts, classes)
  }

  /// From the argument of a call; nil when there is none.
  init?(_ value: Value, data: Value, _ call: Call) throws {
    if case .none = value { return nil }
    func parts(_ value: Value) throws -> [Part] {
      switch value {
      case .object(let object):
        if let chain = object as? Model { return try chain.parts.flatMap(parts) }
        if let own = object as? AugmentationObject { return [.native(own)] }
      case .function, .builtin: return [.function(value)]
      default: break
      }
      throw call.wrong(
        "augment", expected: "augmentations or a function of a batch", hint: "Flip() >> Shift(2)")
    }
    self.init(try parts(value), classes: BatchVariation.classes(of: data))
  }

  private static func classes(of data: Value) -> Int? {
    guard case .record(let record) = data, let y = record["y"]?.variable?.value,
      y.dtype == .int64, let most = y.array(of: Int64.self).max(), most >= 0, most < 1 << 20
    else { return nil }
    return Int(most) + 1
  }

  /// A batch made ready for a step: what happens depends on the plan alone.
  func ready(_ batch: PlannedBatch, of data: Value, _ scene: LearningScene) throws -> any Sendable {
    let value = try StandardLibrary.choosing(batch.indices, from: data)
    // Layers draw from the first children of the step's stream; these are the last ones.
    let stream = batch.stream.child(UInt64.max >> 1)
    return try varied(
      value, stream: stream, streams: { batch.stream(of: batch.indices[$0]) }
    ) { scene.interpreter($0) }
  }

  /// A first batch, so that mistakes show before a run starts.
  func tried(_ indices: [Int], of data: Value, _ interpreter: Interpreter) throws -> Value {
    let stream = RandomStream(seed: 0)
    return try varied(
      StandardLibrary.choosing(indices, from: data), stream: stream,
      streams: { stream.child(UInt64($0)) }
    ) { _ in interpreter }
  }

  /// Held-out data with what happens whatever chance does.
  func certain(of data: Value) throws -> Value {
    let certain = parts.filter { part in
      if case .native(let own) = part { !own.kind.isRandom } else { false }
    }
    let stream = RandomStream(seed: 0)
    return try BatchVariation(certain, classes: classes).varied(
      data, stream: stream, streams: { _ in stream }
    ) { _ in preconditionFailure("augmentations that are certain are no functions") }
  }

  func varied(
    _ value: Value, stream: RandomStream, streams: (Int) -> RandomStream,
    _ interpreter: (RandomStream) -> Interpreter
  ) throws -> Value {
    var value = value
    for (number, part) in parts.enumerated() {
      switch part {
      case .function(let function):
        let own = stream.child(UInt64(number))
        value = try interpreter(own).apply(function, [value])
      case .native(let own):
        let (x, y) = try BatchVariation.examples(in: value, for: own.source)
        let last = y.flatMap { $0.array(of: Int64.self).max() }.map { Int($0) } ?? -1
        var batch = try VariedBatch(
          x: x, y: y, streams: (0..<(x.dims.first ?? 0)).map(streams), stream: stream,
          classes: classes ?? max(0, last.addingReportingOverflow(1).partialValue))
        try own.kind.vary(&batch, own.settings, part: number)
        value = BatchVariation.replacing(value, x: batch.x, y: batch.y)
      }
    }
    return value
  }

  private static func examples(in value: Value, for name: String) throws -> (Tensor, Tensor?) {
    if let x = value.variable, x.rank > 0 { return (x.value, nil) }
    guard case .record(let record) = value, let x = record["x"]?.variable, x.rank > 0 else {
      throw LanguageError(
        "data",
        "\(name) varies a tensor of examples or data with a field x, this is "
          + value.withArticle, hint: "(x=…, y=…)")
    }
    return (x.value, record["y"]?.variable?.value)
  }

  private static func replacing(_ value: Value, x: Tensor, y: Tensor?) -> Value {
    guard case .record(let record) = value else { return .tensor(Variable(x)) }
    return .record(
      Record(
        record.fields.map { field in
          switch field.name {
          case "x": (field.name, .tensor(Variable(x)))
          case "y": (field.name, y.map { .tensor(Variable($0)) } ?? field.value)
          default: field
          }
        }))
  }
}

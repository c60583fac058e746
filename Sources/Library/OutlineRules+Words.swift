import Autograd
import Language
import Layers
import Tensors
import Vocabulary

extension OutlineRules {
  typealias Rule = @Sendable (Call, Interpreter) throws -> Value

  /// Rules of words that should not run on zeros, by name.
  static let rules: [String: Rule] = {
    var rules: [String: Rule] = [
      "zeros": sized(.float32), "ones": sized(.float32), "rand": sized(.float32),
      "randn": sized(.float32), "randint": sized(.int64),
      "seed": { _, _ in .none }, "print": { _, _ in .none }, "assert": { _, _ in .none },
      "same": { _, _ in Outline.value(.number(.bool)) },
      "close": { _, _ in Outline.value(.number(.bool)) },
      "accuracy": { _, _ in Outline.value(.number(.float64)) },
      "sinusoids": { call, interpreter in
        guard let n = call["n"].asInteger, let d = call["d"].asInteger, n > 64 || d > 64 else {
          return call.all.contains(where: \.holdsOutline)
            ? Outline.anything : try plain(call, interpreter)
        }
        _ = try Positions.sinusoids(1, d)
        return Outline.tensor([n, d])
      },
      "full": full, "eye": eye, "len": len, "param": param, "Input": input,
      "grad": grad, "value_and_grad": valueAndGrad,
      "numeric_grad": { call, _ in
        call["x"].slope
      },
      "stop_grad": { call, _ in
        if case .list = call["x"] { Outline.anything } else { call["x"] }
      },
      "custom_grad": { call, _ in
        _ = try call.function("vjp")
        return try call.function("f")
      },
      "train": train, "await": { call, _ in call["r"] },
      "map_params": { call, _ in call["m"] },
      "training": { call, interpreter in
        call["m"].holdsOutline ? call["m"] : try plain(call, interpreter)
      },
      "count_params": { _, _ in Outline.value(.number(.int64)) },
      "update": { call, _ in .record(Record([(nil, call["m"]), (nil, call["opt"])])) },
      "matmul": { call, interpreter in
        guard let a = call["a"].outlined, let b = call["b"].outlined, let x = a.dims,
          let y = b.dims
        else { return Outline.anything }
        return Outline.tensor(try Outline.product(x, y), a.dtype ?? .float32)
      },
      "sum": reduced, "mean": reduced, "max": reduced, "min": reduced, "prod": reduced,
      "norm": reduced, "var": reduced, "std": reduced, "any": reduced, "all": reduced,
      "reshape": reshape, "flatten": flatten,
    ]
    for kind in LayerKinds.all { rules[kind.entry.name] = layer }
    return rules
  }()

  /// Runs the word itself; for calls of which everything is known and small.
  private static func plain(_ call: Call, _ interpreter: Interpreter) throws -> Value {
    guard let word = interpreter.words[call.entry.name] else { return Outline.anything }
    return try word.run(call, interpreter)
  }

  private static func sized(_ dtype: DType) -> Rule {
    { call, interpreter in
      if call.all.contains(where: { $0.holdsOutline }) { return Outline.anything }
      let sizes = try call.sizes("sizes", interpreter)
      let shape = try Shape(checking: sizes)
      let isRandom = call.entry.family == "Random"
      if !isRandom, shape.count <= Outline.concreteCount { return try plain(call, interpreter) }
      return Outline.tensor(sizes, dtype)
    }
  }

  private static let full: Rule = { call, interpreter in
    if call["shape"].holdsOutline { return Outline.anything }
    guard let items = try interpreter.elements(of: call["shape"]) else {
      return try plain(call, interpreter)
    }
    let dims = items.compactMap(\.asInteger)
    guard dims.count == items.count else { return try plain(call, interpreter) }
    let shape = try Shape(checking: dims)
    if shape.count <= Outline.concreteCount, !call["value"].holdsOutline {
      return try plain(call, interpreter)
    }
    return Outline.anything
  }

  private static let eye: Rule = { call, interpreter in
    guard let n = call["n"].asInteger, n >= 0 else {
      return call["n"].holdsOutline ? Outline.anything : try plain(call, interpreter)
    }
    _ = try Shape(checking: [n, n])
    return n <= 16 ? try plain(call, interpreter) : Outline.tensor([n, n])
  }

  private static let len: Rule = { call, interpreter in
    guard let outline = call["x"].outline else {
      return call["x"].holdsAnything ? Outline.anything : try plain(call, interpreter)
    }
    guard let dims = outline.dims else { return Outline.anything }
    return dims.first.map { .integer($0) } ?? Outline.anything
  }

  private static let param: Rule = { call, interpreter in
    guard let outline = call["x"].outline else { return try plain(call, interpreter) }
    guard let dims = outline.dims, let dtype = outline.dtype else { return Outline.anything }
    return Outline.tensor(dims, dtype.isFloat ? dtype : .float32)
  }

  private static let input: Rule = { call, interpreter in
    if case .record(let record) = call["shape"], let x = record["x"] {
      guard let outline = x.outlined, let dims = outline.dims, !dims.isEmpty else {
        return Outline.anything
      }
      return .object(
        InputObject(sample: Array(dims.dropFirst()), isInteger: outline.dtype?.isFloat == false))
    }
    return call["shape"].holdsOutline ? Outline.anything : try plain(call, interpreter)
  }

  /// A layer's weights are only asked for their shapes.
  private static let layer: Rule = { call, interpreter in
    if call.all.contains(where: \.holdsOutline) { return Outline.anything }
    return try plain(call, interpreter)
  }

  // MARK: Shapes

  private static let reduced: Rule = { call, interpreter in
    // The max of two numbers.
    if call["x"].outlined?.dims == [], call["axis"].outlined?.dims == [] {
      return call.all.contains(where: \.holdsOutline)
        ? Outline.anything : try plain(call, interpreter)
    }
    guard call.all.contains(where: { $0.holdsOutline || $0.isLarge }) else {
      return try plain(call, interpreter).outlining(all: false)
    }
    guard let outline = call["x"].outlined, let dims = outline.dims,
      let dtype = outline.dtype, !call["axis"].holdsOutline, !call["keepdims"].holdsOutline
    else { return Outline.anything }
    let shape = try Shape(checking: dims)
    var axes: Set<Int> = []
    switch call["axis"] {
    case .none: axes = Set(dims.indices)
    default:
      let given: [Int]?
      if let axis = call["axis"].asInteger {
        given = [axis]
      } else {
        given = try interpreter.elements(of: call["axis"])?.compactMap(\.asInteger)
      }
      guard let given else { return Outline.anything }
      axes = Set(try given.map { try shape.axis($0) })
    }
    if axes.contains(where: { dims[$0] == 0 }) { return Outline.anything }
    let keeps = try call.boolean("keepdims")
    let rest = dims.indices.compactMap { axes.contains($0) ? (keeps ? 1 : nil) : dims[$0] }
    let probes = try zip(call.entry.arguments, call.all).map { argument, value in
      switch argument.name {
      case "x": Value.tensor(Variable(try Tensor.full(Shape(checking: [1]), 1, dtype)))
      case "axis": Value.none
      default: value
      }
    }
    let kind = try plain(call.with(probes), interpreter).outlined?.dtype
    return Outline.tensor(rest, kind ?? dtype)
  }

  private static let reshape: Rule = { call, interpreter in
    guard call.all.contains(where: { $0.holdsOutline || $0.isLarge }) else {
      return try plain(call, interpreter)
    }
    guard let outline = call["x"].outlined, let dims = outline.dims, let dtype = outline.dtype,
      !call["sizes"].holdsOutline
    else { return Outline.anything }
    var sizes = try call.sizes("sizes", interpreter)
    let count = try Shape(checking: dims).count
    guard sizes.count(where: { $0 < 0 }) <= 1, sizes.allSatisfy({ $0 >= -1 }) else {
      return Outline.anything
    }
    if let free = sizes.firstIndex(of: -1) {
      let known = try Shape(checking: sizes.filter { $0 >= 0 }).count
      guard known > 0, count % known == 0 else {
        throw TensorError.cannotReshape(from: dims, to: sizes)
      }
      sizes[free] = count / known
    }
    guard try Shape(checking: sizes).count == count else {
      throw TensorError.cannotReshape(from: dims, to: sizes)
    }
    return Outline.tensor(sizes, dtype)
  }

  private static let flatten: Rule = { call, interpreter in
    guard let outline = call["x"].outlined, let dims = outline.dims, let dtype = outline.dtype
    else {
      return call["x"].holdsOutline ? Outline.anything : try plain(call, interpreter)
    }
    if outline.dims?.isEmpty == true || dims.count < 2 { return call["x"] }
    return Outline.tensor([dims[0], try Shape(checking: Array(dims.dropFirst())).count], dtype)
  }

  // MARK: Functions of functions

  /// Tries f; its result should be one number.
  private static func tried(
    _ f: Value, _ arguments: [Value], aux: Bool, _ interpreter: Interpreter
  ) throws -> Value {
    let result = try interpreter.apply(f, arguments)
    var number = result
    if aux, case .record(let pair) = result, pair.fields.count == 2 {
      number = pair.fields[0].value
    }
    if let dims = number.outlined?.dims, dims.contains(where: { $0 != 1 }) {
      throw AutogradError.notOneNumber(shape: dims)
    }
    return result
  }

  private static let grad: Rule = { call, _ in
    let f = try call.function("f")
    guard let wrt = call["wrt"].asInteger else { return Outline.anything }
    return StandardLibrary.derived("grad", of: f, onOutlines: true) { f, arguments, interpreter in
      guard interpreter.isTrial, arguments.indices.contains(wrt) else { return Outline.anything }
      _ = try tried(f, arguments, aux: false, interpreter)
      return arguments[wrt].slope
    }
  }

  private static let valueAndGrad: Rule = { call, _ in
    let f = try call.function("f")
    guard let wrt = call["wrt"].asInteger, !call["aux"].holdsOutline else {
      return Outline.anything
    }
    let aux = try call.boolean("aux")
    return StandardLibrary.derived("value_and_grad", of: f, onOutlines: true) {
      f, arguments, interpreter in
      guard interpreter.isTrial, arguments.indices.contains(wrt) else { return Outline.anything }
      let result = try tried(f, arguments, aux: aux, interpreter).outlining()
      let slope = arguments[wrt].slope
      guard aux else { return .record(Record([(nil, result), (nil, slope)])) }
      guard case .record(let pair) = result else { return Outline.anything }
      return .record(Record(pair.fields.map { (nil, $0.value) } + [(nil, slope)]))
    }
  }

  /// A run that does not start.
  private static let train: Rule = { call, interpreter in
    if try !isSeenToTrain(call, interpreter) { interpreter.noteDoubt() }
    return Outline.value(.run)
  }

  /// Takes one batch of shapes through model and loss. Whether all of that is known.
  private static func isSeenToTrain(_ call: Call, _ interpreter: Interpreter) throws -> Bool {
    guard call.isNone("step"), !call["model"].holdsAnything, !call["data"].holdsAnything,
      let batch = call["batch"].asInteger, batch > 0
    else { return false }
    var data = call["data"]
    if data.outlined != nil { data = .record(Record([("x", data)])) }
    guard case .record(let record) = data, let x = record["x"]?.outlined?.dims, let rows = x.first
    else { return false }
    if call.isNone("objective") {
      try StandardLibrary.placed(call) {
        _ = try ModelLearner.inputAndTarget(of: data)
        _ = try call.function("loss")
        try ModelLearner.checkRows(rows, record["y"]?.outlined?.dims?.first)
      }
    }
    let count = min(rows, batch)
    let fields: [(name: String?, value: Value)] = record.fields.map { field in
      guard let outline = field.value.outlined, let dims = outline.dims, dims.first == rows else {
        return field
      }
      return (field.name, Outline.tensor([count] + dims.dropFirst(), outline.dtype ?? .float32))
    }
    let sample = Record(fields)
    return try StandardLibrary.placed(call) {
      if !call.isNone("objective") {
        return try !interpreter.apply(call["objective"], [call["model"], .record(sample)])
          .holdsAnything
      }
      let (x, y) = try ModelLearner.inputAndTarget(of: .record(sample))
      return try !interpreter.apply(call["loss"], [interpreter.apply(call["model"], [x]), y])
        .holdsAnything
    }
  }
}

extension Value {
  /// The outline of a gradient for this value: whole numbers become floats.
  fileprivate var slope: Value {
    guard let outline = outlined, let dims = outline.dims else { return outlining() }
    if dims.isEmpty { return Outline.value(.number(.float64)) }
    return Outline.tensor(
      dims, outline.dtype?.isFloat == true ? outline.dtype ?? .float32 : .float32)
  }
}

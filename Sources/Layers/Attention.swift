import Autograd
import Tensors
import Vocabulary

extension LayerKinds {
  /// softmax(Q Kᵀ / sqrt(e)) V in several heads (Vaswani et al. 2017).
  static let attention = LayerKind(
    Entry(
      "Attention", family: "Layers",
      [
        Argument(
          "d", .integer, "The last axis; taken from the chain when left out.", default: "none"),
        Argument("heads", .integer, "Into how many parts d is split.", default: "1"),
        Argument("causal", .boolean, "No place sees a later one.", default: "false"),
        Argument(
          "groups", .any, "Heads of keys and values, shared by the others; heads when none.",
          default: "none"),
        Argument("rope", .boolean, "Rotary positions in queries and keys.", default: "false"),
        Argument("bias", .boolean, "Add learned constants.", default: "false"),
        Argument("dropout", .number, "Of the weights, while training.", default: "0"),
      ], summary: "Each place of a sequence takes what it needs from all places.",
      details: "a(x) for x [B, T, d]; a(x, memory) takes keys and values from memory [B, S, d]; a "
        + "last boolean argument is a mask, true where a key may be seen: [B, S], or any shape that "
        + "fits [B, heads, T, S]. Inside with_state it remembers keys and values and goes on.",
      examples: [
        Example("Attention(8, heads=2, causal=true)(ones(2, 5, 8)).shape", prints: "(2, 5, 8)"),
        Example(
          "Attention(8, heads=4, groups=2, rope=true)(ones(1, 3, 8)).shape", prints: "(1, 3, 8)"),
      ]),
    inputSetting: "d", inputs: 1...3, hasState: true, inputSize: { $0.last },
    parameters: { settings, stream in
      let (d, heads, groups) = try headCounts(settings)
      let side = groups * (d / heads)
      var result: [(name: String, value: Tensor)] = []
      for (name, rows) in [("query", d), ("key", side), ("value", side), ("out", d)] {
        result.append(("\(name).weight", try uniform([rows, d], fanIn: d, &stream)))
        if settings.boolean("bias", default: false) {
          result.append(("\(name).bias", try Tensor.zeros(Shape(checking: [rows]))))
        }
      }
      return result
    },
    shape: { settings, dims, kind in
      kind == .float32 && dims.count == 3 && dims[2] == settings.integer("d", default: 1)
        ? dims : nil
    },
    apply: { layer, x, context in try attend(layer, x, &context) })

  private static func headCounts(_ settings: Attributes) throws -> (d: Int, heads: Int, groups: Int)
  {
    let (d, heads) = (settings.integer("d", default: 1), settings.integer("heads", default: 1))
    let groups = settings.integer("groups", default: heads)
    func wrong(_ reason: String, _ hint: String? = nil) -> TensorError {
      .invalid(operation: "Attention", reason: reason, hint: hint)
    }
    guard d % heads == 0 else {
      let fitting = (1...min(d, 64)).filter { d % $0 == 0 }.map { "\($0)" }
      throw wrong(
        "an axis of \(d) does not split into \(heads) heads",
        "\(fitting.joined(separator: ", ")) heads")
    }
    guard groups > 0, heads % groups == 0 else {
      throw wrong("\(heads) heads do not share \(groups) groups of keys")
    }
    if settings.boolean("rope", default: false), d / heads % 2 != 0 {
      throw wrong("rotary positions turn pairs, but a head has \(d / heads) numbers")
    }
    return (d, heads, groups)
  }

  private static func attend(_ layer: Layer, _ x: Variable, _ context: inout LayerContext) throws
    -> Variable
  {
    let (d, heads, groups) = try headCounts(layer.settings)
    guard x.rank == 3 else {
      throw TensorError.invalid(
        operation: layer.text, reason: "needs sequences [B, T, d], found \(x.dims)",
        hint: x.rank == 2 ? "x[none] for one sequence" : nil)
    }
    try checkLast(layer, x, d)
    let x = try x.dtype.isFloat ? x : x.cast(.float32)
    let mask = context.others.first { $0.dtype == .bool }
    let memory = context.others.first { $0.dtype != .bool }
    let source = memory ?? x
    guard source.rank == 3, source.dims[0] == x.dims[0] else {
      throw TensorError.shapesDiffer(operation: layer.text, left: x.dims, right: source.dims)
    }
    try checkLast(layer, source, d)
    let size = d / heads
    let parts = layer.settings
    if mask == nil, context.state.isEmpty, !context.keepsState, groups == heads,
      !parts.boolean("rope", default: false),
      !context.isTraining || parts.number("dropout", default: 0) == 0, x.dtype == .float32,
      source.dtype == .float32, layer.parameters.allSatisfy({ $0.value.dtype == .float32 }),
      !Gradients.isNested, x.shape.count > 0, source.shape.count > 0
    {
      let isCausal = parts.boolean("causal", default: false)
      if !isCausal || source.dims[1] == x.dims[1] {
        let mixed = try Variable.attention(
          projected(layer, "query", x), projected(layer, "key", source),
          projected(layer, "value", source), heads: heads, isCausal: isCausal)
        return try projected(layer, "out", mixed)
      }
    }
    var q = try split(projected(layer, "query", x), heads, size)  // [B, heads, T, e]
    var k = try split(projected(layer, "key", source), groups, size)
    var v = try split(projected(layer, "value", source), groups, size)
    let past = memory == nil && context.state.count == 2 ? context.state[0].dims[2] : 0
    if layer.settings.boolean("rope", default: false) {
      q = try Positions.rotated(q, from: past)
      k = try Positions.rotated(k, from: past)
    }
    if past > 0 {
      k = try Variable.concat([context.state[0], k], axis: 2)
      v = try Variable.concat([context.state[1], v], axis: 2)
    }
    if context.keepsState { context.state = memory == nil ? [k, v] : [] }
    let isCausal = layer.settings.boolean("causal", default: false)
    let seen = try visible(mask, causal: isCausal, queries: q.dims[2], keys: k.dims[2], layer)
    var weights = try weights(q, k, groups: groups, seen)  // [B, groups, shared, T, S]
    weights = try dropped(weights, layer.settings.number("dropout", default: 0), &context)
    let dims = v.dims
    let shared = try v.reshaped([dims[0], groups, 1, dims[2], size])
    let mixed = try Variable.matmul(weights, shared).reshaped([x.dims[0], heads, x.dims[1], size])
    return try projected(layer, "out", mixed.transposed([0, 2, 1, 3]).reshaped(x.dims))
  }

  private static func projected(_ layer: Layer, _ name: String, _ x: Variable) throws -> Variable {
    guard let weight = layer.parameter(name + ".weight") else { return x }
    return try Variable.linear(x, weight, layer.parameter(name + ".bias"))
  }

  /// [B, T, h e] as [B, h, T, e].
  private static func split(_ x: Variable, _ heads: Int, _ size: Int) throws -> Variable {
    try x.reshaped([x.dims[0], x.dims[1], heads, size]).transposed([0, 2, 1, 3])
  }

  private static func weights(_ q: Variable, _ k: Variable, groups: Int, _ seen: Variable?) throws
    -> Variable
  {
    let (batch, heads, queries, size) = (q.dims[0], q.dims[1], q.dims[2], q.dims[3])
    let many = try (q / Double(size).squareRoot()).reshaped([
      batch, groups, heads / groups, queries, size,
    ])
    let few = try k.reshaped([batch, groups, 1, k.dims[2], size])
    var scores = try Variable.matmul(many, few, transposeB: true)
    if let seen {
      // A row without any visible key is spread evenly, so that nothing becomes nan.
      scores = try Variable.where(seen, scores, Variable.number(-1e30, scores.dtype))
    }
    return try Operations.softmax(scores)
  }

  /// What may be seen, to fit [B, groups, shared, T, S]; nil for everything.
  private static func visible(
    _ mask: Variable?, causal: Bool, queries: Int, keys: Int, _ layer: Layer
  ) throws -> Variable? {
    var seen: Tensor?
    if causal {
      let past = keys - queries
      let rows = (0..<queries).flatMap { i in (0..<keys).map { $0 <= i + past } }
      seen = try Tensor(rows, shape: Shape(checking: [queries, keys]))
    }
    if let mask {
      var own = mask.value
      let dims = own.dims
      switch own.rank {
      case 2 where dims[1] == keys && (dims[0] != queries || queries == 1):
        own = try own.reshaped([dims[0], 1, 1, 1, keys])
      case 0...2: break
      case 3: own = try own.reshaped([dims[0], 1, 1, dims[1], dims[2]])
      case 4: own = try own.reshaped([dims[0], dims[1], 1, dims[2], dims[3]])
      default:
        throw TensorError.invalid(
          operation: layer.text, reason: "a mask \(dims) does not fit [B, heads, T, S]", hint: nil)
      }
      seen = try seen.map { try $0.logical(and: true, own) } ?? own
    }
    return seen.map { Variable($0) }
  }
}

/// Where in a sequence something stands, as numbers.
package enum Positions {
  /// Angles [count, pairs]: position times base^(-2 i / size).
  private static func angles(_ count: Int, from start: Int, size: Int, base: Double) throws
    -> Tensor
  {
    let pairs = (size + 1) / 2
    try MemoryBudget.check([max(count, 1), size])
    let powers = try Tensor(
      (0..<pairs).map { -2 * Double($0) / Double(size) }, shape: Shape(checking: [1, pairs]))
    let places = try Tensor(
      (0..<count).map { Double(start + $0) }, shape: Shape(checking: [count, 1]))
    return try places.binary(.multiply, Tensor.number(base).binary(.power, powers))
  }

  /// Su et al. 2021: the halves of the last axis are turned as pairs by an angle that grows with the
  /// place on the axis before it.
  package static func rotated(_ x: Variable, from start: Int = 0, base: Double = 10_000) throws
    -> Variable
  {
    guard x.rank >= 2, let size = x.dims.last, size % 2 == 0 else {
      throw TensorError.invalid(
        operation: "rope", reason: "needs [..., places, an even size], found \(x.dims)", hint: nil)
    }
    guard start.magnitude < 1 << 53 else {
      throw TensorError.invalid(
        operation: "rope", reason: "the first place is \(start)", hint: nil)
    }
    let angle = try angles(x.dims[x.rank - 2], from: start, size: size, base: base)
    let kind = x.dtype.isFloat ? x.dtype : .float32
    let cos = Variable(try angle.unary(.cos).cast(kind))
    let sin = Variable(try angle.unary(.sin).cast(kind))
    let a = try x.indexed([.ellipsis, .range(0, size / 2, 1)])
    let b = try x.indexed([.ellipsis, .range(size / 2, size, 1)])
    return try Variable.concat([a * cos - b * sin, b * cos + a * sin], axis: -1)
  }

  /// Vaswani et al. 2017: sines in the even columns, cosines in the odd ones: [count, size].
  package static func sinusoids(_ count: Int, _ size: Int) throws -> Tensor {
    guard count >= 0, size > 0 else {
      throw TensorError.invalid(
        operation: "sinusoids", reason: "the size should be positive, it is \(size)", hint: nil)
    }
    // Also of no place the numbers have to be countable.
    _ = try Shape(checking: [max(count, 1), size, 8])
    let angle = try angles(count, from: 0, size: size, base: 10_000)
    let pair = try [angle.unary(.sin), angle.unary(.cos)].map { try $0.expanded(axis: 2) }
    let table = try Tensor.concat(pair, axis: 2).reshaped([count, size + size % 2]).cast(.float32)
    if size % 2 == 0 { return table }
    return try Variable(table).indexed([.ellipsis, .range(0, size, 1)]).value
  }
}

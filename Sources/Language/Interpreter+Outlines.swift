import Autograd
import Tensors
import Vocabulary

/// What a trial of a program on shapes alone needs: what words do to outlines, and its bounds.
final class Trial {
  /// A word's result where an argument is an outline; the rules of the library.
  let rule: OutlineRule
  /// Evaluations left; a longer program is given up.
  var steps: Int
  /// The expressions of which it is asked whether anything is known.
  let watched: [SourceSpan]
  /// Whether all the values that watched expressions gave are known; nil before one gave any.
  private(set) var knowsWatched: Bool?
  /// How often a word gave something of a known kind without seeing that it would.
  fileprivate(set) var doubts = 0

  init(rule: @escaping OutlineRule, steps: Int, watched: [SourceSpan] = []) {
    self.rule = rule
    self.steps = steps
    self.watched = watched
  }

  /// The value of an expression, noted when it is watched.
  func watch(_ e: Syntax.Expression, _ body: () throws -> Value) rethrows -> Value {
    guard watched.contains(e.span) else { return try body() }
    let before = doubts
    let value = try body()
    knowsWatched = knowsWatched != false && !value.holdsAnything && doubts == before
    return value
  }
}

package typealias OutlineRule = @Sendable (Builtin, Call, Interpreter) throws -> Value

extension Interpreter {
  package var isTrial: Bool { trial != nil }

  /// Says of a word's result that its kind is known but not whether it would come about.
  package func noteDoubt() { trial?.doubts += 1 }

  /// Results of operators on values of which only shapes are known; nil when everything is known.
  func outlinedArithmetic(
    _ operation: Syntax.Operator, _ a: Value, _ b: Value, _ span: SourceSpan?
  ) throws -> Value? {
    guard isTrial, a.isForTrial || b.isForTrial else { return nil }
    if a.holdsAnything || b.holdsAnything { return Outline.anything }
    if operation == .join { return try outlinedJoin(a, b, span) }
    guard let x = a.outlined, let y = b.outlined, let left = x.dims, let right = y.dims else {
      return a.isForTrialTree || b.isForTrialTree ? Outline.anything : nil
    }
    return try located(span) {
      let (one, other) = try (probe(x.dtype, left), probe(y.dtype, right))
      if operation == .matmul {
        let dtype = try Variable.matmul(one.reshaped([1, 1]), other.reshaped([1, 1])).dtype
        return Outline.tensor(try Outline.product(left, right), dtype)
      }
      let shape = try Shape.broadcast(
        Shape(checking: left), Shape(checking: right), operation: operation.rawValue)
      let dtype = try tensorArithmetic(operation, one, other).dtype
      return Outline.tensor(shape.dims, dtype)
    }
  }

  /// One element of a kind: numbers give way to tensors, so that it counts which of both it is.
  private func probe(_ dtype: DType?, _ dims: [Int]) throws -> Variable {
    let shape = dims.isEmpty ? Shape.number : try Shape(checking: [1])
    return Variable(try Tensor.full(shape, 1, dtype ?? .float32))
  }

  private func outlinedJoin(_ a: Value, _ b: Value, _ span: SourceSpan?) throws -> Value {
    if a.outline?.kind == .text, b.outline?.kind == .text { return a }
    guard let x = a.outlined, let y = b.outlined, let left = x.dims, let right = y.dims,
      left.count == right.count, !left.isEmpty
    else { return Outline.anything }
    guard left.dropFirst() == right.dropFirst() else {
      throw diagnosed(
        TensorError.shapesDiffer(operation: "concat", left: left, right: right), at: span)
    }
    return Outline.tensor([left[0] + right[0]] + left.dropFirst(), x.dtype ?? .float32)
  }

  func outlinedComparison(_ comparator: Syntax.Comparator, _ a: Value, _ b: Value) throws -> Value?
  {
    guard isTrial, a.isForTrial || b.isForTrial else { return nil }
    if case .none = a, b.outlined != nil { return .boolean(comparator == .notEqual) }
    if case .none = b, a.outlined != nil { return .boolean(comparator == .notEqual) }
    let unknown = Outline.value(.number(.bool))
    switch comparator {
    case .isIn, .isNotIn: return unknown
    case .equal, .notEqual, .less, .lessEqual, .greater, .greaterEqual: break
    }
    if a.holdsAnything || b.holdsAnything { return Outline.anything }
    guard let x = a.outlined?.dims, let y = b.outlined?.dims else { return unknown }
    let shape = try Shape.broadcast(
      Shape(checking: x), Shape(checking: y), operation: comparator.rawValue)
    return Outline.tensor(shape.dims, .bool)
  }

  /// What `and` and `or` give where one side is an outline.
  func outlinedLogic(_ a: Value, _ b: Value) throws -> Value? {
    guard isTrial, a.isForTrial || b.isForTrial else { return nil }
    guard let x = a.outlined?.dims, let y = b.outlined?.dims else { return Outline.anything }
    return Outline.tensor(
      try Shape.broadcast(Shape(checking: x), Shape(checking: y), operation: "and").dims, .bool)
  }

  func outlinedIndex(_ whole: Value, _ items: [Index], _ span: SourceSpan?) throws -> Value? {
    guard isTrial, whole.isForTrial || items.contains(where: \.isOutline) else { return nil }
    guard let dims = whole.outlined?.dims, let dtype = whole.outlined?.dtype, !dims.isEmpty else {
      return Outline.anything
    }
    var used = 0
    var isWhole = true
    var isCertain = true
    var probes: [Index] = []
    for item in items {
      switch item {
      case .ellipsis: isWhole = false
      case .range(_, _, _): used += 1
      case .one(.none): break
      case .one(let value):
        used += 1
        guard let outline = value.outline else { break }
        isCertain = false
        guard let inner = outline.dims, outline.dtype == .int64, inner.reduce(1, *) < 1 << 16 else {
          return Outline.anything
        }
        probes.append(
          .one(
            inner.isEmpty
              ? .integer(0)
              : .tensor(Variable(try Tensor.zeros(Shape(checking: inner), .int64)))))
        continue
      }
      probes.append(item)
    }
    // Axes behind the last index stay as they are and need not be there to ask.
    let asked = isWhole ? Array(dims.prefix(max(used, 1))) : dims
    guard used <= dims.count || isCertain, asked.reduce(1, *) <= 1 << 17 else {
      return Outline.anything
    }
    let probe = Variable(try Tensor.zeros(Shape(checking: used > dims.count ? dims : asked), dtype))
    do {
      let chosen = try probe.indexed(indexItems(probes)).dims
      return Outline.tensor(chosen + dims.dropFirst(asked.count), dtype)
    } catch {
      guard isCertain else { return Outline.anything }
      throw diagnosed(error, at: span)
    }
  }

  /// A list of values with outlines among them: a tensor when they are of one shape.
  func outlinedGathering(_ values: [Value]) -> Value? {
    guard isTrial, values.contains(where: \.isForTrial) else { return nil }
    if values.contains(where: \.holdsAnything) { return Outline.anything }
    let all = values.map(\.outlined)
    guard let first = all[0], let dims = first.dims, all.allSatisfy({ $0?.dims == dims }) else {
      return .list(values)
    }
    let kinds = all.compactMap { $0?.dtype }
    let dtype: DType =
      kinds.allSatisfy { $0 == kinds[0] } && (!dims.isEmpty || kinds[0] != .float64)
      ? kinds[0] : kinds.allSatisfy { !$0.isFloat } ? .int64 : .float32
    return Outline.tensor([values.count] + dims, dtype)
  }

  /// The parts of an outline; not known for most.
  func outlinedElements(_ value: Value) throws -> [Value]? {
    guard isTrial else { return nil }
    if let outline = value.outline {
      guard let dims = outline.dims, let dtype = outline.dtype else { throw Flow.undetermined }
      guard let first = dims.first else { return nil }
      guard first <= 64 else { throw Flow.undetermined }
      return (0..<first).map { _ in Outline.tensor(Array(dims.dropFirst()), dtype) }
    }
    if let rows = value.rowCount, rows > 4096 { throw Flow.undetermined }
    return nil
  }

  /// A word called while only shapes are known: by its rule when an argument is an outline.
  func outlinedWord(_ word: Builtin, _ call: Call) throws -> Value? {
    guard let trial else { return nil }
    return try trial.rule(word, call, self)
  }

  /// One branch of two, when it is not known which.
  func eitherBranch(
    _ then: Syntax.Expression, _ otherwise: Syntax.Expression?, _ frame: Frame?
  ) throws -> Value {
    var names = NameCollector()
    names.visit(then)
    if let otherwise { names.visit(otherwise) }
    if names.leaves { throw Flow.undetermined }
    for name in names.binds { bind(name, Outline.anything, frame) }
    return Outline.anything
  }
}

extension Value {
  /// Whether operators must not compute with it while a program is only tried.
  var isForTrial: Bool {
    switch self {
    case .tensor(let x), .parameter(let x): x.shape.count > Outline.concreteCount
    case .range(let range): range.count > Outline.concreteCount
    default: holdsOutline
    }
  }

  /// Whether it is a tree that may hold outlines where tensors are expected.
  var isForTrialTree: Bool {
    switch self {
    case .list, .record, .function, .object: true
    default: false
    }
  }
}

extension Index {
  var isOutline: Bool {
    if case .one(let value) = self { value.holdsOutline } else { false }
  }
}

extension Outline {
  /// The shape of a matrix product, told as the product itself tells it.
  package static func product(_ left: [Int], _ right: [Int]) throws -> [Int] {
    guard let k = left.last, !right.isEmpty else {
      throw TensorError.invalid(
        operation: "@", reason: "a matrix product needs axes, these are \(left) and \(right)",
        hint: "* multiplies numbers")
    }
    let inner = right.count > 1 ? right[right.count - 2] : right[0]
    guard k == inner else { throw TensorError.cannotMultiply(left: left, right: right) }
    let batch = try Shape.broadcast(
      Shape(checking: Array(left.dropLast(2))), Shape(checking: Array(right.dropLast(2))),
      operation: "@"
    ).dims
    return batch + (left.count > 1 ? [left[left.count - 2]] : [])
      + (right.count > 1 ? [right[right.count - 1]] : [])
  }
}

extension Interpreter {
  /// A loop of which only shapes are known, turned twice: names whose shape moves become unknown.
  /// Nil when it is short enough to be gone through.
  func outlinedLoop(
    _ whole: Value, _ targets: [Syntax.Target], _ body: Syntax.Expression, _ frame: Frame?
  ) throws -> Value? {
    let count: Int
    let element: Value
    switch whole {
    case .range(let range):
      (count, element) = (range.count, Outline.value(.number(.int64)))
    default:
      guard let outline = whole.outlined, let dims = outline.dims, let first = dims.first else {
        return nil
      }
      (count, element) = (first, Outline.tensor(Array(dims.dropFirst()), outline.dtype ?? .float32))
    }
    if count <= 32 { return nil }
    var collector = NameCollector()
    collector.visit(body)
    let names = collector.binds
    func shape(_ name: String) -> String? { find(name, frame)?.shapeText }
    func turn() throws -> Value {
      let target = targets.count == 1 ? targets[0] : .parts(targets, body.span)
      try assign(target, element, frame, at: body.span)
      do { return try eval(body, frame) } catch Flow.leave { throw Flow.undetermined } catch Flow
        .next
      { throw Flow.undetermined }
    }
    let before = names.map(shape)
    var value = try turn()
    for (name, old) in zip(names, before) {
      bind(
        name,
        old != nil && old != shape(name)
          ? Outline.anything : find(name, frame)?.outlining() ?? Outline.anything, frame)
    }
    value = try turn()
    if case .none = value { return .list([]) }
    guard let dims = value.outlined?.dims, let dtype = value.outlined?.dtype else {
      return Outline.anything
    }
    return Outline.tensor([count] + dims, dtype == .float64 ? .float32 : dtype)
  }
}

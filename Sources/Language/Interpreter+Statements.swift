import Autograd
import Tensors

extension Interpreter {
  func run(_ statement: Syntax.Statement, _ frame: Frame?) throws -> Value {
    switch statement.kind {
    case .value(let e): return try eval(e, frame)
    case .bind(let targets, let e):
      let value = try eval(e, frame)
      if targets.count == 1 {
        try assign(targets[0], value, frame, at: e.span)
      } else {
        try takeApart(value, targets, frame, at: e.span)
      }
    case .shaped(let name, let shape, let e):
      let value = try eval(e, frame)
      try check(value, shape, name: name, at: e.span) { self.bind($0, $1, frame) }
      bind(name, value, frame)
    case .define(let name, let syntax):
      bind(name, .function(make(syntax, frame)), frame)
    case .change(let place, let operation, let e, let span):
      let old = try read(place, frame)
      let new = try arithmetic(operation, old, eval(e, frame), span)
      try assign(.place(place), new, frame, at: span)
    case .leave: throw Flow.leave(statement.span)
    case .next: throw Flow.next(statement.span)
    case .result(let e):
      throw Flow.result(try e.map { try eval($0, frame) } ?? .none, statement.span)
    }
    return .none
  }

  func bind(_ name: String, _ value: Value, _ frame: Frame?) {
    if let frame {
      frame.locals[name] = value
      return
    }
    if words[name] != nil, globals[name] == nil, name != "_" {
      note("`\(name)` now hides the built-in word of that name")
    }
    globals[name] = value
  }

  /// A function value: it remembers the local names it mentions.
  func make(_ syntax: FunctionSyntax, _ frame: Frame?) -> Function {
    guard let frame else { return Function(syntax, captured: [], home: .page) }
    return Function(
      syntax,
      captured: syntax.mentions.compactMap { name in
        guard name != syntax.name else { return nil }
        return (frame.locals[name] ?? frame.captured[name]).map { (name, $0) }
      }, home: frame.function?.home.inside ?? .call)
  }

  // MARK: Places

  func assign(_ target: Syntax.Target, _ value: Value, _ frame: Frame?, at span: SourceSpan) throws
  {
    switch target {
    case .skip: return
    case .parts(let parts, _): try takeApart(value, parts, frame, at: span)
    case .place(let place):
      guard !place.steps.isEmpty else { return bind(place.name, value, frame) }
      let whole = try lookUp(place.name, frame, at: place.span)
      // Let go of the old value before changing a part, so that nothing is copied needlessly.
      bind(place.name, try replaced(whole, place.steps[...], with: value, frame), frame)
    }
  }

  private func takeApart(
    _ value: Value, _ targets: [Syntax.Target], _ frame: Frame?, at span: SourceSpan
  ) throws {
    guard let parts = try elements(of: value) else {
      throw LanguageError(
        "parts", "this is \(value.withArticle) and has no parts to give to \(targets.count) names",
        at: span)
    }
    guard parts.count == targets.count else {
      throw LanguageError(
        "parts", "\(targets.count) names for \(parts.count) values", at: span,
        details: [value.brief], hint: fieldHint(value))
    }
    for (target, part) in zip(targets, parts) { try assign(target, part, frame, at: span) }
  }

  /// How the fields of a record are had that has more of them than there are names.
  private func fieldHint(_ value: Value) -> String? {
    guard case .record(let record) = value else { return nil }
    let names = record.fields.compactMap(\.name)
    guard names.count > 1, names.count == record.fields.count else { return nil }
    return "one name for the record, such as b: its fields are b.\(names[0]) and b.\(names[1])"
  }

  private func read(_ place: Syntax.Place, _ frame: Frame?) throws -> Value {
    var value = try lookUp(place.name, frame, at: place.span)
    for step in place.steps {
      switch step {
      case .field(let name, let span): value = try field(value, name, span)
      case .index(let items, let span): value = try index(value, subscripts(items, frame), span)
      }
    }
    return value
  }

  private func replaced(
    _ whole: Value, _ steps: ArraySlice<Syntax.Place.Step>, with value: Value, _ frame: Frame?
  ) throws -> Value {
    guard let step = steps.first else {
      if case .parameter = whole, let x = value.variable { return .parameter(x) }
      return value
    }
    let rest = steps.dropFirst()
    switch step {
    case .field(let name, let span):
      switch whole {
      case .record(let record):
        let old = record[name] ?? .none
        let changed = Value.record(record.with(name, try replaced(old, rest, with: value, frame)))
        return try located(span) { try changed.checkedSize() }
      case .object(let object):
        let old = try field(whole, name, span)
        let new = try replaced(old, rest, with: value, frame)
        guard let copy = try located(span, { try object.replacing(field: name, with: new) }) else {
          throw LanguageError(
            "field", "`\(name)` of \(whole.withArticle) cannot become \(new.withArticle)", at: span,
            details: ["before: \(old.brief)", "now: \(new.brief)"])
        }
        return .object(copy)
      case .function(let function):
        guard let at = function.captured.firstIndex(where: { $0.name == name }) else {
          throw noField(whole, name, span)
        }
        var captured = function.captured
        captured[at].value = try replaced(captured[at].value, rest, with: value, frame)
        return .function(function.capturing(captured))
      default: throw noField(whole, name, span)
      }
    case .index(let syntax, let span):
      let items = try subscripts(syntax, frame)
      if !rest.isEmpty {
        let old = try index(whole, items, span)
        return try put(replaced(old, rest, with: value, frame), into: whole, at: items, span)
      }
      return try put(value, into: whole, at: items, span)
    }
  }

  private func put(_ value: Value, into whole: Value, at items: [Index], _ span: SourceSpan) throws
    -> Value
  {
    if isTrial, whole.isForTrial || value.isForTrial || items.contains(where: \.isOutline) {
      guard let before = whole.outlined, let dims = before.dims, let dtype = before.dtype else {
        return Outline.anything
      }
      if dtype.isFloat { return Outline.tensor(dims, dtype) }
      // Fractions make floats of whole numbers.
      guard let part = value.outlined?.dtype else { return Outline.anything }
      return Outline.tensor(dims, part.isFloat ? .float32 : dtype)
    }
    switch whole {
    case .tensor(let x), .parameter(let x):
      guard let part = value.variable else {
        throw LanguageError("kind", "a tensor cannot hold \(value.withArticle)", at: span)
      }
      let result = try located(span) { try x.assigning(part, at: indexItems(items)) }
      if case .parameter = whole { return .parameter(result) }
      return .tensor(result)
    case .list(var list):
      guard items.count == 1, case .one(let v) = items[0], let n = v.asInteger else {
        throw LanguageError("index", "a list is indexed by one whole number", at: span)
      }
      let at = try position(n, list.count, span)
      list[at] = value
      return try located(span) { try Value.list(list).checkedSize() }
    case .record(let record):
      if items.count == 1, case .one(.text(let name)) = items[0] {
        return .record(record.with(name, value))
      }
      if items.count == 1, case .one(let v) = items[0], let n = v.asInteger {
        var copy = record
        copy.fields[try position(n, record.fields.count, span)].value = value
        return .record(copy)
      }
      throw LanguageError("index", "a record is indexed by a name or a number", at: span)
    default:
      throw LanguageError("index", "\(whole.withArticle) has no elements to change", at: span)
    }
  }

  // MARK: Shapes

  /// Checks a value against a written shape; names get the sizes they stand for.
  func check(
    _ value: Value, _ shape: [Syntax.Dimension], name: String, at span: SourceSpan?,
    known: (String) -> Int? = { _ in nil }, _ bind: (String, Value) -> Void
  ) throws {
    if isTrial, value.holdsAnything {
      for case .name(let size) in shape where known(size) == nil { bind(size, Outline.anything) }
      return
    }
    guard let dims = value.outlined?.dims else {
      throw LanguageError(
        "shape", "\(name) should be a tensor \(written(shape)), it is \(value.withArticle)",
        at: span)
    }
    var sizes: [String: Int] = [:]
    func mismatch(_ why: String) -> LanguageError {
      LanguageError("shape", "\(name) should be \(written(shape))\(why), it is \(dims)", at: span)
    }
    let rest = shape.firstIndex { if case .rest = $0 { true } else { false } }
    let fixed = shape.count - (rest == nil ? 0 : 1)
    guard rest == nil ? dims.count == fixed : dims.count >= fixed else { throw mismatch("") }
    var axis = 0
    for dimension in shape {
      switch dimension {
      case .rest:
        axis += dims.count - fixed
        continue
      case .size(let size): if dims[axis] != size { throw mismatch("") }
      case .name(let size):
        if size == "_" { break }
        if let before = sizes[size] ?? known(size) {
          if before != dims[axis] { throw mismatch(" with \(size) = \(before)") }
        } else {
          sizes[size] = dims[axis]
          bind(size, .integer(dims[axis]))
        }
      }
      axis += 1
    }
  }

  private func written(_ shape: [Syntax.Dimension]) -> String {
    let parts = shape.map { dimension in
      switch dimension {
      case .name(let name): name
      case .size(let size): "\(size)"
      case .rest: "..."
      }
    }
    return "[" + parts.joined(separator: ", ") + "]"
  }
}

import Autograd
import Tensors
import Vocabulary

extension Interpreter {
  func arguments(_ fields: [Syntax.Field], _ frame: Frame?, isDouble: Bool = false) throws
    -> [Call.Argument]
  {
    var result: [Call.Argument] = []
    for field in fields {
      if isDouble, result.isEmpty, !field.isSpread, case .list(let items) = field.value.kind {
        let value = try list(items, field.value.span, frame, isDouble: true)
        result.append(
          Call.Argument(field.name, value, span: field.value.span, nameSpan: field.nameSpan))
        continue
      }
      if case .hole = field.value.kind {
        throw LanguageError(
          "hole", "_ stands for a missing argument of a call", at: field.value.span)
      }
      let value = try eval(field.value, frame)
      guard field.isSpread else {
        result.append(
          Call.Argument(field.name, value, span: field.value.span, nameSpan: field.nameSpan))
        continue
      }
      if case .record(let record) = value {
        result += record.fields.map { Call.Argument($0.name, $0.value, span: field.value.span) }
      } else if let all = try elements(of: value) {
        result += all.map { Call.Argument(nil, $0, span: field.value.span) }
      } else {
        throw LanguageError(
          "spread", "only lists, tensors and records spread", at: field.value.span)
      }
    }
    return result
  }

  func call(
    _ callee: Syntax.Expression, _ fields: [Syntax.Field], _ span: SourceSpan, _ frame: Frame?
  ) throws -> Value {
    try checkBounds(span)
    if fields.contains(where: { if case .hole = $0.value.kind { true } else { false } }) {
      return .function(make(partial(callee, fields, span), frame))
    }
    // x.f(a) is f(x, a) unless x has a field f.
    if case .field(let base, let name, let nameSpan) = callee.kind {
      let value = try eval(base, frame)
      if let own = try located(nameSpan, { try self.ownField(value, name) }) {
        return try apply(own, arguments(fields, frame), span)
      }
      guard let word = find(name, frame) else { throw noField(value, name, nameSpan) }
      let all = try [Call.Argument(nil, value, span: base.span)] + arguments(fields, frame)
      return try apply(word, all, span)
    }
    let function = try eval(callee, frame)
    return try apply(
      function, arguments(fields, frame, isDouble: asksForDoubles(function, fields)), span,
      callee: callee.span)
  }

  /// Whether this is `tensor([…], f64)`: its numbers are meant as they are written.
  private func asksForDoubles(_ function: Value, _ fields: [Syntax.Field]) -> Bool {
    guard fields.count == 2, case .builtin(let word) = function,
      ["tensor", "cast"].contains(word.entry.name)
    else { return false }
    switch fields[1].value.kind {
    case .name("f64"): return true
    case .text(let parts):
      guard parts.count == 1, case .plain("f64") = parts[0] else { return false }
      return true
    default: return false
    }
  }

  /// `f(a, _)`: a function of the missing argument.
  private func partial(_ callee: Syntax.Expression, _ fields: [Syntax.Field], _ span: SourceSpan)
    -> FunctionSyntax
  {
    // `_` cannot be the name of anything else.
    let name = Syntax.Expression(kind: .name("_"), span: span, depth: 1)
    let filled = fields.map { field in
      if case .hole = field.value.kind {
        return Syntax.Field(name: field.name, isSpread: false, value: name)
      }
      return field
    }
    let body = Syntax.Expression(kind: .call(callee, filled), span: span, depth: callee.depth + 1)
    return FunctionSyntax(
      name: nil,
      parameters: [Syntax.Parameter(name: "_", shape: nil, standard: nil, isRest: false)],
      resultShape: nil, body: body, source: "_ => …", help: "")
  }

  func pipe(_ value: Value, _ right: Syntax.Expression, _ frame: Frame?) throws -> Value {
    guard case .call(let callee, let fields) = right.kind else {
      return try apply(eval(right, frame), [Call.Argument(nil, value)], right.span)
    }
    if let at = fields.firstIndex(where: { if case .hole = $0.value.kind { true } else { false } })
    {
      var others = fields
      let hole = others.remove(at: at)
      var all = try arguments(others, frame)
      all.insert(Call.Argument(hole.name, value, span: hole.value.span), at: min(at, all.count))
      return try apply(eval(callee, frame), all, right.span)
    }
    return try apply(
      eval(callee, frame), [Call.Argument(nil, value)] + arguments(fields, frame), right.span)
  }

  /// Calls a value with positional arguments: for words that take functions.
  package func apply(_ function: Value, _ arguments: [Value]) throws -> Value {
    try apply(function, arguments.map { Call.Argument(nil, $0) }, nil)
  }

  func apply(
    _ function: Value, _ arguments: [Call.Argument], _ span: SourceSpan?, callee: SourceSpan? = nil
  ) throws -> Value {
    switch function {
    case .function(let function): return try invoke(function, arguments, span)
    case .builtin(let word):
      let call = try located(span) { try Call(word.entry, arguments, span: span, self) }
      do {
        let result = try outlinedWord(word, call) ?? word.run(call, self)
        context.watch?.look(at: result, of: word.entry.name, from: call.all, by: nil)
        return result
      } catch let flow as Flow { throw flow } catch {
        throw diagnosed(error, at: call.place(of: error))
      }
    case .object(let object):
      if isTrial, function.holdsAnything { return Outline.anything }
      if let named = arguments.first(where: { $0.name != nil }), let name = named.name {
        throw LanguageError(
          "argument", "\(function.withArticle) takes its arguments by position, not `\(name)`",
          at: named.span)
      }
      do {
        if let result = try object.call(arguments.map(\.value), self) {
          context.watch?.look(
            at: result, of: object.text(width: 72), from: arguments.map(\.value), by: object)
          return result
        }
      } catch let flow as Flow { throw flow } catch {
        // A derivative is wrong about its function, everything else about what it is given.
        throw diagnosed(
          error, at: (error is AutogradError ? callee : arguments.first?.span) ?? span)
      }
    default: break
    }
    throw LanguageError(
      "call", "this is \(function.withArticle) and cannot be called", at: callee ?? span,
      details: [function.brief], hint: function.variable == nil ? nil : "* to multiply")
  }

  private func invoke(_ function: Function, _ arguments: [Call.Argument], _ span: SourceSpan?)
    throws
    -> Value
  {
    try checkBounds(span)
    let syntax = function.syntax
    let frame = Frame(
      locals: [:], captured: Dictionary(function.captured.map { ($0.name, $0.value) }) { $1 },
      function: function)
    let label = syntax.name ?? "this function"
    var position = 0
    var spans: [String: SourceSpan] = [:]
    var rest: [(name: String?, value: Value)] = []
    let restName = syntax.parameters.first { $0.isRest }?.name
    let plain = syntax.parameters.filter { !$0.isRest }
    // Behind `...rest` arguments are given by name.
    let positional = syntax.parameters.firstIndex { $0.isRest } ?? plain.count
    for argument in arguments {
      if let name = argument.name {
        guard plain.contains(where: { $0.name == name }) else {
          if restName != nil {
            rest.append((name, argument.value))
            continue
          }
          throw LanguageError(
            "argument", "\(label) has no argument `\(name)`",
            at: argument.nameSpan ?? argument.span,
            hint: Suggestion.nearest(to: name, among: plain.map(\.name)))
        }
        guard frame.locals[name] == nil else {
          throw LanguageError(
            "argument", "\(label) is given `\(name)` twice",
            at: argument.nameSpan ?? argument.span)
        }
        frame.locals[name] = argument.value
        spans[name] = argument.span
      } else {
        while position < positional, frame.locals[plain[position].name] != nil { position += 1 }
        if position < positional {
          frame.locals[plain[position].name] = argument.value
          spans[plain[position].name] = argument.span
          position += 1
        } else if restName != nil {
          rest.append((nil, argument.value))
        } else {
          throw LanguageError(
            "argument",
            "\(label) takes \(plain.count) argument\(plain.count == 1 ? "" : "s"), here are \(arguments.count)",
            at: argument.span ?? span)
        }
      }
    }
    if let restName { frame.locals[restName] = .record(Record(rest)) }
    for parameter in plain where frame.locals[parameter.name] == nil && parameter.standard == nil {
      throw LanguageError("argument", "\(label) needs `\(parameter.name)`", at: span)
    }
    do {
      for parameter in plain where frame.locals[parameter.name] == nil {
        guard let standard = parameter.standard else { continue }
        frame.locals[parameter.name] = try eval(standard, frame)
      }
      var sizes: [String: Int] = [:]
      for parameter in plain {
        guard let shape = parameter.shape, let value = frame.locals[parameter.name] else {
          continue
        }
        try check(
          value, shape, name: parameter.name, at: spans[parameter.name] ?? span,
          known: { sizes[$0] }
        ) {
          name, size in
          sizes[name] = size.asInteger
          frame.locals[name] = size
        }
      }
      let result: Value
      do { result = try eval(syntax.body, frame) } catch Flow.result(let value, _) {
        result = value
      }
      if let shape = syntax.resultShape {
        try check(result, shape, name: "the result", at: span, known: { sizes[$0] }) { _, _ in }
      }
      return result
    } catch Flow.undetermined {
      return Outline.anything
    } catch let flow as Flow {
      throw flow.misplaced
    } catch var error as LanguageError {
      // Places inside a called function are told by name; the caret stays in the cell.
      if error.calls.count < 3 {
        error.calls.append(error.calls.isEmpty ? syntax.line(of: error.span, label) : label)
      }
      if !isHere(syntax) || (span.map { !isTopLevel(error, under: $0) } ?? false) {
        error.span = span
      }
      throw error
    }
  }

  /// Whether a function was written in the source that is being evaluated.
  private func isHere(_ syntax: FunctionSyntax) -> Bool {
    let place = syntax.body.span
    guard place.start <= place.end, place.end <= source.count else { return false }
    return syntax.source.utf8.suffix(place.end - place.start)
      .elementsEqual(source[place.start..<place.end])
  }

  /// Whether an error's place lies in the source that is being evaluated, inside the call.
  private func isTopLevel(_ error: LanguageError, under span: SourceSpan) -> Bool {
    guard let place = error.span else { return false }
    return place.start >= span.start && place.end <= span.end
  }

  /// A top-level function used as a model takes along the top-level names that hold parameters; so do
  /// the links of a chain.
  package func asModel(_ value: Value) -> Value {
    var followed: [String: Value] = [:]
    return asModel(value, &followed)
  }

  /// Functions may mention each other in a circle: each name is followed once.
  private func asModel(_ value: Value, _ followed: inout [String: Value]) -> Value {
    if case .object(let object) = value {
      let changed = object.remembering { inner in
        guard case .function(let function) = asModel(inner, &followed),
          case .function(let old) = inner, function.captured.count > old.captured.count
        else { return nil }
        return .function(function)
      }
      return changed.map { .object($0) } ?? value
    }
    guard case .function(let function) = value, function.home != .library else { return value }
    let known = Set(function.captured.map(\.name))
    var extra: [(name: String, value: Value)] = []
    for name in function.syntax.mentions where !known.contains(name) {
      guard name != function.syntax.name else { continue }
      var (key, held) = (name, globals[name])
      if case .file(let file) = function.home {
        (key, held) = ("\(ObjectIdentifier(file)).\(name)", file[name])
      }
      guard let held else { continue }
      if followed[key] == nil {
        followed[key] = Value.none
        followed[key] = asModel(held, &followed)
      }
      guard let inner = followed[key], !Tree.leaves(of: inner, .parameters).isEmpty else {
        continue
      }
      extra.append((name, inner))
    }
    return extra.isEmpty ? value : .function(function.capturing(function.captured + extra))
  }
}

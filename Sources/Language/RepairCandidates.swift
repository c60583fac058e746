/// Changes that could be meant, likeliest first; none of them is tried here.
struct RepairCandidates {
  private let error: LanguageError
  private let span: SourceSpan
  private let bytes: [UInt8]
  private(set) var all: [Repair] = []

  init(_ error: LanguageError, _ span: SourceSpan, _ source: String) {
    (self.error, self.span, bytes) = (error, span, Array(source.utf8))
    guard span.start <= span.end, span.end <= bytes.count else { return }
    addForeign()
    guard let program = try? Parser.program(source) else {
      addWritten()
      return
    }
    let around = SyntaxPath(to: span, in: program).expressions
    addHint(around)
    addLink(around)
    // What is marked is an operand of what stands around it.
    let outer = around.filter { $0.span != span }
    if let marked = around.last, marked.span == span {
      addResized(marked)
      if error.code == "condition" {
        if error.message.hasSuffix("a number") { add(span, "\(text(span)) != 0") }
        if error.message.hasSuffix("a tensor") {
          for word in ["any", "all"] { add(span, "\(word)(\(text(span)))") }
        }
      }
    }
    for e in (outer.isEmpty ? around : outer).reversed().prefix(2) { addOperands(of: e) }
  }

  private mutating func add(_ span: SourceSpan, _ text: String) {
    let repair = Repair(span, text)
    if !all.contains(repair) { all.append(repair) }
  }

  private func text(_ span: SourceSpan) -> String {
    String(
      decoding: bytes[max(0, span.start)..<min(bytes.count, max(span.start, span.end))],
      as: UTF8.self)
  }

  /// The text of an operand so that something can be added behind it.
  private func tight(_ e: Syntax.Expression) -> String {
    let own = text(e.span)
    switch e.kind {
    case .name, .call, .index, .field, .list, .text: return own
    case .integer, .number: return "(" + own + ")"
    default: return own.hasPrefix("(") && own.hasSuffix(")") ? own : "(" + own + ")"
    }
  }

  // MARK: What the mistake itself says

  private mutating func addHint(_ around: [Syntax.Expression]) {
    guard var hint = error.hint else { return }
    if hint.hasPrefix("… >> ") { hint = String(hint.dropFirst(5)) }
    guard (try? Parser.embedded(hint, offset: 0, nesting: 0)) != nil else { return }
    add(span, hint)
    if let outer = around.last(where: { $0.span != span && $0.span.start <= span.start }) {
      add(outer.span, hint)
    }
  }

  /// A function without parentheses took the rest of its chain: `f >> x => g(x) >> h`.
  private mutating func addLink(_ around: [Syntax.Expression]) {
    guard error.message.hasPrefix(">> joins") else { return }
    for e in around.reversed() {
      guard case .function(let function) = e.kind, case .compose = function.body.kind else {
        continue
      }
      var first = function.body
      while case .compose(let left, _, _) = first.kind { first = left }
      let link = text(SourceSpan(e.span.start, first.span.end))
      add(e.span, "(" + link + ")" + text(SourceSpan(first.span.end, e.span.end)))
    }
  }

  /// Brackets, quotes and signs that are missing or others.
  private mutating func addWritten() {
    if let hint = error.hint { add(span, hint) }
    if error.code == "unclosed" {
      let end = bytes[span.start...].firstIndex(of: 10) ?? bytes.count
      add(
        SourceSpan(end, end), String(decoding: bytes[span.start..<(span.start + 1)], as: UTF8.self))
    }
    for closer in [")", "]", "}"] where error.message.contains("`\(closer)`") {
      add(span, closer)
      let before = bytes[..<span.start].lastIndex { $0 != 10 && $0 != 32 } ?? 0
      add(SourceSpan(before + 1, before + 1), closer)
    }
    if text(span) == "=" { add(span, "==") }
    addBlock()
  }

  /// The whole numbers of a mistake in which a layer expects one size and gets another.
  private mutating func addResized(_ e: Syntax.Expression) {
    let numbers = error.message.split { !$0.isNumber }.compactMap { Int($0) }
    guard error.message.contains("expect"), numbers.count > 1, case .call(_, let fields) = e.kind
    else { return }
    for field in fields {
      guard case .integer(let n) = field.value.kind, numbers.contains(n) else { continue }
      for m in numbers.reversed() where m != n { add(field.value.span, "\(m)") }
    }
  }

  /// Python where it can be said in one word less or more.
  private mutating func addForeign() {
    guard error.code == "habit" else { return }
    let line = SourceLine(String(decoding: bytes, as: UTF8.self), span)
    let end = bytes[span.start...].firstIndex(of: 10) ?? bytes.count
    let rest = SourceSpan(span.start, end)
    let written = text(rest)
    switch text(span) {
    case "def":
      let parts = written.dropFirst(4).split(separator: ":", maxSplits: 1)
      guard parts.count == 2 else { return }
      let body = parts[1].drop { $0 == " " }
      add(rest, parts[0] + " = " + (body.hasPrefix("return ") ? body.dropFirst(7) : body))
    case "lambda":
      let parts = written.dropFirst(7).split(separator: ":", maxSplits: 1)
      guard parts.count == 2 else { return }
      let names = parts[0].contains(",") ? "(" + parts[0] + ")" : String(parts[0])
      add(rest, names + " =>" + parts[1])
    case "let", "var", "const", "local": add(SourceSpan(span.start, span.end + 1), "")
    case "function", "func", "fn":
      // f(x) { return x } as f(x) = { return x }
      let head = written.dropFirst(span.end - span.start).drop { $0 == " " }
      if let brace = head.firstIndex(of: "{") { add(rest, head[..<brace] + "= " + head[brace...]) }
    case "f", "F", "r", "R", "b", "u": add(span, "")
    case "print":
      add(rest, "print(" + written.dropFirst(5).drop { $0 == " " } + ")")
    case "assert":
      add(rest, "assert(" + written.dropFirst(6).drop { $0 == " " } + ")")
    case "raise", "throw":
      add(rest, "error(" + written.dropFirst(5).drop { $0 == " " } + ")")
    case "import", "from", "using", "require": if line.column == 0 { add(rest, "") }
    case "elif", "elsif", "is", "is not", ":=": add(span, error.hint ?? "")
    case "//": add(span, "#")
    case "/": add(SourceSpan(span.start, span.end + 1), "#")
    case "++": add(span, "+= 1")
    case "del", "%": add(rest, "")
    default: addPath(written, rest)
    }
  }

  /// `torch.nn.functional.relu(x)` and `x.clone()`: what stands in front, or behind, goes away.
  private mutating func addPath(_ written: String, _ rest: SourceSpan) {
    let named = written.prefix { $0.isLetter || $0.isNumber || $0 == "_" || $0 == "." }
    let path = named.split(separator: ".", omittingEmptySubsequences: false)
    if ForeignName.modules.contains(text(span)) {
      let kept = path.drop { ForeignName.modules.contains(String($0)) }
      let place = SourceSpan(span.start, span.start + named.utf8.count)
      let calls = SourceSpan(place.start, place.end + 2)
      if let hint = error.hint, kept.count == 1 {
        if text(calls).hasSuffix("()") { add(calls, hint) }
        add(place, hint)
      }
      if !kept.isEmpty { add(place, kept.joined(separator: ".")) }
      return
    }
    let behind = written.dropFirst(span.end - span.start)
    let isField = span.start > 0 && bytes[span.start - 1] == UInt8(ascii: ".")
    if isField, error.hint == nil || error.hint == "x[none]", behind.hasPrefix("(") {
      guard let close = behind.firstIndex(of: ")") else { return }
      let inner = behind[behind.index(after: behind.startIndex)..<close]
      let call = SourceSpan(
        span.start - 1, span.end + behind[...close].utf8.count)
      let axes = ["0": "[none]", "1": "[:, none]", "-1": "[..., none]", "2": "[:, :, none]"]
      if error.hint == nil {
        add(call, "")
      } else if let axis = axes[String(inner.split(separator: "=").last ?? "")] {
        add(call, axis)
      }
      return
    }
    guard let hint = error.hint else { return }
    let calls = SourceSpan(span.start, span.end + 2)
    // A field that takes no call: x.dim() is x.ndim.
    if behind.hasPrefix("()") { add(calls, hint) }
    add(span, hint)
  }

  /// Python's blocks, on one line: `if x: y` as `if x { y }`.
  private mutating func addBlock() {
    let end = bytes[span.start...].firstIndex(of: 10) ?? bytes.count
    let body = text(SourceSpan(min(span.end, end), end)).drop { $0 == " " }
    guard text(span) == ":", !body.isEmpty else { return }
    add(SourceSpan(span.start, end), " { " + body + " }")
  }

  // MARK: What stands at the place

  private mutating func addOperands(of e: Syntax.Expression) {
    switch e.kind {
    case .arithmetic(let operation, let a, let b, let place):
      if operation == .add, error.code == "kind" {
        add(place, "++")
        add(SourceSpan(place.start, b.span.end), "++ str(" + text(b.span) + ")")
        add(SourceSpan(a.span.start, place.end), "str(" + text(a.span) + ") ++")
      }
      if operation == .join { add(e.span, "concat([\(text(a.span)), \(text(b.span))], axis=1)") }
      addShaped(b)
      addShaped(a)
    case .call(let callee, let fields): addCall(e, callee, fields)
    case .comparison(let first, let rest):
      for (_, _, other) in rest { addShaped(other) }
      addShaped(first)
    case .index(_, let items): addIndex(items)
    case .compose(_, let b, _): add(b.span, "flatten >> " + text(b.span))
    default: break
    }
  }

  /// How many axes the shapes have that the mistake tells of.
  private var ranks: [Int] {
    error.message.split(separator: "[").dropFirst().map { part in
      part.prefix { $0 != "]" }.count { $0 == "," } + 1
    }
  }

  /// Other shapes of one value.
  private mutating func addShaped(_ e: Syntax.Expression) {
    guard
      ["shape-mm", "shape-broadcast", "shape-equal", "shape", "value", "layer", "kind"]
        .contains(error.code)
    else { return }
    switch e.kind {
    case .integer, .number, .none, .boolean, .text, .function: return
    default: break
    }
    let own = tight(e)
    let isImage = error.message.contains("channels") || error.message.contains("images")
    if isImage { add(e.span, "transpose(\(text(e.span)), 0, 3, 1, 2)") }
    if error.message.contains("sequences") { add(e.span, own + "[none]") }
    if !isImage { add(e.span, own + ".T") }
    // Two vectors of different lengths are no pairs that were meant.
    if ranks.count != 2 || ranks[0] != ranks[1] || ranks[0] != 1 { add(e.span, own + "[:, none]") }
    if error.code == "value", !isImage { add(e.span, "squeeze(" + text(e.span) + ")") }
    if isImage || error.code == "shape" || error.message.contains("needs") {
      add(e.span, own + "[none]")
    }
  }

  private mutating func addCall(
    _ e: Syntax.Expression, _ callee: Syntax.Expression, _ fields: [Syntax.Field]
  ) {
    // x.size(0) and x.shape() of other libraries.
    if error.code == "call", case .field(let base, let name, _) = callee.kind,
      ["size", "shape"].contains(name), fields.count < 2
    {
      let axis = fields.first.map { "[" + text($0.value.span) + "]" } ?? ""
      add(e.span, tight(base) + ".shape" + axis)
    }
    guard let last = fields.last else { return }
    if error.code == "call" {
      add(e.span, text(callee.span) + " * (" + text(fields[0].value.span.to(last.value.span)) + ")")
    }
    if error.code == "shape-reshape" || error.message.hasPrefix("reshape:") {
      add(last.value.span, "-1")
      if fields.count > 1 {
        add(SourceSpan(fields[fields.count - 2].value.span.end, last.value.span.end), "")
      }
    }
    if error.message.hasPrefix("concat") || error.message.hasPrefix("stack") {
      let arguments = text(fields[0].value.span.to(last.value.span))
      add(e.span, "concat(\(text(fields[0].value.span)), axis=1)")
      add(e.span, "concat(\(arguments))")
    }
    for field in fields {
      let axes = error.code == "axis" || error.message.contains("axis")
      if axes, field.name == "axis" || field.name == "dim" {
        for axis in ["-1", "0", "1"] { add(field.value.span, axis) }
      }
      if error.code == "grad" || error.code == "loss", case .function(let f) = field.value.kind {
        add(f.body.span, "sum(" + text(f.body.span) + ")")
      }
    }
    if error.code == "grad", case .call(_, let inner) = callee.kind {
      for field in inner {
        if case .function(let f) = field.value.kind {
          add(f.body.span, "sum(" + text(f.body.span) + ")")
        } else {
          add(field.value.span, "x => sum(\(tight(field.value))(x))")
        }
      }
    }
    if error.message.hasPrefix("scatter"), fields.count > 1, fields[1].name == nil {
      add(fields[1].value.span, "labels=" + text(fields[1].value.span))
    }
    if error.message.hasPrefix("transpose") {
      add(e.span, tight(fields[0].value) + ".T")
    }
    if error.message.hasPrefix("squeeze") { add(e.span, "squeeze(\(text(fields[0].value.span)))") }
    for field in fields.reversed() where !field.isSpread { addShaped(field.value) }
  }

  private mutating func addIndex(_ items: [Syntax.Subscript]) {
    guard let place = Syntax.span(of: items) else { return }
    if items.count > 1, case .one(let first) = items[0] { add(place, text(first.span)) }
    if items.count == 1, case .one = items[0], error.message.contains("out of range") {
      add(place, "-1")
    }
    if error.message.contains("whole number") { add(place, "int(" + text(place) + ")") }
  }
}

/// The expressions around a place, outermost first.
struct SyntaxPath {
  private(set) var expressions: [Syntax.Expression] = []
  private let span: SourceSpan

  init(to span: SourceSpan, in program: [Syntax.Statement]) {
    self.span = span
    for statement in program { visit(statement) }
  }

  private func holds(_ outer: SourceSpan) -> Bool {
    outer.start <= span.start && span.end <= outer.end
  }

  private mutating func visit(_ statement: Syntax.Statement) {
    guard holds(statement.span) else { return }
    switch statement.kind {
    case .value(let e), .bind(_, let e), .shaped(_, _, let e), .change(_, _, let e, _): visit(e)
    case .define(_, let function): visit(function.body)
    case .result(let e): if let e { visit(e) }
    case .leave, .next: break
    }
  }

  private mutating func visit(_ e: Syntax.Expression) {
    guard holds(e.span) else { return }
    expressions.append(e)
    for child in e.children { visit(child) }
    if case .block(let statements) = e.kind { for statement in statements { visit(statement) } }
  }
}

extension Syntax.Expression {
  /// The expressions that it is made of; statements of a block apart.
  var children: [Syntax.Expression] {
    switch kind {
    case .none, .boolean, .integer, .number, .name, .hole, .block: []
    case .text(let parts):
      parts.compactMap { if case .value(let e, _) = $0 { e } else { nil } }
    case .list(let items): items.map(\.value)
    case .comprehension(let value, let clauses):
      [value]
        + clauses.map { clause in
          switch clause {
          case .each(_, let source): source
          case .filter(let condition): condition
          }
        }
    case .record(let fields): fields.map(\.value)
    case .call(let callee, let fields): [callee] + fields.map(\.value)
    case .index(let base, let items):
      [base]
        + items.flatMap { item in
          switch item {
          case .ellipsis: [Syntax.Expression]()
          case .one(let e): [e]
          case .range(let a, let b, let c): [a, b, c].compactMap { $0 }
          }
        }
    case .field(let base, _, _): [base]
    case .negate(let a), .not(let a): [a]
    case .arithmetic(_, let a, let b, _), .and(let a, let b, _), .or(let a, let b, _),
      .compose(let a, let b, _), .pipe(let a, let b, _):
      [a, b]
    case .comparison(let first, let rest): [first] + rest.map(\.2)
    case .function(let function): [function.body]
    case .choose(let condition, let then, let otherwise):
      [condition, then] + (otherwise.map { [$0] } ?? [])
    case .forEach(_, let source, let body): [source, body]
    case .whileLoop(let condition, let body): [condition, body]
    case .attempt(let body, _, let fallback): [body, fallback]
    }
  }
}

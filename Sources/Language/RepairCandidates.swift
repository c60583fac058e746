/// Changes that could be meant, likeliest first; none of them is tried here.
struct RepairCandidates {
  let error: LanguageError
  let span: SourceSpan
  let bytes: [UInt8]
  private(set) var all: [Repair] = []

  init(_ error: LanguageError, _ span: SourceSpan, _ source: String) {
    (self.error, self.span, bytes) = (error, span, Array(source.utf8))
    guard span.start <= span.end, span.end <= bytes.count else { return }
    guard let program = try? Parser.program(source) else {
      addForeign()
      addWritten()
      return
    }
    let around = SyntaxPath(to: span, in: program).expressions
    addMethod(around)
    addForeign()
    addHint(around)
    addFlattened(around)
    addLink(around)
    // What is marked is an operand of what stands around it.
    let outer = around.filter { $0.span != span }
    if let marked = around.last, marked.span == span {
      if !isOfImages { addResizedLayers(outer.last) }
      addResized(marked)
      if error.code == "condition" {
        if error.message.hasSuffix("a number") { add(span, "\(text(span)) != 0") }
        if error.message.hasSuffix("a tensor") {
          for word in ["any", "all"] { add(span, "\(word)(\(text(span)))") }
        }
      }
    }
    for e in (outer.isEmpty ? around : outer).reversed().prefix(2) { addOperands(of: e) }
    // Axes in another order are likelier than another number of channels.
    if isOfImages { addResizedLayers(outer.last) }
  }

  mutating func add(_ span: SourceSpan, _ text: String) {
    let repair = Repair(span, text)
    if !all.contains(repair) { all.append(repair) }
  }

  func text(_ span: SourceSpan) -> String {
    String(
      decoding: bytes[max(0, span.start)..<min(bytes.count, max(span.start, span.end))],
      as: UTF8.self)
  }

  /// The text of an operand so that something can be added behind it.
  func tight(_ e: Syntax.Expression) -> String {
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
    // Another name stands where the name stood.
    if error.code == "name" { return }
    if let outer = around.last(where: { $0.span != span && $0.span.start <= span.start }) {
      add(outer.span, hint)
    }
  }

  /// `flatten` where one is missing: before the layer that asks for it, or before what it was given to.
  private mutating func addFlattened(_ around: [Syntax.Expression]) {
    guard error.hint == "flatten before it", let marked = around.last, marked.span == span else {
      return
    }
    if let layer = writtenLayer { add(layer.span, "flatten >> " + text(layer.span)) }
    add(span, "flatten >> " + tight(marked))
    add(span, "flatten(\(text(span)))")
  }

  /// Another size in the layer that complains, where the program writes it.
  private mutating func addResizedLayers(_ outer: Syntax.Expression?) {
    if let layer = writtenLayer { addResized(layer) }
    if case .call(let layer, _)? = outer?.kind { addResized(layer) }
  }

  /// The layer of a model that complains, where the program writes it as it is told.
  private var writtenLayer: Syntax.Expression? {
    let whole = String(decoding: bytes, as: UTF8.self)
    guard let told = error.calls.first?.split(separator: "`").last, told.hasSuffix(")"),
      let found = whole.firstRange(of: told), let program = try? Parser.program(whole)
    else { return nil }
    let start = whole.utf8.distance(from: whole.startIndex, to: found.lowerBound)
    let place = SourceSpan(start, start + told.utf8.count)
    return SyntaxPath(to: place, in: program).expressions.last.flatMap {
      $0.span == place ? $0 : nil
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
    // A function whose body follows at once: f(x) { … } and f(x): …
    if text(span) == "{" { add(SourceSpan(span.start, span.start), "= ") }
    if text(span) == ":" { add(span, " =") }
    addRecord()
    addBlock()
    addChoice()
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

  // MARK: What stands at the place

  private mutating func addOperands(of e: Syntax.Expression) {
    switch e.kind {
    case .arithmetic(let operation, let a, let b, let place):
      if operation == .add, error.code == "kind" {
        add(place, "++")
        add(SourceSpan(place.start, b.span.end), "++ str(" + text(b.span) + ")")
        add(SourceSpan(a.span.start, place.end), "str(" + text(a.span) + ") ++")
      }
      if operation == .join {
        // What stands in brackets of its own is meant to stay a part of its own.
        if case .list(let left) = a.kind, case .list(let right) = b.kind {
          let parts = (left + right).map { ($0.isSpread ? "..." : "") + text($0.value.span) }
          add(e.span, "[\(parts.joined(separator: ", "))]")
        }
        add(e.span, "concat([\(text(a.span)), \(text(b.span))], axis=1)")
      }
      addShaped(b)
      addShaped(a)
    case .call(let callee, let fields): addCall(e, callee, fields)
    case .comparison(let first, let rest):
      for (_, _, other) in rest { addShaped(other) }
      addShaped(first)
    case .index(_, let items): addIndex(items)
    case .field(let base, let name, _): addPart(e, of: base, name)
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

  private var isOfImages: Bool {
    error.message.contains("channels") || error.message.contains("images")
  }

  /// Other shapes of one value.
  private mutating func addShaped(_ e: Syntax.Expression) {
    guard
      ["shape-mm", "shape-broadcast", "shape-equal", "shape", "value", "layer", "kind", "argument"]
        .contains(error.code)
    else { return }
    switch e.kind {
    case .integer, .number, .none, .boolean, .text, .function: return
    default: break
    }
    let own = tight(e)
    if isOfImages { add(e.span, "transpose(\(text(e.span)), 0, 3, 1, 2)") }
    if error.message.contains("sequences") { add(e.span, own + "[none]") }
    if !isOfImages { add(e.span, own + ".T") }
    // Two vectors of different lengths are no pairs that were meant.
    if ranks.count != 2 || ranks[0] != ranks[1] || ranks[0] != 1 { add(e.span, own + "[:, none]") }
    if error.code == "value", !isOfImages { add(e.span, "squeeze(" + text(e.span) + ")") }
    if error.code == "shape-mm", ranks.contains(where: { $0 > 2 }) {
      add(e.span, "flatten(" + text(e.span) + ")")
    }
    // A set of data where its columns are asked for.
    if error.message.hasSuffix("this is a record") { add(e.span, own + ".x") }
    if isOfImages || error.code == "shape" || error.message.contains("needs") {
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
    // The function first or last: who knows the other order of map and its like.
    if fields.count == 2, fields.allSatisfy({ $0.name == nil }), error.message.contains("function")
    {
      let (a, b) = (text(fields[0].value.span), text(fields[1].value.span))
      add(fields[0].value.span.to(fields[1].value.span), b + ", " + a)
    }
    // Inputs and targets that stand one after the other.
    if error.message.hasPrefix("training needs data"), fields.count > 2,
      fields.prefix(3).allSatisfy({ $0.name == nil })
    {
      let (x, y) = (fields[1].value.span, fields[2].value.span)
      add(x.to(y), "(x=\(text(x)), y=\(text(y)))")
    }
    // A model and data where what the model says of them is asked for.
    if error.code == "kind", fields.count == 2, fields.allSatisfy({ $0.name == nil }) {
      let (model, data) = (tight(fields[0].value), tight(fields[1].value))
      add(
        fields[0].value.span.to(fields[1].value.span), "\(model)(\(data).x), \(data).y")
    }
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

  /// What comes in two fields elsewhere: `topk(x, 2).indices`.
  private mutating func addPart(
    _ e: Syntax.Expression, of base: Syntax.Expression, _ name: String
  ) {
    guard error.code == "field" else { return }
    // Of a set of data, its inputs are meant.
    add(base.span, tight(base) + ".x")
    guard case .call(let callee, _) = base.kind, case .name = callee.kind else { return }
    if name == "indices" { add(e.span, "arg" + text(base.span)) }
    if name == "values" { add(e.span, text(base.span)) }
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

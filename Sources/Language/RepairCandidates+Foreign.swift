// Other languages, said as it is said here.

extension RepairCandidates {
  /// Python where it can be said in one word less or more.
  mutating func addForeign() {
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
    case "for": addList()
    case "//": add(span, "#")
    case "/": add(SourceSpan(span.start, span.end + 1), "#")
    case "++": add(span, "+= 1")
    case "del", "%": add(rest, "")
    default:
      addPath(written, rest)
      // One name alone is the smaller change; where it does not do, all of them.
      if let line = ForeignLine(bytes[span.start...]) {
        add(SourceSpan(span.start, span.start + line.count), line.translated())
      }
    }
  }

  /// `sum(x for x in xs)` as `sum([x for x in xs])`.
  private mutating func addList() {
    guard let tokens = try? Lexer.tokens(of: String(decoding: bytes, as: UTF8.self)) else { return }
    var open: [Int] = []
    for token in tokens {
      if ["(", "[", "{"].contains(where: { token.kind == .symbol($0) }) {
        open.append(token.span.end)
      }
      guard [")", "]", "}"].contains(where: { token.kind == .symbol($0) }),
        let start = open.popLast(), start <= span.start, span.end <= token.span.start
      else { continue }
      add(
        SourceSpan(start, token.span.start), "[" + text(SourceSpan(start, token.span.start)) + "]")
      return
    }
  }

  /// `{"a": 1, "b": 2}` as `(a=1, b=2)`.
  mutating func addRecord() {
    guard text(span) == ":",
      let tokens = try? Lexer.tokens(of: String(decoding: bytes, as: UTF8.self)),
      let first = tokens.firstIndex(where: { $0.span == span }), first > 1,
      tokens[first - 2].kind == .symbol("{")
    else { return }
    var (written, depth, fields, end) = ("(", 1, 0, tokens[first - 2].span.end)
    for at in (first - 1)..<tokens.count {
      if ["(", "[", "{"].contains(where: { tokens[at].kind == .symbol($0) }) { depth += 1 }
      if [")", "]", "}"].contains(where: { tokens[at].kind == .symbol($0) }) { depth -= 1 }
      if depth == 0 {
        written += text(SourceSpan(end, tokens[at].span.start)) + (fields == 1 ? ",)" : ")")
        return add(SourceSpan(tokens[first - 2].span.start, tokens[at].span.end), written)
      }
      guard depth == 1, tokens[at].kind == .symbol(":"),
        case .text(let parts) = tokens[at - 1].kind, case .plain(let name)? = parts.first
      else { continue }
      written += text(SourceSpan(end, tokens[at - 1].span.start)) + name + "="
      (fields, end) = (fields + 1, tokens[at].span.end)
      while end < bytes.count, bytes[end] == 32 { end += 1 }
    }
  }

  /// `torch.nn.functional.relu(x)` and `x.clone()`: what stands in front, or behind, goes away.
  private mutating func addPath(_ written: String, _ rest: SourceSpan) {
    let named = written.prefix { $0.isLetter || $0.isNumber || $0 == "_" || $0 == "." }
    let path = named.split(separator: ".", omittingEmptySubsequences: false)
    let isField = span.start > 0 && bytes[span.start - 1] == UInt8(ascii: ".")
    if !isField, ForeignName.modules.contains(text(span)) {
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
  mutating func addBlock() {
    let end = bytes[span.start...].firstIndex(of: 10) ?? bytes.count
    let body = text(SourceSpan(min(span.end, end), end)).drop { $0 == " " }
    guard text(span) == ":", !body.isEmpty else { return }
    add(SourceSpan(span.start, end), " { " + body + " }")
  }
}

/// A piece of PyTorch, NumPy or Keras with all its names at once as they are called here:
/// `nn.Sequential(nn.Linear(4, 8), nn.ReLU())` as `Linear(4, 8) >> relu`.
struct ForeignLine {
  private struct Piece {
    var text: String
    let kind: Token.Kind
    /// Blanks, comments and line ends that stand before it.
    var gap: String
  }

  private var pieces: [Piece] = []
  /// How many bytes it takes of the source.
  let count: Int

  /// Reads from a place to the end of the statement, brackets and all; nil when nothing closes them.
  init?(_ source: ArraySlice<UInt8>) {
    guard let tokens = try? Lexer.tokens(of: String(decoding: source, as: UTF8.self)) else {
      return nil
    }
    let bytes = Array(source)
    var (end, depth) = (0, 0)
    for token in tokens {
      if token.kind == .end || depth == 0 && (token.kind == .newline || token.kind == .symbol(";"))
      {
        break
      }
      switch token.kind {
      case .symbol("("), .symbol("["), .symbol("{"): depth += 1
      case .symbol(")"), .symbol("]"), .symbol("}"): depth -= 1
      default: break
      }
      guard depth >= 0 else { break }
      func text(_ from: Int, _ to: Int) -> String {
        String(decoding: bytes[from..<to], as: UTF8.self)
      }
      pieces.append(
        Piece(
          text: text(token.span.start, token.span.end), kind: token.kind,
          gap: text(end, token.span.start)))
      end = token.span.end
    }
    guard depth <= 0, !pieces.isEmpty else { return nil }
    count = end
  }

  /// The same in our words.
  func translated() -> String {
    var line = self
    line.dropModules()
    line.rename()
    line.dropArguments()
    while line.joinLayers() {}
    return line.pieces.reduce("") { $0 + $1.gap + $1.text }
  }

  /// `torch.nn.functional.relu` as `relu`.
  private mutating func dropModules() {
    var kept: [Piece] = []
    // What stands before a path stands before what is left of it.
    var gap: String?
    for (at, piece) in pieces.enumerated() {
      let isBehindDot = at > 0 && pieces[at - 1].text == "."
      let isDropped = gap != nil
      if piece.text == ".", isDropped { continue }
      if at + 1 < pieces.count, pieces[at + 1].text == ".", isDropped || !isBehindDot,
        ForeignName.modules.contains(piece.text)
      {
        gap = gap ?? piece.gap
        continue
      }
      kept.append(piece)
      if let before = gap { kept[kept.count - 1].gap = before }
      gap = nil
    }
    pieces = kept
  }

  /// Other names; what is a function here is not called to be made.
  private mutating func rename() {
    var at = 0
    while at < pieces.count {
      defer { at += 1 }
      guard case .name(let name) = pieces[at].kind, let known = ForeignName.byName[name],
        known.says == nil || ["true", "false", "none"].contains(known.ours), known.ours != "[none]"
      else { continue }
      pieces[at].text = known.ours
      if name.first?.isUppercase == true, known.ours.first?.isLowercase == true,
        at + 2 < pieces.count, pieces[at + 1].text == "(", pieces[at + 2].text == ")"
      {
        pieces.removeSubrange((at + 1)...(at + 2))
      }
    }
  }

  /// What only other libraries have to be told: `requires_grad=True`, `device="cpu"`, and the weights
  /// that an optimizer is for.
  private mutating func dropArguments() {
    var at = 0
    while at + 1 < pieces.count {
      defer { at += 1 }
      if ["requires_grad", "device"].contains(pieces[at].text), pieces[at + 1].text == "=",
        at > 0, pieces[at - 1].text == ","
      {
        let end = argumentEnd(from: at)
        pieces.removeSubrange((at - 1)..<end)
        at -= 1
      }
      if at > 0, at < pieces.count - 1, pieces[at].text == "(",
        pieces[at - 1].text.first?.isUppercase == true
      {
        let end = argumentEnd(from: at + 1)
        let argument = pieces[(at + 1)..<end].map(\.text)
        guard argument.suffix(4) == [".", "params", "(", ")"] else { continue }
        let isLast = end < pieces.count && pieces[end].text != ","
        pieces.removeSubrange((at + 1)..<min(isLast ? end : end + 1, pieces.count))
        if !isLast, at + 1 < pieces.count { pieces[at + 1].gap = "" }
      }
    }
  }

  /// Where the argument that begins at a piece ends.
  private func argumentEnd(from start: Int) -> Int {
    var depth = 0
    for at in start..<pieces.count {
      if ["(", "[", "{"].contains(pieces[at].text) { depth += 1 }
      if [")", "]", "}"].contains(pieces[at].text) { depth -= 1 }
      if depth < 0 || depth == 0 && pieces[at].text == "," { return at }
    }
    return pieces.count
  }

  /// Layers that are listed in `Sequential(…)` or `Sequential([…])`, joined; false when none are left.
  private mutating func joinLayers() -> Bool {
    guard
      let start = pieces.lastIndex(where: { $0.text == "Sequential" }), start + 1 < pieces.count,
      pieces[start + 1].text == "("
    else { return false }
    var (depth, end) = (0, start + 1)
    for at in (start + 1)..<pieces.count {
      if ["(", "[", "{"].contains(pieces[at].text) { depth += 1 }
      if [")", "]", "}"].contains(pieces[at].text) { depth -= 1 }
      end = at
      if depth == 0 { break }
    }
    var inner = Array(pieces[(start + 2)..<end])
    if inner.first?.text == "[", inner.last?.text == "]" {
      inner = Array(inner[1..<(inner.count - 1)])
    }
    if inner.last?.text == "," { inner.removeLast() }
    depth = 0
    for at in inner.indices {
      if ["(", "[", "{"].contains(inner[at].text) { depth += 1 }
      if [")", "]", "}"].contains(inner[at].text) { depth -= 1 }
      let isFirst = at == 0 || inner[at - 1].text == ">>"
      if depth == 0, inner[at].text == "," { (inner[at].text, inner[at].gap) = (">>", " ") }
      if at > 0, isFirst { inner[at].gap = " " }
    }
    if !inner.isEmpty { inner[0].gap = pieces[start].gap }
    let isWhole =
      start == 0 && end == pieces.count - 1 || start >= 1 && pieces[start - 1].text == "="
    if !isWhole, inner.count > 1, start > 0 {
      inner[0].gap = ""
      let open = Piece(text: "(", kind: .symbol("("), gap: pieces[start].gap)
      inner = [open] + inner + [Piece(text: ")", kind: .symbol(")"), gap: "")]
    }
    pieces.replaceSubrange(start...end, with: inner)
    return true
  }
}

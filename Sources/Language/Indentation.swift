/// How far each line of a program is indented: two blanks for each line that opened a bracket around
/// it, and two for a line that goes on with what the line above began.
struct Indentation {
  private struct Level {
    /// Whether its parts end with lines and `;` rather than with commas.
    let isBlock: Bool
    /// The depths of the line with the opening bracket and of the lines inside.
    let outer: Int
    let inner: Int
    /// The depth of the line on which the current statement or element began.
    var part: Int?
  }

  private var inmost = Level(isBlock: true, outer: 0, inner: 0, part: nil)
  private var around: [Level] = []
  /// The depth of the line that is being written.
  private var depth = 0
  private var last: SourcePiece?

  /// The blanks of a line that begins with a piece; `code` is the first token on it or below it.
  mutating func blanks(beginning piece: SourcePiece, above code: SourcePiece?) -> String {
    let own: Int
    if let code, piece.role == .comment, code.role == .close {
      own = inmost.inner
    } else {
      own = depth(of: code)
    }
    if piece.role != .comment {
      depth = own
      if let code, !continues(code) { inmost.part = nil }
    }
    return String(repeating: "  ", count: own)
  }

  private func depth(of code: SourcePiece?) -> Int {
    guard let code else { return inmost.inner }
    if code.role == .close { return inmost.outer }
    if code.role == .word, code.text == "else" { return depth }
    if let part = inmost.part, continues(code) { return part + 1 }
    return inmost.inner
  }

  /// Whether a line beginning with this token goes on with the part above.
  private func continues(_ code: SourcePiece) -> Bool {
    guard inmost.part != nil, let last else { return false }
    let joining = ["and", "or", "in", "not"]
    switch code.role {
    case .operation, .tight, .close: return true
    case .word where code.text == "else": return true
    case .word where last.endsValue && joining.contains(code.text): return true
    case .value, .number, .word, .prefix, .mark, .open, .comment: break
    }
    switch last.role {
    case .operation, .tight, .prefix: return true
    case .word: return joining.contains(last.text)
    case .value, .number, .mark, .open, .close, .comment: return false
    }
  }

  /// Takes note of a piece that has been written.
  mutating func pass(_ piece: SourcePiece) {
    guard piece.role != .comment else { return }
    last = piece
    switch piece.role {
    case .close:
      inmost = around.popLast() ?? inmost
    case .mark where piece.text == (inmost.isBlock ? ";" : ","):
      inmost.part = nil
    case .value, .number, .word, .operation, .prefix, .tight, .mark, .open:
      if inmost.part == nil { inmost.part = depth }
      guard piece.role == .open else { return }
      around.append(inmost)
      inmost = Level(isBlock: piece.text == "{", outer: depth, inner: depth + 1, part: nil)
    case .comment: break
    }
  }
}

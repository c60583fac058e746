/// Two descendants of a notebook made one: code and text line by line, what cells showed cell by cell.
///
/// An output that both sides have changed in two ways is dropped, and its cell is stale; code and text that
/// both have changed stand between conflict lines, and the page shows them as a cell.
package struct NotebookMerge {
  package let bytes: [UInt8]
  package private(set) var hasConflicts = false

  package init(base: [UInt8], ours: [UInt8], theirs: [UInt8]) {
    let all = [base, ours, theirs].map { Page($0) }
    var lines: [[UInt8]] = []
    var isClean = true
    for part in ThreeWay.parts(base: all[0].lines, ours: all[1].lines, theirs: all[2].lines) {
      switch part {
      case .agreed(let agreed): lines += agreed
      case .conflict(let ours, let theirs):
        isClean = false
        lines.append(Array("<<<<<<< ours\n".utf8))
        lines += ours.map(NotebookMerge.ended)
        lines.append(Array("=======\n".utf8))
        lines += theirs.map(NotebookMerge.ended)
        lines.append(Array(">>>>>>> theirs\n".utf8))
      }
    }
    hasConflicts = !isClean
    bytes = NotebookMerge.withResults(Notebook(Array(lines.joined())), all)
  }

  private static func ended(_ line: [UInt8]) -> [UInt8] { line.last == 10 ? line : line + [10] }

  /// A version taken apart.
  private struct Page {
    /// Everything but outputs of cells and the ledger.
    var lines: [[UInt8]] = []
    var code: [String: String] = [:]
    var outputs: [String: Notebook.Segment] = [:]
    let ledger: Ledger
    /// Blank lines before the ledger.
    var gap: [UInt8] = [10]

    init(_ bytes: [UInt8]) {
      var notebook = Notebook(bytes)
      notebook.writeIDs()
      ledger = Ledger(notebook.ledger ?? "")
      var text: [UInt8] = []
      for segment in notebook.segments {
        switch segment.kind {
        case .output(let id, _) where code[id] != nil && outputs[id] == nil: outputs[id] = segment
        case .ledger: break
        case .code(let id, _):
          code[id] = segment.body
          text += segment.raw
        case .text, .output, .expect, .conflict: text += segment.raw
        }
      }
      if notebook.segments.last?.kind == .ledger {
        gap = []
        while text.last == 10, text.dropLast().last == 10 { gap.append(text.removeLast()) }
      }
      var line: [UInt8] = []
      for byte in text {
        line.append(byte)
        guard byte == 10 else { continue }
        lines.append(line)
        line = []
      }
      if !line.isEmpty { lines.append(line) }
    }

    func runs(of id: String) -> [Ledger.Entry] { ledger.entries(of: id) }
  }

  /// The page with what its cells showed, where one side's result is the cell's own.
  private static func withResults(_ merged: Notebook, _ pages: [Page]) -> [UInt8] {
    var bytes: [UInt8] = []
    var ledger = Ledger()
    for segment in merged.segments {
      bytes += segment.raw
      guard case .code(let id, _) = segment.kind, let at = version(of: id, segment.body, pages)
      else { continue }
      if let output = pages[at].outputs[id] { bytes += output.raw }
      ledger.entries += pages[at].runs(of: id)
    }
    for page in [pages[1], pages[2]] {
      ledger.others += page.ledger.others.filter { !ledger.others.contains($0) }
    }
    guard let text = ledger.text else { return bytes }
    if let last = bytes.last, last != 10 { bytes.append(10) }
    return bytes + (pages[1].ledger.text == nil ? pages[2].gap : pages[1].gap) + Array(text.utf8)
  }

  /// Which version's result a cell has: 1 of ours, 2 of theirs, none where both are its own and differ.
  private static func version(of id: String, _ code: String, _ pages: [Page]) -> Int? {
    let fitting = [1, 2].filter { pages[$0].code[id] == code }
    guard fitting.count == 2 else { return fitting.first }
    let raws = pages.map { $0.outputs[id]?.raw }
    if raws[1] == raws[2] { return 1 }
    if raws[1] == raws[0] { return 2 }
    return raws[2] == raws[0] ? 1 : nil
  }
}

/// A merge of three lists of lines.
enum ThreeWay {
  enum Part: Equatable {
    case agreed([[UInt8]])
    case conflict(ours: [[UInt8]], theirs: [[UInt8]])
  }

  static func parts(base: [[UInt8]], ours: [[UInt8]], theirs: [[UInt8]]) -> [Part] {
    let (inOurs, inTheirs) = (matches(base, ours), matches(base, theirs))
    var parts: [Part] = []
    var (i, a, b) = (0, 0, 0)
    for k in 0...base.count {
      let nextA = k == base.count ? ours.count : inOurs[k]
      let nextB = k == base.count ? theirs.count : inTheirs[k]
      guard let nextA, let nextB else { continue }
      let region = (Array(base[i..<k]), Array(ours[a..<nextA]), Array(theirs[b..<nextB]))
      if let part = resolved(region.0, region.1, region.2) { parts.append(part) }
      if k < base.count { parts.append(.agreed([base[k]])) }
      (i, a, b) = (k + 1, nextA + 1, nextB + 1)
    }
    return parts
  }

  private static func resolved(_ base: [[UInt8]], _ ours: [[UInt8]], _ theirs: [[UInt8]]) -> Part? {
    if ours == theirs || theirs == base { return ours.isEmpty ? nil : .agreed(ours) }
    if ours == base { return theirs.isEmpty ? nil : .agreed(theirs) }
    return .conflict(ours: ours, theirs: theirs)
  }

  /// For each line of a list its place in another one, or nil.
  private static func matches(_ base: [[UInt8]], _ other: [[UInt8]]) -> [Int?] {
    var removed = Set<Int>()
    var inserted = Set<Int>()
    for change in other.difference(from: base) {
      switch change {
      case .remove(let offset, _, _): removed.insert(offset)
      case .insert(let offset, _, _): inserted.insert(offset)
      }
    }
    var at = 0
    return base.indices.map { index in
      if removed.contains(index) { return nil }
      while inserted.contains(at) { at += 1 }
      defer { at += 1 }
      return at
    }
  }
}

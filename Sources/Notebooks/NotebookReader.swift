/// Cuts the bytes of a file into segments; every byte lies in exactly one.
struct NotebookReader {
  private let bytes: [UInt8]
  private var at = 0
  private var line = 1
  private(set) var problems: [(line: Int, message: String)] = []
  /// Where no block of so many ticks or tildes ends any more, so that none looks through the rest again.
  private var endless: [UInt8: (count: Int, from: Int)] = [:]
  private var hasMergeEnd = true
  private var hasLedgerEnd = true

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  /// Whether nothing was begun that did not end.
  var isClosed: Bool { endless.isEmpty && hasMergeEnd && hasLedgerEnd }

  mutating func read() -> [Notebook.Segment] {
    var segments: [Notebook.Segment] = []
    var textStart = 0
    var textLine = 1
    func endText(_ reader: NotebookReader) {
      guard textStart < reader.at else { return }
      let raw = Array(reader.bytes[textStart..<reader.at])
      segments.append(
        Notebook.Segment(
          kind: .text, raw: raw, body: String(decoding: raw, as: UTF8.self), line: textLine))
    }
    findInvalid()
    while at < bytes.count {
      if let found = block() {
        if found.kind != .text {
          endText(self)
          let raw = Array(bytes[at..<found.end])
          let body = String(decoding: bytes[found.body], as: UTF8.self)
          segments.append(Notebook.Segment(kind: found.kind, raw: raw, body: body, line: line))
        }
        line += found.lines
        at = found.end
        if found.kind != .text { (textStart, textLine) = (at, line) }
      } else {
        at = lineEnd(at)
        line += 1
      }
    }
    endText(self)
    return segments
  }

  // MARK: Lines

  private func lineEnd(_ from: Int) -> Int {
    var end = from
    while end < bytes.count {
      if bytes[end] == 10 { return end + 1 }
      end += 1
    }
    return end
  }

  /// A line without its end.
  private func text(_ from: Int, _ to: Int) -> String {
    var end = to
    while end > from, bytes[end - 1] == 10 || bytes[end - 1] == 13 { end -= 1 }
    return String(decoding: bytes[from..<end], as: UTF8.self)
  }

  private func starts(_ from: Int, _ prefix: StaticString) -> Bool {
    let count = prefix.utf8CodeUnitCount
    guard from + count <= bytes.count else { return false }
    return (0..<count).allSatisfy { bytes[from + $0] == prefix.utf8Start[$0] }
  }

  /// How many ticks (or tildes) a line begins with, and whether only blanks follow them. Up to three
  /// blanks may come first.
  private func fence(_ from: Int) -> (mark: UInt8, count: Int, indent: Int, isBare: Bool)? {
    var start = from
    while start < bytes.count, start - from < 3, bytes[start] == 32 { start += 1 }
    guard start < bytes.count else { return nil }
    let mark = bytes[start]
    guard mark == UInt8(ascii: "`") || mark == UInt8(ascii: "~") else { return nil }
    var end = start
    while end < bytes.count, bytes[end] == mark { end += 1 }
    guard end - start >= 3 else { return nil }
    var rest = end
    while rest < bytes.count, [32, 9, 13].contains(bytes[rest]) { rest += 1 }
    return (mark, end - start, start - from, rest == bytes.count || bytes[rest] == 10)
  }

  private mutating func findInvalid() {
    guard String(validating: bytes, as: UTF8.self) == nil else { return }
    var number = 1
    var start = 0
    while start < bytes.count {
      let end = lineEnd(start)
      if String(validating: bytes[start..<end], as: UTF8.self) == nil {
        problems.append((number, "this line is not valid UTF-8; its bytes are kept as they are"))
      }
      (start, number) = (end, number + 1)
    }
  }

  // MARK: Blocks

  private typealias Block = (kind: Notebook.Kind, body: Range<Int>, end: Int, lines: Int)

  /// The block that begins at this line; text for a block of another kind of Markdown.
  private mutating func block() -> Block? {
    guard [32, 60, 96, 126].contains(bytes[at]) else { return nil }
    if starts(at, "<<<<<<< ") { return conflict(at) }
    if starts(at, "<!-- gradus:ledger") { return ledger() }
    guard let opening = fence(at) else { return nil }
    let next = lineEnd(at)
    let info = text(at, next).dropFirst(opening.indent + opening.count)
    if opening.mark == UInt8(ascii: "`"), info.contains("`") { return nil }
    let words = info.split { $0 == " " || $0 == "\t" }.map(String.init)
    let isOwn =
      opening.indent == 0 && opening.mark == UInt8(ascii: "`")
      && ["gradus", "out", "expect"].contains(words.first)
    if isEndless(opening.mark, opening.count) {
      if isOwn { problems.append((line, "this block does not end")) }
      return nil
    }
    return isOwn ? own(opening.count, words, next) : foreign(opening.mark, opening.count, next)
  }

  private func isEndless(_ mark: UInt8, _ count: Int) -> Bool {
    endless[mark].map { $0.count <= count && $0.from <= at } ?? false
  }

  /// No line after this one ends a block of so many marks.
  private mutating func noteEndless(_ mark: UInt8, _ count: Int, from: Int) {
    if let known = endless[mark], known.count <= count, known.from <= from { return }
    endless[mark] = (count, from)
  }

  private mutating func own(_ ticks: Int, _ words: [String], _ next: Int) -> Block? {
    var end = next
    var lines = 1
    while end < bytes.count {
      let stop = lineEnd(end)
      lines += 1
      if starts(end, "<<<<<<< "), let merge = conflict(at) { return merge }
      if let closing = fence(end), closing.mark == UInt8(ascii: "`"), closing.count >= ticks,
        closing.isBare
      {
        let id = words.dropFirst().first { $0.hasPrefix("#") }.map { String($0.dropFirst()) } ?? ""
        let rest = words.dropFirst().filter { !$0.hasPrefix("#") }
        let kind: Notebook.Kind =
          switch words[0] {
          case "gradus": .code(id: id, flags: rest)
          case "out": .output(id: id, info: rest)
          default: .expect(id: id, info: rest)
          }
        return (kind, next..<end, stop, lines)
      }
      end = stop
    }
    noteEndless(UInt8(ascii: "`"), ticks, from: at)
    problems.append((line, "this block does not end"))
    return nil
  }

  /// A block of another language: nothing in it is a cell. One that does not end hides nothing.
  private mutating func foreign(_ mark: UInt8, _ ticks: Int, _ next: Int) -> Block? {
    var end = next
    var lines = 1
    var inner: Int?
    while end < bytes.count {
      let stop = lineEnd(end)
      if starts(end, "<<<<<<< "), let merge = conflict(at) { return merge }
      if let closing = fence(end), closing.mark == mark {
        if closing.count >= ticks, closing.isBare {
          if let inner {
            problems.append((inner, "this cell stands inside the block of line \(line)"))
          }
          return (.text, at..<at, stop, lines + 1)
        }
        if inner == nil, closing.count >= ticks,
          text(end, stop).dropFirst(closing.count).hasPrefix("gradus")
        {
          inner = line + lines
        }
      }
      lines += 1
      end = stop
    }
    noteEndless(mark, ticks, from: at)
    return nil
  }

  private mutating func ledger() -> Block? {
    guard hasLedgerEnd else { return nil }
    var end = at
    var lines = 0
    var merge: Int?
    while end < bytes.count {
      let stop = lineEnd(end)
      if starts(end, "<<<<<<< ") { merge = line + lines }
      lines += 1
      if starts(end, "</details>"), text(end, stop) == "</details>" {
        if let merge {
          problems.append((merge, "unresolved lines of a merge in what runs recorded"))
        }
        return (.ledger, at..<stop, stop, lines)
      }
      end = stop
    }
    hasLedgerEnd = false
    problems.append((line, "the ledger begins here and does not end"))
    return nil
  }

  /// Unresolved lines of a merge, up to where both they and the block they stand in have ended.
  private mutating func conflict(_ start: Int) -> Block? {
    guard hasMergeEnd else { return nil }
    let tick = UInt8(ascii: "`")
    var (end, lines) = (start, 0)
    var (isOurs, isOpen) = (false, false)
    // Whether all lines since a fence was opened were looked at.
    var (ticks, opened, isWhole) = (0, start, true)
    var last: (end: Int, lines: Int)?
    while end < bytes.count {
      let stop = lineEnd(end)
      lines += 1
      if starts(end, "<<<<<<< ") {
        (isOurs, isOpen, isWhole) = (true, true, false)
      } else if isOpen, starts(end, "=======") {
        isOurs = false
      } else if isOpen, starts(end, ">>>>>>> ") {
        isOpen = false
        last = (stop, lines)
        if ticks > 0, isEndless(tick, ticks) { break }
      } else if !isOurs, let found = fence(end), found.mark == tick {
        if ticks == 0 {
          (ticks, opened, isWhole) = (found.count, end, true)
        } else if found.isBare, found.count >= ticks {
          ticks = 0
        }
      }
      end = stop
      if !isOpen, ticks == 0, last != nil { break }
    }
    if end >= bytes.count, ticks > 0, isWhole { noteEndless(tick, ticks, from: opened) }
    guard var last else {
      hasMergeEnd = false
      problems.append((line, "a merge begins here and does not end"))
      return nil
    }
    // Without an end of the block after it, the merge alone.
    if ticks == 0, !isOpen { last = (end, lines) }
    problems.append((line, "unresolved lines of a merge; nothing of them is run"))
    return (.conflict, start..<last.end, last.end, last.lines)
  }
}

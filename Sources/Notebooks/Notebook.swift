import Tensors

/// A document of texts and code, read and written without losing a byte.
///
/// The file is a list of segments; each keeps the bytes it was read from, so what is not changed is
/// written back as it was, whatever it is.
package struct Notebook: Sendable {
  package enum Kind: Sendable, Equatable {
    /// Markdown, front matter, or anything that is not understood.
    case text
    case code(id: String, flags: [String])
    /// What the cell of that id showed; the fence keeps `src`, `val` and flags.
    case output(id: String, info: [String])
    /// Unresolved lines of a merge.
    case conflict
    /// The recorded series at the end.
    case ledger
  }

  package struct Segment: Sendable {
    package var kind: Kind
    /// The bytes in the file, fences included.
    package var raw: [UInt8]
    /// The text between the fences.
    package var body: String
    /// The line in the file on which it begins, from 1.
    package var line: Int

    package init(kind: Kind, raw: [UInt8], body: String, line: Int) {
      (self.kind, self.raw, self.body, self.line) = (kind, raw, body, line)
    }
  }

  package var segments: [Segment]
  /// What was found wrong while reading, each with its line.
  package private(set) var problems: [(line: Int, message: String)] = []
  package let seed: UInt64
  package let title: String?
  /// How its values were made.
  package let numerics: Numerics

  package init(_ bytes: [UInt8]) {
    var reader = NotebookReader(bytes)
    segments = reader.read()
    problems = reader.problems
    let front = segments.first?.body ?? ""
    let lines = front.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
    func setting(_ name: String) -> (text: String, line: Int)? {
      guard front.hasPrefix("---"), let at = lines.firstIndex(where: { $0.hasPrefix(name + ":") })
      else { return nil }
      return (String(lines[at].dropFirst(name.count + 1).drop { $0 == " " }), at + 1)
    }
    seed = setting("seed").flatMap { UInt64($0.text) } ?? 0
    title = setting("title")?.text
    let named = setting("numerics")
    numerics = named.flatMap { Numerics(rawValue: $0.text) } ?? .portable
    if let named, Numerics(rawValue: named.text) == nil {
      let known = Numerics.allCases.map(\.rawValue).joined(separator: " or ")
      problems.append((named.line, "numerics is \(known), not \(named.text)"))
    }
    giveIDs()
  }

  /// The bytes of the file.
  package func bytes() -> [UInt8] { segments.flatMap(\.raw) }

  /// Positions of the code cells.
  package var cells: [Int] {
    segments.indices.filter { if case .code = segments[$0].kind { true } else { false } }
  }

  package func id(of segment: Int) -> String {
    if case .code(let id, _) = segments[segment].kind { id } else { "" }
  }

  /// Gives cells without an id one made of their text; a doubled id is renamed at its second place.
  private mutating func giveIDs() {
    var taken: Set<String> = []
    for at in cells {
      guard case .code(var id, let flags) = segments[at].kind else { continue }
      if id.isEmpty || taken.contains(id) {
        if !id.isEmpty { problems.append((segments[at].line, "the id #\(id) is used twice")) }
        let base = Notebook.shortName(of: segments[at].body)
        id = base
        var number = 2
        while taken.contains(id) { (id, number) = ("\(base)\(number)", number + 1) }
        segments[at].kind = .code(id: id, flags: flags)
        segments[at].raw = Notebook.fenced("gradus", ["#" + id] + flags, segments[at].body)
      }
      taken.insert(id)
    }
  }

  /// Five letters that depend on the text alone (FNV-1a).
  private static func shortName(of text: String) -> String {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in text.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
    let letters = Array("abcdefghijklmnopqrstuvwxyz")
    return String((0..<5).map { letters[Int(hash >> UInt64($0 * 11) % 26)] })
  }

  /// A block between fences longer than any inside it.
  package static func fenced(_ name: String, _ info: [String], _ body: String) -> [UInt8] {
    var fence = "```"
    while body.contains(fence) { fence += "`" }
    let end = body.isEmpty || body.hasSuffix("\n") ? "" : "\n"
    return Array("\(fence)\(([name] + info).joined(separator: " "))\n\(body)\(end)\(fence)\n".utf8)
  }

  /// Sets, replaces or removes (nil) what a cell shows.
  package mutating func setOutput(of cell: String, info: [String], body: String?) {
    let old = segments.firstIndex { if case .output(cell, _) = $0.kind { true } else { false } }
    guard let body else {
      if let old { segments.remove(at: old) }
      return
    }
    let raw = Notebook.fenced("out", ["#" + cell] + info, body)
    let segment = Segment(kind: .output(id: cell, info: info), raw: raw, body: body, line: 0)
    if let old {
      if segments[old].raw != raw { segments[old] = segment }
    } else if let at = cells.first(where: { id(of: $0) == cell }) {
      segments.insert(segment, at: at + 1)
    }
  }

  package func output(of cell: String) -> (info: [String], body: String, line: Int)? {
    for segment in segments {
      if case .output(cell, let info) = segment.kind { return (info, segment.body, segment.line) }
    }
    return nil
  }

  package mutating func setLedger(_ body: String?) {
    let old = segments.lastIndex { $0.kind == .ledger }
    guard let body else {
      if let old { segments.remove(at: old) }
      return
    }
    if let old {
      if segments[old].body != body {
        segments[old].raw = Array(body.utf8)
        segments[old].body = body
      }
    } else {
      segments.append(Segment(kind: .ledger, raw: Array(("\n" + body).utf8), body: body, line: 0))
    }
  }

  package var ledger: String? { segments.last { $0.kind == .ledger }?.body }
}

/// Cuts the bytes of a file into segments.
struct NotebookReader {
  private let bytes: [UInt8]
  private var at = 0
  private var line = 1
  private(set) var problems: [(line: Int, message: String)] = []

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  private func lineEnd(_ from: Int) -> Int {
    (bytes[from...].firstIndex(of: 10) ?? bytes.count - 1) + 1
  }

  /// A line without its end.
  private func text(_ from: Int, _ to: Int) -> String {
    var end = to
    while end > from, bytes[end - 1] == 10 || bytes[end - 1] == 13 { end -= 1 }
    return String(decoding: bytes[from..<end], as: UTF8.self)
  }

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
      let end = lineEnd(at)
      let first = text(at, end)
      if let segment = block(first, end) {
        endText(self)
        segments.append(segment.segment)
        line += segment.lines
        at = segment.end
        (textStart, textLine) = (at, line)
      } else {
        at = end
        line += 1
      }
    }
    endText(self)
    return segments
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

  private mutating func block(_ first: String, _ next: Int) -> (
    segment: Notebook.Segment, end: Int, lines: Int
  )? {
    if first.hasPrefix("<<<<<<< ") {
      return upTo("a merge", .conflict) { $0.hasPrefix(">>>>>>> ") }
    }
    if first.hasPrefix("<!-- gradus:ledger") {
      return upTo("the ledger", .ledger) { $0 == "</details>" }
    }
    let ticks = first.prefix { $0 == "`" }
    guard ticks.count >= 3 else { return nil }
    let words = first.dropFirst(ticks.count).split(separator: " ").map(String.init)
    guard let name = words.first, name == "gradus" || name == "out" else { return nil }
    var end = next
    var lines = 1
    while end < bytes.count {
      let stop = lineEnd(end)
      let current = text(end, stop)
      lines += 1
      if current.hasPrefix(ticks), current.allSatisfy({ $0 == "`" || $0 == " " }) {
        let body = String(decoding: bytes[next..<end], as: UTF8.self)
        let id = words.dropFirst().first { $0.hasPrefix("#") }.map { String($0.dropFirst()) } ?? ""
        let rest = words.dropFirst().filter { !$0.hasPrefix("#") }
        return (
          Notebook.Segment(
            kind: name == "gradus" ? .code(id: id, flags: rest) : .output(id: id, info: rest),
            raw: Array(bytes[at..<stop]), body: body, line: line), stop, lines
        )
      }
      end = stop
    }
    problems.append((line, "this block does not end"))
    return nil
  }

  /// A segment up to and with a closing line; text when there is none.
  private mutating func upTo(_ what: String, _ kind: Notebook.Kind, _ closes: (String) -> Bool) -> (
    segment: Notebook.Segment, end: Int, lines: Int
  )? {
    var end = at
    var lines = 0
    while end < bytes.count {
      let stop = lineEnd(end)
      lines += 1
      let isLast = closes(text(end, stop))
      end = stop
      guard isLast else { continue }
      if kind == .conflict {
        problems.append((line, "unresolved lines of a merge; nothing of them is run"))
      }
      let raw = Array(bytes[at..<end])
      return (
        Notebook.Segment(
          kind: kind, raw: raw, body: String(decoding: raw, as: UTF8.self), line: line),
        end, lines
      )
    }
    problems.append((line, "\(what) begins here and does not end"))
    return nil
  }
}

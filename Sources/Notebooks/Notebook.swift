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
    /// What has to hold after the cell of that id: a page of expressions, each of which is true.
    case expect(id: String, info: [String])
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
  /// The seed of all random numbers; set to another one, the text of the file stays.
  package var seed: UInt64
  package let title: String?
  /// How its values were made.
  package let numerics: Numerics
  /// The version of the format that the file names.
  package let version: Int
  /// The version that is read and written here.
  package static let currentVersion = 1

  package init(_ bytes: [UInt8]) {
    var reader = NotebookReader(bytes)
    segments = reader.read()
    problems = reader.problems
    let front = FrontMatter(segments.first.flatMap { $0.kind == .text ? $0.body : nil } ?? "")
    seed = front["seed"].flatMap { UInt64($0) } ?? 0
    title = front["title"]
    let named = front["numerics"]
    numerics = named.flatMap { Numerics(rawValue: $0) } ?? .portable
    if let named, Numerics(rawValue: named) == nil {
      let known = Numerics.allCases.map(\.rawValue).joined(separator: " or ")
      problems.append((front.line(of: "numerics"), "numerics is \(known), not \(named)"))
    }
    version = front["gradus"].flatMap { Int($0) } ?? Notebook.currentVersion
    if version > Notebook.currentVersion {
      problems.append((2, "this file is of version \(version) of the format, this program knows 1"))
    }
    nameCells()
    findOrphans()
  }

  mutating func note(_ line: Int, _ message: String) { problems.append((line, message)) }

  /// The bytes of the file.
  package func bytes() -> [UInt8] { segments.flatMap(\.raw) }

  /// Positions of the code cells.
  package var cells: [Int] {
    segments.indices.filter { if case .code = segments[$0].kind { true } else { false } }
  }

  package func id(of segment: Int) -> String {
    if case .code(let id, _) = segments[segment].kind { id } else { "" }
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
    guard let at = cells.first(where: { id(of: $0) == cell }) else { return }
    writeID(at)
    if let old {
      if segments[old].raw != raw { segments[old] = segment }
    } else {
      segments.insert(segment, at: at + 1)
    }
  }

  package typealias Output = (info: [String], body: String, line: Int)

  package func output(of cell: String) -> Output? {
    for segment in segments {
      if case .output(cell, let info) = segment.kind { return (info, segment.body, segment.line) }
    }
    return nil
  }

  /// What each cell showed; of two for one cell the first.
  package var outputs: [String: Output] {
    var found: [String: Output] = [:]
    for segment in segments {
      if case .output(let id, let info) = segment.kind, found[id] == nil {
        found[id] = (info, segment.body, segment.line)
      }
    }
    return found
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

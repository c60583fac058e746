import Files
import Formats

/// A notebook as a Jupyter notebook (nbformat 4.5): what a cell does not say by itself stands in its
/// `metadata.gradus`, so that `JupyterImport` gives the same bytes again.
package struct JupyterExport {
  private var cells: [JSON] = []
  private var gap: [UInt8] = []
  private var front = ""
  private var texts = 0
  private var used: Set<String> = []
  private let ledger: Ledger
  /// Whether the ledger is taken apart: its runs go to their cells.
  private let isApart: Bool
  /// The cell whose output may follow right here.
  private var open: String?

  package static func json(_ notebook: Notebook) -> JSON {
    let document = Carry(notebook.ledger ?? "").applied(to: plain(notebook))
    let bytes = notebook.bytes()
    if (try? JupyterImport.bytes(document)) == bytes { return document }
    // What its cells do not give again is kept as a whole, as long as none of them changes.
    return ExactPage.put(bytes, into: document)
  }

  /// Without what only a Jupyter notebook has.
  static func plain(_ notebook: Notebook) -> JSON { JupyterExport(notebook).document(notebook) }

  private init(_ notebook: Notebook) {
    ledger = Ledger(notebook.ledger ?? "")
    isApart = JupyterExport.comesApart(notebook, ledger)
    used = Set(notebook.cells.map { notebook.id(of: $0) })
    for (index, segment) in notebook.segments.enumerated() {
      switch segment.kind {
      case .text: addText(segment.raw, isFirst: index == 0)
      case .code(let id, let flags): addCode(id, flags, segment)
      case .output(let id, let info):
        if id == open { addOutput(id, info, segment) } else { addOpaque(segment.raw) }
      case .expect(let id, let info): addExpectation(id, info, segment)
      case .conflict: addOpaque(segment.raw)
      case .ledger:
        if !isApart { addOpaque(segment.raw) }
      }
    }
  }

  /// Whether the ledger can be put together again from its runs, cell by cell, and what else it has.
  private static func comesApart(_ notebook: Notebook, _ ledger: Ledger) -> Bool {
    guard let last = notebook.segments.last, last.kind == .ledger,
      ledger.text.map({ Array($0.utf8) }) == last.raw, ledger.entries.allSatisfy(\.isIntact),
      notebook.segments.count(where: { $0.kind == .ledger }) == 1
    else { return false }
    let cells = notebook.cells.filter { at in
      JupyterText.isID(notebook.id(of: at))
        && String(validating: notebook.segments[at].raw, as: UTF8.self) != nil
    }
    return cells.flatMap { ledger.entries(of: notebook.id(of: $0)).map(\.run) }
      == ledger.entries.map(\.run)
  }

  // MARK: Cells

  private mutating func freeID(_ wanted: String) -> String {
    var id = wanted
    var number = 2
    while used.contains(id) { (id, number) = ("\(wanted)-\(number)", number + 1) }
    used.insert(id)
    return id
  }

  /// Adds a cell; `raw` are its bytes, `canonical` those it would be given by itself.
  private mutating func add(
    _ type: String, _ id: String, _ source: String, tags: [String] = [], gradus: [JSON.Field] = [],
    raw: [UInt8], canonical: [UInt8]?
  ) {
    var gradus = gradus
    let expected: [UInt8] = cells.isEmpty && front.isEmpty ? [] : [10]
    if gap != expected {
      gradus.append(JSON.Field("before", .text(String(decoding: gap, as: UTF8.self))))
    }
    gap = []
    if raw != canonical {
      if let text = String(validating: raw, as: UTF8.self) {
        gradus.append(JSON.Field("raw", .text(text)))
      } else {
        gradus.append(JSON.Field("raw64", .text(Base64.text(raw))))
      }
    }
    var metadata: [JSON.Field] = []
    var cell: [JSON.Field] = [
      JSON.Field("cell_type", .text(type)), JSON.Field("id", .text(id)),
      JSON.Field("source", JupyterText.lines(source)),
    ]
    if !tags.isEmpty { metadata.append(JSON.Field("tags", .list(tags.map { .text($0) }))) }
    if type == "code" {
      cell.append(JSON.Field("execution_count", .null))
      cell.append(JSON.Field("outputs", .list([])))
    }
    if !gradus.isEmpty {
      gradus.append(JSON.Field("of", .text(JupyterText.hash(type, id, source, tags))))
      metadata.append(JSON.Field("gradus", .object(gradus)))
    }
    cell.append(JSON.Field("metadata", .object(metadata)))
    cells.append(.object(cell))
    open = nil
  }

  private mutating func addCode(_ id: String, _ flags: [String], _ segment: Notebook.Segment) {
    guard JupyterText.isID(id), String(validating: segment.raw, as: UTF8.self) != nil else {
      return addOpaque(segment.raw)
    }
    add(
      "code", id, JupyterText.source(segment.body),
      tags: flags.map { $0 == "params" ? "parameters" : $0 },
      raw: segment.raw,
      canonical: JupyterText.code(id, flags, JupyterText.source(segment.body)))
    open = id
    if isApart { for entry in ledger.entries(of: id) { put(JupyterText.output(of: entry)) } }
  }

  private mutating func put(_ output: JSON) {
    guard let cell = cells.popLast() else { return }
    cells.append(cell.with("outputs", .list((cell["outputs"]?.list ?? []) + [output])))
  }

  private mutating func addOutput(_ id: String, _ info: [String], _ segment: Notebook.Segment) {
    guard String(validating: segment.raw, as: UTF8.self) != nil else {
      return addOpaque(segment.raw)
    }
    let text = JupyterText.source(segment.body)
    var gradus = [JSON.Field("info", .text(info.joined(separator: " ")))]
    if !gap.isEmpty {
      gradus.append(JSON.Field("before", .text(String(decoding: gap, as: UTF8.self))))
    }
    gap = []
    if segment.raw != JupyterText.out(id, info.joined(separator: " "), text) {
      gradus.append(JSON.Field("raw", .text(String(decoding: segment.raw, as: UTF8.self))))
      gradus.append(JSON.Field("of", .text(JupyterText.hash(text))))
    }
    let output = JSON.object([
      JSON.Field("output_type", .text("execute_result")), JSON.Field("execution_count", .null),
      JSON.Field("data", .object([JSON.Field("text/plain", JupyterText.lines(text))])),
      JSON.Field("metadata", .object([JSON.Field("gradus", .object(gradus))])),
    ])
    if let cell = cells.popLast() {
      cells.append(cell.with("outputs", .list([output] + (cell["outputs"]?.list ?? []))))
    }
    open = nil
  }

  private mutating func addExpectation(_ id: String, _ info: [String], _ segment: Notebook.Segment)
  {
    guard String(validating: segment.raw, as: UTF8.self) != nil else {
      return addOpaque(segment.raw)
    }
    let words = ((id.isEmpty ? [] : ["#" + id]) + info).joined(separator: " ")
    let source = JupyterText.source(segment.body)
    add(
      "code", freeID("expect"), source, tags: ["expect"],
      gradus: [JSON.Field("expect", .text(words))], raw: segment.raw,
      canonical: JupyterText.block("expect", words, source))
  }

  private mutating func addOpaque(_ raw: [UInt8]) {
    add("raw", freeID("kept"), String(decoding: raw, as: UTF8.self), raw: raw, canonical: nil)
  }

  // MARK: Texts

  private mutating func addText(_ raw: [UInt8], isFirst: Bool) {
    guard let text = String(validating: raw, as: UTF8.self) else { return addOpaque(raw) }
    var rest = raw[...]
    if isFirst, let end = FrontMatter.end(text) {
      front = String(decoding: raw[..<end], as: UTF8.self)
      rest = raw[end...]
    }
    // A line of blanks belongs to the gap, a mark begins a text.
    var piece: [UInt8] = []
    var mark: String?
    while !rest.isEmpty {
      let end = (rest.firstIndex(of: 10) ?? rest.endIndex - 1) + 1
      let line = rest[..<end]
      rest = rest[end...]
      if let id = JupyterText.mark(line) {
        endText(mark, piece)
        (mark, piece) = (id, Array(line))
      } else if piece.isEmpty, line.allSatisfy({ [10, 13, 32, 9].contains($0) }) {
        gap += line
      } else {
        piece += line
      }
    }
    endText(mark, piece)
  }

  private mutating func endText(_ mark: String?, _ piece: [UInt8]) {
    guard !piece.isEmpty else { return }
    // Blank lines at the end belong to what follows.
    var lines = piece.split(separator: 10, omittingEmptySubsequences: false).map {
      Array($0) + [10]
    }
    lines[lines.count - 1].removeLast()
    var after: [UInt8] = []
    while let last = lines.last, last.allSatisfy({ [10, 13, 32, 9].contains($0) }), lines.count > 1
    {
      after = last + after
      lines.removeLast()
    }
    let core = lines.flatMap { $0 }
    let body = mark == nil ? core : Array(core.drop { $0 != 10 }.dropFirst())
    let source = JupyterText.source(String(decoding: body, as: UTF8.self))
    texts += 1
    let own = "text-\(texts)"
    if let mark, !used.contains(mark) {
      used.insert(mark)
      add("markdown", mark, source, raw: core, canonical: JupyterText.text(mark, source))
    } else {
      let id = freeID(own)
      let canonical = id == own ? JupyterText.text(nil, source) : nil
      add("markdown", id, source, raw: core, canonical: canonical)
    }
    gap = after
  }

  // MARK: The whole

  private func document(_ notebook: Notebook) -> JSON {
    var gradus = [JSON.Field("front", .text(front))]
    if gap != (isApart ? [10] : []) {
      gradus.append(JSON.Field("after", .text(String(decoding: gap, as: UTF8.self))))
    }
    let others = Carry.left(of: ledger.others)
    if isApart, !others.isEmpty {
      gradus.append(JSON.Field("ledger", .list(others.map { .text($0) })))
    }
    var metadata = [
      JSON.Field("gradus", .object(gradus)),
      JSON.Field(
        "kernelspec",
        .object([
          JSON.Field("display_name", .text("Gradus")), JSON.Field("language", .text("gradus")),
          JSON.Field("name", .text("gradus")),
        ])),
      JSON.Field(
        "language_info",
        .object([
          JSON.Field("file_extension", .text(".grd")), JSON.Field("name", .text("gradus")),
        ])),
    ]
    if let title = notebook.title { metadata.append(JSON.Field("title", .text(title))) }
    return .object([
      JSON.Field("cells", .list(cells)), JSON.Field("metadata", .object(metadata)),
      JSON.Field("nbformat", .integer(4)), JSON.Field("nbformat_minor", .integer(5)),
    ])
  }
}

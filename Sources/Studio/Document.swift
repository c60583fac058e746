import Lessons
import Notebooks
import Training

/// A notebook's segments as cells, and cells as a notebook's bytes: what was not changed is written as
/// it was read.
struct Document {
  private(set) var frontMatter: [UInt8] = []
  /// What the page teaches, when it is a lesson.
  private(set) var lesson: Lesson?
  private(set) var cells: [StudioCell] = []
  private(set) var ledger: (before: [UInt8], segment: Notebook.Segment)?
  /// Blank lines that belong before the next cell.
  private var blanks: [UInt8] = []

  init(_ notebook: Notebook) {
    var notebook = notebook
    notebook.writeIDs()
    if Lesson.isLesson(notebook) { lesson = Lesson(notebook) }
    for (index, segment) in notebook.segments.enumerated() {
      switch segment.kind {
      case .text:
        let raw = index == 0 ? withoutFrontMatter(segment.raw) : segment.raw
        if let lesson { addParts(of: lesson, raw) } else { addText(raw) }
      case .code(let id, let flags): addCode(id, flags, segment)
      case .output(let id, _): addOutput(id, segment)
      case .conflict, .expect:
        add(StudioCell(id: "", kind: .fixed, text: segment.body, origin: origin(segment)))
      case .ledger:
        ledger = (blanks, segment)
        blanks = []
      }
    }
    if !blanks.isEmpty { giveBlanksToLast() }
    for at in cells.indices { cells[at].key = at }
  }

  private mutating func withoutFrontMatter(_ raw: [UInt8]) -> [UInt8] {
    let text = String(decoding: raw, as: UTF8.self)
    guard text.hasPrefix("---\n") || text.hasPrefix("---\r\n") else { return raw }
    var end = 0
    for (number, line) in raw.split(separator: 10, omittingEmptySubsequences: false).enumerated() {
      end += line.count + 1
      let words = line.filter { $0 != 13 && $0 != 32 }
      if number > 0, words == Array("---".utf8) {
        frontMatter = Array(raw[..<min(end, raw.count)])
        return Array(raw[min(end, raw.count)...])
      }
    }
    return raw
  }

  private static func isBlank(_ byte: UInt8) -> Bool {
    byte == 10 || byte == 13 || byte == 32 || byte == 9
  }

  private mutating func addText(_ raw: [UInt8]) {
    guard let first = raw.firstIndex(where: { !Document.isBlank($0) }),
      let last = raw.lastIndex(where: { !Document.isBlank($0) })
    else {
      blanks += raw
      giveBlanksToLast()
      return
    }
    let start = (raw[..<first].lastIndex(of: 10) ?? -1) + 1
    let end = raw[last...].firstIndex(of: 10) ?? raw.count
    let core = Array(raw[start..<end])
    let isValid = String(validating: core, as: UTF8.self) != nil
    let text = Editor(String(decoding: core, as: UTF8.self)).text
    let origin = StudioCell.Origin(
      before: blanks + raw[..<start], raw: core, after: Array(raw[end...]), text: text,
      kind: isValid ? .text : .fixed, id: "")
    blanks = []
    cells.append(StudioCell(id: "", kind: origin.kind, text: text, origin: origin))
    if lesson != nil { cells[cells.count - 1].role = .frame }
  }

  /// The frames, questions and exercises of a lesson as cells; what stands behind an exercise, and is
  /// not shown, stays with it.
  private mutating func addParts(of lesson: Lesson, _ raw: [UInt8]) {
    for piece in LessonPiece.pieces(of: raw, line: 1).pieces {
      guard piece.block != nil else {
        addText(piece.raw)
        continue
      }
      guard let role = LessonRole(piece, lesson),
        String(validating: piece.raw, as: UTF8.self) != nil
      else {
        blanks += piece.raw
        if !cells.isEmpty { giveBlanksToLast() }
        continue
      }
      let kind: StudioCell.Kind = role.runs ? .code(flags: []) : .fixed
      let text = role.question?.body ?? piece.body
      let id = !role.runs ? "" : piece.block == .goal ? "goal" : piece.id
      var cell = StudioCell(
        id: id, kind: kind, text: text,
        origin: StudioCell.Origin(
          before: blanks, raw: piece.raw, text: Editor(text).text, kind: kind, id: id))
      blanks = []
      cell.role = role
      cell.readsOfCheck = role.exercise?.readsOfCheck ?? []
      cells.append(cell)
    }
  }

  private mutating func origin(
    _ segment: Notebook.Segment, _ kind: StudioCell.Kind = .fixed, id: String = ""
  ) -> StudioCell.Origin {
    defer { blanks = [] }
    return StudioCell.Origin(
      before: blanks, raw: segment.raw, text: Editor(segment.body).text, kind: kind, id: id)
  }

  private mutating func add(_ cell: StudioCell) { cells.append(cell) }

  private mutating func addCode(_ id: String, _ flags: [String], _ segment: Notebook.Segment) {
    let isValid = String(validating: segment.raw, as: UTF8.self) != nil
    let kind: StudioCell.Kind = isValid ? .code(flags: flags) : .fixed
    var cell = StudioCell(
      id: isValid ? id : "", kind: kind, text: segment.body,
      origin: origin(segment, kind, id: isValid ? id : ""))
    if lesson == nil {
      cell.isFolded = cell.isHidden
    } else if flags.contains("hidden") || flags.contains("setup") {
      cell.role = .hidden
    }
    cells.append(cell)
  }

  /// An output belongs to the cell right above it; any other is kept as it is.
  private mutating func addOutput(_ id: String, _ segment: Notebook.Segment) {
    if let last = cells.indices.last, cells[last].id == id, cells[last].isCode,
      cells[last].output == nil
    {
      cells[last].origin?.after += blanks
      blanks = []
      cells[last].origin?.hasOutput = true
      cells[last].output = segment
      return
    }
    cells.append(StudioCell(id: "", kind: .fixed, text: segment.body, origin: origin(segment)))
  }

  private mutating func giveBlanksToLast() {
    guard let last = cells.indices.last else { return }
    if cells[last].output != nil {
      cells[last].origin?.afterOutput += blanks
    } else {
      cells[last].origin?.after += blanks
    }
    blanks = []
  }
}

extension StudioState {
  /// The bytes of the file as it would be saved now. Cells whose runs still go on keep what the file
  /// has of them.
  package func document() -> [UInt8] {
    var writer = DocumentWriter(bytes: frontMatter)
    if frontMatter.isEmpty, cells.allSatisfy({ $0.origin == nil }) {
      writer.bytes = Array("---\ngradus: 1\n---\n".utf8)
    }
    var runs: [Ledger.Entry] = []
    for cell in cells {
      if writer.write(cell), cell.isCode {
        if let record = cell.evaluated?.record {
          runs += record.runs
        } else {
          runs += ledger.entries.filter { $0.run.hasPrefix(cell.id + ".") }
        }
      }
    }
    var ledgers = ledger
    ledgers.entries = runs
    if let text = ledgers.text {
      if let origin = ledgerOrigin, !isLedgerChanged(runs) {
        writer.bytes += origin.before + origin.segment.raw
      } else {
        writer.separate()
        writer.bytes += Array(text.utf8)
      }
    }
    return writer.bytes
  }

  private func isLedgerChanged(_ runs: [Ledger.Entry]) -> Bool {
    var now = ledger
    now.entries = runs
    return now.text != savedLedger
  }
}

private struct DocumentWriter {
  var bytes: [UInt8]
  private var needsBlank = false

  init(bytes: [UInt8]) { self.bytes = bytes }

  /// Ends with an empty line, unless nothing is there yet.
  mutating func separate() {
    needsBlank = false
    guard let last = bytes.last else { return }
    if last != 10 { bytes.append(10) }
    if bytes.count > 1, bytes[bytes.count - 2] != 10 { bytes.append(10) }
  }

  /// False for a cell that leaves nothing in the file.
  mutating func write(_ cell: StudioCell) -> Bool {
    let origin = cell.origin
    let isSame =
      origin.map { $0.text == cell.text && $0.kind == cell.kind && $0.id == cell.id } ?? false
      || cell.role?.isFixed == true && origin != nil
    if !isSame, cell.kind == .text, cell.editor.isEmpty { return false }
    if origin == nil || (needsBlank && (origin?.before.first ?? 0) != 10) { separate() }
    if let origin { bytes += origin.before }
    if isSame, let origin {
      bytes += origin.raw
    } else {
      switch cell.kind {
      case .text, .fixed: bytes += Array(cell.text.utf8)
      case .code(let flags):
        let name = cell.role?.exercise == nil ? "gradus" : "exercise"
        bytes += Notebook.fenced(name, ["#" + cell.id] + flags, cell.text)
      }
      if cell.isCode != (origin?.kind ?? cell.kind).isCode, bytes.last != 10 { bytes.append(10) }
    }
    writeOutput(cell)
    if origin == nil || !isSame { needsBlank = origin?.after.isEmpty ?? true }
    if origin == nil, bytes.last != 10 { bytes.append(10) }
    return true
  }

  private mutating func writeOutput(_ cell: StudioCell) {
    let after = cell.origin?.after ?? []
    let afterOutput = cell.origin?.afterOutput ?? []
    let raw = cell.isCode && cell.role?.isOfBlock != true ? cell.outputBytes : []
    bytes += cell.origin?.hasOutput == false || raw.isEmpty ? raw + after : after + raw
    bytes += afterOutput
  }
}

extension StudioCell {
  /// The output as it stands in the file; what is the same keeps its bytes.
  fileprivate var outputBytes: [UInt8] {
    guard let record = evaluated?.record else { return output?.raw ?? [] }
    guard let body = record.body else { return [] }
    let raw = Notebook.fenced("out", ["#" + id] + record.info, body)
    if let output, output.kind == .output(id: id, info: record.info),
      output.body == body || output.body == body + "\n"
    {
      return output.raw
    }
    return raw
  }
}

extension StudioCell.Kind {
  var isCode: Bool { if case .code = self { true } else { false } }
}

import Files
import Notebooks

/// What the journal keeps of a session, so that nothing typed is lost.
enum RecoveryRecord: Equatable {
  /// The bytes of the file that the following records change.
  case base([UInt8])
  /// All cells in their order.
  case cells([Cell])
  /// In the lines of a cell: some removed at a place, and what came there.
  case lines(key: Int, at: Int, removed: Int, inserted: [String])
  /// The whole text of a cell.
  case text(key: Int, [UInt8])
  /// A cell's output, with the series of its runs.
  case output(key: Int, info: String, body: String?, series: String)
  /// The page as of here is about to be written to the file; its hash.
  case saving(String)
  /// Records that are there together or not at all.
  case together([RecoveryRecord])

  struct Cell: Equatable {
    let key: Int
    let id: String
    let kind: StudioCell.Kind
    /// Nil when the records before have it.
    let text: String?
  }

  // MARK: Bytes

  var bytes: [UInt8] {
    var writer = RecordWriter()
    switch self {
    case .base(let bytes):
      writer.bytes = [UInt8(ascii: "B")] + bytes
    case .cells(let cells):
      writer.bytes = [UInt8(ascii: "C")]
      for cell in cells {
        writer.number(cell.key)
        writer.text(RecoveryRecord.name(of: cell.kind))
        writer.text(cell.id)
        writer.number(cell.text == nil ? 0 : 1)
        writer.text(cell.text ?? "")
      }
    case .lines(let key, let at, let removed, let inserted):
      writer.bytes = [UInt8(ascii: "L")]
      writer.number(key)
      writer.number(at)
      writer.number(removed)
      writer.number(inserted.count)
      for (index, line) in inserted.enumerated() {
        if index > 0 { writer.bytes.append(10) }
        writer.bytes += Array(line.utf8)
      }
    case .text(let key, let bytes):
      writer.bytes = [UInt8(ascii: "T")]
      writer.number(key)
      writer.bytes += bytes
    case .output(let key, let info, let body, let series):
      writer.bytes = [UInt8(ascii: "O")]
      writer.number(key)
      writer.text(info)
      writer.number(body == nil ? 0 : 1)
      writer.text(body ?? "")
      writer.text(series)
    case .together(let records):
      writer.bytes = [UInt8(ascii: "G")]
      for record in records {
        let bytes = record.bytes
        writer.number(bytes.count)
        writer.bytes += bytes
      }
    case .saving(let hash): writer.bytes = [UInt8(ascii: "W")] + Array(hash.utf8)
    }
    return writer.bytes
  }

  /// Nil for bytes that are no record.
  init?(_ bytes: [UInt8]) {
    guard let kind = bytes.first else { return nil }
    var reader = RecordReader(bytes: bytes[1...])
    switch kind {
    case UInt8(ascii: "B"): self = .base(Array(bytes.dropFirst()))
    case UInt8(ascii: "C"):
      var cells: [Cell] = []
      while !reader.bytes.isEmpty {
        guard let key = reader.number(), let kind = reader.text(), let id = reader.text(),
          let has = reader.number(), let text = reader.text()
        else { return nil }
        cells.append(
          Cell(
            key: key, id: id, kind: RecoveryRecord.kind(named: kind), text: has == 0 ? nil : text))
      }
      self = .cells(cells)
    case UInt8(ascii: "L"):
      guard let key = reader.number(), let at = reader.number(), let removed = reader.number(),
        let count = reader.number()
      else { return nil }
      let lines = reader.bytes.split(separator: 10, omittingEmptySubsequences: false)
      guard count == 0 ? reader.bytes.isEmpty : lines.count == count else { return nil }
      self = .lines(
        key: key, at: at, removed: removed,
        inserted: count == 0 ? [] : lines.map { String(decoding: $0, as: UTF8.self) })
    case UInt8(ascii: "T"):
      guard let key = reader.number() else { return nil }
      self = .text(key: key, Array(reader.bytes))
    case UInt8(ascii: "O"):
      guard let key = reader.number(), let info = reader.text(), let has = reader.number(),
        let body = reader.text(), let series = reader.text()
      else { return nil }
      self = .output(key: key, info: info, body: has == 0 ? nil : body, series: series)
    case UInt8(ascii: "G"):
      var records: [RecoveryRecord] = []
      while !reader.bytes.isEmpty {
        guard let count = reader.number(), count <= reader.bytes.count,
          let record = RecoveryRecord(Array(reader.bytes.prefix(count)))
        else { return nil }
        records.append(record)
        reader.bytes = reader.bytes.dropFirst(count)
      }
      self = .together(records)
    case UInt8(ascii: "W"): self = .saving(String(decoding: bytes.dropFirst(), as: UTF8.self))
    default: return nil
    }
  }

  /// The records that this one is made of.
  var parts: [RecoveryRecord] {
    if case .together(let records) = self { records } else { [self] }
  }

  static func name(of kind: StudioCell.Kind) -> String {
    switch kind {
    case .text: "text"
    case .fixed: "fixed"
    case .code(let flags): (["code"] + flags).joined(separator: " ")
    }
  }

  static func kind(named name: String) -> StudioCell.Kind {
    let words = name.split(separator: " ").map(String.init)
    return words.first == "code"
      ? .code(flags: Array(words.dropFirst())) : name == "fixed" ? .fixed : .text
  }

  /// The hash of a page that is saved.
  static func hash(of page: [UInt8]) -> String {
    var hasher = SHA256()
    page.withUnsafeBytes { hasher.update($0) }
    return hasher.finish().map { String($0, radix: 16) }.joined(separator: ".")
  }
}

extension RecoveryRecord {
  /// The difference of the lines of two texts; nil when they are the same.
  static func lines(key: Int, from old: [[Character]], to new: [[Character]]) -> RecoveryRecord? {
    var start = 0
    let most = min(old.count, new.count)
    while start < most, old[start] == new[start] { start += 1 }
    if start == old.count, start == new.count { return nil }
    var end = 0
    while end < most - start, old[old.count - 1 - end] == new[new.count - 1 - end] { end += 1 }
    return .lines(
      key: key, at: start, removed: old.count - end - start,
      inserted: new[start..<(new.count - end)].map { String($0) })
  }
}

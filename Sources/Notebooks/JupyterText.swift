import Files
import Formats

/// How pieces of a page are written in the one and the other format.
enum JupyterText {
  /// Between fences without the end of the last line.
  static func source(_ body: String) -> String {
    body.utf8.last == 10 ? String(decoding: body.utf8.dropLast(), as: UTF8.self) : body
  }

  static func block(_ name: String, _ words: String, _ source: String) -> [UInt8] {
    Notebook.fenced(name, words.isEmpty ? [] : [words], source.isEmpty ? "" : source + "\n")
  }

  static func code(_ id: String, _ flags: [String], _ source: String) -> [UInt8] {
    block("gradus", (["#" + id] + flags).joined(separator: " "), source)
  }

  static func out(_ id: String, _ info: String, _ source: String) -> [UInt8] {
    block("out", "#" + id + (info.isEmpty ? "" : " " + info), source)
  }

  static func text(_ mark: String?, _ source: String) -> [UInt8] {
    let first = mark.map { "<!-- cell #\($0) -->\n" } ?? ""
    return Array((first + source + (source.isEmpty && mark != nil ? "" : "\n")).utf8)
  }

  /// The id of a line `<!-- cell #id -->`.
  static func mark(_ line: some Collection<UInt8>) -> String? {
    let text = String(decoding: line, as: UTF8.self)
    guard text.hasPrefix("<!-- cell #"), text.hasSuffix(" -->\n") else { return nil }
    let id = String(text.dropFirst(11).dropLast(5))
    return isID(id) ? id : nil
  }

  static func isID(_ id: String) -> Bool {
    (1...64).contains(id.utf8.count)
      && id.utf8.allSatisfy { byte in
        byte == 45 || byte == 95 || (48...57).contains(byte) || (65...90).contains(byte)
          || (97...122).contains(byte)
      }
  }

  /// What an exact text is exact for; another content makes it worth nothing.
  static func hash(_ type: String, _ id: String, _ source: String, _ tags: [String]) -> String {
    hash(([type, id, source] + tags).map { "\($0.utf8.count) \($0)" }.joined(separator: "\n"))
  }

  static func hash(_ text: String) -> String {
    var hasher = SHA256()
    hasher.update(text)
    return hasher.finishShort()
  }

  /// A text as a list of lines that keep their ends, as Jupyter writes it.
  static func lines(_ text: String) -> JSON {
    var lines: [JSON] = []
    var line: [UInt8] = []
    for byte in text.utf8 {
      line.append(byte)
      guard byte == 10 else { continue }
      lines.append(.text(String(decoding: line, as: UTF8.self)))
      line = []
    }
    if !line.isEmpty { lines.append(.text(String(decoding: line, as: UTF8.self))) }
    return .list(lines)
  }

  /// The text of a list of lines, or of a text.
  static func joined(_ value: JSON) -> String {
    value.text ?? (value.list ?? []).map { $0.text ?? "" }.joined()
  }

  private static let kind = "application/vnd.gradus.series+json"

  /// A run as an output: its lines in the ledger, and where each series begins and ends.
  static func output(of entry: Ledger.Entry) -> JSON {
    let summary = entry.series.map { series in
      "\(series.name)  \(series.values.count) steps"
        + (series.values.first.map { "  \($0) → \(series.values.last ?? $0)" } ?? "")
    }
    return .object([
      JSON.Field("output_type", .text("display_data")), JSON.Field("metadata", .object([])),
      JSON.Field(
        "data",
        .object([
          JSON.Field(
            kind,
            .object([
              JSON.Field("run", .text(entry.run)),
              JSON.Field("lines", .list(Ledger.block(entry).map { .text($0) })),
            ])),
          JSON.Field("text/plain", lines(summary.joined(separator: "\n"))),
        ])),
    ])
  }

  /// The lines of a run that an output holds.
  static func ledgerLines(_ output: JSON) -> [String]? {
    output["data"]?[kind]?["lines"]?.list?.compactMap(\.text)
  }
}

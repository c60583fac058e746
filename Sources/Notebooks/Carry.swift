import Files
import Formats

/// What only a Jupyter notebook has: fields that a page does not give, a line of JSON for each cell.
///
/// A field is put back as long as the page gives in its place what it gave when it was read.
struct Carry {
  private(set) var lines: [String] = []
  private static let absent = "absent"

  /// The block of the ledger.
  var block: [String] {
    let fence = Notebook.fenced("carry", [], lines.joined(separator: "\n"))
    return String(decoding: fence, as: UTF8.self).split(separator: "\n").map(String.init)
  }

  /// Reads the `carry` blocks of a ledger.
  init(_ ledger: String) { lines = Carry.apart(Ledger(ledger).others).carried }

  /// The lines of a ledger without `carry` blocks.
  static func left(of others: [String]) -> [String] { apart(others).left }

  private static func apart(_ others: [String]) -> (carried: [String], left: [String]) {
    var (carried, left): ([String], [String]) = ([], [])
    // The ticks of the carry block that is open.
    var open: Int?
    for line in others {
      let ticks = line.prefix { $0 == "`" }.count
      if let count = open {
        if ticks >= count, line.dropFirst(ticks).isEmpty {
          open = nil
        } else {
          carried.append(line)
        }
      } else if ticks >= 3, line.dropFirst(ticks) == "carry" {
        open = ticks
      } else {
        left.append(line)
      }
    }
    return (carried, left)
  }

  /// What `wanted` has and the page's `given` has not, or otherwise; names in order, so that the same
  /// notebook gives the same lines however it was written.
  init(from wanted: JSON, over given: JSON) {
    let cells = zip(wanted["cells"]?.list ?? [], given["cells"]?.list ?? [])
    for (index, (wanted, given)) in cells.enumerated() {
      let fields = Carry.difference(Carry.flat(wanted), Carry.flat(given))
      guard !fields.isEmpty else { continue }
      let line = JSON.object([
        JSON.Field("cell", given["id"] ?? .integer(index)),
        JSON.Field("over", .text(Carry.hash(given["source"]))), JSON.Field("keys", .object(fields)),
      ])
      lines.append(line.sorted.written)
    }
    let fields = Carry.difference(
      Carry.flat(wanted.with("cells", nil)), Carry.flat(given.with("cells", nil)))
    if !fields.isEmpty {
      lines.append(JSON.object([JSON.Field("notebook", .object(fields))]).sorted.written)
    }
  }

  func applied(to document: JSON) -> JSON {
    guard !lines.isEmpty else { return document }
    var cells = document["cells"]?.list ?? []
    var places: [String: Int] = [:]
    for (index, cell) in cells.enumerated() { places[cell["id"]?.text ?? ""] = index }
    var result = document
    for line in lines {
      guard let json = try? JSON(parsing: Array(line.utf8)) else { continue }
      if let fields = json["notebook"]?.fields {
        result = Carry.put(fields, into: result)
      } else if let id = json["cell"]?.text, let at = places[id], let fields = json["keys"]?.fields
      {
        // Of a cell that has become another kind of cell, all or nothing.
        let isWhole = fields.contains { $0.name == "cell_type" || $0.name == "source" }
        if isWhole, json["over"]?.text != Carry.hash(cells[at]["source"]) { continue }
        cells[at] = Carry.put(fields, into: cells[at])
      }
    }
    return result.with("cells", .list(cells))
  }

  // MARK: Fields

  /// The fields of an object with those of its metadata among them.
  private static func flat(_ object: JSON) -> [JSON.Field] {
    (object.fields ?? []).flatMap { field -> [JSON.Field] in
      guard field.name == "metadata", let inner = field.value.fields else { return [field] }
      return inner.map { JSON.Field("metadata/" + $0.name, $0.value) }
    }
  }

  private static func difference(_ wanted: [JSON.Field], _ given: [JSON.Field]) -> [JSON.Field] {
    func value(_ fields: [JSON.Field], _ name: String) -> JSON? {
      fields.first { $0.name == name }?.value
    }
    var names = wanted.map(\.name)
    names += given.map(\.name).filter { !names.contains($0) }
    return names.compactMap { name in
      let (a, b) = (value(wanted, name), value(given, name))
      guard a?.sorted != b?.sorted else { return nil }
      var fields = [JSON.Field("over", .text(hash(b)))]
      if let a { fields.append(JSON.Field("is", a)) }
      return JSON.Field(name, .object(fields))
    }
  }

  private static func hash(_ value: JSON?) -> String {
    value.map { JupyterText.hash($0.sorted.written) } ?? absent
  }

  private static func put(_ fields: [JSON.Field], into object: JSON) -> JSON {
    var result = object
    for field in fields {
      let name = field.name
      if name.hasPrefix("metadata/") {
        let inner = String(name.dropFirst(9))
        let metadata = result["metadata"] ?? .object([])
        guard field.value["over"]?.text == hash(metadata[inner]) else { continue }
        result = result.with("metadata", metadata.with(inner, field.value["is"]))
      } else if field.value["over"]?.text == hash(result[name]) {
        result = result.with(name, field.value["is"])
      }
    }
    return result
  }
}

import Formats

/// Notebooks of all versions as those of nbformat 4.5, with texts in one piece cut into lines.
enum JupyterUpgrade {
  static func document(_ json: JSON) throws(FormatError) -> JSON {
    guard let version = json["nbformat"]?.integer ?? (json["worksheets"] == nil ? nil : 3) else {
      throw .malformed(format: "Jupyter", reason: "it does not say its version")
    }
    guard (2...4).contains(version) else {
      throw .unsupported(format: "Jupyter", reason: "it is of version \(version); 2 to 4 are read")
    }
    let sheets = json["worksheets"]?.list ?? []
    let cells = version == 4 ? json["cells"]?.list : sheets.flatMap { $0["cells"]?.list ?? [] }
    guard let cells, (json["metadata"] ?? .object([])).fields != nil else {
      throw .malformed(format: "Jupyter", reason: "it has no cells")
    }
    var used = Set(cells.compactMap { $0["id"]?.text })
    var seen: Set<String> = []
    var whole: [JSON] = []
    for (index, old) in cells.enumerated() {
      guard old.fields != nil else {
        throw .malformed(format: "Jupyter", reason: "cell \(index + 1) is no object")
      }
      var cell = version == 4 ? old : upgraded(version == 2 ? withLineEnds(old) : old)
      // Kinds that are not known yet are kept as they are.
      guard let type = cell["cell_type"]?.text else {
        throw .malformed(format: "Jupyter", reason: "cell \(index + 1) is of no kind")
      }
      let id = cell["id"]?.text ?? ""
      if !JupyterText.isID(id) || seen.contains(id) {
        var number = index + 1
        while used.contains("cell-\(number)") { number += cells.count }
        cell = cell.with("id", .text("cell-\(number)"))
        used.insert("cell-\(number)")
      }
      seen.insert(cell["id"]?.text ?? "")
      if cell["source"] != nil || ["code", "markdown", "raw"].contains(type) {
        cell = cell.with(
          "source", JupyterText.lines(JupyterText.joined(cell["source"] ?? .text(""))))
      }
      if cell["metadata"]?.fields == nil { cell = cell.with("metadata", .object([])) }
      if type == "code" {
        if cell["execution_count"] == nil { cell = cell.with("execution_count", .null) }
        cell = cell.with("outputs", .list((cell["outputs"]?.list ?? []).map(inLines)))
      }
      whole.append(cell)
    }
    var result = json.with("worksheets", nil).with("cells", .list(whole))
    if version < 4 {
      // Version 3 has the name of the notebook among its metadata.
      let name = json["metadata"]?["name"]
      let metadata = (json["metadata"] ?? .object([])).with("name", nil)
      result = result.with("metadata", metadata.with("title", name?.text == "" ? nil : name))
      result = result.with("orig_nbformat", nil).with("orig_nbformat_minor", nil)
    }
    if result["metadata"] == nil { result = result.with("metadata", .object([])) }
    return result.with("nbformat", .integer(4)).with("nbformat_minor", .integer(5))
  }

  /// Lists of lines with the ends that version 2 leaves out.
  private static func withLineEnds(_ json: JSON) -> JSON {
    switch json {
    case .list(let items):
      guard items.allSatisfy({ $0.text != nil }) else { return .list(items.map(withLineEnds)) }
      let last = items.count - 1
      return .list(
        items.enumerated().map { at, item in .text((item.text ?? "") + (at < last ? "\n" : "")) })
    case .object(let fields):
      return .object(
        fields.map { field in
          field.name == "traceback" ? field : JSON.Field(field.name, withLineEnds(field.value))
        })
    case .null, .boolean, .integer, .number, .text: return json
    }
  }

  /// A cell of version 2 or 3.
  private static func upgraded(_ old: JSON) -> JSON {
    var cell = old
    switch old["cell_type"]?.text {
    case "code":
      cell = cell.with("source", old["input"] ?? .text("")).with("input", nil)
      cell = cell.with("execution_count", old["prompt_number"] ?? .null).with("prompt_number", nil)
      var metadata = old["metadata"] ?? .object([])
      if old["collapsed"]?.boolean == true { metadata = metadata.with("collapsed", .boolean(true)) }
      cell = cell.with("metadata", metadata).with("collapsed", nil).with("language", nil)
      cell = cell.with("outputs", .list((old["outputs"]?.list ?? []).map(upgradedOutput)))
    case "heading":
      let level = max(1, min(6, old["level"]?.integer ?? 1))
      let text = JupyterText.joined(old["source"] ?? .text(""))
        .split(whereSeparator: \.isNewline).joined(separator: " ")
      cell = cell.with("cell_type", .text("markdown")).with("level", nil)
      cell = cell.with("source", .text(String(repeating: "#", count: level) + " " + text))
    case "html": cell = cell.with("cell_type", .text("markdown"))
    default: break
    }
    return cell
  }

  private static let kinds = [
    ("text", "text/plain"), ("html", "text/html"), ("svg", "image/svg+xml"), ("png", "image/png"),
    ("jpeg", "image/jpeg"), ("latex", "text/latex"), ("json", "application/json"),
    ("javascript", "application/javascript"),
  ]

  private static func upgradedOutput(_ old: JSON) -> JSON {
    var output = old
    switch old["output_type"]?.text {
    case "pyout", "display_data":
      var data: [JSON.Field] = []
      for (name, kind) in kinds {
        guard let value = old[name] else { continue }
        let json =
          name == "json" ? try? JSON(parsing: Array(JupyterText.joined(value).utf8)) : value
        if let json { data.append(JSON.Field(kind, json)) }
        output = output.with(name, nil)
      }
      output = output.with("data", .object(data)).with("metadata", old["metadata"] ?? .object([]))
      if old["output_type"]?.text == "pyout" {
        output = output.with("output_type", .text("execute_result"))
        output = output.with("execution_count", old["prompt_number"] ?? .null)
      }
      output = output.with("prompt_number", nil)
    case "pyerr":
      output = output.with("output_type", .text("error"))
    case "stream":
      output = output.with("name", old["stream"] ?? old["name"] ?? .text("stdout"))
      output = output.with("stream", nil).with("metadata", nil)
    default: break
    }
    return output
  }

  /// Texts of an output cut into lines.
  private static func inLines(_ output: JSON) -> JSON {
    var result = output
    if output["output_type"]?.text == "stream", let text = output["text"] {
      result = result.with("text", JupyterText.lines(JupyterText.joined(text)))
    }
    guard let data = output["data"]?.fields else { return result }
    return result.with(
      "data",
      .object(
        data.map { field in
          let isJSON = field.name == "application/json" || field.name.hasSuffix("+json")
          guard !isJSON, field.value.text != nil || field.value.list != nil else { return field }
          return JSON.Field(field.name, JupyterText.lines(JupyterText.joined(field.value)))
        }))
  }
}

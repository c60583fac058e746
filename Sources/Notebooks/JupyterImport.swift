import Files
import Formats

/// A Jupyter notebook as a page: what only it has goes into the ledger, from where `JupyterExport` takes
/// it back.
package struct JupyterImport {
  private let usesExactBytes: Bool
  private let isOwn: Bool
  private let language: String
  private var bytes: [UInt8] = []
  private var texts = 0
  private var isAfterText = false
  private var ledgerLines: [String] = []

  /// The bytes of the page. Notebooks of earlier versions are read as if they were of version 4.5.
  package static func bytes(_ json: JSON) throws(FormatError) -> [UInt8] {
    let upgraded = try JupyterUpgrade.document(json)
    if let page = ExactPage.bytes(of: upgraded) { return page }
    let document = withoutStale(ExactPage.put(nil, into: upgraded))
    let wanted = document["cells"]?.list?.count
    for usesExactBytes in [true, false] {
      var writer = JupyterImport(document, usesExactBytes)
      let plain = writer.page(document, others: [])
      let given = JupyterExport.plain(Notebook(plain))
      guard given["cells"]?.list?.count == wanted else { continue }
      var carry = Carry(from: document, over: given)
      guard !carry.lines.isEmpty else { return plain }
      // The ledger that is needed now may change what the page gives at its end.
      for _ in 0..<4 {
        writer = JupyterImport(document, usesExactBytes)
        let page = writer.page(document, others: carry.block)
        let again = JupyterExport.plain(Notebook(page))
        guard again["cells"]?.list?.count == wanted else { break }
        let next = Carry(from: document, over: again)
        if next.lines == carry.lines { return page }
        carry = next
      }
    }
    throw .unsupported(format: "Jupyter", reason: "its cells cannot be told apart on a page")
  }

  /// Without exact bytes of cells that have changed since.
  private static func withoutStale(_ document: JSON) -> JSON {
    let cells = (document["cells"]?.list ?? []).map { cell -> JSON in
      guard let metadata = cell["metadata"], let of = metadata["gradus"]?["of"]?.text,
        of != hash(of: cell)
      else { return cell }
      return cell.with("metadata", metadata.with("gradus", nil))
    }
    return document["cells"] == nil ? document : document.with("cells", .list(cells))
  }

  private static func hash(of cell: JSON) -> String {
    JupyterText.hash(
      cell["cell_type"]?.text ?? "", cell["id"]?.text ?? "",
      JupyterText.joined(cell["source"] ?? .text("")),
      (cell["metadata"]?["tags"]?.list ?? []).compactMap(\.text))
  }

  private init(_ document: JSON, _ usesExactBytes: Bool) {
    self.usesExactBytes = usesExactBytes
    let metadata = document["metadata"]
    isOwn = metadata?["gradus"] != nil || metadata?["kernelspec"]?["name"]?.text == "gradus"
    let name =
      metadata?["language_info"]?["name"]?.text ?? metadata?["kernelspec"]?["language"]?.text
      ?? "python"
    language = name.filter { $0.isASCII && ($0.isLetter || $0.isNumber) }
  }

  private mutating func page(_ document: JSON, others: [String]) -> [UInt8] {
    let gradus = document["metadata"]?["gradus"]
    let front = gradus?["front"]?.text ?? "---\ngradus: 1\n---\n"
    bytes = Array((FrontMatter.end(front) == front.utf8.count ? front : "").utf8)
    for cell in document["cells"]?.list ?? [] { add(cell) }
    let kept = (gradus?["ledger"]?.list ?? []).compactMap(\.text)
    var ledger = Ledger(ledgerLines.joined(separator: "\n"))
    ledger.others += Ledger(kept.joined(separator: "\n")).others + others
    let after = blanks(gradus?["after"]?.text)
    if let text = ledger.text {
      bytes += after ?? [10]
      bytes += text.utf8
    } else {
      bytes += after ?? []
    }
    return bytes
  }

  /// Blank lines that the file asks for; nil for those of every page.
  private func blanks(_ text: String?) -> [UInt8]? {
    guard usesExactBytes, let text, text.utf8.allSatisfy({ [10, 13, 32, 9].contains($0) }) else {
      return nil
    }
    return Array(text.utf8)
  }

  private mutating func add(_ cell: JSON) {
    let type = cell["cell_type"]?.text ?? ""
    let id = cell["id"]?.text ?? ""
    let source = JupyterText.joined(cell["source"] ?? .text(""))
    let gradus = cell["metadata"]?["gradus"]
    let tags = (cell["metadata"]?["tags"]?.list ?? []).compactMap(\.text)
    bytes += blanks(gradus?["before"]?.text) ?? (bytes.isEmpty ? [] : [10])
    if type == "markdown" { texts += 1 }
    let isText = type == "markdown"
    // What is no block of its own is a text, in which another one would go on.
    var isBlock = false
    defer { isAfterText = !isBlock }
    if usesExactBytes, let exact = exact(gradus, JupyterImport.hash(of: cell)) {
      bytes += exact
      isBlock = !isText
      if type == "code", gradus?["expect"] == nil { addOutputs(cell, id) }
      return
    }
    if type == "code", let words = gradus?["expect"]?.text {
      let piece = JupyterText.block("expect", words, source)
      if isOne(piece, "code", source) {
        bytes += piece
        isBlock = true
        return
      }
    } else if type == "code", isOwn {
      let flags = tags.map { $0 == "parameters" ? "params" : $0 }
      let isPlain = flags.allSatisfy { flag in
        !flag.isEmpty && !flag.hasPrefix("#")
          && flag.utf8.allSatisfy { $0 > 32 && $0 != 96 && $0 != 127 }
      }
      let piece = JupyterText.code(id, isPlain ? flags : [], source)
      if isOne(piece, "code", source) {
        bytes += piece
        isBlock = true
        return addOutputs(cell, id)
      }
    } else {
      let fence = String(
        decoding: Notebook.fenced(language, [], source.isEmpty ? "" : source + "\n"), as: UTF8.self)
      let shown = type == "code" ? JupyterText.source(fence) : source
      let own = "text-\(texts)"
      if isText, id == own, !isAfterText {
        let piece = JupyterText.text(nil, shown)
        if isOne(piece, "markdown", nil) {
          bytes += piece
          return
        }
      }
      let piece = JupyterText.text(id, shown)
      if !isText { texts += 1 }
      if isOne(piece, "markdown", nil) {
        bytes += piece
        return
      }
      bytes += JupyterText.text(id, "")
      return
    }
    texts += 1
    bytes += JupyterText.text(id, "")
  }

  private func exact(_ gradus: JSON?, _ hash: String) -> [UInt8]? {
    guard gradus?["of"]?.text == hash else { return nil }
    return gradus?["raw"]?.text.map { Array($0.utf8) }
      ?? gradus?["raw64"]?.text.flatMap { Base64.bytes($0[...]) }
  }

  /// Whether these bytes are one cell wherever they stand.
  private func isOne(_ piece: [UInt8], _ type: String, _ source: String?) -> Bool {
    var alone = NotebookReader(piece)
    _ = alone.read()
    var reader = NotebookReader(piece + Array("\n```gradus #p\n1\n```\n".utf8))
    let last = reader.read().last?.kind
    guard alone.isClosed, last == .code(id: "p", flags: []) else { return false }
    let cells =
      JupyterExport.plain(Notebook(Array("---\ngradus: 1\n---\n\n".utf8) + piece))["cells"]?.list
      ?? []
    guard cells.count == 1, cells[0]["cell_type"]?.text == type else { return false }
    return source == nil || cells[0]["source"].map(JupyterText.joined) == source
  }

  private mutating func addOutputs(_ cell: JSON, _ id: String) {
    let outputs = cell["outputs"]?.list ?? []
    for (index, output) in outputs.enumerated() {
      if let lines = JupyterText.ledgerLines(output) {
        ledgerLines += lines
      } else if index == 0, let gradus = output["metadata"]?["gradus"],
        let info = gradus["info"]?.text, let plain = output["data"]?["text/plain"]
      {
        let text = JupyterText.joined(plain)
        if usesExactBytes, let exact = exact(gradus, JupyterText.hash(text)) {
          bytes += (blanks(gradus["before"]?.text) ?? []) + exact
          continue
        }
        var reader = NotebookReader(JupyterText.out(id, info, text))
        let found = reader.read()
        guard found.count == 1, case .output(id, _) = found[0].kind else { continue }
        bytes += (blanks(gradus["before"]?.text) ?? []) + found[0].raw
      }
    }
  }
}

import Language

/// The file of a notebook with its code cells formatted and every other byte as it was.
package struct NotebookFormat {
  /// A cell that could not be read as a program.
  package struct Failure: Sendable {
    /// Empty when the cell has none yet.
    package let id: String
    package let line: Int
    /// The diagnosis with its caret.
    package let message: String
  }

  package let bytes: [UInt8]
  package let failures: [Failure]

  package init(_ file: [UInt8]) {
    var reader = NotebookReader(file)
    var bytes: [UInt8] = []
    var failures: [Failure] = []
    for segment in reader.read() {
      guard case .code(let id, _) = segment.kind else {
        bytes += segment.raw
        continue
      }
      do {
        bytes += try NotebookFormat.formatted(segment)
      } catch {
        bytes += segment.raw
        let message = error.rendered(source: segment.body)
        failures.append(Failure(id: id, line: segment.line, message: message))
      }
    }
    self.bytes = bytes
    self.failures = failures
  }

  /// A code cell between its own fences; one whose bytes are no text stays as it is.
  private static func formatted(_ cell: Notebook.Segment) throws(LanguageError) -> [UInt8] {
    let body = Array(cell.body.utf8)
    let start = (cell.raw.firstIndex(of: 10) ?? cell.raw.count - 1) + 1
    guard cell.raw[start...].starts(with: body) else { return cell.raw }
    let formatted = try SourceFormat.formatted(cell.body)
    return Array(cell.raw[..<start] + formatted.utf8 + cell.raw[(start + body.count)...])
  }
}

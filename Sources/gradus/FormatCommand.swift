import ArgumentParser
import Files
import Language
import Notebooks

struct FormatCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "fmt", abstract: "Formats programs and the code cells of notebooks.")

  @ArgumentParser.Argument(help: "Notebooks, name.grd.md, or programs.") var files: [String]
  @Flag(help: "Changes nothing; names the files that would change and fails if there are any.")
  var check = false

  func run() throws {
    var isWell = true
    for file in files {
      do {
        if try !format(file) { isWell = false }
      } catch {
        complain(error.message + (error.hint.map { "\n    try  " + $0 } ?? ""))
        isWell = false
      }
    }
    if !isWell { throw ExitCode(1) }
  }

  /// Whether the file is now as it should be.
  private func format(_ file: String) throws(FileError) -> Bool {
    let bytes = try FileBytes.read(file)
    let formatted = DeepStack.run { FormatCommand.formatted(bytes, of: file) }
    guard let formatted, formatted != bytes else { return formatted != nil }
    if !check { try FileBytes.writeAtomically(formatted, to: file) }
    print(visible(file))
    return !check
  }

  /// What the file should hold; nil, once it is told why, when some of its code cannot be read.
  private static func formatted(_ bytes: [UInt8], of file: String) -> [UInt8]? {
    if file.hasSuffix(".md") {
      let notebook = NotebookFormat(bytes)
      for failure in notebook.failures {
        let cell = failure.id.isEmpty ? "a cell without an id" : "cell #\(failure.id)"
        complain("\(file):\(failure.line): \(cell)\n\(failure.message)")
      }
      return notebook.failures.isEmpty ? notebook.bytes : nil
    }
    guard let source = String(validating: bytes, as: UTF8.self) else {
      complain("\(file) is not valid UTF-8")
      return nil
    }
    do { return Array(try SourceFormat.formatted(source).utf8) } catch {
      complain("\(file):\n" + error.rendered(source: source))
      return nil
    }
  }
}

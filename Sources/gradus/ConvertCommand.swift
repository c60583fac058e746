import ArgumentParser
import Files
import Formats
import Notebooks

struct ConvertCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "convert",
    abstract: "Turns a notebook into another file; the endings say which.",
    discussion: "From .grd.md or .ipynb to .grd.md, .ipynb, .html or .txt. Nothing is run.")

  @ArgumentParser.Argument(help: "A notebook, .grd.md or .ipynb.") var from: String
  @ArgumentParser.Argument(help: "The file to write.") var to: String

  func run() throws {
    let page: [UInt8]
    do {
      let bytes = try FileBytes.read(from)
      page = from.hasSuffix(".ipynb") ? try JupyterImport.bytes(JSON(parsing: bytes)) : bytes
      guard from.hasSuffix(".ipynb") || from.hasSuffix(".md") else {
        throw ValidationError("\(from) is no notebook: .grd.md or .ipynb")
      }
      try FileBytes.writeAtomically(written(page), to: to)
    } catch let error as FileError {
      complain(error.message)
      throw ExitCode(1)
    } catch let error as FormatError {
      complain("\(from): \(error.message)")
      throw ExitCode(1)
    }
    for (line, message) in Notebook(page).problems { complain("\(from):\(line): \(message)") }
  }

  private func written(_ page: [UInt8]) throws -> [UInt8] {
    let endings: [(String, (Notebook) -> String)] = [
      (".ipynb", { JupyterExport.json($0).laidOut }), (".html", HTMLPage.text),
      (".txt", PlainPage.text),
    ]
    if to.hasSuffix(".md") { return page }
    guard let ending = endings.first(where: { to.hasSuffix($0.0) }) else {
      throw ValidationError("\(to) should end in .grd.md, .ipynb, .html or .txt")
    }
    return Array(ending.1(Notebook(page)).utf8)
  }
}

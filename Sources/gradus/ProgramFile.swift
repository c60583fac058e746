import ArgumentParser
import Files
import Language

/// A program in a file of its own, name.gr or name.gradus.
enum ProgramFile {
  static func isNamed(_ path: String) -> Bool {
    path.hasSuffix(".gr") || path.hasSuffix(".gradus")
  }

  /// What files may be called that a command reads.
  static let kinds = "a notebook (name.grd.md) or a program (name.gr)"

  /// Runs it from top to bottom and prints its values; files that it names lie beside it.
  static func run(_ path: String) throws {
    let bytes: [UInt8]
    do { bytes = try FileBytes.read(path) } catch {
      complain(error.message + (error.hint.map { "\n    try  " + $0 } ?? ""))
      throw ExitCode(1)
    }
    guard let source = String(validating: bytes, as: UTF8.self) else {
      complain("\(path) is not valid UTF-8")
      throw ExitCode(1)
    }
    InterruptKey.watch()
    var evaluator = Evaluator(waits: true)
    try DeepStack.run { evaluator.run(source, folder: NotebookFile.folder(of: path)) }.end()
  }
}

import Files

/// A program of the folder WorkedExamples, with its bars as `assert`s at its end.
struct WorkedExample {
  private static let folder: String = {
    let file = #filePath
    return file[..<(file.lastIndex(of: "/") ?? file.endIndex)] + "/WorkedExamples"
  }()

  static let files = FileBytes.names(in: folder).sorted()

  struct Change: Error { let missing: String }

  let source: String

  init(file: String) throws {
    source = String(decoding: try FileBytes.read(WorkedExample.folder + "/" + file), as: UTF8.self)
  }

  /// The example of a number of two digits.
  init(_ number: String) throws {
    guard let file = WorkedExample.files.first(where: { $0.hasPrefix(number) }) else {
      throw Change(missing: number)
    }
    try self.init(file: file)
  }

  /// The program without its bars, and with shorter trainings: each text has to be there once.
  func shortened(_ changes: KeyValuePairs<String, String> = [:]) throws -> String {
    var lines = source.split(separator: "\n")
    guard let first = lines.firstIndex(where: { $0.hasPrefix("assert(") }) else {
      throw Change(missing: "assert(")
    }
    lines.removeSubrange(first...)
    var text = lines.joined(separator: "\n") + "\n"
    for (from, to) in changes {
      let found = text.ranges(of: from)
      guard found.count == 1 else { throw Change(missing: from) }
      text.replaceSubrange(found[0], with: to)
    }
    return text
  }
}

import Files
import Glibc

/// A small program with what it should print, or say when it fails, in its comments.
///
/// Files of programs lie in folders named for a feature; a line `---` parts one program from the
/// next. `# prints TEXT` is the next line of output, `# error: TEXT` a part of the diagnosis.
struct ProgramCase {
  let source: String
  let prints: [String]
  let diagnosis: [String]

  init(_ source: String) {
    self.source = source
    let lines = source.split(separator: "\n", omittingEmptySubsequences: false)
    prints = lines.compactMap { ProgramCase.text(after: "# prints", in: $0) }
    diagnosis = lines.compactMap { ProgramCase.text(after: "# error:", in: $0) }
  }

  private static func text(after mark: String, in line: Substring) -> String? {
    guard let range = line.firstRange(of: mark) else { return nil }
    return String(line[range.upperBound...].dropFirst())
  }

  static let folder: String = {
    let file = #filePath
    return file[..<(file.lastIndex(of: "/") ?? file.endIndex)] + "/Programs"
  }()

  /// `feature/file` of every file of programs, in order.
  static let files: [String] = entries(of: folder).flatMap { feature in
    entries(of: folder + "/" + feature).map { feature + "/" + $0 }
  }

  static func all(in file: String) throws -> [ProgramCase] {
    let bytes = try FileBytes.read(folder + "/" + file)
    return String(decoding: bytes, as: UTF8.self)
      .split(separator: "\n---\n").map { ProgramCase(String($0)) }
  }

  private static func entries(of folder: String) -> [String] {
    guard let directory = opendir(folder) else { return [] }
    defer { closedir(directory) }
    var names: [String] = []
    while let entry = readdir(directory) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if !name.hasPrefix(".") { names.append(name) }
    }
    return names.sorted()
  }
}

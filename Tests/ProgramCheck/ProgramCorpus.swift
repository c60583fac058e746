import Files

/// Inputs that are kept: what was wrong once, and the shortest texts that reach what others do not.
///
/// They lie in text files, a line `---` between two of them.
package enum ProgramCorpus {
  private static let folder: String = {
    let file = #filePath
    return file[..<(file.lastIndex(of: "/") ?? file.endIndex)] + "/Corpus/"
  }()

  package static let files = ["regressions", "reached"]

  package static let inputs: [String] = files.flatMap { inputs(in: $0) }

  package static func inputs(in file: String) -> [String] {
    guard let bytes = try? FileBytes.read(folder + file + ".txt") else { return [] }
    return String(decoding: bytes, as: UTF8.self).split(separator: "\n---\n").map { String($0) }
  }
}

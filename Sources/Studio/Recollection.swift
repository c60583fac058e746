import Files
import Glibc

/// What is kept of all sessions: texts that were run, and notebooks that were opened.
package enum Recollection {
  /// The folder of what is kept; nil without a home.
  static var folder: String? {
    let state = getenv("XDG_STATE_HOME").map { String(cString: $0) } ?? ""
    let home = getenv("HOME").map { String(cString: $0) + "/.local/state" } ?? ""
    let folder = state.isEmpty ? home : state
    return folder.isEmpty ? nil : folder + "/gradus"
  }

  private static func write(_ bytes: [UInt8], _ name: String) {
    guard let folder else { return }
    FileBytes.makeFolder(folder)
    try? FileBytes.writeAtomically(bytes, to: folder + "/" + name)
  }

  // MARK: Texts

  /// Texts that were run, the last one first.
  package static var texts: [String] {
    guard let folder, let bytes = try? FileBytes.read(folder + "/history", limit: 4 << 20) else {
      return []
    }
    var reader = RecordReader(bytes: bytes[...])
    var texts: [String] = []
    while let text = reader.text() { texts.append(text) }
    return texts
  }

  /// Keeps texts with those of other sessions.
  package static func keep(_ new: [String]) {
    let old = texts
    guard !new.isEmpty, new != old else { return }
    var seen: Set<String> = []
    var writer = RecordWriter()
    for text in (new + old).filter({ seen.insert($0).inserted }).prefix(500) { writer.text(text) }
    write(writer.bytes, "history")
  }

  // MARK: Notebooks

  /// Notebooks that were opened, the last one first.
  package static var notebooks: [String] {
    guard let folder, let bytes = try? FileBytes.read(folder + "/recent", limit: 1 << 20) else {
      return []
    }
    return bytes.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
  }

  package static func noteOpened(_ path: String) {
    guard let real = realpath(path, nil) else { return }
    defer { free(real) }
    let full = String(cString: real)
    let old = notebooks
    guard old.first != full else { return }
    let all = [full] + old.filter { $0 != full }.prefix(49)
    write(Array(all.joined(separator: "\0").utf8), "recent")
  }
}

import Glibc
import Testing

/// Runs a body with a new, empty folder, which is removed with its files afterwards.
package func withTemporaryFolder<R>(_ body: (String) throws -> R) throws -> R {
  let parent = getenv("TMPDIR").map { String(cString: $0) } ?? P_tmpdir
  var template = Array("\(parent)/gradus-XXXXXX".utf8CString)
  let folder = String(cString: try #require(mkdtemp(&template)))
  defer { removeFolder(folder) }
  return try body(folder)
}

private func removeFolder(_ folder: String) {
  guard let directory = opendir(folder) else { return }
  while let entry = readdir(directory) {
    let name = withUnsafePointer(to: &entry.pointee.d_name) {
      $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
    }
    if name == "." || name == ".." { continue }
    let path = folder + "/" + name
    if unlink(path) != 0 { removeFolder(path) }
  }
  closedir(directory)
  rmdir(folder)
}

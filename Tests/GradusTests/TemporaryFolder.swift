import Files
import TestSupport

/// A new folder for the files of one test.
struct TemporaryFolder {
  let path: String

  static func with<R>(_ body: (TemporaryFolder) throws -> R) throws -> R {
    try withTemporaryFolder { try body(TemporaryFolder(path: $0)) }
  }

  /// Writes a file and gives its path.
  @discardableResult
  func write(_ text: String, to name: String) throws -> String {
    try write(Array(text.utf8), to: name)
  }

  @discardableResult
  func write(_ bytes: [UInt8], to name: String) throws -> String {
    try FileBytes.writeAtomically(bytes, to: path + "/" + name)
    return path + "/" + name
  }
}

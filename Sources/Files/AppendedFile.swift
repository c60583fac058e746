import Glibc

/// A new file to which bytes are appended as they come.
package final class AppendedFile {
  private var file: Int32

  /// Makes the file; one that is there already is not touched.
  package init(creating path: String) throws(FileError) {
    file = SystemCalls.open(path, O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, 0o644)
    guard file >= 0 else { throw FileError.of(path, "made") }
  }

  /// False when the disk does not take them.
  package func append(_ bytes: [UInt8]) -> Bool { file >= 0 && SystemCalls.writeAll(file, bytes) }

  package func close() {
    guard file >= 0 else { return }
    _ = SystemCalls.sync(file)
    _ = SystemCalls.close(file)
    file = -1
  }

  deinit { close() }
}

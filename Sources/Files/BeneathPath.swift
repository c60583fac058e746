import CFiles
import Glibc

/// A file by its folder and its path beneath it. Opening it never leaves the folder, whatever `..` and
/// symbolic links stand in the way, and whoever changes them meanwhile.
package struct BeneathPath: Sendable, Equatable {
  package let folder: String
  package let path: String

  package init(_ path: String, in folder: String) { (self.path, self.folder) = (path, folder) }

  /// Both as one text, for messages and names.
  package var full: String { folder == "." ? path : folder + "/" + path }

  /// The bytes of a plain file.
  package func read(limit: Int = 1 << 30) throws(FileError) -> [UInt8] {
    let file = try open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
    defer { _ = SystemCalls.close(file) }
    return try FileBytes.contents(of: file, full, limit: limit)
  }

  /// Replaces the file as a whole; a symbolic link of its name is replaced, not followed.
  package func writeAtomically(_ bytes: [UInt8]) throws(FileError) {
    let slash = path.lastIndex(of: "/")
    let name = slash.map { String(path[path.index(after: $0)...]) } ?? path
    let parent = slash.map { String(path[..<$0]) } ?? "."
    guard !name.isEmpty, name != ".", name != ".." else { throw .notRegular(path: full) }
    let directory = try open(parent.isEmpty ? "." : parent, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    defer { _ = SystemCalls.close(directory) }
    do throws(FileError) {
      try FileBytes.writeAtomically(bytes, to: "/proc/self/fd/\(directory)/\(name)", follows: false)
    } catch { throw error.of(full) }
  }

  private func open(_ path: String, _ flags: Int32) throws(FileError) -> Int32 {
    guard !path.utf8.contains(0) else { throw .outside(path: full) }
    let base = SystemCalls.open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard base >= 0 else { throw FileError.of(full, "opened") }
    defer { _ = SystemCalls.close(base) }
    var file = SystemCalls.openBeneath(base, path, flags)
    if file < 0, errno == ENOSYS || errno == EPERM { file = openByRealPath(path, flags) }
    if file < 0, errno == EXDEV || errno == ELOOP { throw .outside(path: full) }
    guard file >= 0 else { throw FileError.of(full, "opened") }
    return file
  }

  /// For kernels before 5.6: the place that the path ends at has to lie in the folder.
  private func openByRealPath(_ path: String, _ flags: Int32) -> Int32 {
    guard let home = realpath(folder, nil) else { return -1 }
    defer { free(home) }
    guard let place = realpath(folder + "/" + path, nil) else { return -1 }
    defer { free(place) }
    let (inner, outer) = (String(cString: place), String(cString: home))
    guard inner == outer || inner.hasPrefix(outer == "/" ? outer : outer + "/") else {
      errno = EXDEV
      return -1
    }
    return SystemCalls.open(inner, flags | O_NOFOLLOW)
  }
}

extension FileError {
  /// The same of a file of another name.
  fileprivate func of(_ path: String) -> FileError {
    switch self {
    case .missing: .missing(path: path)
    case .notRegular: .notRegular(path: path)
    case .denied: .denied(path: path)
    case .outside: .outside(path: path)
    case .tooLarge(_, let size, let limit): .tooLarge(path: path, size: size, limit: limit)
    case .failed(_, let action, let code): .failed(path: path, action: action, code: code)
    }
  }
}

import Glibc

/// Why a file could not be read or written.
package enum FileError: Error, Sendable, Equatable {
  case missing(path: String)
  case notRegular(path: String)
  case denied(path: String)
  case tooLarge(path: String, size: Int, limit: Int)
  case failed(path: String, action: String, code: Int32)

  package var message: String {
    switch self {
    case .missing(let path): "there is no file \(path)"
    case .notRegular(let path): "\(path) is not a plain file"
    case .denied(let path): "\(path) may not be opened"
    case .tooLarge(let path, let size, let limit):
      "\(path) has \(size) bytes, at most \(limit) are read"
    case .failed(let path, let action, let code):
      "\(path) could not be \(action): \(String(cString: strerror(code)))"
    }
  }

  package var hint: String? {
    if case .missing = self {
      "a path beside the notebook, or from the folder Gradus was started in"
    } else {
      nil
    }
  }

  static func of(_ path: String, _ action: String) -> FileError {
    switch errno {
    case ENOENT, ENOTDIR: .missing(path: path)
    case EACCES, EPERM, EROFS: .denied(path: path)
    case let code: .failed(path: path, action: action, code: code)
    }
  }
}

package enum FileBytes {
  /// The names in a folder, in no order; none where there is no folder.
  package static func names(in folder: String) -> [String] {
    guard let directory = opendir(folder) else { return [] }
    defer { closedir(directory) }
    var names: [String] = []
    while let entry = readdir(directory) {
      let name = withUnsafeBytes(of: &entry.pointee.d_name) {
        String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
      }
      if name != ".", name != ".." { names.append(name) }
    }
    return names
  }

  /// Whether anything has that name.
  package static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

  /// The bytes of a plain file; devices, pipes and folders are refused without waiting for them.
  package static func read(_ path: String, limit: Int = 1 << 30) throws(FileError) -> [UInt8] {
    let file = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
    guard file >= 0 else { throw FileError.of(path, "opened") }
    defer { close(file) }
    var about = stat()
    guard fstat(file, &about) == 0 else { throw FileError.of(path, "read") }
    guard about.st_mode & S_IFMT == S_IFREG else { throw .notRegular(path: path) }
    let size = Int(about.st_size)
    guard size <= limit else { throw .tooLarge(path: path, size: size, limit: limit) }
    var bytes = [UInt8](repeating: 0, count: size)
    var done = 0
    while done < size {
      let count = bytes.withUnsafeMutableBytes {
        Glibc.read(file, $0.baseAddress.map { $0 + done }, size - done)
      }
      if count < 0 {
        if errno == EINTR { continue }
        throw FileError.of(path, "read")
      }
      if count == 0 { break }
      done += count
    }
    bytes.removeLast(size - done)
    return bytes
  }

  /// Replaces a file as a whole: a temporary file beside it is written, synced and renamed, then the
  /// folder is synced. A symbolic link stays and its target is replaced; the mode is kept.
  package static func writeAtomically(_ bytes: [UInt8], to path: String) throws(FileError) {
    let target = resolved(path)
    let slash = target.lastIndex(of: "/")
    let folder = slash.map { String(target[..<$0]) } ?? "."
    let name = slash.map { String(target[target.index(after: $0)...]) } ?? target
    var about = stat()
    let mode = stat(target, &about) == 0 ? about.st_mode & 0o7777 : 0o644
    let temporary = "\(folder.isEmpty ? "" : folder)/.\(name).\(getpid()).tmp"
    let file = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode)
    guard file >= 0 else { throw FileError.of(target, "written") }
    func fail() -> FileError {
      let error = FileError.of(target, "written")
      unlink(temporary)
      return error
    }
    var done = 0
    while done < bytes.count {
      let count = bytes.withUnsafeBytes {
        write(file, $0.baseAddress.map { $0 + done }, bytes.count - done)
      }
      if count < 0 {
        if errno == EINTR { continue }
        let error = fail()
        close(file)
        throw error
      }
      done += count
    }
    guard fsync(file) == 0 else {
      let error = fail()
      close(file)
      throw error
    }
    guard close(file) == 0, rename(temporary, target) == 0 else { throw fail() }
    let directory = open(folder.isEmpty ? "/" : folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    if directory >= 0 {
      fsync(directory)
      close(directory)
    }
  }

  /// Where a chain of symbolic links ends; the path itself when it is none.
  private static func resolved(_ path: String) -> String {
    guard let real = realpath(path, nil) else { return path }
    defer { free(real) }
    return String(cString: real)
  }
}

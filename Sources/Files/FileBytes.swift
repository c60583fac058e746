import Glibc

/// Why a file could not be read or written.
package enum FileError: Error, Sendable, Equatable {
  case missing(path: String)
  case notRegular(path: String)
  case denied(path: String)
  /// The path leads out of the folder it belongs to.
  case outside(path: String)
  case tooLarge(path: String, size: Int, limit: Int)
  case failed(path: String, action: String, code: Int32)

  package var message: String {
    switch self {
    case .missing(let path): "there is no file \(path)"
    case .notRegular(let path): "\(path) is not a plain file"
    case .denied(let path): "\(path) may not be opened"
    case .outside(let path): "\(path) leads out of the folder that may be read"
    case .tooLarge(let path, let size, let limit):
      "\(path) has \(size) bytes, at most \(limit) are read"
    case .failed(let path, let action, let code):
      "\(path) could not be \(action): \(String(cString: strerror(code)))"
    }
  }

  package var hint: String? {
    switch self {
    case .missing: "a path beside the notebook, or from the folder Gradus was started in"
    case .outside: "the file itself beneath the folder, or its folder named with --set"
    case .notRegular, .denied, .tooLarge, .failed: nil
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

  /// Whether a folder has that name.
  package static func isFolder(_ path: String) -> Bool {
    var about = stat()
    return stat(path, &about) == 0 && about.st_mode & S_IFMT == S_IFDIR
  }

  /// Makes a folder and those above it, for the owner alone.
  package static func makeFolder(_ path: String) {
    guard !path.isEmpty, mkdir(path, 0o700) != 0, errno == ENOENT,
      let slash = path.lastIndex(of: "/")
    else { return }
    makeFolder(String(path[..<slash]))
    mkdir(path, 0o700)
  }

  /// Removes a name, if it is there.
  package static func remove(_ path: String) { _ = unlink(path) }

  package static func isWritable(_ path: String) -> Bool { access(path, W_OK) == 0 }

  /// The bytes of a plain file; devices, pipes and folders are refused without waiting for them.
  package static func read(_ path: String, limit: Int = 1 << 30) throws(FileError) -> [UInt8] {
    let file = SystemCalls.open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
    guard file >= 0 else { throw FileError.of(path, "opened") }
    defer { _ = SystemCalls.close(file) }
    return try contents(of: file, path, limit: limit)
  }

  /// The bytes of an open file.
  static func contents(of file: Int32, _ path: String, limit: Int) throws(FileError) -> [UInt8] {
    var about = stat()
    guard SystemCalls.fstat(file, &about) == 0 else { throw FileError.of(path, "read") }
    guard about.st_mode & S_IFMT == S_IFREG else { throw .notRegular(path: path) }
    let size = Int(about.st_size)
    guard size <= limit else { throw .tooLarge(path: path, size: size, limit: limit) }
    var bytes = [UInt8](repeating: 0, count: size)
    var done = 0
    while done < size {
      let count = bytes.withUnsafeMutableBytes {
        SystemCalls.read(file, $0.baseAddress.map { $0 + done }, size - done)
      }
      if count < 0 { throw FileError.of(path, "read") }
      if count == 0 { break }
      done += count
    }
    bytes.removeLast(size - done)
    return bytes
  }

  /// Replaces a file as a whole: a temporary file beside it is written, synced and renamed, then the
  /// folder is synced. A symbolic link stays and its target is replaced, or, where it is not followed, the
  /// link is replaced; the mode is kept.
  package static func writeAtomically(_ bytes: [UInt8], to path: String, follows: Bool = true)
    throws(FileError)
  {
    let target = follows ? resolved(path) : path
    let (folder, name) = parts(of: target)
    var about = stat()
    let isThere = lstat(target, &about) == 0 && about.st_mode & S_IFMT != S_IFLNK
    let mode = isThere ? about.st_mode & 0o7777 : 0o644
    let temporary = "\(folder)/.\(name).\(getpid()).tmp"
    var file = SystemCalls.open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode)
    if file < 0, errno == EEXIST {
      // Left by a program of the same number that was killed.
      _ = SystemCalls.unlink(temporary)
      file = SystemCalls.open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode)
    }
    guard file >= 0 else { throw FileError.of(target, "written") }
    func fail(closing isOpen: Bool) -> FileError {
      let error = FileError.of(target, "written")
      if isOpen { _ = SystemCalls.close(file) }
      _ = SystemCalls.unlink(temporary)
      return error
    }
    if isThere {
      fchmod(file, mode)
      if about.st_uid != geteuid() || about.st_gid != getegid() {
        _ = fchown(file, about.st_uid, about.st_gid)
      }
    }
    guard SystemCalls.writeAll(file, bytes), SystemCalls.sync(file) == 0 else {
      throw fail(closing: true)
    }
    guard SystemCalls.close(file) == 0, SystemCalls.rename(temporary, target) == 0 else {
      throw fail(closing: false)
    }
    // Until the folder is on the disk, a power cut may bring the old file back.
    let directory = SystemCalls.open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard directory >= 0 else { throw FileError.of(target, "synced") }
    defer { _ = SystemCalls.close(directory) }
    let code = SystemCalls.sync(directory)
    guard code == 0 || errno == EINVAL || errno == EROFS else {
      throw FileError.of(target, "synced")
    }
  }

  private static func parts(of path: String) -> (folder: String, name: String) {
    guard let slash = path.lastIndex(of: "/") else { return (".", path) }
    let folder = String(path[..<slash])
    return (folder.isEmpty ? "/" : folder, String(path[path.index(after: slash)...]))
  }

  /// Removes what programs that are no more left beside a file while they wrote it.
  package static func removeStaleTemporaries(of path: String) {
    let (folder, name) = parts(of: resolved(path))
    for each in names(in: folder) where each.hasPrefix(".\(name).") && each.hasSuffix(".tmp") {
      let number = each.dropFirst(name.utf8.count + 2).dropLast(4)
      guard let process = pid_t(number), process == getpid() || kill(process, 0) != 0 else {
        continue
      }
      _ = SystemCalls.unlink("\(folder)/\(each)")
    }
  }

  /// What tells one state of a file from another without reading it; nil where there is none.
  package static func mark(of path: String) -> FileMark? {
    var about = stat()
    guard stat(path, &about) == 0 else { return nil }
    return FileMark(
      inode: UInt64(about.st_ino), size: Int(about.st_size),
      seconds: about.st_mtim.tv_sec, nanoseconds: about.st_mtim.tv_nsec)
  }

  /// Where a chain of symbolic links ends; the path itself when it is none.
  private static func resolved(_ path: String) -> String { realPath(path) ?? path }

  /// The whole path of what is there; nil where nothing is.
  package static func realPath(_ path: String) -> String? {
    guard let real = realpath(path, nil) else { return nil }
    defer { free(real) }
    return String(cString: real)
  }
}

/// A state of a file, as far as it can be told without reading it.
package struct FileMark: Sendable, Equatable {
  let inode: UInt64
  package let size: Int
  let seconds: Int
  let nanoseconds: Int
}

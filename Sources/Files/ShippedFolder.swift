import Glibc

/// Folders that come with the program.
package enum ShippedFolder {
  /// What the variable names, else the folder of that name here or above, else above the program; the
  /// first that holds a file called `mark` (any file when nil).
  package static func find(_ name: String, variable: String, mark: String? = nil) -> String? {
    if let named = getenv(variable), named.pointee != 0 { return String(cString: named) }
    var starts: [String] = []
    if let folder = getcwd(nil, 0) {
      starts.append(String(cString: folder))
      free(folder)
    }
    var buffer = [CChar](repeating: 0, count: 4096)
    let length = readlink("/proc/self/exe", &buffer, buffer.count)
    if length > 0 {
      starts.append(
        String(decoding: buffer[..<length].map { UInt8(bitPattern: $0) }, as: UTF8.self))
    }
    for start in starts {
      var folder = Substring(start)
      while true {
        let candidate = folder + "/" + name
        if access(candidate + (mark.map { "/" + $0 } ?? ""), R_OK) == 0 { return String(candidate) }
        guard let slash = folder.lastIndex(of: "/") else { break }
        folder = folder[..<slash]
      }
    }
    return nil
  }

  /// Whether a file lies in the `notebooks` that came with the program: in a folder of that name above
  /// the program itself.
  package static func isBesideProgram(_ path: String) -> Bool {
    guard let place = FileBytes.realPath(path), let program = FileBytes.realPath("/proc/self/exe")
    else { return false }
    var folder = Substring(program)
    while let slash = folder.lastIndex(of: "/") {
      folder = folder[..<slash]
      let shipped = folder + "/notebooks/"
      if place.hasPrefix(shipped), access(shipped + "FORMAT.md", R_OK) == 0 { return true }
    }
    return false
  }
}

import Datasets
import Files
import Language
import Synchronization

/// Which files a program may reach: those beneath its folder, the shipped data, and what lies in
/// folders that the user named when the program was started.
package enum ReadablePath {
  private static let named = Mutex<[String]>([])

  /// The user named a folder outside the program's own.
  package static func allow(_ folder: String) {
    let bare = String(folder.reversed().drop { $0 == "/" }.reversed())
    named.withLock { if !bare.isEmpty, !$0.contains(bare) { $0.append(bare) } }
  }

  /// The file that a program means; it is opened beneath its folder, so links do not lead out either.
  static func of(_ path: String, folder: String) throws -> BeneathPath {
    if path.isEmpty {
      throw LanguageError("file", "a file has a name, this is an empty text", hint: "\"data.csv\"")
    }
    // The innermost of the named folders; its own name may climb, nothing climbs out of it.
    let home = named.withLock { $0.filter { path.hasPrefix($0 + "/") } }.max { $0.count < $1.count }
    if let home {
      let rest = path.dropFirst(home.count + 1).drop { $0 == "/" }
      guard !rest.split(separator: "/").contains("..") else { throw DatasetError.badName(path) }
      return BeneathPath(String(rest), in: home)
    }
    let climbs = path.split(separator: "/").contains("..")
    guard !path.hasPrefix("/"), !climbs else { throw DatasetError.badName(path) }
    if path.hasPrefix("datasets/"), let shipped = try? DatasetFolder.find() {
      return BeneathPath(String(path.dropFirst("datasets/".count)), in: shipped)
    }
    return BeneathPath(path, in: folder)
  }

  /// Where a program may write: not into the shipped data.
  static func forWriting(_ call: Call, _ interpreter: Interpreter) throws -> BeneathPath {
    let path = try call.text("path")
    guard !path.hasPrefix("datasets/") else {
      throw call.error("the data that comes with Gradus stays as it is", at: "path")
    }
    return try of(path, folder: interpreter.context.folder)
  }
}

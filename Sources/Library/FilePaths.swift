import Datasets
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

  static func of(_ path: String, folder: String) throws -> String {
    if path.isEmpty {
      throw LanguageError("file", "a file has a name, this is an empty text", hint: "\"data.csv\"")
    }
    let isNamed = named.withLock { $0.contains { path.hasPrefix($0 + "/") } }
    let climbs = path.split(separator: "/").contains("..")
    if isNamed {
      // Nothing climbs out of a named folder; its own name may climb.
      let inner = named.withLock { $0.filter { path.hasPrefix($0 + "/") } }.map {
        path.dropFirst($0.count).split(separator: "/").contains("..")
      }
      guard inner.contains(false) else { throw DatasetError.badName(path) }
      return path
    }
    guard !path.hasPrefix("/"), !climbs else { throw DatasetError.badName(path) }
    if path.hasPrefix("datasets/"), let shipped = try? DatasetFolder.find() {
      return shipped + path.dropFirst("datasets".count)
    }
    return folder == "." ? path : folder + "/" + path
  }

  /// Where a program may write: not into the shipped data.
  static func forWriting(_ call: Call, _ interpreter: Interpreter) throws -> String {
    let path = try call.text("path")
    guard !path.hasPrefix("datasets/") else {
      throw call.error("the data that comes with Gradus stays as it is", at: "path")
    }
    return try of(path, folder: interpreter.context.folder)
  }
}

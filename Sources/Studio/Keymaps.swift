import Files
import Glibc
import Terminal

/// Which keys mean which command: those of the commands' rows, changed by a file of the user.
///
/// A line of the file is a command's name, `=`, and scripts of keys with blanks between; `#` begins a
/// comment: `save = <c-s> W`.
package struct Keymaps: Sendable {
  let page: Keymap
  let cell: Keymap
  /// On the page of a lesson, before `page`.
  let lesson: Keymap
  /// What of the file has no effect, and keys that more than one command wants.
  package private(set) var problems: [String] = []
  private var changed: [String: [String]] = [:]
  /// The lines it was made from.
  package let file: String

  package static let standard = Keymaps("")

  package init(_ file: String) {
    self.file = file
    var problems: [String] = []
    var changed: [String: [String]] = [:]
    for (number, line) in file.split(separator: "\n", omittingEmptySubsequences: false).enumerated()
    {
      let text = line.split(separator: "#", omittingEmptySubsequences: false)[0]
      if text.allSatisfy(\.isWhitespace) { continue }
      let sides = text.split(separator: "=", maxSplits: 1)
      let name = sides[0].filter { !$0.isWhitespace }
      guard sides.count == 2 else {
        problems.append("line \(number + 1): write a command, =, and keys")
        continue
      }
      guard Commands.catalog[name] != nil else {
        problems.append("line \(number + 1): no command is called \(name)")
        continue
      }
      let scripts = sides[1].split(whereSeparator: \.isWhitespace).map(String.init)
      for script in scripts where KeyScript.keys(script).isEmpty {
        problems.append("line \(number + 1): \(script) are no keys")
      }
      changed[name] = scripts.filter { !KeyScript.keys($0).isEmpty }
    }
    self.changed = changed
    func keys(_ command: Command) -> [String] { changed[command.entry.name] ?? command.keys }
    page = Keymap(Commands.all, .page, keys)
    cell = Keymap(Commands.all, .cell, keys)
    lesson = Keymap(Commands.all, .lesson, keys)
    self.problems = problems + page.conflicts + cell.conflicts
  }

  /// The scripts of keys of a command, the likeliest first.
  func keys(of command: Command) -> [String] { changed[command.entry.name] ?? command.keys }

  /// Where the user's file is looked for; nil without a home.
  package static var path: String? {
    if let folder = getenv("XDG_CONFIG_HOME"), folder.pointee != 0 {
      return String(cString: folder) + "/gradus/keys"
    }
    return getenv("HOME").map { String(cString: $0) + "/.config/gradus/keys" }
  }

  /// As the user's file says.
  package static func ofUser() -> Keymaps {
    guard let path, let bytes = try? FileBytes.read(path, limit: 1 << 20) else { return .standard }
    return Keymaps(String(decoding: bytes, as: UTF8.self))
  }

  /// What may follow keys that are not a command yet.
  func continuations(of pending: [Key]) -> [(keys: String, command: Command)] {
    Commands.all.flatMap { command in
      keys(of: command).compactMap { script -> (keys: String, command: Command)? in
        let keys = KeyScript.keys(script)
        guard command.place != .cell, command.place != .lesson, keys.count > pending.count,
          keys.starts(with: pending)
        else {
          return nil
        }
        return (Commands.shown(script), command)
      }
    }
  }
}

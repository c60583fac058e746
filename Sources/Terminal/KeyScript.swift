/// Keys written as text: `jj<enter>x = 1<esc>`, `<c-s>`, `<a-x>`, `<lt>` for `<`.
package enum KeyScript {
  private static let names: [(name: String, key: Key, shown: String)] = [
    ("enter", .enter, "Enter"), ("esc", .escape, "Esc"), ("run", .run, "Ctrl-J"),
    ("stay", .runAndStay, "F5"), ("runinsert", .runAndInsert, "Alt-Enter"),
    ("s-left", .selectLeft, "Shift-←"), ("s-right", .selectRight, "Shift-→"),
    ("s-up", .selectUp, "Shift-↑"), ("s-down", .selectDown, "Shift-↓"),
    ("a-backspace", .alt("\u{7F}"), "Alt-Backspace"), ("tab", .tab, "Tab"),
    ("backtab", .backTab, "Shift-Tab"),
    ("backspace", .backspace, "Backspace"), ("delete", .delete, "Del"), ("up", .up, "↑"),
    ("down", .down, "↓"), ("left", .left, "←"), ("right", .right, "→"), ("home", .home, "Home"),
    ("end", .end, "End"), ("pageup", .pageUp, "PgUp"), ("pagedown", .pageDown, "PgDn"),
    ("wordleft", .wordLeft, "Ctrl-←"), ("wordright", .wordRight, "Ctrl-→"),
    ("altup", .altUp, "Alt-↑"), ("altdown", .altDown, "Alt-↓"), ("space", .character(" "), "Space"),
    ("lt", .character("<"), "<"),
  ]

  /// The keys of a script; names that are not known are passed over.
  package static func keys(_ text: String) -> [Key] {
    var keys: [Key] = []
    var rest = Substring(text)
    while let first = rest.first {
      if first == "<", let close = rest.firstIndex(of: ">") {
        let name = String(rest[rest.index(after: rest.startIndex)..<close])
        rest = rest[rest.index(after: close)...]
        if let known = names.first(where: { $0.name == name }) {
          keys.append(known.key)
        } else if name == "wheelup" || name == "wheeldown" {
          keys.append(name == "wheelup" ? .wheelUp : .wheelDown)
        } else if name.hasPrefix("click ") {
          let place = name.dropFirst(6).split(separator: " ").compactMap { Int($0) }
          if place.count == 2 { keys.append(.click(column: place[0], row: place[1])) }
        } else if name.hasPrefix("c-"), let letter = name.last {
          keys.append(.control(letter))
        } else if name.hasPrefix("a-"), let letter = name.last {
          keys.append(.alt(letter))
        } else if name.hasPrefix("paste ") {
          let lines = name.dropFirst(6).split(separator: "|", omittingEmptySubsequences: false)
          keys.append(.paste(lines.joined(separator: "\n")))
        }
      } else {
        keys.append(first == "\n" ? .enter : .character(first))
        rest = rest.dropFirst()
      }
    }
    return keys
  }

  /// The name of a key that has one.
  package static func name(of key: Key) -> String? {
    switch key {
    case .wheelUp: "wheelup"
    case .wheelDown: "wheeldown"
    default: names.first { $0.key == key }?.name
    }
  }

  /// The key of a name.
  package static func key(named name: String) -> Key? {
    switch name {
    case "wheelup": .wheelUp
    case "wheeldown": .wheelDown
    default: names.first { $0.name == name }?.key
    }
  }

  /// How a script is shown to people: `Ctrl-S`, `d d`.
  package static func shown(_ script: String) -> String {
    keys(script).map { key in
      switch key {
      case .character(let c) where c != " ": return String(c)
      case .control(let c): return "Ctrl-" + String(c).uppercased()
      case .alt(let c): return "Alt-" + String(c).uppercased()
      default: return names.first { $0.key == key }?.shown ?? "?"
      }
    }.joined(separator: " ")
  }
}

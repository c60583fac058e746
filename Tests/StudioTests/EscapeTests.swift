import Drawing
import Files
import Notebooks
import TestSupport
import Terminal
import Testing

@testable import Studio

/// Text that attacks the screen, as it may stand in files of others.
enum Attacks {
  private static let starts = [
    "\u{1B}[4242m", "\u{1B}]0;EVIL\u{7}", "\u{1B}]52;c;RVZJTA==\u{7}", "\u{1B}]8;;evil://\u{1B}\\",
    "\u{1B}P4242q\u{1B}\\", "\u{1B}_EVIL\u{1B}\\", "\u{1B}^EVIL\u{1B}\\", "\u{1B}XEVIL\u{1B}\\",
    "\u{1B}c", "\u{1B}[2J\u{1B}[999H", "\u{1B}[?4242h", "\u{1B}[4242;4242r", "\u{1B}[6n", "\u{1B}Z",
    "\u{1B}#8", "\u{9B}4242m", "\u{9D}0;EVIL\u{9C}", "\u{90}4242q\u{9C}", "\u{9F}EVIL\u{9C}",
    "\u{85}",
    "\u{84}", "\u{8D}", "\u{7}", "\u{8}\u{8}", "\u{B}", "\u{C}", "\u{E}", "\u{F}", "\u{7F}",
    "\u{0}",
    "\u{1A}", "\u{18}", "\u{5}", "\u{202E}txt", "\u{202A}a", "\u{202B}a", "\u{202C}", "\u{202D}a",
    "\u{2066}a", "\u{2067}a", "\u{2068}a", "\u{2069}", "\u{200E}", "\u{200F}", "\u{61C}",
    "\u{200B}",
    "\u{200C}", "\u{200D}", "\u{2060}", "\u{FEFF}", "\u{E0041}\u{E007F}", "\u{2028}", "\u{2029}",
    "a" + String(repeating: "\u{301}", count: 200), "\u{1F469}\u{200D}\u{1F52C}",
    "\u{1F1E9}\u{1F1EA}",
  ]
  private static let frames: [@Sendable (String) -> String] = [
    { $0 }, { "a\($0)b" }, { "漢\($0)漢" }, { $0 + $0 }, { "\($0)x\u{1B}" }, { " \($0) " },
  ]

  /// More than three hundred.
  static let all = frames.flatMap { frame in starts.map { frame($0) } }

  /// What of a picture a terminal would take for an order.
  static func dangers(in grid: Grid) -> [String] {
    var found: Set<String> = []
    for row in 0..<grid.height {
      for column in 0..<grid.width where grid[column, row] != .continuation {
        for scalar in grid[column, row].character.unicodeScalars {
          switch scalar.value {
          case 0..<32, 0x7F...0x9F, 0x200B...0x200F, 0x2028...0x202E, 0x2060...0x206F, 0xFEFF,
            0x61C,
            0xE0000...0xE007F:
            found.insert("U+" + String(scalar.value, radix: 16))
          default: break
          }
        }
      }
    }
    return found.sorted()
  }
}

@Suite struct EscapeTests {
  private static func isLine(_ text: String) -> Bool { !text.contains(where: \.isNewline) }

  /// A page with a text in every place that a file can fill, looked at in every way.
  private func dangers(of texts: [String], columns: Int, folder: String) throws -> [String] {
    let lines = texts.filter { EscapeTests.isLine($0) }
    let table = (["name,value"] + lines.map { "\($0),1" }).joined(separator: "\n") + "\n"
    try FileBytes.writeAtomically(Array(table.utf8), to: folder + "/t.csv")
    let quoted = lines.map { "\"\($0.replacing("\\", with: "\\\\"))\"" }
    let all = lines.joined(separator: "\n")
    let page = """
      ---
      title: \(lines.joined())
      ---

      # \(lines.joined(separator: " "))

      \(all)

      ```gradus #a \(lines.map { $0.filter { $0 != " " } }.joined(separator: " "))
      x = [\(quoted.joined(separator: ", "))]
      x
      ```
      ```out #a src=1 val=2
      \(all)
      ```

      ```gradus #b
      \(lines.map { "print(\"\($0)\")  # \($0)" }.joined(separator: "\n"))
      ```

      ```gradus #c
      read_csv("t.csv")
      ```

      ```gradus #d
      plot([1, 2, 3], title="\(lines.first ?? "")", xlabel="\(lines.last ?? "")")
      ```

      ```gradus #e
      read_csv("\(lines.first ?? "")")
      ```

      ```gradus #f
      \(lines.map { "`\($0)`" }.joined(separator: " + "))
      ```

      <<<<<<< \(lines.first ?? "")
      \(all)
      =======
      other
      >>>>>>> \(lines.last ?? "")
      """
    var stage = Stage(
      page, path: folder + "/\(texts[0].filter { $0 != "/" && $0 != "\u{0}" }).grd.md")
    stage.state.size = (columns, 300)
    stage.state.refresh()
    var found: [String] = []
    func look() {
      found += Attacks.dangers(in: StudioView.draw(stage.state).grid)
    }
    look()
    stage.play("ea")
    for keys in ["", "V", "<esc>t", "<esc>D", "<esc>gg<enter>"] {
      stage.press(keys)
      look()
    }
    for start in [":", "/"] {
      stage.press("<esc>" + start)
      for text in texts {
        for effect in stage.state.press(.paste(text)) { stage.runner.start(effect, changes: 0) }
      }
      stage.state.refresh()
      look()
      stage.press("<enter>")
      look()
    }
    let home = Home(choices: texts.map { Home.Choice(path: $0, title: $0, note: $0) })
    found += Attacks.dangers(in: home.draw(columns: columns, rows: 60))
    stage.state.message = texts.joined()
    stage.state.mode = .navigate
    stage.state.refresh()
    look()
    return found
  }

  @Test func `text of every kind is shown inert everywhere`() throws {
    #expect(Attacks.all.count >= 300)
    try withTemporaryFolder { folder in
      for start in stride(from: 0, to: Attacks.all.count, by: 28) {
        let some = Array(Attacks.all[start..<min(start + 28, Attacks.all.count)])
        let found = try dangers(of: some, columns: 200, folder: folder)
        #expect(found.isEmpty, "\(some.map(\.debugDescription)): \(found)")
      }
    }
  }
}

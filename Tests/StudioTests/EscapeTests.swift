import Drawing
import Files
import Notebooks
import TestSupport
import Terminal
import Testing

@testable import Studio

extension Attacks {
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

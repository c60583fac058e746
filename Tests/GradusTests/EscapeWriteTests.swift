import Files
import Glibc
import TestSupport
import Testing

/// Text that attacks the screen, put in at every entry point: a strict reader of all bytes that the
/// program writes finds only its own sequences. `GRADUS_LONG=1` takes every text, not one of each kind.
@Suite(.enabled(if: TerminalSession.isPossible), .serialized, .timeLimit(.minutes(20)))
struct EscapeWriteTests {
  private static let isLong = getenv("GRADUS_LONG") != nil
  private static let corpus = isLong ? Attacks.all : Attacks.framed
  private static func isLine(_ text: String) -> Bool { !text.contains(where: \.isNewline) }

  /// What only prints: line ends and tabs are all it needs.
  private func dangers(_ text: String) -> [String] {
    var found: Set<String> = []
    for scalar in text.unicodeScalars {
      switch scalar.value {
      case 9, 10: break
      case 0..<32, 0x7F...0x9F, 0x200B...0x200F, 0x2028...0x202E, 0x2060...0x206F, 0xFEFF, 0x61C,
        0xE0000...0xE007F:
        found.insert("U+" + String(scalar.value, radix: 16))
      default: break
      }
    }
    return found.sorted()
  }

  /// A page with the texts in cells, flags, outputs, errors, labels, columns, titles, merges, series.
  private func page(_ texts: [String]) -> String {
    let lines = texts.filter { EscapeWriteTests.isLine($0) }
    func quoted(_ text: String) -> String {
      "\"\(text.replacing("\\", with: "\\\\").replacing("\"", with: "'"))\""
    }
    return """
      ---
      title: \(lines.joined())
      ---

      # \(lines.joined(separator: " "))

      \(texts.joined(separator: "\n"))

      ```gradus #a params \(lines.map { $0.filter { $0 != " " } }.joined(separator: " "))
      x = [\(lines.map(quoted).joined(separator: ", "))]
      x
      ```
      ```out #a src=1 val=2 \(lines.prefix(3).joined())
      \(lines.joined(separator: "\n"))
      ```

      ```gradus #b
      \(lines.map { "print(\(quoted($0)))  # \($0)" }.joined(separator: "\n"))
      ```

      ```gradus #c
      t = load("t.csv")
      t
      ```

      ```gradus #d
      plot([1, 2, 3], title=\(quoted(lines.joined())), xlabel=\(quoted(lines.last ?? "")))
      ```

      ```gradus #e
      bars([1, 2], labels=[\(quoted(lines[0])), \(quoted(lines[lines.count - 1]))])
      ```

      ```gradus #g
      load(\(quoted(lines.first ?? "")))
      ```

      ```gradus #h
      (a=\(quoted(lines.joined())), b=1)
      ```

      ```gradus #\(lines[0].filter { $0 != " " })
      1
      ```

      <<<<<<< \(lines.first ?? "")
      \(lines.joined(separator: "\n"))
      =======
      other
      >>>>>>> \(lines.last ?? "")

      <!-- gradus:ledger \(lines[0])
      ```series a.1 \(lines.last ?? "")
      \(lines.joined(separator: "\n"))
      ```
      -->
      </details>
      """
  }

  @Test func `only the studio's own sequences reach the terminal`() throws {
    let corpus = EscapeWriteTests.corpus
    for start in stride(from: 0, to: corpus.count, by: 60) {
      let texts = Array(corpus[start..<min(start + 60, corpus.count)])
      try withTemporaryFolder { folder in
        let lines = texts.filter { EscapeWriteTests.isLine($0) }
        let csv = (["name,\(lines[0])"] + lines.map { "\($0),1" }).joined(separator: "\n") + "\n"
        try FileBytes.writeAtomically(Array(csv.utf8), to: folder + "/t.csv")
        let path = folder + "/page.grd.md"
        try FileBytes.writeAtomically(Array(page(texts).utf8), to: path)
        let keys = folder + "/config/gradus/keys"
        FileBytes.makeFolder(folder + "/config/gradus")
        try FileBytes.writeAtomically(Array(lines.joined(separator: "\n").utf8), to: keys)
        let variables = ["XDG_CONFIG_HOME=\(folder)/config", "XDG_STATE_HOME=\(folder)/state"]

        let session = try TerminalSession([path], columns: 120, rows: 50, variables: variables)
        session.picture = TerminalPicture(columns: 120, rows: 50)
        #expect(session.sees("quit"))
        // Code, text, outputs, errors, tables, labels, names, panels, difference, pager, data.
        for typed in [
          "ea", "gg", "G", "V", "v", "\u{1B}t", "\u{1B}R", "\u{1B}Q", "\u{1B}D", "\u{1B}P",
          "\u{1B}gg\r",
          "\u{1B}:keys\r", "\u{1B}\u{12}", "\u{1B}jdd:bin\r", "\u{1B}E",
        ] {
          session.type(typed)
          session.settle(60)
        }
        // Typed, pasted, searched, commanded.
        let paste =
          "\u{1B}[200~" + lines.joined(separator: " ").filter { $0 != "\u{1B}" } + "\u{1B}[201~"
        for typed in [
          "\u{1B}\u{1B}b\r" + paste, "\u{1B}\n", "/" + paste, "\r", ":" + paste, "\r",
          ":words " + paste, "\r", ":replace x " + paste, "\r", ":write " + paste, "\r",
        ] {
          session.type(typed)
          session.settle(60)
        }
        session.send(SIGKILL)
        _ = session.ending()
        #expect(session.picture.violations == [], "\(lines.map(\.debugDescription))")

        // Brought back from the journal, told in lines, on the home screen, under an evil name.
        let name = folder + "/p" + lines[0].filter { $0 != "/" && $0 != "\u{0}" } + ".grd.md"
        try FileBytes.writeAtomically(Array(page(lines).utf8), to: name)
        for (arguments, typed) in [
          ([path], ["", "\u{13}", "q", "d"]), ([], ["", "jjj", "q"]),
          ([name], ["ea", "\u{13}", "q", "d"]),
          ([path, "--plain"], ["list\n", "run all\n", "\n", "variables\n", "quit\n", "d\n"]),
          (["repl"], ["", lines[0].filter { $0 != "\u{1B}" } + "\r", "\u{4}"]),
          (["attach", name], [""]),
        ] as [([String], [String])] {
          let again = try TerminalSession(arguments, variables: variables)
          again.picture = TerminalPicture(columns: 80, rows: 24)
          // Before its prompt is there, the terminal itself would echo what is typed.
          if arguments == ["repl"] { #expect(again.sees("Ctrl-D ends")) }
          for keys in typed {
            again.type(keys)
            again.settle(60)
          }
          again.send(SIGKILL)
          _ = again.ending()
          // A plain terminal echoes what is typed by itself; nothing evil was typed there.
          #expect(again.picture.violations == [], "\(arguments)")
        }

        // What only prints.
        let gradus = Program("gradus")
        for arguments in [
          ["run", path], ["run", path, "--json"], ["run", name], ["fmt", path, "--check"],
          ["verify", path], ["eval", lines[0]], ["eval", "\"" + lines[1] + "\""],
          ["words", lines[0]],
          ["run", path, "--to", lines[0]], ["run", path, "--set", lines[0] + "=1"],
          ["run", folder + "/" + lines[0]], ["nonsense" + lines[0]],
        ] where !arguments.contains(where: { $0.contains("\u{0}") }) {
          let outcome = try gradus.run(arguments)
          #expect(dangers(outcome.output) == [], "\(arguments[0]) \(arguments.count)")
          #expect(dangers(outcome.error) == [], "\(arguments[0]) \(arguments.count)")
        }
      }
    }
  }
}

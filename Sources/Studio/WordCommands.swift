import Language
import Library
import Notebooks

// Commands that the command line has too, and what is done with words.
extension Commands {
  static let wordCommands: [Command] = [
    Command(
      "words", "The reference of a word: `:words softmax`.", keys: [], in: .both, family: "Edit"
    ) { state, argument in
      state.showReference(of: argument.isEmpty ? state.cell.editor.word : argument)
      return []
    },
    .simple(
      "rename-word", "Begins `:rename` for the word at the cursor.", keys: ["<a-r>"], in: .cell,
      family: "Edit", unless: { $0.cell.editor.word.isEmpty ? "the cursor is on no word" : nil }
    ) { state in
      state.mode = .command(text: "rename ", choice: 0)
    },
    Command(
      "rename", "Renames the word at the cursor in this cell: `:rename new`.", in: .cell,
      family: "Edit", unless: { $0.cell.editor.word.isEmpty ? "the cursor is on no word" : nil }
    ) { state, argument in
      state.rename(to: argument)
      return []
    },
    .simple("fmt", "Formats the code of the cell.", keys: ["F"], in: .page, family: "Cells") {
      state in
      state.format()
    },
    Command(
      "verify", "Runs the page anew and compares every value.", family: "Run",
      unless: { $0.isStranger ? "somebody else made this notebook; run a cell first" : nil }
    ) { state, _ in
      state.message = "verifying"
      return [.verify(bytes: state.document(), folder: state.folder)]
    },
    .simple(
      "recall", "Puts in a text that was run before.", keys: ["<c-r>"], in: .both, family: "Edit",
      unless: { $0.history.isEmpty ? "nothing was run yet" : nil }
    ) { state in
      state.mode = .recall(text: "", choice: 0)
    },
    Command("mouse", "Wheel and click, or selecting in the terminal.", in: .both, family: "View") {
      state, _ in
      state.isMouseOn.toggle()
      state.message =
        state.isMouseOn
        ? "the wheel scrolls, a click goes to a cell; :mouse again lets the terminal select"
        : "the mouse selects text in the terminal again"
      return [.mouse(state.isMouseOn)]
    },
  ]
}

extension StudioState {
  /// Replaces a word wherever it stands alone in the cell, as one change.
  mutating func rename(to new: String) {
    let old = Array(cell.editor.word)
    guard !new.isEmpty, new.allSatisfy(Editor.isWord) else {
      message = "write the new name: :rename new"
      return
    }
    let cursor = cell.editor.cursor
    var count = 0
    let lines = cell.editor.lines.map { line -> String in
      var text = ""
      var at = 0
      while at < line.count {
        guard Editor.isWord(line[at]) else {
          text.append(line[at])
          at += 1
          continue
        }
        let end = line[at...].firstIndex { !Editor.isWord($0) } ?? line.count
        let isOld = Array(line[at..<end]) == old
        count += isOld ? 1 : 0
        text += isOld ? new : String(line[at..<end])
        at = end
      }
      return text
    }
    cell.editor.replace(with: lines.joined(separator: "\n"))
    cell.editor.place(row: cursor.row, column: cursor.column)
    changes += 1
    message = "renamed in \(count) place\(count == 1 ? "" : "s"); Ctrl-Z undoes it"
  }

  /// Formats the code of the chosen cells; each can be undone for itself.
  mutating func format() {
    var count = 0
    for at in chosen where cells[at].isCode {
      do throws(LanguageError) {
        let text = try SourceFormat.formatted(cells[at].text)
        let formatted = text.hasSuffix("\n") ? String(text.dropLast()) : text
        guard formatted != cells[at].text else { continue }
        cells[at].editor.replace(with: formatted)
        count += 1
      } catch {
        message = "#\(cells[at].id): \(error.message)"
        return
      }
    }
    if count > 0 { changes += 1 }
    message =
      count == 0 ? "it is formatted already" : "formatted \(count) cell\(count == 1 ? "" : "s")"
    endRange()
  }

  /// Texts that were run and have these letters, the last one first.
  func recalled(_ letters: String) -> [String] {
    history.filter { letters.isEmpty || Commands.isIn(letters, $0) }
  }

  /// Notes a text that is run.
  mutating func noteRun(_ text: String) {
    guard !text.isEmpty, text.utf8.count < 4000 else { return }
    history.removeAll { $0 == text }
    history.insert(text, at: 0)
    if history.count > 500 { history.removeLast() }
  }
}

import Files
import Language
import Library
import Vocabulary

/// A place in a cell, and what the page knows there.
package struct CompletionRequest: Sendable {
  let version: Int
  let place: Editor.Place
  let text: String
  /// As bytes of UTF-8.
  let offset: Int
  let names: Names
  /// Names that cells above bind, whether they were run or not.
  let bound: [String]
  let folder: String

  /// Looked for away from the thread that owns the screen.
  func answer() -> StudioState.Completion {
    var known = names
    let fresh = bound.filter { known[$0] == nil }
    for name in fresh { known[name] = Value.none }
    let found = Completions(of: text, at: offset, in: known) { inner in
      let place = [folder, inner].filter { !$0.isEmpty }.joined(separator: "/")
      return FileBytes.names(in: place).filter { !$0.hasPrefix(".") }.sorted().map {
        FileBytes.isFolder(place + "/" + $0) ? $0 + "/" : $0
      }
    }
    let choices = found.items.prefix(200).map { item in
      let isFresh = item.kind == .name && fresh.contains(item.text)
      return StudioState.Completion.Choice(
        text: item.text, signature: isFresh ? "not run yet" : item.signature, summary: item.summary)
    }
    return StudioState.Completion(
      choices: Array(choices),
      typed: String(
        decoding: text.utf8.dropFirst(found.range.lowerBound)
          .prefix(found.range.count), as: UTF8.self),
      help: found.call.map { "\($0.signature)  \($0.argument)" } ?? "")
  }
}

extension StudioState {
  /// Texts that may take the place of what is typed.
  package struct Completion: Sendable {
    struct Choice: Sendable {
      let text: String
      let signature: String
      let summary: String
    }

    let choices: [Choice]
    let typed: String
    /// The call around the cursor.
    let help: String
    var choice = 0
  }

  /// The place of the cursor.
  var completionRequest: CompletionRequest {
    let (row, column) = (cell.editor.row, cell.editor.column)
    let before = cell.editor.lines[..<row].reduce(0) { $0 + String($1).utf8.count + 1 }
    var bound: [String] = []
    for cell in cells[...focus] where cell.isCode {
      bound += (cell.parsedBefore?.names.binds ?? []).sorted()
    }
    return CompletionRequest(
      version: cell.editor.version, place: cell.editor.cursor, text: cell.text,
      offset: before + String(cell.editor.lines[row][..<column]).utf8.count,
      names: names(before: focus), bound: bound, folder: folder)
  }

  /// The next completion, or a search for them; blanks where a line begins.
  mutating func complete(by step: Int) -> [Effect] {
    if var open = completion {
      let count = open.choices.count
      let old = open.choices[open.choice].text
      open.choice = (open.choice + step + count) % count
      cell.editor.replaceBeforeCursor(old.count, with: open.choices[open.choice].text)
      completion = open
      return []
    }
    guard step > 0 else {
      showWordHelp()
      return []
    }
    let before = cell.editor.lines[cell.editor.row][..<cell.editor.column]
    let isArgument = cell.editor.callee != nil && !before.allSatisfy { $0 == " " }
    guard cell.isCode, cell.editor.selection == nil, let last = before.last,
      Editor.isWord(last) || ".(,\"'/-".contains(last) || isArgument
    else {
      cell.editor.indent()
      return []
    }
    let request = completionRequest
    completionAsked = request.version
    return [.complete(request)]
  }

  /// Takes in what may stand at the cursor; nothing when typing has gone on.
  mutating func take(_ found: Completion, for request: CompletionRequest) {
    guard completionAsked == request.version else { return }
    completionAsked = nil
    guard case .edit = mode, cell.editor.version == request.version,
      cell.editor.cursor == request.place
    else { return }
    guard !found.choices.isEmpty else {
      message = found.typed.isEmpty ? "nothing is known here" : "nothing begins with \(found.typed)"
      return
    }
    let typed = found.typed
    let starts = found.choices.map(\.text).filter { $0.hasPrefix(typed) }
    if !typed.isEmpty, let first = starts.first {
      let common = starts.dropFirst().reduce(first) { $0.commonPrefix(with: $1) }
      if starts.count == 1 || common.count > typed.count {
        cell.editor.replaceBeforeCursor(typed.count, with: common)
        changes += 1
        if starts.count > 1 { message = starts.prefix(12).joined(separator: "  ") }
        return
      }
    }
    completion = found
    cell.editor.replaceBeforeCursor(typed.count, with: found.choices[0].text)
    changes += 1
  }

  /// What is said about the word at the cursor, or about the call around it.
  var wordHelp: String? {
    guard cell.isCode else { return nil }
    for name in [cell.editor.word, cell.editor.callee].compactMap({ $0 }) {
      if let entry = StandardLibrary.reference.entry(named: name) {
        return entry.signature + "  " + entry.summary
      }
    }
    return nil
  }

  /// The page of the reference about the word at the cursor.
  mutating func showWordHelp() {
    let names = [cell.editor.word, cell.editor.callee].compactMap { $0 }.filter { !$0.isEmpty }
    guard let name = names.first(where: { StandardLibrary.reference.entry(named: $0) != nil })
    else {
      message = names.first.map { "no word is called \($0)" } ?? "the cursor is on no word"
      return
    }
    showReference(of: name)
    if case .pager(var pager) = mode {
      pager.isOverCell = true
      mode = .pager(pager)
    }
  }

  /// A page of the reference.
  mutating func showReference(of name: String) {
    guard let entry = StandardLibrary.reference.entry(named: name) else {
      let near = StandardLibrary.reference.suggestion(for: name).map { "; did you mean \($0)?" }
      message = "no word is called \(name)\(near ?? "")"
      return
    }
    let page = Prelude.definitions[entry.name].map(\.page) ?? entry.reference
    mode = .pager(Pager(title: entry.name, lines: OutputBlock.split(page)))
  }
}

extension String {
  fileprivate func commonPrefix(with other: String) -> String {
    String(zip(self, other).prefix { $0 == $1 }.map(\.0))
  }
}

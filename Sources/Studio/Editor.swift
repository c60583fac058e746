import Synchronization

/// A text under edit: lines of characters and a cursor, with undo without limit.
package struct Editor: Sendable {
  package struct Place: Sendable, Equatable, Comparable {
    package var row: Int
    package var column: Int

    package init(_ row: Int, _ column: Int) { (self.row, self.column) = (row, column) }

    package static func < (a: Place, b: Place) -> Bool { (a.row, a.column) < (b.row, b.column) }
  }

  /// What stood at a place, and what came there instead.
  package struct Change: Sendable, Equatable {
    let place: Place
    var removed: String
    var inserted: String
  }

  /// Changes that are undone together, and where the cursor was before them.
  package struct Step: Sendable, Equatable {
    var changes: [Change]
    let cursor: Place
  }

  package private(set) var lines: [[Character]] {
    get { folded.map { Editor.pieces($0) } ?? unfolded }
    _modify {
      unfold()
      yield &unfolded
    }
  }

  /// The text as long as nobody looked at its lines, which take much more room.
  private var folded: String?
  private var unfolded: [[Character]]
  package private(set) var cursor = Place(0, 0)
  /// Another one for every text of every editor.
  package private(set) var version = Editor.freshVersion()
  package private(set) var past: [Step] = []
  package private(set) var future: [Step] = []
  /// Where a selection began; it ends at the cursor.
  package private(set) var anchor: Place?
  private var isMarked = false
  /// Letters typed one after the other are undone together.
  private var isTyping = false
  /// While positive, changes go into one step.
  private var depth = 0

  private static let versions = Atomic<Int>(1)
  private static func freshVersion() -> Int {
    versions.wrappingAdd(1, ordering: .relaxed).newValue
  }

  package var row: Int { cursor.row }
  package var column: Int { cursor.column }

  package init(_ text: String) {
    let isPlain = !text.utf8.contains { $0 == 13 || $0 == 9 }
    folded = isPlain ? (text.hasSuffix("\n") ? String(text.dropLast()) : text) : nil
    unfolded = isPlain ? [] : Editor.split(text)
    if let folded { lineCount = folded.utf8.count { $0 == 10 } + 1 }
  }

  /// Makes the lines ready to be looked at often.
  package mutating func unfold() {
    guard let text = folded else { return }
    unfolded = Editor.pieces(text)
    folded = nil
  }

  /// Whether the lines are not ready yet.
  var isFolded: Bool { folded != nil }
  private var lineCount = 0

  /// How many lines there are; quick.
  var count: Int { folded == nil ? unfolded.count : lineCount }

  private static func split(_ text: String) -> [[Character]] {
    var lines = pieces(text)
    if lines.count > 1, lines.last?.isEmpty == true { lines.removeLast() }
    return lines
  }

  /// Lines of a text; every line end counts as one, and tabs as two blanks.
  private static func pieces(_ text: String) -> [[Character]] {
    if !text.utf8.contains(where: { $0 == 13 || $0 == 9 }) {
      return text.utf8.split(separator: 10, omittingEmptySubsequences: false).map { line in
        line.allSatisfy { $0 < 128 }
          ? line.map { Character(Unicode.Scalar($0)) } : Array(Substring(line))
      }
    }
    var lines: [[Character]] = []
    var line: [Character] = []
    for character in text {
      switch character {
      case "\n", "\r\n", "\r":
        lines.append(line)
        line = []
      case "\t": line += [" ", " "]
      default: line.append(character)
      }
    }
    lines.append(line)
    return lines
  }

  /// The lines joined, without a last line end.
  package var text: String {
    folded ?? unfolded.map { String($0) }.joined(separator: "\n")
  }

  package var isEmpty: Bool {
    folded.map { !$0.utf8.contains { $0 != 10 } } ?? unfolded.allSatisfy(\.isEmpty)
  }

  /// The first line that is not empty.
  var firstLine: String {
    if let folded { return folded.split(separator: "\n").first.map(String.init) ?? "" }
    return unfolded.first { !$0.isEmpty }.map { String($0) } ?? ""
  }

  // MARK: Steps

  /// False when there is nothing to undo.
  package mutating func undo() -> Bool {
    guard let step = past.popLast() else { return false }
    for change in step.changes.reversed() {
      splice(change.place, removing: change.inserted, inserting: change.removed)
    }
    future.append(step)
    place(row: step.cursor.row, column: step.cursor.column)
    return true
  }

  /// False when nothing was undone.
  package mutating func redo() -> Bool {
    guard let step = future.popLast() else { return false }
    for change in step.changes {
      splice(change.place, removing: change.removed, inserting: change.inserted)
    }
    past.append(step)
    isTyping = false
    return true
  }

  /// Takes over what could be undone in an earlier session.
  package mutating func adopt(past: [Step], future: [Step]) {
    (self.past, self.future) = (past, future)
    isTyping = false
  }

  /// Makes several changes one step.
  package mutating func together(_ body: (inout Editor) -> Void) {
    let count = past.count
    let start = cursor
    depth += 1
    body(&self)
    depth -= 1
    guard depth == 0, past.count > count else { return }
    let changes = past[count...].flatMap(\.changes)
    past.removeSubrange(count...)
    past.append(Step(changes: changes, cursor: start))
    isTyping = false
  }

  // MARK: Changing

  /// The place behind a text that begins at a place.
  private static func end(of text: String, from place: Place) -> Place {
    guard let last = text.utf8.lastIndex(of: 10) else {
      return Place(place.row, place.column + text.count)
    }
    return Place(
      place.row + text.utf8.count { $0 == 10 }, text[text.utf8.index(after: last)...].count)
  }

  private mutating func splice(_ place: Place, removing: String, inserting: String) {
    let end = Editor.end(of: removing, from: place)
    // A history from elsewhere may not fit.
    guard isPlace(place), isPlace(end) else { return }
    exchange(place, end, for: Editor.pieces(inserting))
  }

  private func isPlace(_ place: Place) -> Bool {
    lines.indices.contains(place.row) && (0...lines[place.row].count).contains(place.column)
  }

  /// Puts pieces of lines where something else stood; the cursor goes behind them.
  private mutating func exchange(_ from: Place, _ to: Place, for pieces: [[Character]]) {
    version = Editor.freshVersion()
    (anchor, isMarked) = (nil, false)
    if from.row == to.row, pieces.count == 1 {
      if from.column == to.column {
        lines[from.row].insert(contentsOf: pieces[0], at: from.column)
      } else {
        lines[from.row].replaceSubrange(from.column..<to.column, with: pieces[0])
      }
      cursor = Place(from.row, from.column + pieces[0].count)
      return
    }
    let tail = lines[to.row][to.column...]
    var added = pieces
    added[0] = lines[from.row][..<from.column] + added[0]
    cursor = Place(from.row + added.count - 1, added[added.count - 1].count)
    added[added.count - 1] += tail
    lines.replaceSubrange(from.row...to.row, with: added)
  }

  /// The text between two places.
  package func text(from: Place, to: Place) -> String {
    if from.row == to.row { return String(lines[from.row][from.column..<to.column]) }
    let middle = lines[(from.row + 1)..<to.row].map { String($0) }
    return
      ([String(lines[from.row][from.column...])] + middle
      + [String(lines[to.row][..<to.column])]).joined(separator: "\n")
  }

  /// Takes in the neighbours with which a change forms one character, such as a letter and its accent.
  private func widened(_ from: Place, _ to: Place, _ text: String) -> (Place, Place, String, Bool) {
    func isOne(_ a: Character, _ b: Character) -> Bool {
      !(a.isASCII && b.isASCII) && "\(a)\(b)".count == 1
    }
    let before = from.column > 0 ? lines[from.row][from.column - 1] : nil
    let after = to.column < lines[to.row].count ? lines[to.row][to.column] : nil
    var (start, end, wider) = (from, to, text)
    if let before, let first = text.first ?? after, isOne(before, first) {
      start.column -= 1
      wider = String(before) + wider
    }
    if let after, let last = wider.last ?? before, isOne(last, after) {
      end.column += 1
      wider += String(after)
    }
    return (start, end, wider, start != from || end != to)
  }

  /// The one way in which texts change.
  package mutating func change(
    from: Place, to: Place, to text: String, typing wasTyped: Bool = false
  ) {
    let (from, to, text, isWider) = widened(from, to, text)
    let typing = wasTyped && !isWider
    let removed = from == to ? "" : self.text(from: from, to: to)
    guard !removed.isEmpty || !text.isEmpty else { return }
    let pieces = Editor.pieces(text)
    let start = cursor
    future = []
    if typing, isTyping, depth == 0, let last = past.indices.last, past[last].changes.count == 1 {
      past[last].changes[0].inserted += text
    } else {
      let inserted =
        text.utf8.contains { $0 == 9 || $0 == 13 }
        ? pieces.map { String($0) }.joined(separator: "\n") : text
      past.append(
        Step(changes: [Change(place: from, removed: removed, inserted: inserted)], cursor: start))
    }
    exchange(from, to, for: pieces)
    isTyping = typing
  }

  /// Replaces the whole text as one change.
  package mutating func replace(with text: String) {
    let old = cursor
    let joined = Editor.split(text).map { String($0) }.joined(separator: "\n")
    change(from: Place(0, 0), to: Place(lines.count - 1, lines[lines.count - 1].count), to: joined)
    place(row: old.row, column: old.column)
  }

  /// Puts a text at the cursor, in place of what is selected.
  package mutating func insert(_ text: String) {
    if let (from, to) = selection {
      change(from: from, to: to, to: text)
    } else {
      change(
        from: cursor, to: cursor, to: text,
        typing: text.utf8.count < 100 && text.count == 1 && text != "\n")
    }
  }

  /// A new line with the indentation of this one, one step deeper after an opening bracket.
  package mutating func newline() {
    let blanks = lines[row].prefix { $0 == " " }.count
    let opens = column > 0 && "{([".contains(lines[row][column - 1])
    insert("\n" + String(repeating: " ", count: min(blanks, column) + (opens ? 2 : 0)))
    isTyping = false
  }

  /// Two blanks at most, up to the next even column; the selected lines one step deeper.
  package mutating func indent() {
    guard let (from, to) = selection else { return insert(column % 2 == 0 ? "  " : " ") }
    let end = cursor
    together { editor in
      for row in from.row...to.row {
        editor.change(from: Place(row, 0), to: Place(row, 0), to: "  ")
      }
    }
    place(row: end.row, column: end.column + 2)
  }

  private mutating func removeSelection() -> Bool {
    guard let (from, to) = selection else { return false }
    change(from: from, to: to, to: "")
    return true
  }

  package mutating func backspace() {
    if removeSelection() { return }
    if column > 0 {
      change(from: Place(row, column - 1), to: cursor, to: "")
    } else if row > 0 {
      change(from: Place(row - 1, lines[row - 1].count), to: cursor, to: "")
    }
  }

  package mutating func delete() {
    if removeSelection() { return }
    if column < lines[row].count {
      change(from: cursor, to: Place(row, column + 1), to: "")
    } else if row < lines.count - 1 {
      change(from: cursor, to: Place(row + 1, 0), to: "")
    }
  }

  /// Replaces the characters before the cursor by a word, as one change.
  package mutating func replaceBeforeCursor(_ count: Int, with word: String) {
    change(from: Place(row, max(0, column - count)), to: cursor, to: word)
  }

  package mutating func deleteToLineEnd() {
    guard column < lines[row].count else { return delete() }
    change(from: cursor, to: Place(row, lines[row].count), to: "")
  }

  package mutating func deleteToLineStart() {
    change(from: Place(row, 0), to: cursor, to: "")
  }

  package mutating func deleteWord() {
    guard column > 0 else { return backspace() }
    change(from: Place(row, wordStart), to: cursor, to: "")
  }

  package mutating func deleteWordRight() {
    guard column < lines[row].count else { return delete() }
    change(from: cursor, to: Place(row, wordEnd), to: "")
  }

  /// Exchanges the two characters around the cursor.
  package mutating func transpose() {
    let at = min(column, lines[row].count - 1)
    guard at > 0 else { return }
    let pair = lines[row][(at - 1)...at]
    change(from: Place(row, at - 1), to: Place(row, at + 1), to: String(pair.reversed()))
  }

  package mutating func place(row: Int, column: Int) {
    let line = min(max(0, row), lines.count - 1)
    cursor = Place(line, min(max(0, column), lines[line].count))
    isTyping = false
  }

  /// Begins a selection at the cursor, or lets it go; moving extends it.
  package mutating func toggleMark() {
    isMarked = anchor == nil
    anchor = anchor == nil ? cursor : nil
  }

  /// Moves with a selection from where the cursor was.
  package mutating func selecting(_ move: (inout Editor) -> Void) {
    let start = anchor ?? cursor
    move(&self)
    anchor = start
  }

  /// Moves; a selection goes on when it began with a mark.
  package mutating func moving(_ move: (inout Editor) -> Void) {
    if !isMarked { anchor = nil }
    move(&self)
  }

  package mutating func selectAll() {
    place(row: lines.count - 1, column: lines[lines.count - 1].count)
    anchor = Place(0, 0)
  }

  package mutating func selectNothing() { (anchor, isMarked) = (nil, false) }
}

import Drawing
import Glibc

/// Reads single lines from a terminal, with editing, history and completion; a terminal that cannot
/// move its cursor gives plain lines.
package final class LineReader {
  package enum Answer: Sendable, Equatable {
    case line(String)
    /// Ctrl-C.
    case cancelled
    /// Ctrl-D on an empty line, or the end of the input.
    case end
  }

  private var history: [String] = []
  private let canEdit: Bool
  private let original: termios?

  /// A plain one leaves editing to the terminal.
  package init(isPlain: Bool = false) {
    let term = getenv("TERM").map { String(cString: $0) } ?? ""
    var modes = termios()
    let isTerminal = isatty(0) == 1 && isatty(1) == 1 && tcgetattr(0, &modes) == 0
    canEdit = !isPlain && isTerminal && !term.isEmpty && term != "dumb"
    original = canEdit ? modes : nil
  }

  deinit { close() }

  /// Gives the terminal back as it was.
  package func close() {
    if var modes = original { tcsetattr(0, TCSADRAIN, &modes) }
  }

  /// Between lines the interrupt key is a signal; never does the terminal gather or echo lines, so
  /// that nothing typed ahead is lost.
  private func set(keysAreSignals: Bool) {
    guard var modes = original else { return }
    modes.c_lflag &= ~tcflag_t(ICANON | ECHO | IEXTEN)
    if !keysAreSignals { modes.c_lflag &= ~tcflag_t(ISIG) }
    modes.c_iflag &= ~tcflag_t(IXON | ICRNL)
    tcsetattr(0, TCSADRAIN, &modes)
  }

  /// Adds an entry that the arrow keys bring back.
  package func remember(_ line: String) {
    if !line.isEmpty, history.last != line { history.append(line) }
  }

  /// Reads a line. `complete` gives the words that may replace the word before the cursor.
  package func read(prompt: String, complete: (String) -> [String]) -> Answer {
    guard canEdit else {
      put(prompt)
      return readLine().map { .line($0) } ?? .end
    }
    set(keysAreSignals: false)
    put("\u{1B}[?2004h")
    defer {
      put("\u{1B}[?2004l")
      set(keysAreSignals: true)
    }
    var line = Line(history: history)
    while true {
      draw(line, prompt)
      guard let key = readKey() else {
        put("\n")
        return .end
      }
      switch key {
      case .enter, .run:
        line.column = line.text.count
        draw(line, prompt)
        put("\n")
        return .line(String(line.text))
      case .control("c"):
        put("^C\n")
        return .cancelled
      case .control("d") where line.text.isEmpty:
        put("\n")
        return .end
      case .control("l"): put("\u{1B}[H\u{1B}[2J")
      case .tab:
        let words = complete(line.prefix)
        if line.complete(words) { continue }
        if words.count > 1 { list(words, line, prompt) }
      default: line.press(key)
      }
    }
  }

  // MARK: Drawing

  private func put(_ text: String) {
    let bytes = Array(text.utf8)
    _ = write(1, bytes, bytes.count)
  }

  private var columns: Int {
    var size = winsize()
    return ioctl(1, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 10 ? Int(size.ws_col) : 80
  }

  private func draw(_ line: Line, _ prompt: String) {
    let room = max(4, columns - DisplayWidth.of(prompt) - 1)
    var start = 0
    var width = line.text[..<line.column].reduce(0) { $0 + DisplayWidth.of($1) }
    while width >= room, start < line.column {
      width -= DisplayWidth.of(line.text[start])
      start += 1
    }
    var shown = ""
    var taken = 0
    for character in line.text[start...] {
      taken += DisplayWidth.of(character)
      if taken > room { break }
      shown.append(character)
    }
    let column = DisplayWidth.of(prompt) + width
    put("\r\u{1B}[K" + prompt + Sanitize.text(shown) + "\r\u{1B}[\(column)C")
  }

  private func list(_ words: [String], _ line: Line, _ prompt: String) {
    let width = (words.map(\.count).max() ?? 0) + 2
    let perRow = max(1, columns / width)
    var text = "\n"
    for (index, word) in words.prefix(60).enumerated() {
      text += word + String(repeating: " ", count: width - word.count)
      if index % perRow == perRow - 1 { text += "\n" }
    }
    if words.count > 60 { text += "… \(words.count - 60) more" }
    put(text + "\n")
  }

  // MARK: Keys

  private func readByte() -> UInt8? {
    var byte: UInt8 = 0
    while true {
      let count = Glibc.read(0, &byte, 1)
      if count == 1 { return byte }
      if count < 0, errno == EINTR { continue }
      return nil
    }
  }

  private func hasMore() -> Bool {
    var descriptor = pollfd(fd: 0, events: Int16(POLLIN), revents: 0)
    return poll(&descriptor, 1, 25) > 0
  }

  private func readKey() -> Key? {
    guard let first = readByte() else { return nil }
    switch first {
    case 27: return hasMore() ? readEscape() : .escape
    case 13: return .enter
    case 10: return .run
    case 9: return .tab
    case 8, 127: return .backspace
    case 0..<32: return .control(Character(Unicode.Scalar(first + 96)))
    default: return readCharacter(first)
    }
  }

  private func readCharacter(_ first: UInt8) -> Key {
    var bytes = [first]
    let more = first >= 0xF0 ? 3 : first >= 0xE0 ? 2 : first >= 0xC0 ? 1 : 0
    for _ in 0..<more { if let next = readByte() { bytes.append(next) } }
    return .character(String(decoding: bytes, as: UTF8.self).first ?? "?")
  }

  private func readEscape() -> Key? {
    guard let second = readByte() else { return nil }
    guard second == UInt8(ascii: "[") || second == UInt8(ascii: "O") else {
      return .alt(Character(Unicode.Scalar(second)))
    }
    var sequence = ""
    while let byte = readByte() {
      sequence.unicodeScalars.append(Unicode.Scalar(byte))
      if (64...126).contains(byte) { break }
    }
    if sequence == "200~" { return .paste(readPaste()) }
    let known: [String: Key] = [
      "A": .up, "B": .down, "C": .right, "D": .left, "H": .home, "F": .end, "1~": .home, "4~": .end,
      "3~": .delete, "1;5C": .wordRight, "1;5D": .wordLeft,
    ]
    return known[sequence] ?? .other
  }

  private func readPaste() -> String {
    var bytes: [UInt8] = []
    let end = Array("\u{1B}[201~".utf8)
    while let byte = readByte() {
      bytes.append(byte)
      if bytes.suffix(end.count) == end[...] {
        bytes.removeLast(end.count)
        break
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}

/// The line under edit.
struct Line {
  var text: [Character] = []
  var column = 0
  private var entries: [String]
  private var place: Int

  init(history: [String]) {
    entries = history + [""]
    place = history.count
  }

  private static func isWord(_ character: Character) -> Bool {
    character.isLetter || character.isNumber || character == "_"
  }

  var prefix: String { String(text[wordStart..<column]) }

  private var wordStart: Int {
    var start = column
    while start > 0, Line.isWord(text[start - 1]) { start -= 1 }
    return start
  }

  /// Puts in as much as all words share; false when that changes nothing.
  mutating func complete(_ words: [String]) -> Bool {
    guard let first = words.first else { return false }
    let start = wordStart
    let common = words.dropFirst().reduce(Array(first)) { common, word in
      Array(zip(common, word).prefix { $0 == $1 }.map(\.0))
    }
    guard common.count > column - start else { return false }
    text.replaceSubrange(start..<column, with: common)
    column = start + common.count
    return true
  }

  mutating func press(_ key: Key) {
    switch key {
    case .character(let c): insert([c])
    case .paste(let pasted):
      insert(pasted.map { $0.isNewline ? " " : $0 })
    case .backspace, .control("h"):
      guard column > 0 else { return }
      column -= 1
      text.remove(at: column)
    case .delete, .control("d"): if column < text.count { text.remove(at: column) }
    case .left, .control("b"): column = max(0, column - 1)
    case .right, .control("f"): column = min(text.count, column + 1)
    case .home, .control("a"): column = 0
    case .end, .control("e"): column = text.count
    case .control("k"): text.removeSubrange(column...)
    case .control("u"):
      text.removeSubrange(..<column)
      column = 0
    case .control("w"):
      var start = column
      while start > 0, text[start - 1] == " " { start -= 1 }
      while start > 0, text[start - 1] != " " { start -= 1 }
      text.removeSubrange(start..<column)
      column = start
    case .wordLeft, .alt("b"):
      while column > 0, !Line.isWord(text[column - 1]) { column -= 1 }
      while column > 0, Line.isWord(text[column - 1]) { column -= 1 }
    case .wordRight, .alt("f"):
      while column < text.count, !Line.isWord(text[column]) { column += 1 }
      while column < text.count, Line.isWord(text[column]) { column += 1 }
    case .up, .control("p"): recall(place - 1)
    case .down, .control("n"): recall(place + 1)
    default: break
    }
  }

  private mutating func insert(_ characters: [Character]) {
    text.insert(contentsOf: characters, at: column)
    column += characters.count
  }

  private mutating func recall(_ index: Int) {
    guard entries.indices.contains(index) else { return }
    entries[place] = String(text)
    place = index
    text = Array(entries[index])
    column = text.count
  }
}

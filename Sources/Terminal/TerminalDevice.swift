import CTerminal
import Drawing
import Files
import Glibc

/// Why a terminal cannot show the full screen.
package enum TerminalProblem: Error, Sendable {
  case notATerminal
  case dumb(String)

  package var message: String {
    switch self {
    case .notATerminal: "the full screen needs a terminal for input and output"
    case .dumb(let term):
      "the terminal `\(term)` cannot move its cursor, so the full screen is not possible"
    }
  }
}

/// The screen and keyboard through ncurses; used from one thread.
package final class TerminalDevice {
  private var shown = Grid(width: 0, height: 0)
  private var parser = KeyParser()
  private let palette: Palette
  private var hearsMouse = false
  private let isPlain = PlainGlyphs.areNeeded

  /// Whether this is a terminal that only prints.
  package static var isDumb: Bool {
    isatty(0) == 1 && isatty(1) == 1 && getenv("TERM").map { String(cString: $0) } == "dumb"
  }

  /// Switches to the full screen. Dying by a signal gives the terminal back and says `farewell`.
  package init(farewell: String) throws(TerminalProblem) {
    guard isatty(0) == 1, isatty(1) == 1 else { throw .notATerminal }
    let term = getenv("TERM").map { String(cString: $0) } ?? ""
    guard !term.isEmpty, term != "dumb" else { throw .dumb(term) }
    ct_guard_install(farewell)
    guard ct_open(term) == 0 else { throw .dumb(term) }
    let isColorless = getenv("NO_COLOR").map { $0.pointee != 0 } ?? false
    palette = Palette(count: isColorless ? 0 : Int(ct_colors()))
  }

  package func close() {
    listen(toMouse: false)
    ct_close()
  }

  /// Gives the terminal to another program for a while.
  package func pause() {
    if hearsMouse { say(TerminalDevice.mouseOff) }
    ct_pause()
  }

  /// Takes it back.
  package func goOn() {
    ct_go_on()
    if hearsMouse { say(TerminalDevice.mouseOn) }
    resize()
  }

  private static let mouseOn = "\u{1B}[?1000h\u{1B}[?1006h"
  private static let mouseOff = "\u{1B}[?1006l\u{1B}[?1000l"

  /// Wheel and clicks come as keys, or the terminal uses them itself.
  package func listen(toMouse isOn: Bool) {
    guard isOn != hearsMouse else { return }
    hearsMouse = isOn
    say(isOn ? TerminalDevice.mouseOn : TerminalDevice.mouseOff)
  }

  private func say(_ sequence: String) {
    let bytes = Array(sequence.utf8)
    ct_say(bytes, bytes.count)
  }

  /// Asks the terminal to put a text on its clipboard.
  package func copy(_ text: String) {
    let sequence = Array("\u{1B}]52;c;\(Base64.text(Array(text.utf8)))\u{7}".utf8)
    ct_say(sequence, sequence.count)
  }

  /// What is said when the program dies by a signal.
  package func sayOnCrash(_ farewell: String) { ct_guard_say(farewell) }

  package var size: (columns: Int, rows: Int) {
    var (columns, rows): (Int32, Int32) = (0, 0)
    ct_size(&columns, &rows)
    return (Int(columns), Int(rows))
  }

  /// Shows a grid, writing only what changed; the cursor is hidden when nil.
  package func show(_ grid: Grid, cursor: (column: Int, row: Int)?) {
    let isFresh = grid.width != shown.width || grid.height != shown.height
    for row in 0..<grid.height {
      for column in 0..<grid.width {
        let glyph = grid[column, row]
        if !isFresh, glyph == shown[column, row] { continue }
        if glyph == .continuation { continue }
        put(glyph, column, row)
      }
    }
    shown = grid
    ct_cursor(Int32(cursor?.column ?? 0), Int32(cursor?.row ?? 0), cursor == nil ? 0 : 1)
    ct_refresh()
  }

  /// The next picture is drawn anew, whatever the terminal shows.
  package func repaint() {
    shown = Grid(width: 0, height: 0)
    ct_repaint()
  }

  private func put(_ glyph: Glyph, _ column: Int, _ row: Int) {
    let scalars = Array(glyph.character.unicodeScalars)
    let style = glyph.style
    let width = Int32(DisplayWidth.of(glyph.character))
    let bits = (style.isBold ? 1 : 0) | (style.isDim ? 2 : 0) | (style.isReversed ? 4 : 0)
    // Joined sequences are drawn as their first scalar, which is what layout counts.
    let marks = scalars.dropFirst().filter {
      $0.properties.generalCategory == .nonspacingMark && !(0xFE00...0xFE0F).contains($0.value)
    }
    .map(\.value)
    ct_put(
      Int32(column), Int32(row), isPlain ? 1 : width,
      isPlain ? PlainGlyphs.nearest(scalars.first ?? " ") : scalars.first?.value ?? 32, marks,
      isPlain ? 0 : Int32(marks.count), Int32(bits), palette.number(style.foreground),
      palette.number(style.background))
    if isPlain, width == 2 { put(.blank, column + 1, row) }
  }

  /// All keys that are there now. After Escape a moment is waited for what may belong to it.
  package func keys() -> [Key] {
    var result: [Key] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      var waiting = pollfd(fd: 0, events: Int16(POLLIN), revents: 0)
      let patience: Int32 = parser.isUnfinished ? 25 : 0
      let isThere = poll(&waiting, 1, patience) > 0 && waiting.revents & Int16(POLLIN) != 0
      let count = isThere ? read(0, &buffer, buffer.count) : 0
      if count > 0 { parser.feed(buffer[..<count]) }
      while let key = parser.next(isLast: count <= 0) { result.append(key) }
      // A flood is shown now and then.
      if count <= 0 || (result.count > 2000 && !parser.isUnfinished) { return result }
    }
  }

  /// Takes over the size that the terminal has now.
  package func resize() {
    ct_resize()
    repaint()
  }

  /// Waits for a key or for one of the descriptors to become readable; without end when no time is
  /// given. False when the terminal has gone.
  package func wait(for descriptors: [Int32], milliseconds: Int?) -> Bool {
    var all = ([0] + descriptors).map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
    guard poll(&all, nfds_t(all.count), Int32(milliseconds ?? -1)) > 0 else { return true }
    return all[0].revents & Int16(POLLHUP | POLLERR | POLLNVAL) == 0
  }
}

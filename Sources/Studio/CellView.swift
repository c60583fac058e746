import Drawing
import Training

/// Draws one cell.
struct CellView {
  let state: StudioState
  let at: Int
  let frame: PageLayout.CellFrame

  private var cell: StudioCell { state.cells[at] }
  private var isFocused: Bool { state.focus == at }
  private var isChosen: Bool { isFocused || state.chosen.contains(at) }
  private var width: Int { PageLayout.width(state) }

  private var isEditing: Bool {
    if case .edit = state.mode { return isFocused }
    return false
  }

  static let left = 2

  /// Draws the lines of the cell that fall into the view; row 0 of the page is at `offset`.
  func draw(on grid: inout Grid, offset: Int, rows: Range<Int>) {
    let mark = Style(foreground: Color(isEditing ? 208 : 39), isBold: true)
    var line = frame.top
    func row(_ line: Int) -> Int? {
      let row = line + offset
      return rows.contains(row) ? row : nil
    }
    if isChosen {
      for each in frame.top..<(frame.top + frame.height - 1) {
        if let row = row(each) { grid[0, row] = Glyph(isEditing ? "┃" : "▌", mark) }
      }
    }
    if frame.header == 1 {
      if let row = row(line) { drawHeader(&grid, row) }
      line += 1
    }
    drawText(&grid, line, (rows.lowerBound - offset)..<(rows.upperBound - offset), row)
    line += frame.text.count
    for remark in cell.remarks.prefix(frame.remarks) {
      if let row = row(line) {
        grid.write(
          remark.text, column: CellView.left, row: row, style: CellView.style(remark.kind),
          limit: width)
      }
      line += 1
    }
    for run in cell.activeRuns.prefix(frame.progress) {
      if let row = row(line) {
        let text = ProgressLine(run.job).text(width: width)
        grid.write(text, column: CellView.left, row: row, style: Style(foreground: Color(32)))
      }
      line += 1
    }
    drawOutput(&grid, line, row)
  }

  // MARK: Header

  private func drawHeader(_ grid: inout Grid, _ row: Int) {
    let dim = Style(isDim: true)
    let end = CellView.left + width
    for column in CellView.left..<end { grid[column, row] = Glyph("─", dim) }
    guard cell.isCode || cell.role != nil else {
      grid.write(" kept as it is ", column: CellView.left + 1, row: row, style: Style(isBold: true))
      return
    }
    let word = state.lesson == nil ? "" : cell.role?.word ?? ""
    var name = cell.id.isEmpty || cell.id == word ? "" : " #\(cell.id)"
    name = (word.isEmpty ? "" : " " + word) + name + " "
    if case .code(let flags) = cell.kind, !flags.isEmpty {
      name += flags.joined(separator: " ") + " "
    }
    grid.write(
      name, column: CellView.left + 1, row: row, style: Style(isBold: isFocused, isDim: !isFocused),
      limit: width - 4)
    guard state.isPrepared else { return }
    let condition = state.condition(at)
    let told = state.lessonWord(at, condition)
    let text = " \(told?.text ?? CellView.word(condition, cell)) "
    let start = end - DisplayWidth.of(text) - 1
    guard start > CellView.left + DisplayWidth.of(name) + 2 else { return }
    grid.write(
      text, column: start, row: row,
      style: told.map { CellView.style($0.kind) } ?? CellView.style(condition))
  }

  private static func word(_ condition: Condition, _ cell: StudioCell) -> String {
    switch condition {
    case .done:
      guard let evaluated = cell.evaluated else { return "✓ done" }
      let training = evaluated.result.runs.map(\.run.job.seconds).max() ?? 0
      let time = max(training * 1000, evaluated.milliseconds)
      return "✓ done \(Duration.text(milliseconds: time))"
    case .failed: return "✗ failed"
    case .training: return "▶ training"
    case .running: return "▶ running"
    case .paused: return "‖ paused"
    case .queued: return "… queued"
    case .stale: return "~ stale" + price(cell)
    case .edited: return "* edited" + price(cell)
    case .unverified: return "? not run yet"
    case .new: return "new"
    }
  }

  /// What running a cell again will cost, by what it took the last time.
  private static func price(_ cell: StudioCell) -> String {
    guard let evaluated = cell.evaluated, evaluated.result.error == nil else { return "" }
    let training = evaluated.result.runs.map(\.run.job.seconds).max() ?? 0
    let time = max(training * 1000, evaluated.milliseconds)
    return time < 500 ? "" : " ≈ \(Duration.text(milliseconds: time))"
  }

  private static func style(_ kind: LessonRemark.Kind) -> Style {
    switch kind {
    case .plain: .plain
    case .right: Style(foreground: Color(35), isBold: true)
    case .wrong: Style(foreground: Color(166), isBold: true)
    case .hint: Style(foreground: Color(32))
    case .asking: Style(isBold: true)
    }
  }

  private static func style(_ condition: Condition) -> Style {
    switch condition {
    case .done: Style(foreground: Color(35))
    case .failed: Style(foreground: Color(160), isBold: true)
    case .training, .running, .queued, .paused: Style(foreground: Color(32), isBold: true)
    case .stale, .edited: Style(foreground: Color(166), isBold: true)
    case .unverified, .new: Style(isDim: true)
    }
  }

  // MARK: Text

  private func drawText(
    _ grid: inout Grid, _ top: Int, _ rows: Range<Int>, _ row: (Int) -> Int?
  ) {
    let lines = cell.editor.lines
    var highlight = Highlight()
    let shift = isEditing && cell.isCode ? shift(of: cell.editor) : 0
    var styled: (row: Int, styles: [Style]) = (-1, [])
    let seen = frame.text.indices.clamped(to: (rows.lowerBound - top)..<(rows.upperBound - top))
    guard let first = seen.first else { return }
    if cell.isCode {
      // Only quotes over many lines matter here; further up they are not looked for.
      for line in max(0, first - 500)..<first { _ = highlight.styles(lines[line]) }
    }
    for index in seen {
      let piece = frame.text[index]
      var column = CellView.left - shift
      for (number, part) in piece.parts.enumerated() {
        let characters = lines[part.row]
        if styled.row != part.row {
          let isLong = characters.count > 5000
          styled = (
            part.row,
            isLong
              ? Array(repeating: .plain, count: characters.count)
              : cell.isCode ? highlight.styles(characters) : CellView.markdown(characters)
          )
          mark(&styled.styles, characters, part.row)
        }
        guard let row = row(top + index) else { continue }
        if number > 0 { column += 1 }
        for at in part.columns.clamped(to: 0..<characters.count) {
          if column > CellView.left + width { break }
          let size = CellView.width(of: characters[at])
          if column >= CellView.left, column + size <= CellView.left + width {
            let base = cell.kind == .fixed ? Style(isDim: true) : styled.styles[at]
            if size > 0, CellView.isHarmless(characters[at]) {
              grid[column, row] = Glyph(characters[at], base)
              if size == 2 { grid[column + 1, row] = .continuation }
            } else {
              grid.write(String(characters[at]), column: column, row: row, style: base)
            }
          }
          column += size
        }
      }
      guard let row = row(top + index) else { continue }
      if column > CellView.left + width {
        grid[CellView.left + width, row] = Glyph("›", Style(isDim: true))
      }
      if shift > 0 { grid[CellView.left - 1, row] = Glyph("‹", Style(isDim: true)) }
    }
  }

  /// Marks what was searched, and the bracket that belongs to the one at the cursor.
  private func mark(_ styles: inout [Style], _ characters: [Character], _ row: Int) {
    if !state.searched.isEmpty {
      let wanted = Array(state.searched.lowercased())
      for start in StudioState.places(of: wanted, in: characters) {
        for at in start..<(start + wanted.count) { styles[at].isReversed = true }
      }
    }
    if isEditing, let (from, to) = cell.editor.selection, (from.row...to.row).contains(row) {
      let start = row == from.row ? from.column : 0
      let end = row == to.row ? to.column : characters.count
      for at in start..<min(end, characters.count) { styles[at].isReversed = true }
    }
    if isEditing, cell.isCode, let (pair, column) = cell.editor.matchingBracket, pair == row {
      styles[column].isReversed = true
    }
  }

  /// Whether a character is shown as it is.
  private static func isHarmless(_ character: Character) -> Bool {
    if let ascii = character.asciiValue { return ascii >= 32 && ascii != 127 }
    return Sanitize.text(String(character)) == String(character)
  }

  /// Columns that a character takes once it is made harmless.
  static func width(of character: Character) -> Int {
    if let ascii = character.asciiValue, ascii >= 32, ascii != 127 { return 1 }
    return DisplayWidth.of(Sanitize.text(String(character)))
  }

  /// How far a code cell is moved to the left so that the cursor is visible.
  private func shift(of editor: Editor) -> Int {
    let before = editor.lines[editor.row][..<editor.column].reduce(0) {
      $0 + CellView.width(of: $1)
    }
    return before < width ? 0 : before - width + max(1, width / 4)
  }

  /// The column of the cursor on the screen.
  func cursorColumn(_ piece: PageLayout.TextLine) -> Int {
    let editor = cell.editor
    let characters = editor.lines[editor.row][piece.columns.lowerBound..<editor.column]
    let before = characters.reduce(0) { $0 + CellView.width(of: $1) }
    return CellView.left + before - (cell.isCode ? shift(of: editor) : 0)
  }

  private static func markdown(_ line: [Character]) -> [Style] {
    var styles = [Style](repeating: .plain, count: line.count)
    if line.first == "#" {
      for at in line.indices { styles[at] = Style(isBold: true) }
      return styles
    }
    var isCode = false
    for at in line.indices {
      if line[at] == "`" { isCode.toggle() }
      if isCode || line[at] == "`" { styles[at] = Style(foreground: Color(32)) }
    }
    return styles
  }

  // MARK: Output

  private func drawOutput(_ grid: inout Grid, _ top: Int, _ row: (Int) -> Int?) {
    let output = frame.output
    guard output.total > 0 else { return }
    let column = CellView.left + 1
    if output.isFolded {
      if let row = row(top) {
        let text = "… \(output.total) line\(output.total == 1 ? "" : "s"), o shows them"
        grid.write(text, column: column, row: row, style: Style(isDim: true))
      }
      return
    }
    for shown in 0..<output.height {
      guard let row = row(top + shown) else { continue }
      if output.isCut, shown == output.head {
        let hidden = output.total - output.head - output.tail
        let place = output.start > 0 ? "from line \(output.start + 1), " : ""
        grid.write(
          "… \(place)\(hidden) more lines, O shows them, ] scrolls, P pages", column: column,
          row: row,
          style: Style(isDim: true))
        continue
      }
      let line =
        shown < output.head
        ? output.start + shown : output.total - output.tail + (shown - output.head - 1)
      drawOutputLine(&grid, line, column, row)
    }
  }

  private func drawOutputLine(_ grid: inout Grid, _ line: Int, _ column: Int, _ row: Int) {
    var line = line
    let isOld = [.stale, .edited, .unverified].contains(state.condition(at))
    for piece in cell.drawn.pieces {
      if line < piece.height {
        switch piece {
        case .lines(let lines):
          grid.write(
            lines[line], column: column, row: row, style: Style(isDim: isOld), limit: width - 1)
        case .text(let text):
          grid.write(
            text[line], column: column, row: row, style: Style(isDim: isOld), limit: width - 1)
        case .grid(let picture):
          for x in 0..<min(picture.width, width - 1) {
            var glyph = picture[x, line]
            if isOld { glyph.style.isDim = true }
            grid[column + x, row] = glyph
          }
        }
        return
      }
      line -= piece.height
    }
    let errors = cell.errorLines
    guard line < errors.count else { return }
    let style = line == 0 ? Style(foreground: Color(160), isBold: true) : .plain
    grid.write(errors[line], column: column, row: row, style: style, limit: width - 1)
  }
}

/// Lengths of time for people.
enum Duration {
  static func text(milliseconds: Double) -> String {
    if milliseconds < 1 { return "< 1 ms" }
    if milliseconds < 1000 { return "\(Int(milliseconds.rounded())) ms" }
    let seconds = milliseconds / 1000
    if seconds < 10 {
      let tenths = Int((seconds * 10).rounded())
      return "\(tenths / 10).\(tenths % 10) s"
    }
    return text(seconds: Int(seconds.rounded()))
  }

  /// How long ago something was, roughly.
  static func age(_ seconds: Double) -> String {
    let minutes = Int(seconds / 60)
    return minutes < 1 ? "now" : minutes < 100 ? "\(minutes) min" : "\(minutes / 60) h"
  }

  static func text(seconds: Int) -> String {
    if seconds < 100 { return "\(seconds) s" }
    if seconds < 600 { return "\(seconds / 60) min \(seconds % 60) s" }
    if seconds < 6000 { return "\(seconds / 60) min" }
    return "\(seconds / 3600) h \(seconds / 60 % 60) min"
  }
}

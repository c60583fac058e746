import Drawing

/// Where everything on the page is, in lines from its top.
struct PageLayout {
  /// A line of a cell's text as it is shown: characters of one line of the editor, or of several that
  /// flow together, with a blank between.
  struct TextLine {
    struct Part {
      let row: Int
      let columns: Range<Int>
    }
    var parts: [Part]

    init(row: Int, columns: Range<Int>) { parts = [Part(row: row, columns: columns)] }
    init(_ parts: [Part]) { self.parts = parts }

    var row: Int { parts.first?.row ?? 0 }
    var columns: Range<Int> { parts.first?.columns ?? 0..<0 }
  }

  struct CellFrame {
    let top: Int
    /// The line of the name and the condition; code cells have it.
    let header: Int
    let text: [TextLine]
    let progress: Int
    let output: Output
    var height: Int { header + text.count + progress + output.height + 1 }
  }

  /// The lines of the output that are shown: all, or the first and the last with a note between.
  struct Output {
    let total: Int
    let head: Int
    let tail: Int
    let isFolded: Bool
    var isCut: Bool { head + tail < total }
    var height: Int { isFolded ? (total > 0 ? 1 : 0) : head + tail + (isCut ? 1 : 0) }
  }

  static let outputLimit = (head: 24, tail: 8)

  private(set) var frames: [CellFrame] = []
  private(set) var height = 0

  init(_ state: StudioState) {
    let width = PageLayout.width(state)
    frames.reserveCapacity(state.cells.count)
    var isEditing = false
    if case .edit = state.mode { isEditing = true }
    for (at, cell) in state.cells.enumerated() {
      let isTyped = isEditing && at == state.focus
      let frame = PageLayout.frame(cell, width: width, top: height, flows: !isTyped)
      frames.append(frame)
      height += frame.height
    }
  }

  /// Columns for the contents of cells.
  static func width(_ state: StudioState) -> Int { max(1, state.size.columns - 3) }

  private static func frame(
    _ cell: StudioCell, width: Int, top: Int, flows: Bool
  ) -> CellFrame {
    let lines = cell.editor.lines
    let text: [TextLine]
    if cell.isCode || cell.kind == .fixed {
      text = lines.indices.map { TextLine(row: $0, columns: 0..<lines[$0].count) }
    } else if flows {
      text = flowing(lines, width: width)
    } else {
      text = lines.indices.flatMap { wrapped(lines[$0], row: $0, width: width) }
    }
    let total =
      cell.isCode ? cell.drawn.pieces.reduce(0) { $0 + $1.height } + cell.errorLines.count : 0
    let isWhole = cell.isWhole || total <= outputLimit.head + outputLimit.tail + 1
    return CellFrame(
      top: top, header: cell.isCode || cell.kind == .fixed ? 1 : 0, text: text,
      progress: cell.activeRuns.count,
      output: Output(
        total: total, head: isWhole ? total : outputLimit.head,
        tail: isWhole ? 0 : outputLimit.tail, isFolded: cell.isFolded))
  }

  /// Text with the lines of each paragraph joined, as Markdown is read.
  static func flowing(_ lines: [[Character]], width: Int) -> [TextLine] {
    var shown: [TextLine] = []
    var taken = 0
    var isParagraph = false
    for (row, line) in lines.enumerated() {
      guard flows(line) else {
        shown += wrapped(line, row: row, width: width)
        isParagraph = false
        continue
      }
      for word in words(of: line) {
        let size = line[word].reduce(0) { $0 + DisplayWidth.of($1) }
        if isParagraph, taken + 1 + size <= width, let last = shown.indices.last {
          let part = shown[last].parts[shown[last].parts.count - 1]
          if part.row == row {
            shown[last].parts[shown[last].parts.count - 1] = TextLine.Part(
              row: row, columns: part.columns.lowerBound..<word.upperBound)
          } else {
            shown[last].parts.append(TextLine.Part(row: row, columns: word))
          }
          taken += 1 + size
        } else {
          shown += wrapped(Array(line[word]), row: row, width: width).map {
            let start = word.lowerBound
            return TextLine(
              row: row,
              columns: (start + $0.columns.lowerBound)..<(start + $0.columns.upperBound))
          }
          taken = min(size, width)
        }
        isParagraph = true
      }
    }
    return shown
  }

  /// Whether a line is prose, which may be joined with its neighbours.
  private static func flows(_ line: [Character]) -> Bool {
    guard let first = line.first, !line.allSatisfy(\.isWhitespace) else { return false }
    if "#>|`-*+ =".contains(first) || line.last == "\\" || line.suffix(2) == [" ", " "] {
      return false
    }
    return !(first.isNumber && line.dropFirst(1).prefix(3).contains { $0 == "." || $0 == ")" })
  }

  private static func words(of line: [Character]) -> [Range<Int>] {
    var words: [Range<Int>] = []
    var start: Int?
    for at in line.indices {
      if line[at] == " " {
        if let begun = start { words.append(begun..<at) }
        start = nil
      } else if start == nil {
        start = at
      }
    }
    if let begun = start { words.append(begun..<line.count) }
    return words
  }

  /// Breaks a line between words so that each piece fits.
  static func wrapped(_ line: [Character], row: Int, width: Int) -> [TextLine] {
    var pieces: [TextLine] = []
    var start = 0
    var taken = 0
    var lastBlank: Int?
    var at = 0
    while at < line.count {
      let size = DisplayWidth.of(line[at])
      if taken + size > width, at > start {
        let end = lastBlank.map { $0 + 1 } ?? at
        pieces.append(TextLine(row: row, columns: start..<end))
        (start, at, taken, lastBlank) = (end, end, 0, nil)
        continue
      }
      if line[at] == " " { lastBlank = at }
      taken += size
      at += 1
    }
    pieces.append(TextLine(row: row, columns: start..<line.count))
    return pieces
  }

  /// The line of the page on which the cursor of a cell stands, and the piece of text there.
  func cursorLine(_ state: StudioState) -> (line: Int, piece: TextLine)? {
    let frame = frames[state.focus]
    let editor = state.cell.editor
    for (index, piece) in frame.text.enumerated().reversed()
    where piece.row == editor.row && piece.columns.lowerBound <= editor.column {
      return (frame.top + frame.header + index, piece)
    }
    return nil
  }

  /// The cell that covers a line.
  func cell(at line: Int) -> Int? {
    frames.lastIndex { $0.top <= line }
  }
}

extension StudioState {
  /// Draws what is live anew, and moves the page so that what is worked on is visible.
  package mutating func refresh() {
    refreshSources()
    let width = PageLayout.width(self)
    for at in cells.indices where cells[at].isCode {
      let recorded = cells[at].evaluated == nil ? cells[at].output?.body : nil
      cells[at].drawn.refresh(cells[at], width: width - 1, tick: tick, recorded: recorded)
    }
    let layout = PageLayout(self)
    let visible = max(1, size.rows - StudioView.chrome)
    if !isScrollFree {
      let frame = layout.frames[focus]
      if case .edit = mode, let (line, _) = layout.cursorLine(self) {
        if line < scroll + 1 { scroll = max(frame.top, line - 1) }
        if line > scroll + visible - 2 { scroll = line - visible + 2 }
      } else {
        let bottom = frame.top + frame.height - 1
        if bottom > scroll + visible { scroll = bottom - visible }
        if frame.top < scroll || frame.height > visible { scroll = frame.top }
      }
    }
    scroll = min(max(0, scroll), max(0, layout.height - visible))
  }

  /// Whether the screen changes by itself.
  package var isLive: Bool {
    cells.contains { $0.isBusy || $0.drawn.isLive }
  }
}

extension StudioState {
  /// Whether an evaluated cell has yet to say what will be written of it.
  package var isUnsettled: Bool {
    cells.contains { $0.evaluated != nil && $0.evaluated?.record == nil }
  }
}

extension StudioCell {
  /// The mistake an evaluation ended with.
  var errorLines: [String] {
    evaluated?.result.error.map { OutputBlock.split($0) } ?? []
  }
}

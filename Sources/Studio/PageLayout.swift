import Drawing

/// Where everything on the page is, in lines from its top.
struct PageLayout {
  /// A line of a cell's text as it is shown: characters of one line of the editor.
  struct TextLine {
    let row: Int
    let columns: Range<Int>
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
    for cell in state.cells {
      let frame = PageLayout.frame(cell, width: width, top: height)
      frames.append(frame)
      height += frame.height
    }
  }

  /// Columns for the contents of cells.
  static func width(_ state: StudioState) -> Int { max(1, state.size.columns - 3) }

  private static func frame(_ cell: StudioCell, width: Int, top: Int) -> CellFrame {
    let lines = cell.editor.lines
    let text =
      cell.isCode
      ? lines.indices.map { TextLine(row: $0, columns: 0..<lines[$0].count) }
      : lines.indices.flatMap { wrapped(lines[$0], row: $0, width: width) }
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

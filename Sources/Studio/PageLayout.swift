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
    /// The first part, and those that flow behind it.
    var first: Part
    var rest: [Part] = []

    init(row: Int, columns: Range<Int>) { first = Part(row: row, columns: columns) }

    var parts: [Part] { [first] + rest }
    var row: Int { first.row }
    var columns: Range<Int> { first.columns }
    var last: Part {
      get { rest.last ?? first }
      set { if rest.isEmpty { first = newValue } else { rest[rest.count - 1] = newValue } }
    }
  }

  /// The lines of a text as they are shown: those of the editor, or pieces of them.
  struct Lines: Sendable {
    private let pieces: [TextLine]?
    let count: Int

    static let none = Lines(whole: 0)

    init(_ pieces: [TextLine]) { (self.pieces, count) = (pieces, pieces.count) }
    /// Each line of the editor is one; its end is not looked for.
    init(whole count: Int) { (pieces, self.count) = (nil, count) }

    var indices: Range<Int> { 0..<count }
    subscript(index: Int) -> TextLine {
      pieces?[index] ?? TextLine(row: index, columns: 0..<Int.max)
    }

    /// The line that holds a place of the editor.
    func line(of place: Editor.Place) -> Int? {
      guard pieces != nil else { return indices.contains(place.row) ? place.row : nil }
      return indices.last {
        self[$0].row == place.row && self[$0].columns.lowerBound <= place.column
      }
    }
  }

  /// The lines of a cell's text as they were laid out last.
  struct Laid {
    fileprivate var version = -1
    fileprivate var width = 0
    fileprivate var way = Way.code
    fileprivate(set) var text = Lines.none

    /// `guessed` counts the lines only.
    enum Way { case code, flowing, wrapped, guessed }

    var isGuess: Bool { way == .guessed }

    fileprivate func isOld(_ version: Int, _ width: Int, _ way: Way) -> Bool {
      version != self.version || width != self.width || way != self.way
    }

    fileprivate mutating func refresh(_ editor: Editor, _ width: Int, _ way: Way) {
      // What was laid out once is not guessed again.
      if way == .guessed, editor.version == version, width == self.width { return }
      (version, self.width, self.way) = (editor.version, width, way)
      switch way {
      case .code, .guessed: text = Lines(whole: editor.count)
      case .flowing: text = Lines(flowing(editor.lines, width: width))
      case .wrapped:
        let lines = editor.lines
        text = Lines(lines.indices.flatMap { wrapped(lines[$0], row: $0, width: width) })
      }
    }
  }

  struct CellFrame {
    let top: Int
    /// The line of the name and the condition; code cells have it.
    let header: Int
    let text: Lines
    /// Lines that a lesson says.
    let remarks: Int
    let progress: Int
    let output: Output
    /// A blank line below; none for a cell that is not shown.
    let gap: Int
    var height: Int { header + text.count + remarks + progress + output.height + gap }
  }

  /// The lines of the output that are shown: all, or the first and the last with a note between.
  struct Output {
    let total: Int
    /// The first line that is shown.
    let start: Int
    let head: Int
    let tail: Int
    let isFolded: Bool
    var isCut: Bool { head + tail < total }
    var height: Int { isFolded ? (total > 0 ? 1 : 0) : head + tail + (isCut ? 1 : 0) }
  }

  static let outputLimit = (head: 24, tail: 8)

  private(set) var frames: [CellFrame] = []
  private(set) var height = 0

  init() {}

  /// Lays out every cell; what has not changed since the last time is taken over.
  fileprivate init(_ cells: inout [StudioCell], width: Int, typed: Int?, seen: Range<Int>?) {
    frames.reserveCapacity(cells.count)
    // Through a pointer, so that no cell is copied.
    cells.withUnsafeMutableBufferPointer { cells in
      for at in cells.indices {
        let isPlain = cells[at].kind != .text
        let isProse = !isPlain || cells[at].isQuestion
        let isWhole = !isProse || cells[at].editor.count > StudioCell.longest
        let isNear = seen?.contains(at) ?? true
        let way: Laid.Way =
          isWhole ? .code : at == typed ? .wrapped : isNear ? .flowing : .guessed
        if cells[at].laid.isOld(cells[at].editor.version, width, way) {
          cells[at].laid.refresh(cells[at].editor, width, way)
        }
        let frame = PageLayout.frame(
          cells[at], isPlain: isPlain, isTyped: at == typed, top: height)
        frames.append(frame)
        height += frame.height
      }
    }
  }

  /// Columns for the contents of cells.
  static func width(_ state: StudioState) -> Int { max(1, state.size.columns - 3) }

  private static func frame(
    _ cell: borrowing StudioCell, isPlain: Bool, isTyped: Bool, top: Int
  ) -> CellFrame {
    if cell.isConcealed {
      let output = Output(total: 0, start: 0, head: 0, tail: 0, isFolded: false)
      return CellFrame(
        top: top, header: 0, text: .none, remarks: 0, progress: 0, output: output, gap: 0)
    }
    let shows = cell.hidesOutput ? false : cell.isCode
    let total = shows ? cell.drawn.height + (cell.isEvaluated ? cell.errorLines.count : 0) : 0
    let isWhole = cell.isWhole || total <= outputLimit.head + outputLimit.tail + 1
    let (isFolded, isHidden, isSilent) = (cell.isFolded, cell.isHidden, cell.showsNoText)
    let showsNoText = isSilent || isFolded && isHidden && !isTyped
    return CellFrame(
      top: top, header: isPlain ? 1 : 0, text: showsNoText ? .none : cell.laid.text,
      remarks: cell.remarks.count,
      progress: cell.hasRuns ? cell.activeRuns.count : 0,
      output: Output(
        total: total,
        start: isWhole ? 0 : min(cell.outputStart, total - outputLimit.head - outputLimit.tail),
        head: isWhole ? total : outputLimit.head,
        tail: isWhole ? 0 : outputLimit.tail, isFolded: cell.isFolded), gap: 1)
  }

  /// Text with the lines of each paragraph joined, as Markdown is read.
  static func flowing(_ lines: [[Character]], width: Int) -> [TextLine] {
    var shown: [TextLine] = []
    var taken = 0
    var isParagraph = false
    var isFenced = false
    for (row, line) in lines.enumerated() {
      if line.starts(with: "```") { isFenced.toggle() }
      guard !isFenced, flows(line) else {
        shown += wrapped(line, row: row, width: width)
        isParagraph = false
        continue
      }
      for word in words(of: line) {
        let size = line[word].reduce(0) { $0 + DisplayWidth.of($1) }
        if isParagraph, taken + 1 + size <= width, let last = shown.indices.last {
          let part = shown[last].last
          if part.row == row {
            shown[last].last = TextLine.Part(
              row: row, columns: part.columns.lowerBound..<word.upperBound)
          } else {
            shown[last].rest.append(TextLine.Part(row: row, columns: word))
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
    // A line that begins with code or emphasis is prose, one that begins a block or a list is not.
    let isMark =
      first == "`" ? line.starts(with: "```") : first == "*" && line.dropFirst().first == " "
    if isMark || "#>|-+ =".contains(first) || line.last == "\\" || line.suffix(2) == [" ", " "] {
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
    guard frames.indices.contains(state.focus) else { return nil }
    let frame = frames[state.focus]
    return frame.text.line(of: state.cell.editor.cursor).map {
      (frame.top + frame.header + $0, frame.text[$0])
    }
  }

  /// The cells that are on some lines of the page.
  func cells(on lines: Range<Int>) -> Range<Int> {
    var (low, high) = (0, frames.count)
    while low < high {
      let middle = (low + high) / 2
      if frames[middle].top + frames[middle].height > lines.lowerBound {
        high = middle
      } else {
        low = middle + 1
      }
    }
    let first = low
    var end = first
    while end < frames.count, frames[end].top < lines.upperBound { end += 1 }
    return first..<end
  }

  /// Whether only a part of a cell's output is shown.
  func isCut(_ at: Int) -> Bool { frames.indices.contains(at) && frames[at].output.isCut }

  /// The cell that covers a line.
  func cell(at line: Int) -> Int? {
    let found = cells(on: line..<(line + 1))
    return found.isEmpty ? frames.indices.last : found.lowerBound
  }
}

extension StudioState {
  /// Draws what is live anew, and moves the page so that what is worked on is visible.
  ///
  /// A page that was just opened is parsed by `prepare`.
  package mutating func refresh(whole: Bool = true) {
    if whole || isPrepared { refreshSources() }
    let width = PageLayout.width(self)
    for at in cells.indices where cells[at].isCode {
      cells[at].redraw(width: width - 1, tick: tick)
    }
    arrangeLesson()
    layOut()
    let visible = max(1, size.rows - StudioView.chrome)
    scrollToFocus(visible)
    // What comes into view of a large page is laid out as it is, and may move the rest.
    for _ in 0..<4 where isLarge {
      let near = layout.cells(on: scroll..<(scroll + visible))
      guard near.contains(where: { cells[$0].laid.isGuess }) else { break }
      layOut(near)
      scrollToFocus(visible)
    }
    for at in layout.cells(on: scroll..<(scroll + visible)) { cells[at].editor.unfold() }
  }

  /// Pages with more cells than this are laid out where they are looked at.
  private var isLarge: Bool { cells.count > 1000 }

  private mutating func scrollToFocus(_ visible: Int) {
    if !isScrollFree {
      let frame = layout.frames[focus]
      if case .edit = mode, let (line, _) = layout.cursorLine(self) {
        if line < scroll + 1 { scroll = max(frame.top, line - 1) }
        if line > scroll + visible - 2 { scroll = line - visible + 2 }
      } else {
        let bottom = frame.top + frame.height - 1
        if bottom > scroll + visible { scroll = bottom - visible }
        if frame.top < scroll || frame.height > visible { scroll = frame.top }
        // What is said to an answer is seen, however long the answer is.
        let said = frame.top + frame.header + frame.text.count + frame.remarks
        if frame.remarks > 0, said > scroll + visible { scroll = said - visible }
      }
    }
    scroll = min(max(0, scroll), max(0, layout.height - visible))
  }

  mutating func layOut(_ seen: Range<Int> = 0..<0) {
    layout = PageLayout(
      &cells, width: PageLayout.width(self), typed: isTyping ? focus : nil,
      seen: isLarge ? seen : nil)
  }

  /// Whether the screen changes by itself.
  package var isLive: Bool {
    cells.indices.contains { isBusy($0) || cells[$0].drawn.wasLive }
  }
}

extension StudioState {
  /// Whether an evaluated cell has yet to say what will be written of it.
  package var isUnsettled: Bool {
    scrub?.isBusy == true || lesson?.checking.isEmpty == false
      || cells.indices.contains { cells[$0].isEvaluated && cells[$0].evaluated?.record == nil }
  }
}

extension StudioCell {
  /// A question in words.
  fileprivate var isQuestion: Bool { if case .why? = role { true } else { false } }

  /// Whether the lesson says in other words what its text is.
  fileprivate var showsNoText: Bool { if case .goal? = role { true } else { false } }

  /// The mistake an evaluation ended with.
  var errorLines: [String] {
    guard isEvaluated else { return [] }
    return evaluated?.result.error.map { OutputBlock.split($0) } ?? []
  }
}

import Drawing

/// Columns under their names; numbers stand flush right, long tables show their head and tail.
package struct TextTable: Picture {
  package struct Column: Sendable {
    package let name: String
    let cells: [String]
    let isNumeric: Bool

    package init(_ name: String, numbers: [Double]) {
      (self.name, isNumeric) = (name, true)
      cells = Numbers.column(numbers)
    }

    package init(_ name: String, integers: [Int]) {
      (self.name, isNumeric) = (name, true)
      cells = integers.map { "\($0)" }
    }

    package init(_ name: String, texts: [String]) {
      (self.name, isNumeric) = (name, false)
      cells = texts
    }
  }

  package let columns: [Column]
  package let title: String

  /// Columns of one length; shorter ones end in blank cells.
  package init(_ columns: [Column], title: String = "") {
    self.columns = columns
    self.title = title
  }

  private var count: Int { columns.map(\.cells.count).max() ?? 0 }

  package var description: String {
    let names = columns.prefix(12).map { Sanitize.text($0.name) }.joined(separator: ", ")
    return "A table of \(Numbers.count(count, "row")) and "
      + "\(Numbers.count(columns.count, "column"))"
      + (columns.isEmpty ? "." : ": \(names)\(columns.count > 12 ? ", …" : "").")
  }

  /// Without a height, up to 20 rows.
  package func draw(width: Int, height: Int?, depth: ColorDepth) -> Grid {
    guard !columns.isEmpty else {
      return Grid.message("an empty table", width: width, height: height)
    }
    let top = title.isEmpty ? 0 : 1
    let rows = shownRows((height ?? 20 + top + 4) - top - 2)
    guard !rows.isEmpty || count == 0 else {
      return Grid.message(description, width: width, height: height)
    }
    let isCut = rows.contains(nil)
    let (shown, widths) = fitting(max(1, width), rows.compactMap { $0 })
    let hidden = columns.count - shown
    let notes = [
      isCut ? "\(count) rows" : "", hidden > 0 ? "\(Numbers.count(hidden, "more column"))" : "",
    ].filter { !$0.isEmpty }.joined(separator: ", ")
    let tall = top + 2 + rows.count + (notes.isEmpty ? 0 : 1)
    var grid = Grid(width: max(1, width), height: min(height ?? tall, tall))
    _ = grid.heading(title, "")
    var at = 0
    for (column, size) in zip(columns.prefix(shown), widths) {
      func put(_ text: String, _ row: Int, _ style: Style = .plain) {
        let cell = Labels.padded(Labels.fitted(text, size), size, isRight: column.isNumeric)
        grid.write(cell, column: at, row: row, style: style)
      }
      put(column.name, top, Style(isBold: true))
      put(String(repeating: "─", count: size), top + 1, Style(isDim: true))
      for (place, row) in rows.enumerated() {
        guard let row else {
          put("…", top + 2 + place, Style(isDim: true))
          continue
        }
        if row < column.cells.count { put(column.cells[row], top + 2 + place) }
      }
      at += size + 2
    }
    if !notes.isEmpty {
      grid.write(notes, column: 0, row: top + 2 + rows.count, style: Style(isDim: true))
    }
    return grid
  }

  /// The rows to draw in at most `room` lines, nil for those left out; a line is kept for the count.
  private func shownRows(_ room: Int) -> [Int?] {
    if count <= room { return Array(0..<count) }
    let lines = room - 2
    guard lines >= 1 else { return [] }
    let tail = lines / 3
    return Array(0..<(lines - tail)) + [nil] + Array((count - tail)..<count)
  }

  /// How many columns fit side by side, and their widths.
  private func fitting(_ width: Int, _ rows: [Int]) -> (shown: Int, widths: [Int]) {
    let wanted = columns.map { column in
      let cells = rows.lazy.filter { $0 < column.cells.count }.map { column.cells[$0] }
      let widest = cells.map { DisplayWidth.of(Sanitize.text($0)) }.max() ?? 0
      // Numbers are never cut to fit; a long text is.
      let natural = max(widest, DisplayWidth.of(Sanitize.text(column.name)), 1)
      return column.isNumeric ? max(widest, min(natural, 16)) : min(natural, max(8, width / 2))
    }
    var (widths, used) = ([Int](), 0)
    for size in wanted {
      let next = used + (widths.isEmpty ? 0 : 2) + size
      guard next <= width else { break }
      widths.append(size)
      used = next
    }
    return widths.isEmpty ? (1, [min(width, wanted[0])]) : (widths.count, widths)
  }
}

import Drawing
import Library
import Plots
import Terminal

/// Looking into a confusion matrix: at one of its cells, then at the examples in it.
package struct Inspection: Sendable {
  enum Outcome { case stays, leaves, writes }

  let cells: ExampleCells
  package private(set) var label = 0
  package private(set) var answer = 0
  /// The examples of the cell that is open, the largest loss first.
  package private(set) var open: [ExampleCells.Example]?
  package private(set) var choice = 0
  /// What is to become of examples, by their rows.
  private(set) var relabelled: [(row: Int, label: Int)] = []
  private(set) var dropped: [Int] = []
  /// The place of an example, and what speaks for the answer there.
  private var seen: (row: Int, pixels: [[Double]]?, saliency: [[Double]]?)?

  /// Begins at the commonest mistake.
  init(_ cells: ExampleCells) {
    self.cells = cells
    var most = 0
    for (row, counts) in cells.counts.enumerated() {
      for (column, count) in counts.enumerated() where row != column && count > most {
        (label, answer, most) = (row, column, count)
      }
    }
  }

  private var count: Int { cells.counts.count }

  mutating func press(_ key: Key) -> Outcome {
    open == nil ? pressInMatrix(key) : pressInList(key)
  }

  private mutating func pressInMatrix(_ key: Key) -> Outcome {
    switch key {
    case .down, .character("j"): label = min(label + 1, count - 1)
    case .up, .character("k"): label = max(label - 1, 0)
    case .right, .character("l"): answer = min(answer + 1, count - 1)
    case .left, .character("h"): answer = max(answer - 1, 0)
    case .enter:
      (open, choice) = (cells.examples(label: label, answer: answer), 0)
      look()
    case .character("c"): return isChanged ? .writes : .stays
    case .escape, .character("q"), .control("c"): return .leaves
    default: break
    }
    return .stays
  }

  private mutating func pressInList(_ key: Key) -> Outcome {
    let last = max(0, (open?.count ?? 0) - 1)
    switch key {
    case .down, .character("j"): choice = min(choice + 1, last)
    case .up, .character("k"): choice = max(choice - 1, 0)
    case .home, .character("g"): choice = 0
    case .end, .character("G"): choice = last
    case .character("d"): drop()
    case .character("u"): forget()
    case .character("+"): relabel((newLabel + 1) % max(1, count))
    case .character("-"): relabel((newLabel + count - 1) % max(1, count))
    case .character("c"): return isChanged ? .writes : .stays
    case .character(let c) where c.isASCII && c.isNumber:
      if let digit = c.wholeNumberValue, digit < count { relabel(digit) }
    case .escape, .character("q"), .control("c"):
      open = nil
      return .stays
    default: break
    }
    look()
    return .stays
  }

  private var example: ExampleCells.Example? {
    guard let open, open.indices.contains(choice) else { return nil }
    return open[choice]
  }

  private var newLabel: Int {
    guard let example else { return 0 }
    return relabelled.first { $0.row == example.row }?.label ?? example.label
  }

  var isChanged: Bool { !relabelled.isEmpty || !dropped.isEmpty }

  private mutating func forget() {
    guard let row = example?.row else { return }
    relabelled.removeAll { $0.row == row }
    dropped.removeAll { $0 == row }
  }

  private mutating func drop() {
    guard let row = example?.row else { return }
    forget()
    dropped.append(row)
  }

  private mutating func relabel(_ label: Int) {
    guard let example else { return }
    forget()
    if label != example.label { relabelled.append((example.row, label)) }
  }

  private mutating func look() {
    guard let example, seen?.row != example.row else { return }
    seen = (
      example.row, cells.pixels(example.row),
      cells.saliencyPixels(example.row, for: example.answer)
    )
  }

  /// The changes as calls around the name of the data.
  func expression(_ data: String) -> String {
    var text = data
    for (row, label) in relabelled { text = "relabel(\(text), \(row), \(label))" }
    if dropped.isEmpty { return text }
    return "drop_rows(\(text), [\(dropped.sorted().map { "\($0)" }.joined(separator: ", "))])"
  }

  // MARK: Drawing

  func draw(_ grid: inout Grid) {
    for row in 1..<(grid.height - 1) {
      for column in 0..<grid.width { grid[column, row] = .blank }
    }
    let found = cells.counts[label][answer]
    let title =
      "\(cells.names[label]) said as \(cells.names[answer]): \(found) example\(found == 1 ? "" : "s")"
    grid.write(title, column: 2, row: 1, style: Style(isBold: true), limit: grid.width - 4)
    if open == nil { drawMatrix(&grid) } else { drawList(&grid) }
  }

  private func drawMatrix(_ grid: inout Grid) {
    let digits = cells.counts.joined().map { "\($0)".count }.max() ?? 1
    let names = min(12, cells.names.map { DisplayWidth.of($0) }.max() ?? 1)
    let width = max(digits, min(names, 4)) + 1
    let (across, down) = (max(1, (grid.width - names - 5) / width), max(1, grid.height - 5))
    let left = min(max(0, answer - across / 2), max(0, count - across))
    let top = min(max(0, label - down / 2), max(0, count - down))
    for (place, column) in (left..<min(count, left + across)).enumerated() {
      grid.write(
        cells.names[column], column: names + 4 + place * width, row: 2, style: Style(isDim: true),
        limit: width - 1)
    }
    for (line, row) in (top..<min(count, top + down)).enumerated() {
      grid.write(
        cells.names[row], column: 2, row: 3 + line, style: Style(isDim: row != label),
        limit: names)
      for (place, column) in (left..<min(count, left + across)).enumerated() {
        let value = cells.counts[row][column]
        let text = value == 0 ? "·" : "\(value)"
        let isHere = row == label && column == answer
        grid.write(
          text, column: names + 4 + place * width + max(0, width - 1 - text.count), row: 3 + line,
          style: Style(
            foreground: row != column && value > 0 ? Color(203) : nil, isBold: row == column,
            isDim: value == 0 && !isHere, isReversed: isHere))
      }
    }
  }

  private func drawList(_ grid: inout Grid) {
    guard let open, !open.isEmpty else {
      grid.write("no example is here", column: 2, row: 3, style: Style(isDim: true))
      return
    }
    let isImage = seen?.pixels != nil
    let room = isImage ? min(44, grid.width / 2) : grid.width - 4
    let visible = max(1, grid.height - 5)
    let first = min(max(0, choice - visible / 2), max(0, open.count - visible))
    for (line, example) in open.dropFirst(first).prefix(visible).enumerated() {
      var text = "row \(example.row)  loss \(Inspection.short(example.loss))"
      if let change = relabelled.first(where: { $0.row == example.row }) {
        text += "  → \(cells.names[change.label])"
      }
      if dropped.contains(example.row) { text += "  dropped" }
      if !isImage { text += "  " + cells.text(example.row) }
      grid.write(
        text, column: 2, row: 3 + line, style: Style(isReversed: first + line == choice),
        limit: room)
    }
    guard let seen, let pixels = seen.pixels else { return }
    var pictures: [any Picture] = [ImagePicture(pixels, title: "row \(seen.row)")]
    if let saliency = seen.saliency {
      pictures.append(ImagePicture(saliency, title: "for \(cells.names[answer])"))
    }
    let drawn = PictureColumn(pictures).draw(
      width: grid.width - room - 4, height: max(2, grid.height - 5), depth: .palette)
    grid.draw(drawn, column: room + 3, row: 3)
  }

  private static func short(_ x: Double) -> String {
    guard x.isFinite else { return "inf" }
    let hundredths = Int((min(x, 1e9) * 100).rounded())
    let rest = hundredths % 100
    return "\(hundredths / 100).\(rest < 10 ? "0" : "")\(rest)"
  }
}

extension Commands {
  static let inspectionCommands: [Command] = [
    .simple(
      "look-into", "Looks into a confusion matrix, to its examples.", keys: ["l"], family: "View",
      unless: { $0.inspectable == nil ? "this cell shows no confusion_matrix(model, data)" : nil }
    ) { state in
      if let cells = state.inspectable { state.mode = .inspect(Inspection(cells)) }
    }
  ]
}

extension StudioState {
  /// The examples behind the first confusion matrix of the cell.
  var inspectable: ExampleCells? {
    let blocks = cell.past?.blocks ?? cell.evaluated?.blocks ?? []
    return blocks.lazy.compactMap { block -> ExampleCells? in
      if case .picture(let plot) = block { plot.examples } else { nil }
    }.first
  }

  mutating func press(_ key: Key, in inspection: Inspection) -> [Effect] {
    var inspection = inspection
    switch inspection.press(key) {
    case .stays: mode = .inspect(inspection)
    case .leaves: mode = .navigate
    case .writes: write(inspection)
    }
    return []
  }

  /// A cell that goes on with the examples changed, ready to be edited.
  private mutating func write(_ inspection: Inspection) {
    let known = names(before: focus + 1)
    var (data, run) = ("data", "r")
    for name in known.order {
      switch known[name] {
      case .record(let record):
        if let x = record["x"]?.variable?.value, x.isSame(as: inspection.cells.inputs) {
          data = name
        }
      case .object(let object): if object is Run { run = name }
      default: break
      }
    }
    insertCell(at: focus + 1)
    cell.editor = Editor(
      "better = \(inspection.expression(data))\nagain = fork(\(run), data=better)\nplot([\(run), again])"
    )
    mode = .edit
  }
}

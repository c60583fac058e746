import Autograd
import Drawing
import Language
import Library
import Tensors
import Training

/// Something about the whole page, shown over it.
package enum Panel: Sendable, CaseIterable {
  case variables, runs, outline, queue, bin, lessons

  var title: String {
    switch self {
    case .variables: "Variables"
    case .runs: "Runs"
    case .outline: "Outline"
    case .queue: "At work and waiting"
    case .bin: "Deleted cells"
    case .lessons: "Lessons"
    }
  }
}

extension Commands {
  static let panelCommands: [Command] = [
    .simple(
      "variables", "Shows every name, its kind, shape and range.", keys: ["V"], family: "View"
    ) { state in
      state.mode = .panel(.variables, choice: 0)
    },
    .simple("runs", "Shows every training of the page.", keys: ["R"], family: "View") { state in
      state.mode = .panel(.runs, choice: 0)
    },
    .simple("outline", "Shows headings and cells; Enter goes there.", keys: ["t"], family: "View") {
      state in
      state.mode = .panel(.outline, choice: 0)
    },
  ]
}

/// One line of a panel, and the cell that it is about.
struct PanelLine {
  let columns: [String]
  let cell: Int?
}

extension StudioState {
  func lines(of panel: Panel) -> [PanelLine] {
    switch panel {
    case .variables: variableLines
    case .runs: runLines
    case .outline: outlineLines
    case .queue: queueLines
    case .bin:
      bin.map { PanelLine(columns: [$0.isCode ? "#\($0.id)" : "text", $0.firstLine], cell: nil) }
    case .lessons: shelf.map { PanelLine(columns: $0.columns, cell: nil) }
    }
  }

  /// The headings of a panel's columns.
  static func heads(of panel: Panel) -> [String] {
    switch panel {
    case .variables: ["name", "kind", "shape", "bytes", "range", "cell", "age"]
    case .runs: ["run", "state", "steps", "last", "time", "cell"]
    case .outline: ["", "", ""]
    case .queue: ["cell", "state", "progress"]
    case .bin: ["cell", "begins with"]
    case .lessons: ["", "lesson", "steps", "time"]
    }
  }

  private var variableLines: [PanelLine] {
    var latest: [String: (line: PanelLine, order: Int)] = [:]
    var order = 0
    for (at, cell) in cells.enumerated() {
      guard let evaluated = cell.evaluated, evaluated.result.error == nil else { continue }
      for (name, value) in evaluated.result.bound {
        let columns =
          [name, value.kindName] + StudioState.measures(of: value)
          + ["#\(cell.id)", Duration.age(evaluated.moment.seconds)]
        latest[name] = (PanelLine(columns: columns, cell: at), latest[name]?.order ?? order)
        order += 1
      }
    }
    return latest.values.sorted { $0.order < $1.order }.map(\.line)
  }

  /// Shape, bytes and range of a value. Very large tensors are not read for it.
  private static func measures(of value: Value) -> [String] {
    switch value {
    case .tensor(let x), .parameter(let x):
      let count = x.shape.count
      let bytes = count * x.dtype.size
      guard count > 0, count <= 200_000, x.dtype != .bool else {
        return ["\(x.dtype.name) \(x.shape)", Bytes.text(bytes), ""]
      }
      let numbers = x.value.array(of: Double.self)
      let finite = numbers.filter(\.isFinite)
      var range = ""
      if let low = finite.min(), let high = finite.max() {
        range = "\(shortNumber(low, digits: 3)) … \(shortNumber(high, digits: 3))"
      }
      let lost = numbers.count - finite.count
      if lost > 0 { range += "  \(lost) not finite!" }
      return ["\(x.dtype.name) \(x.shape)", Bytes.text(bytes), range]
    case .integer, .number, .boolean: return ["", "", value.inline]
    case .text(let text): return ["\(text.count) characters", "", ""]
    case .list(let items): return ["\(items.count) items", "", ""]
    case .record(let record): return ["\(record.fields.count) fields", "", ""]
    case .object:
      let count = Tree.leaves(of: value, .parameters).reduce(0) { $0 + $1.variable.shape.count }
      return [count > 0 ? "\(count) weights" : "", count > 0 ? Bytes.text(4 * count) : "", ""]
    case .none, .range, .function, .builtin: return ["", "", ""]
    }
  }

  /// Lets a cell that waits begin earlier or later.
  mutating func reorder(_ lines: [PanelLine], _ choice: Int, by step: Int) {
    guard lines.indices.contains(choice), lines.indices.contains(choice + step),
      let at = lines[choice].cell, let other = lines[choice + step].cell,
      cells[at].activity == .queued, cells[other].activity == .queued
    else {
      message = "only cells that wait can be reordered"
      return
    }
    (cells[at].rank, cells[other].rank) = (cells[other].rank, cells[at].rank)
    mode = .panel(.queue, choice: choice + step)
  }

  /// Brings a deleted cell back below the focus.
  mutating func bringBack(_ choice: Int) {
    guard bin.indices.contains(choice) else { return }
    var cell = bin.remove(at: choice)
    if cell.isCode, cells.contains(where: { $0.id == cell.id }) { cell.id = freshID() }
    (cell.key, nextKey) = (nextKey, nextKey + 1)
    focus = min(focus + 1, cells.count)
    cells.insert(cell, at: focus)
    remember(.inserted(id: cell.id, at: focus))
    mode = .navigate
    message = "brought back; z deletes it again"
  }

  private var runLines: [PanelLine] {
    cells.enumerated().flatMap { at, cell in
      (cell.evaluated?.result.runs ?? []).map { key, run in
        let job = run.job
        let last = job.outlines.map { outline in
          "\(outline.name) \(outline.last.map { shortNumber(Double($0.value), digits: 3) } ?? "")"
        }.joined(separator: "  ")
        return PanelLine(
          columns: [
            key, job.status.word, "\(job.step)/\(job.totalSteps)", last,
            Duration.text(milliseconds: job.seconds * 1000), "#\(cell.id)",
          ], cell: at)
      }
    }
  }

  private var queueLines: [PanelLine] {
    let busy = cells.indices.filter { cells[$0].isBusy }
    let waiting = busy.filter { cells[$0].activity == .queued }.sorted {
      cells[$0].rank < cells[$1].rank
    }
    return (busy.filter { cells[$0].activity != .queued } + waiting).map { at in
      let runs = cells[at].activeRuns.map { ProgressLine($0.job).text(width: 40) }
      let state = cells[at].isHeld ? "held" : condition(at).rawValue
      let text = runs.isEmpty ? cells[at].firstLine : runs.joined(separator: "; ")
      return PanelLine(columns: ["#\(cells[at].id)", state, text], cell: at)
    }
  }

  private var outlineLines: [PanelLine] {
    cells.indices.filter { !cells[$0].isConcealed }.map { at in
      let cell = cells[at]
      let first = cell.firstLine
      let isHeading = !cell.isCode && first.hasPrefix("#")
      return PanelLine(
        columns: [
          isHeading ? first : "  " + (cell.isCode ? "#\(cell.id)" : "text"),
          isHeading ? "" : String(first.prefix(40)), cell.isCode ? condition(at).rawValue : "",
        ], cell: at)
    }
  }
}

/// Amounts of memory for people.
enum Bytes {
  static func text(_ count: Int) -> String {
    if count < 1000 { return "\(count) B" }
    if count < 1_000_000 { return "\(shortNumber(Double(count) / 1e3, digits: 3)) kB" }
    if count < 1_000_000_000 { return "\(shortNumber(Double(count) / 1e6, digits: 3)) MB" }
    return "\(shortNumber(Double(count) / 1e9, digits: 3)) GB"
  }
}

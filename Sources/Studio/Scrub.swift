import Language
import Library
import Notebooks
import Tensors

/// A look back: every panel of the page shows a run as it was after one step.
package struct Scrub: Sendable {
  /// The key of the cell that started the run.
  let cell: Int
  /// The name of the run on the page.
  let name: String
  let runs: [Run]
  /// The step that is wanted, and the one that is shown.
  package internal(set) var step: Int
  package internal(set) var shown: Int?
  var isBusy = false

  var last: Int { runs.map(\.job.step).max() ?? 0 }
}

/// What the panels of a page need to show themselves at a step.
package struct PastPage: Sendable {
  struct Panel: Sendable {
    let key: Int
    let text: String
    let blocks: [OutputBlock]
    /// Evaluated anew; otherwise its pictures are only drawn anew.
    let isRead: Bool
    let stream: RandomStream
    let names: Names
  }
  let step: Int
  let folder: String
  let panels: [Panel]

  /// What each panel shows at the step, by the key of its cell.
  func shown() -> [Int: [OutputBlock]] {
    var found: [Int: [OutputBlock]] = [:]
    let interpreter = StandardLibrary.interpreter()
    for panel in panels {
      guard panel.isRead else {
        found[panel.key] = panel.blocks.map { $0.at(step) }
        continue
      }
      let context = EvaluationContext(stream: panel.stream, folder: folder)
      var names = panel.names
      for name in names.order { if let value = names[name] { names[name] = value.at(step) } }
      let outcome = CellEvaluation.run(panel.text, in: names, context, interpreter)
      for case let run as Run in context.started { run.job.stop() }
      if outcome.error == nil { found[panel.key] = context.output.flatMap(OutputBlock.blocks) }
    }
    return found
  }
}

extension Value {
  /// The value with every run in it as it was after a step.
  func at(_ step: Int) -> Value {
    switch self {
    case .object(let object):
      if let run = object as? Run { return .object(run.at(min(step, run.job.step))) }
      if let plot = object as? PlotObject { return .object(plot.at(step)) }
      return self
    case .list(let items): return .list(items.map { $0.at(step) })
    case .record(let record):
      return .record(Record(record.fields.map { ($0.name, $0.value.at(step)) }))
    default: return self
    }
  }
}

extension PlotObject {
  func at(_ step: Int) -> PlotObject { of(runs.map { $0.at(min(step, $0.job.step)) }) }
}

extension OutputBlock {
  func at(_ step: Int) -> OutputBlock {
    switch self {
    case .lines: self
    case .picture(let plot): .picture(plot.at(step))
    case .live(let value, _): .live(value.at(step), [])
    }
  }
}

extension StudioState {
  /// The cells that show something of the runs of a cell: itself, and those below that read what it
  /// made.
  fileprivate func panels(of start: Int, _ step: Int) -> [PastPage.Panel] {
    var made = Set<String>()
    return cells.indices[start...].compactMap { at in
      let cell = cells[at]
      guard cell.isCode, let evaluated = cell.evaluated, evaluated.result.error == nil else {
        return nil
      }
      let isReader = at > start && cell.names.reads.contains { made.contains($0) }
      if at == start || isReader { made.formUnion(cell.names.binds) }
      guard at == start || isReader, !evaluated.blocks.isEmpty else { return nil }
      // Nothing is trained again in order to look back.
      let isRead = at > start && evaluated.result.runs.isEmpty
      return PastPage.Panel(
        key: cell.key, text: evaluated.text, blocks: evaluated.blocks, isRead: isRead,
        stream: CellEvaluation.stream(seed: seed, cell: cell.id), names: names(before: at))
    }
  }

  /// Looks at a step of the runs of the cell, or of those it reads.
  mutating func scrub(to wanted: (Scrub) -> Int) -> [Effect] {
    if scrub == nil { scrub = newScrub() }
    guard var open = scrub else { return [] }
    open.step = min(max(0, wanted(open)), open.last)
    scrub = open
    message = "looking for step \(open.step)"
    return showScrub()
  }

  /// The cell whose runs are looked at from here: this one, or the nearest above that it reads.
  private func newScrub() -> Scrub? {
    var wanted = [focus]
    wanted += makers(of: focus).reversed()
    for at in wanted {
      guard let result = cells[at].evaluated?.result, !result.runs.isEmpty else { continue }
      let runs = result.runs.map(\.run)
      let name = result.bound.first { $0.value.holds(runs) }?.name ?? ""
      return Scrub(
        cell: cells[at].key, name: name, runs: runs, step: runs.map(\.job.step).max() ?? 0)
    }
    return nil
  }

  /// One search at a time: what was wanted meanwhile is looked for next.
  private mutating func showScrub() -> [Effect] {
    guard let open = scrub, !open.isBusy, open.shown != open.step,
      let start = cells.firstIndex(where: { $0.key == open.cell })
    else { return [] }
    scrub?.isBusy = true
    return [
      .lookBack(PastPage(step: open.step, folder: folder, panels: panels(of: start, open.step)))
    ]
  }

  /// Takes in what the panels show at a step.
  mutating func update(_ step: Int, _ blocks: [Int: [OutputBlock]]) -> [Effect] {
    guard scrub != nil else { return [] }
    scrub?.isBusy = false
    scrub?.shown = step
    for at in cells.indices { cells[at].past = blocks[cells[at].key].map { (step, $0) } }
    message = scrubLine
    return showScrub()
  }

  var scrubLine: String {
    guard let open = scrub, let shown = open.shown else { return "" }
    let name = open.name.isEmpty ? "the run" : open.name
    return "\(name) at step \(shown) of \(open.last): , . one step  < > an epoch  f branches off  "
      + "Esc back to now"
  }

  /// Back to now; false when it was there.
  mutating func endScrub() -> Bool {
    guard scrub != nil else { return false }
    scrub = nil
    for at in cells.indices { cells[at].past = nil }
    return true
  }
}

extension Value {
  fileprivate func holds(_ runs: [Run]) -> Bool {
    switch self {
    case .object(let object):
      guard let run = object as? Run else { return false }
      return runs.contains { $0.job === run.job }
    case .list(let items): return items.contains { $0.holds(runs) }
    default: return false
    }
  }
}

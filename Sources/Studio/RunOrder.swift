import Language
import Library
import Notebooks
import Training

// Cells are evaluated in the order of the page: each sees what the cells above it left, and a cell
// whose makers are not up to date waits for them.
extension StudioState {
  /// The cells above that made the names a cell reads.
  func makers(of at: Int) -> [Int] {
    var found: Set<Int> = []
    let others = lesson == nil ? [] : cells[at].readsOfCheck
    for name in cells[at].names.reads + others {
      if let maker = maker(of: name, before: at) {
        found.insert(maker)
      }
    }
    return found.sorted()
  }

  /// The last cell above that binds a name.
  func maker(of name: String, before at: Int) -> Int? {
    cells[..<at].lastIndex { $0.isCode && !$0.isResting && $0.names.binds.contains(name) }
  }

  /// Queues a cell and what it needs from above; how many others were queued with it.
  @discardableResult
  mutating func queue(_ at: Int, isOneOfMany: Bool = false) -> Int {
    guard cells[at].isCode, cells[at].activity != .queued else { return 0 }
    refreshSources()
    var others = 0
    var waiting = [at]
    while let next = waiting.popLast() {
      cells[next].activity = .queued
      queued += 1
      (cells[next].rank, cells[next].isHeld) = (queued, false)
      cells[next].isOneOfMany = isOneOfMany
      for maker in makers(of: next)
      where !isCurrent(maker) && cells[maker].activity == .idle && cells[maker].isRunForOthers {
        others += 1
        waiting.append(maker)
      }
    }
    return others
  }

  /// Starts every queued cell whose makers are ready.
  mutating func startReady() -> [Effect] {
    refreshSources()
    if asksForTrust() { return [] }
    var effects: [Effect] = []
    var room = StudioState.atOnce - cells.count { $0.isOneOfMany && $0.isEvaluating }
    let order = cells.indices.filter { cells[$0].activity == .queued && !cells[$0].isHeld }
      .sorted { cells[$0].rank < cells[$1].rank }
    for at in order {
      let makers = makers(of: at)
      if makers.contains(where: { cells[$0].activity != .idle }) { continue }
      if let failed = makers.first(where: { cells[$0].evaluated?.result.error != nil }) {
        cells[at].activity = .idle
        message = "#\(cells[at].id) was not run: #\(cells[failed].id), which it needs, has failed"
        continue
      }
      if cells[at].isOneOfMany {
        guard room > 0 else { continue }
        room -= 1
      }
      effects += start(at)
    }
    return effects
  }

  /// How many cells that were queued together are evaluated at once; what is run by itself never waits.
  private static let atOnce = 4

  private mutating func start(_ at: Int) -> [Effect] {
    evaluations += 1
    let cell = cells[at]
    cells[at].activity = .evaluating(evaluations)
    cells[at].past = nil
    cells[at].isWhole = false
    var effects: [Effect] = []
    let active = cell.activeRuns
    if !active.isEmpty { effects.append(.stop(active)) }
    var recorded: [[SteeringEvent]] = []
    var output: (info: [String], body: String)?
    if let segment = cell.output, case .output(_, let info) = segment.kind {
      output = (info, segment.body)
      // What was recorded is repeated once, so that the page shows again what it showed.
      if cell.evaluated == nil, info.contains("src=\(sources[at])") {
        while let entry = ledger["\(cell.id).\(recorded.count + 1)"] {
          recorded.append(entry.events)
        }
      }
    }
    let timed = cells[..<at].reduce(into: Set<String>()) { timed, cell in
      guard let result = cell.evaluated?.result else { return }
      for name in cell.names.binds {
        if result.isTimed { timed.insert(name) } else { timed.remove(name) }
      }
    }
    effects.append(
      .evaluate(
        Effect.Evaluation(
          number: evaluations, id: cell.id, text: cell.text, src: sources[at],
          names: names(before: at),
          stream: CellEvaluation.stream(seed: seed, cell: cell.id), folder: folder, page: path,
          readsClock: cell.names.reads.contains { timed.contains($0) }, recorded: recorded,
          output: output)))
    return effects
  }

  /// What the cells above have left.
  func names(before at: Int) -> Names {
    var names = Names()
    for cell in cells[..<at] where !cell.isResting {
      guard let evaluated = cell.evaluated, evaluated.result.error == nil else { continue }
      for (name, value) in evaluated.result.bound { names[name] = value }
      if let answer = evaluated.answer { names["ans"] = answer }
    }
    return names
  }

  /// Ends what goes on in a cell; false when nothing does.
  mutating func interrupt(_ at: Int, _ effects: inout [Effect]) -> Bool {
    guard cells[at].isBusy else { return false }
    switch cells[at].activity {
    case .idle: break
    case .queued: (cells[at].activity, cells[at].isHeld) = (.idle, false)
    case .evaluating(let number): effects.append(.interrupt(number))
    }
    let runs = cells[at].activeRuns
    if !runs.isEmpty { effects.append(.stop(runs)) }
    return true
  }
}

extension StudioState {
  /// Takes an answer in.
  package mutating func update(_ answer: Message) -> [Effect] {
    switch answer {
    case .evaluated(let number, let id, let evaluated):
      guard let at = index(of: id), cells[at].activity == .evaluating(number) else {
        // The cell was deleted or run again: nobody will look at what it started.
        return [.stop(evaluated.result.runs.map(\.run))]
      }
      cells[at].activity = .idle
      cells[at].evaluated = evaluated
      changes += 1
      if let note = evaluated.result.notes.first { message = "#\(id): \(note)" }
    case .settled(let number, let id, let record):
      guard let at = index(of: id), cells[at].evaluated?.number == number,
        cells[at].activity == .idle
      else { break }
      cells[at].evaluated?.record = record
      changes += 1
      let answers = lookAtAnswer(at) + askForGoal() + rerunQuick()
      if savesWhenNoted, !awaitsRecord {
        savesWhenNoted = false
        return startReady() + answers + save()
      }
      if !answers.isEmpty { return startReady() + answers }
      if savesAgain, !cells.contains(where: { $0.isBusy }) {
        savesAgain = false
        return startReady() + save()
      }
    case .lookedBack(let step, let blocks): return update(step, blocks)
    case .shapes(let version, let line):
      guard case .edit = mode, cell.editor.version == version else { break }
      shapeLine = line
      updateHint()
    case .completions(let request, let found): take(found, for: request)
    case .verified(let text): message = "verified: " + text
    case .checked(let check, let fault, let score):
      return take(fault, score: score, of: check) + startReady()
    case .progressNotKept(let why): message = "progress is not kept: \(why)"
    case .saved(let saved, let path, let isCopy, let problem):
      if let problem {
        message = "not saved: \(problem)"
        quitsWhenSaved = false
      } else if isCopy {
        message = "saved a copy as \(path)"
      } else {
        savedChanges = saved
        isMarked = isModified
        let waits = savesAgain ? "; what still trains is saved when it ends" : ""
        if lesson?.savesItself != true || !waits.isEmpty { message = "saved \(name)\(waits)" }
        if quitsWhenSaved { exitStatus = 0 }
      }
    }
    return startReady()
  }

  /// Whether a cell has ended whose record, which the file is to have, has not arrived.
  package var awaitsRecord: Bool {
    cells.indices.contains {
      cells[$0].isEvaluated && cells[$0].evaluated?.record == nil && !isBusy($0)
    }
  }

  /// Saves the page as it is; what a cell that just ended gave is waited for.
  mutating func save(copy: String? = nil) -> [Effect] {
    if let copy { return [.save(path: copy, bytes: document(), isCopy: true)] }
    if isReadOnly {
      message = "another gradus has this file open; :write NAME saves a copy"
      return []
    }
    if awaitsRecord {
      savesWhenNoted = true
      message = "saving"
      return []
    }
    savesAgain = cells.contains { $0.evaluated != nil && $0.evaluated?.record == nil }
    return [.save(path: path, bytes: document(), isCopy: false)]
  }
}

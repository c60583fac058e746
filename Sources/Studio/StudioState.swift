import Language
import Lessons
import Library
import Notebooks
import Terminal

/// Everything on the screen: changed by commands and messages, on one thread.
package struct StudioState: Sendable {
  package enum Mode: Sendable {
    case navigate, edit
    /// The `:` line: what is typed, and which of the commands it finds is chosen.
    case command(text: String, choice: Int)
    case help(scroll: Int)
    /// The `/` line, and the cell in which it was begun.
    case search(text: String, from: Int)
    case panel(Panel, choice: Int)
    case ask(Question)
    case pager(Pager)
    case viewer(DataViewer)
    /// Texts that were run before, to be put into the cell.
    case recall(text: String, choice: Int)
    case inspect(Inspection)
    /// An answer to the question with the focus.
    case answer(text: String)
    case review(ReviewSitting)
  }

  package enum Question: Sendable {
    case quit
    /// The file has changed since the recovered text was typed.
    case recovery(recovered: [StudioCell])
    /// Another program has written the file since it was read.
    case changed(theirs: [UInt8])
    /// Cells of somebody else's notebook are to be run, which names these files.
    case trust(files: [String])
    /// Another session has the notebook open.
    case locked(owner: Int32?, canAttach: Bool)
    /// Whether to put a solution in place of the learner's text.
    case solution
  }

  package var path: String
  package var cells: [StudioCell]
  package var focus = 0
  package var mode = Mode.navigate
  /// The first line of the page that is visible.
  package var scroll = 0
  package var size = (columns: 80, rows: 24)
  package var message = ""
  package var isReadOnly = false
  /// The program ends with this status.
  package var exitStatus: Int32?
  /// Instead of this session, the one that has the notebook open is wanted.
  package var attaches = false
  /// A lesson at work; nil for any other page.
  package internal(set) var lesson: LessonPage?
  /// What the page teaches, when its file is a lesson.
  package let taught: Lesson?
  /// Where the program goes when the page has ended.
  package internal(set) var destination: Effect.Destination?
  /// Lessons as they were found last.
  var shelf: [LessonLine] = []
  var completion: Completion?
  /// The version of the text for which completions are looked for.
  package internal(set) var completionAsked: Int?
  package var keys = Keymaps.standard
  /// Keys of vi inside cells, for who asks for them.
  var vi: ViKeys?
  /// What the line at the cursor may go on with, for a version of the cell.
  var ghost: (version: Int, text: String)?
  /// Stale cells are run again by themselves where that is quick.
  var isAutomatic = false
  /// What is said of the word and the statement at the cursor, when typing rests.
  var hint = ""
  var shapeLine = ""
  private(set) var shapesOf = 0
  /// The keys of a command that is not whole are explained.
  var showsContinuations = false
  /// Keys of a command that is not whole yet.
  package internal(set) var pending: [Key] = []
  var count = 0
  var clipboard: [StudioCell] = []
  /// Where a range of cells begins; it ends at the focus.
  var rangeStart: Int?
  /// Moving extends the range.
  var isRanging = false
  /// Cells that were deleted, the last one first.
  var bin: [StudioCell] = []
  /// Texts that were run, the last one first.
  package var history: [String] = []
  package internal(set) var isMouseOn = false
  var queued = 0
  /// Text that was cut, copied or deleted inside a cell.
  var killed = ""
  /// What was searched last; empty before.
  package var searched = ""
  var searchScope = SearchScope.everywhere
  /// Grows with every change that a file would show.
  package var changes = 0
  package internal(set) var savedChanges = 0
  /// A save was asked for while cells that it should contain still train.
  var savesAgain = false
  /// A save was asked for just before the record of a cell that has ended arrives.
  var savesWhenNoted = false
  var quitsWhenSaved = false
  /// Somebody else made the notebook: its first run is asked about.
  package var isStranger = false
  /// That something is not saved was shown; while typing it is marked when the keys rest.
  var isMarked = false
  /// The user let the changes go.
  package var isDiscarded = false
  /// The page was scrolled by hand: the view need not follow the focus.
  var isScrollFree = false
  /// Grows with time while something is drawn live.
  package var tick = 0
  /// The step of a run that every panel shows; nil for now.
  package var scrub: Scrub?
  var undone: [CellChange] = []
  var done: [CellChange] = []
  var evaluations = 0
  var nextKey = 0

  package let seed: UInt64
  /// What the file holds, as far as is known.
  var fileBytes: [UInt8] = []
  var frontMatter: [UInt8]
  var ledger: Ledger
  var savedLedger: String?
  var ledgerOrigin: (before: [UInt8], segment: Notebook.Segment)?
  /// `src` of each cell as the page stands.
  private(set) var sources: [String] = []
  private var sourcesOf: [(id: String, version: Int)] = []
  var layout = PageLayout()

  package init(path: String, notebook: Notebook) {
    let document = Document(notebook)
    self.path = path
    seed = notebook.seed
    cells = document.cells
    frontMatter = document.frontMatter
    taught = document.lesson
    ledger = Ledger(notebook.ledger ?? "")
    savedLedger = ledger.text
    ledgerOrigin = document.ledger
    if !cells.contains(where: { $0.kind != .fixed }) {
      cells.append(StudioCell(id: "c1", kind: .code(flags: []), text: ""))
      cells[cells.count - 1].key = cells.count - 1
    }
    nextKey = cells.count
    focus = cells.firstIndex { $0.isCode } ?? 0
    if let first = notebook.problems.first {
      let more = notebook.problems.count - 1
      message = "line \(first.line): \(first.message)" + (more > 0 ? " (and \(more) more)" : "")
    }
  }

  package var cell: StudioCell {
    get { cells[focus] }
    _modify { yield &cells[focus] }
  }

  /// Whether nothing but an empty cell of code is there, and nothing is asked.
  package var isFirstCellEmpty: Bool {
    guard case .navigate = mode, cells.count == 1, !isReadOnly else { return false }
    return cell.isCode && cell.text.isEmpty
  }

  var isTyping: Bool { if case .edit = mode { true } else { false } }

  /// Notes that the statements of a version of a cell are being looked at.
  mutating func asksShapes(of version: Int) { shapesOf = version }

  package var isModified: Bool { changes != savedChanges }

  /// The name of the file without its folder.
  package var name: String { path.split(separator: "/").last.map(String.init) ?? path }

  var folder: String { path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "." }

  /// Whether something goes on in a cell.
  func isBusy(_ at: Int) -> Bool {
    cells[at].activity != .idle || (cells[at].hasRuns && !cells[at].activeRuns.isEmpty)
  }

  func index(of id: String) -> Int? { cells.firstIndex { $0.id == id && $0.isCode } }

  func freshID() -> String {
    let taken = Set(cells.map(\.id))
    var number = 1
    while taken.contains("c\(number)") { number += 1 }
    return "c\(number)"
  }

  /// Whether every cell is parsed, so that its condition is known.
  package var isPrepared: Bool { sources.count == cells.count }

  /// Parses some more cells of a page that was just opened.
  package mutating func prepare(_ count: Int) {
    var rest = count
    for at in cells.indices where cells[at].isCode && !cells[at].isParsed {
      if rest == 0 { return }
      cells[at].parse()
      rest -= 1
    }
    refreshSources()
  }

  /// Brings `sources` up to date; costs little when at most one cell has changed.
  mutating func refreshSources() {
    var changed: [Int] = []
    if sourcesOf.count == cells.count {
      for at in cells.indices {
        let isSame =
          sourcesOf[at].version == cells[at].editor.version
          && (cells[at].isCode ? sourcesOf[at].id == cells[at].id : sourcesOf[at].id.isEmpty)
        if !isSame { changed.append(at) }
      }
      if changed.isEmpty { return }
    }
    if changed.count == 1, !cells[changed[0]].isCode, sourcesOf[changed[0]].id.isEmpty {
      sourcesOf[changed[0]].version = cells[changed[0]].editor.version
      return
    }
    if changed.count == 1, cells[changed[0]].isCode,
      sourcesOf[changed[0]].id == cells[changed[0]].id
    {
      // A long text is read when its cell is left.
      if isTyping, changed[0] == focus, cell.isLong { return }
      let old = cells[changed[0]].parsedBefore?.names.binds ?? []
      cells[changed[0]].parse()
      return follow(changed[0], old)
    }
    for at in cells.indices where cells[at].isCode { cells[at].parse() }
    sourcesOf = cells.indices.map {
      (cells[$0].isCode ? cells[$0].id : "", cells[$0].editor.version)
    }
    var chain = SourceChain(seed: seed)
    sources = cells.indices.map {
      cells[$0].isCode
        ? chain.src(of: cells[$0].id, cells[$0].parsed, isResting: cells[$0].isResting) : ""
    }
  }

  /// Follows the change of one cell through those below that read what it binds.
  private mutating func follow(_ start: Int, _ oldBinds: [String]) {
    sourcesOf[start].version = cells[start].editor.version
    var dirty = Set(oldBinds)
    for at in start..<cells.count where cells[at].isCode {
      let names = cells[at].names
      if at > start {
        if dirty.isEmpty { return }
        if !names.reads.contains(where: dirty.contains) {
          if !cells[at].isResting { for name in names.binds { dirty.remove(name) } }
          continue
        }
      }
      var sourcesOfReads: [String: String] = [:]
      for name in names.reads {
        if let maker = maker(of: name, before: at) { sourcesOfReads[name] = sources[maker] }
      }
      let src = SourceChain.src(of: cells[at].id, cells[at].parsed, seed: seed, sourcesOfReads)
      if cells[at].isResting {
        if at == start { dirty = [] }
      } else if src != sources[at] {
        dirty.formUnion(names.binds)
      } else if at > start {
        for name in names.binds { dirty.remove(name) }
      }
      sources[at] = src
    }
  }

  /// How a cell stands to what it shows, by hashes alone.
  package func condition(_ at: Int) -> Condition {
    let cell = cells[at]
    switch cell.activity {
    case .queued: return .queued
    case .evaluating: return .running
    case .idle: break
    }
    guard sources.indices.contains(at) else { return cell.output == nil ? .new : .unverified }
    let runs = cell.activeRuns
    if !runs.isEmpty { return runs.allSatisfy { $0.job.status == .paused } ? .paused : .training }
    if let evaluated = cell.evaluated {
      if evaluated.result.src == sources[at] {
        return evaluated.result.error == nil ? .done : .failed
      }
      return cell.isText(evaluated.text) ? .stale : .edited
    }
    guard let output = cell.output else { return .new }
    if case .output(_, let info) = output.kind, info.contains("src=\(sources[at])") {
      return .unverified
    }
    return cell.isText(cell.origin?.text) ? .stale : .edited
  }

  /// Whether a cell's values are those its text gives.
  func isCurrent(_ at: Int) -> Bool {
    guard let evaluated = cells[at].evaluated, cells[at].activity == .idle else { return false }
    return evaluated.result.error == nil && evaluated.result.src == sources[at]
  }
}

/// A change of the page that can be taken back, whatever was typed since.
enum CellChange: Sendable {
  case inserted(id: String, at: Int)
  case removed(StudioCell, at: Int)
  case moved(from: Int, to: Int)
  case retyped(id: String, at: Int, from: StudioCell.Kind)
  case replaced([StudioCell])
  /// Changes that were made one after the other, and are taken back together.
  case group([CellChange])
}

extension StudioState {
  /// Notes a change so that it can be undone.
  mutating func remember(_ change: CellChange) {
    done.append(change)
    undone = []
    changes += 1
  }

  mutating func undo() -> Bool {
    guard let change = done.popLast(), let inverse = revert(change) else { return false }
    undone.append(inverse)
    changes += 1
    return true
  }

  mutating func redo() -> Bool {
    guard let change = undone.popLast(), let inverse = revert(change) else { return false }
    done.append(inverse)
    changes += 1
    return true
  }

  /// Takes a change back; the change that would make it again.
  private mutating func revert(_ change: CellChange) -> CellChange? {
    switch change {
    case .inserted(_, let at):
      guard cells.indices.contains(at), cells.count > 1 else { return nil }
      rangeStart = nil
      let cell = cells.remove(at: at)
      focus = min(at, cells.count - 1)
      return .removed(cell, at: at)
    case .removed(let cell, let at):
      let place = min(at, cells.count)
      cells.insert(cell, at: place)
      focus = place
      return .inserted(id: cell.id, at: place)
    case .moved(let from, let to):
      guard cells.indices.contains(from), cells.indices.contains(to) else { return nil }
      cells.insert(cells.remove(at: to), at: from)
      focus = from
      return .moved(from: to, to: from)
    case .retyped(let id, let at, let kind):
      guard cells.indices.contains(at) else { return nil }
      let now = cells[at].kind
      let oldID = cells[at].id
      cells[at].kind = kind
      cells[at].id = id
      focus = at
      return .retyped(id: oldID, at: at, from: now)
    case .group(let changes):
      var inverse: [CellChange] = []
      for each in changes.reversed() { if let one = revert(each) { inverse.append(one) } }
      return .group(inverse)
    case .replaced(let before):
      let now = cells
      cells = before
      focus = min(focus, cells.count - 1)
      return .replaced(now)
    }
  }
}

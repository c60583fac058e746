import Language
import Library
import Notebooks

/// One cell on the screen: its text under edit, and what it gave.
package struct StudioCell: Sendable {
  package enum Kind: Sendable, Equatable {
    case text
    case code(flags: [String])
    /// Bytes of the file that are shown and kept but not edited here.
    case fixed
  }

  /// The bytes of the file that the cell was read from, split so that an unchanged cell is written
  /// back as it was.
  package struct Origin: Sendable {
    /// Blank lines before the text that is edited.
    var before: [UInt8] = []
    let raw: [UInt8]
    /// Blank lines after it.
    var after: [UInt8] = []
    let text: String
    let kind: Kind
    let id: String
    /// Whether its output followed it in the file.
    var hasOutput = false
    /// Blank lines behind the output.
    var afterOutput: [UInt8] = []
  }

  /// Tells cells apart, whatever happens to their names and places.
  package var key = -1
  /// What it is in a lesson; nil for a cell of any other page.
  var role: LessonRole?
  /// Names that what is said of its answers reads.
  var readsOfCheck: [String] = []
  /// It belongs to what a learner has not come to yet, or runs without being shown.
  var isConcealed = false
  /// What it shows is not to be seen before its question is answered.
  var hidesOutput = false
  /// What a lesson says below its text.
  var remarks: [LessonRemark] = []
  package var id: String
  package var kind: Kind
  package var editor: Editor
  private var code: Code?
  var laid = PageLayout.Laid()
  package var origin: Origin?
  /// What the file has as its output.
  package var output: Notebook.Segment?
  /// What was evaluated last, by hash; nil before.
  package var evaluated: Evaluated? {
    didSet {
      isEvaluated = evaluated != nil
      hasRuns = evaluated?.result.runs.isEmpty == false
    }
  }
  /// What every key asks of every cell is kept, as copies of cells cost more.
  private(set) var isEvaluated = false
  private(set) var hasRuns = false
  /// What it shows of an earlier step of a run, while that is looked at.
  var past: (step: Int, blocks: [OutputBlock])?
  var drawn = Drawn()
  package var activity = Activity.idle
  package var isFolded = false
  package var isWhole = false
  /// The first line that is shown of a long output.
  var outputStart = 0
  /// Cells that wait are begun in this order.
  var rank = 0
  /// It waits until the user lets it go on.
  var isHeld = false
  /// It was queued with many others.
  var isOneOfMany = false

  package enum Activity: Sendable, Equatable {
    case idle, queued
    /// The number tells this evaluation from earlier ones.
    case evaluating(Int)
  }

  /// The parsed text of one version of the editor.
  struct Code: Sendable {
    let version: Int
    let cell: CellCode
    init(_ editor: Editor) {
      version = editor.version
      cell = CellCode(editor.text)
    }
  }

  /// What an evaluation left.
  package struct Evaluated: Sendable {
    let number: Int
    package let result: CellResult
    package let blocks: [OutputBlock]
    package let milliseconds: Double
    /// What will be written; nil while its runs go on.
    package var record: CellRecord?
    /// The value of `ans` behind the cell.
    let answer: Value?
    /// The text that was evaluated.
    let text: String
    let moment = Moment.now
  }

  /// A text so long that it is not gone through with every key.
  var isLong: Bool { editor.count > StudioCell.longest }
  static let longest = 5000

  /// Whether the text is one that was known before; of a long one only as long as nothing is typed.
  func isText(_ known: String?) -> Bool {
    if isLong, !editor.isFolded { return false }
    return known == text
  }

  package init(id: String, kind: Kind, text: String, origin: Origin? = nil) {
    self.id = id
    self.kind = kind
    editor = Editor(text)
    // One copy of a text is enough.
    if let origin, origin.text == editor.text { editor = Editor(origin.text) }
    self.origin = origin
  }

  package var isCode: Bool { if case .code = kind { true } else { false } }
  package var text: String { editor.text }

  var isParsed: Bool { code?.version == editor.version }

  mutating func parse() { if !isParsed { code = Code(editor) } }

  /// The parsed text; quick once `parse` was called.
  var parsed: CellCode {
    if let code, code.version == editor.version { return code.cell }
    return CellCode(editor.text)
  }

  /// What was parsed last, of this text or of one before.
  var parsedBefore: CellCode? { code?.cell }

  var names: CellNames { parsed.names }

  /// Runs that still go on.
  package var activeRuns: [Run] {
    guard let evaluated, !evaluated.result.runs.isEmpty else { return [] }
    return evaluated.result.runs.map(\.run).filter { !$0.job.status.isOver }
  }

  private var flags: [String] { if case .code(let flags) = kind { flags } else { [] } }

  /// Whether it is folded until somebody wants to see it.
  var isHidden: Bool { flags.contains("hidden") || flags.contains("hint") }
  /// Whether what it shows stays as it is.
  var isFrozen: Bool { flags.contains("frozen") }
  /// Whether the page does without it: what it binds is seen by no other cell.
  var isResting: Bool { isFrozen || flags.contains("hint") }
  /// Whether it is run with others: not when it is a hint or stays as it is, and never again by itself
  /// when it is to be run by somebody's own wish only.
  var isRunForOthers: Bool {
    if isResting { return false }
    return !(flags.contains("once") && evaluated?.result.error == nil && isEvaluated)
  }

  /// The first line of its text that is not empty.
  var firstLine: String { editor.firstLine }

  var isEvaluating: Bool { if case .evaluating = activity { true } else { false } }

  var isBusy: Bool { activity != .idle || !activeRuns.isEmpty }
}

/// How a cell stands to what it shows; each has its own word on the screen.
package enum Condition: String, Sendable {
  case new, edited, stale, queued, running, training, paused, done, failed, unverified
}

import Drawing
import Notebooks
@testable import Studio
import Terminal

/// A studio without a terminal: keys go in, screens and files come out.
struct Stage {
  var state: StudioState
  let runner = EffectRunner(mailbox: Mailbox())

  init(_ notebook: String, path: String = "page.grd.md", columns: Int = 60, rows: Int = 20) {
    state = StudioState(path: path, notebook: Notebook(Array(notebook.utf8)))
    state.size = (columns, rows)
    state.refresh()
  }

  /// The same page, with answers of its own.
  init(_ other: Stage) { state = other.state }

  /// Presses keys without waiting for what they start.
  mutating func press(_ script: String) {
    for key in KeyScript.keys(script) {
      for effect in state.press(key) { runner.start(effect, changes: state.changes) }
      state.refresh()
      pump(while: { $0.state.completionAsked != nil })
    }
    if case .edit = state.mode { state.updateHint() }
  }

  /// How often an answer is waited for, some 20 ms each time: only what would never end is given up, however
  /// busy the machine is.
  static let patience = 30_000

  /// Takes answers in until nothing goes on.
  mutating func settle() {
    for _ in 0..<Stage.patience where isWaiting {
      runner.mailbox.wait(milliseconds: 100)
      for message in runner.mailbox.drain() {
        for effect in state.update(message) { runner.start(effect, changes: state.changes) }
      }
      state.tick += 1
      state.refresh()
    }
  }

  /// Presses keys and waits for what they start.
  mutating func play(_ script: String) {
    press(script)
    settle()
  }

  private var isWaiting: Bool { state.isLive || state.isUnsettled }

  var screen: String { StudioView.draw(state).grid.plainText() }
  var file: String { String(decoding: state.document(), as: UTF8.self) }
  func condition(_ id: String) -> Condition? {
    state.cells.firstIndex { $0.id == id }.map { state.condition($0) }
  }
}

extension Stage {
  /// Takes in what has arrived, after waiting a little for it.
  mutating func pump() {
    runner.mailbox.wait(milliseconds: 20)
    for message in runner.mailbox.drain() {
      for effect in state.update(message) { runner.start(effect, changes: state.changes) }
    }
    state.tick += 1
    state.refresh()
  }

  /// Takes in what arrives as long as a condition holds.
  mutating func pump(while holds: (Stage) -> Bool) {
    for _ in 0..<Stage.patience where holds(self) { pump() }
  }
}

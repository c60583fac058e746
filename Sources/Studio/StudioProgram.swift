import Files
import Glibc
import Notebooks
import Terminal

/// The studio on a terminal: reads keys, starts effects, draws.
package final class StudioProgram {
  private var state: StudioState
  private let device: TerminalDevice
  private let runner: EffectRunner
  private let recovery: Recovery?
  /// What is being written to the notebook's own file.
  private var written: [UInt8] = []
  /// Whether the user has yet to choose between the file and what was recovered.
  private var isUndecided: Bool {
    if case .ask(.recovery) = state.mode { true } else { false }
  }

  /// Opens a notebook; a file that is not there yet is made when it is saved.
  package init(
    path: String, device: TerminalDevice,
    open: (state: StudioState, recovery: Recovery?, bytes: [UInt8])
  ) {
    self.device = device
    (state, recovery, written) = open
    runner = EffectRunner(mailbox: Mailbox())
  }

  /// Reads a notebook and what an earlier session left of it.
  package static func open(_ path: String) throws(FileError) -> (
    state: StudioState, recovery: Recovery?, bytes: [UInt8]
  ) {
    var bytes: [UInt8] = []
    do throws(FileError) {
      bytes = try FileBytes.read(path, limit: 1 << 26)
    } catch {
      guard case .missing = error else { throw error }
    }
    var state = StudioState(path: path, notebook: Notebook(bytes))
    do throws(Journal.Problem) {
      let recovery = try Recovery(path)
      state.recover(file: bytes)
      if case .ask = state.mode {} else { recovery.begin(bytes, state) }
      return (state, recovery, bytes)
    } catch {
      switch error {
      case .inUse:
        state.isReadOnly = true
        state.message = "another gradus has this notebook open; here it can only be read and run"
      case .unwritable(let reason):
        state.message = "no journal can be kept here (\(reason)): save often"
      }
      return (state, nil, bytes)
    }
  }

  /// Until the user ends it or the terminal goes; the exit status.
  package func run(farewell: String) -> Int32 {
    device.sayOnCrash(farewell)
    let signals = SignalPipe([SIGTERM, SIGHUP, SIGWINCH])
    resize()
    show()
    while true {
      let isThere = device.wait(
        for: [runner.mailbox.descriptor, signals.descriptor],
        milliseconds: state.isPrepared ? (state.isLive ? 80 : nil) : 0)
      for signal in signals.received() {
        if signal != SIGWINCH { return end(128 + signal) }
        device.resize()
        resize()
      }
      if !isThere { return end(128 + SIGHUP) }
      for key in device.keys() {
        if key == .control("l") { device.repaint() }
        let wasUndecided = isUndecided
        let effects = state.press(key)
        if wasUndecided, !isUndecided { recovery?.begin(written, state) }
        perform(effects)
        if let status = state.exitStatus { return end(status) }
      }
      for message in runner.mailbox.drain() {
        let effects = state.update(message)
        if case .saved(_, _, isCopy: false, problem: nil) = message {
          recovery?.begin(written, state)
        }
        perform(effects)
        if let status = state.exitStatus { return end(status) }
      }
      if state.isLive { state.tick += 1 }
      if !state.isPrepared { state.prepare(20) }
      note()
      show()
    }
  }

  private func note() { if !isUndecided { recovery?.note(state) } }

  private func perform(_ effects: [Effect]) {
    // What was typed is in the journal before anything else happens.
    if !effects.isEmpty { note() }
    for effect in effects {
      if case .save(_, let bytes, isCopy: false) = effect { written = bytes }
      runner.start(effect, changes: state.changes)
    }
  }

  private func resize() { state.size = device.size }

  private func show() {
    state.refresh(whole: false)
    let (grid, cursor) = StudioView.draw(state)
    device.show(grid, cursor: cursor)
  }

  /// Gives the terminal back. The journal stays when something was neither saved nor let go.
  private func end(_ status: Int32) -> Int32 {
    note()
    if isUndecided || (state.isModified && !state.isDiscarded) {
      recovery?.flush()
    } else {
      recovery?.end()
    }
    device.close()
    return status
  }
}

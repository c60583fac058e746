import Files
import Lessons
import Notebooks
import Terminal

/// A notebook under work, without a screen: the page, its journal, and what it has set going.
package final class StudioSession {
  package var state: StudioState
  package let runner: EffectRunner
  private let recovery: Recovery?
  /// What the file holds, as far as is known, and how it looked then.
  private var written: [UInt8]
  private var mark: FileMark?
  /// The state of the file about which the user was told.
  private var warned: FileMark?
  /// What is being written, the first one first.
  private var saving: [[UInt8]] = []
  private let savesAtOnce: Bool
  private let ownership: Ownership
  /// Writes down what happens, for who asked for it.
  private var recorder: Recorder?

  /// Reads a notebook and what an earlier session left of it; a file that is not there yet is made
  /// when it is saved. In tests saving ends before the next key,
  /// and runs are not kept among those of the user. With signatures, a file that is not signed is
  /// somebody else's.
  package init(
    _ path: String, savesAtOnce: Bool = false, signatures: Signatures? = nil
  ) throws(FileError) {
    self.savesAtOnce = savesAtOnce
    ownership = Ownership(signatures)
    runner = EffectRunner(mailbox: Mailbox(), isArchiving: !savesAtOnce)
    var bytes: [UInt8] = []
    do throws(FileError) {
      bytes = try FileBytes.read(path, limit: 1 << 28)
    } catch {
      guard case .missing = error else { throw error }
    }
    written = bytes
    mark = FileBytes.mark(of: path)
    state = StudioState(path: path, notebook: Notebook(bytes))
    state.fileBytes = bytes
    state.isStranger = !ownership.isOwn(bytes, at: path)
    if state.isStranger, state.message.isEmpty {
      state.message = "somebody else's notebook: what it shows was recorded there, nothing has run"
    }
    do throws(Journal.Problem) {
      let kept = try Recovery(path)
      recovery = kept
      runner.flush(kept.journal)
      FileBytes.removeStaleTemporaries(of: path)
      FileBytes.remove(Recovery.socket(for: path).path)
      state.recover(file: bytes)
      if case .ask = state.mode {} else { kept.begin(bytes, state, isFresh: !state.isModified) }
      if FileBytes.exists(path), !FileBytes.isWritable(path) {
        state.message = "the file may not be written; :write NAME saves a copy"
      }
    } catch {
      recovery = nil
      switch error {
      case .inUse(let owner):
        state.isReadOnly = true
        state.mode = .ask(
          .locked(owner: owner, canAttach: Recovery.socket(for: path).answers))
      case .unwritable(let reason):
        state.message = "no journal can be kept here (\(reason)): save often"
      }
    }
  }

  /// Whether the user has yet to choose between the file and what was recovered.
  private var isUndecided: Bool {
    if case .ask(.recovery) = state.mode { true } else { false }
  }

  /// Takes a key in; what only a terminal can do of it.
  package func press(_ key: Key) -> [Effect] {
    let wasUndecided = isUndecided
    let wasStranger = state.isStranger
    recorder?.press(key, state)
    let effects = state.press(key)
    if wasUndecided, !isUndecided { recovery?.begin(written, state) }
    if wasStranger, !state.isStranger { ownership.sign(written) }
    return perform(effects)
  }

  /// Does what a command says; what only a terminal can do of it is left out.
  func perform(_ command: Command, _ argument: String) {
    _ = perform(command.perform(&state, argument))
  }

  /// Presses the keys of a script.
  package func press(_ script: String) {
    if state.size.rows == 0 { state.size = (80, 24) }
    for key in KeyScript.keys(script) { _ = press(key) }
  }

  /// Works out what can wait until nobody types.
  package func rest() {
    recorder?.rest(state)
    _ = perform(state.rest())
  }

  /// Writes the session down from here on; a file that is there already is not touched.
  package func record(to path: String, clock: (() -> Double)? = nil) throws(FileError) {
    recorder = try Recorder(&state, to: path, clock: clock)
  }

  /// Takes in what was answered since the last call.
  package func receive() -> [Effect] {
    runner.mailbox.drain().flatMap { receive($0) }
  }

  private func receive(_ message: Message) -> [Effect] {
    recorder?.receive(message)
    let effects = state.update(message)
    if case .saved(_, let path, isCopy: false, let problem) = message, !saving.isEmpty {
      let bytes = saving.removeFirst()
      recovery?.saving = saving.map { RecoveryRecord.hash(of: $0) }
      if problem == nil { adopt(bytes, FileBytes.mark(of: path), isWritten: true) }
    }
    return perform(effects)
  }

  /// Whether everything typed so far is in the journal.
  package var isKept: Bool { recovery?.isKept ?? false }

  /// Brings the journal up to date with the page.
  package func note() {
    recorder?.watch(state)
    if let problem = recorder?.flush() { state.message = problem }
    guard !isUndecided, let recovery else { return }
    if let problem = recovery.note(state) { state.message = problem }
  }

  private func adopt(_ bytes: [UInt8], _ mark: FileMark?, isWritten: Bool = false) {
    if isWritten, !state.isStranger { ownership.sign(bytes) }
    (written, self.mark, state.fileBytes) = (bytes, mark, bytes)
    recovery?.begin(bytes, state)
  }

  private func perform(_ effects: [Effect]) -> [Effect] {
    // What was typed is in the journal before anything else happens.
    if !effects.isEmpty { note() }
    return effects.flatMap { perform($0) }
  }

  private func perform(_ effect: Effect) -> [Effect] {
    switch effect {
    case .save(let path, let bytes, isCopy: false):
      if let theirs = changedFile() {
        recorder?.ask(theirs: theirs)
        state.mode = .ask(.changed(theirs: theirs))
        state.quitsWhenSaved = false
        return []
      }
      saving.append(bytes)
      recovery?.noteSaving(bytes)
      guard savesAtOnce else { break }
      recovery?.flush()
      let problem = EffectRunner.save(bytes, path, isCopy: false)
      return receive(
        .saved(changes: state.changes, path: path, isCopy: false, problem: problem))
    case .adopt(let bytes):
      adopt(bytes, FileBytes.mark(of: state.path))
      return []
    case .reload:
      reload()
      return []
    case .editOutside, .toClipboard, .suspend, .detach, .mouse: return [effect]
    case .showLessons, .showScoreboard, .showReview, .open:
      guard let found = found(for: effect) else { return [] }
      recorder?.find(found)
      return perform(state.take(found, keptWith: LearnerFolder.ofUser()))
    case .evaluate, .interrupt, .save, .stop, .readShapes, .lookBack, .complete, .verify, .check,
      .keepProgress:
      break
    }
    runner.start(effect, changes: state.changes)
    return []
  }

  /// The bytes of the file when another program has changed it.
  private func changedFile() -> [UInt8]? {
    let now = FileBytes.mark(of: state.path)
    guard now != mark, now != nil, let bytes = try? FileBytes.read(state.path, limit: 1 << 28)
    else {
      return nil
    }
    if bytes == written || saving.contains(bytes) {
      mark = now
      return nil
    }
    return bytes
  }

  /// Looks whether another program has changed the file, and takes it over where nothing is lost.
  package func lookAtFile() {
    guard case .navigate = state.mode, let bytes = changedFile() else { return }
    if state.isModified {
      let now = FileBytes.mark(of: state.path)
      guard now != warned else { return }
      warned = now
      state.message = "another program has changed the file: save to choose what becomes of it"
    } else {
      recorder?.reload(bytes)
      state.reload(bytes)
      adopt(bytes, FileBytes.mark(of: state.path))
      state.isStranger = state.isStranger || !ownership.isOwn(bytes, at: state.path)
      state.message = "another program has changed the file; the page shows it now, z goes back"
      state.savedChanges = state.changes
    }
  }

  /// Takes the file as it is now, which its user has edited or anybody else.
  package func reload(isOwnEdit: Bool = false) {
    do throws(FileError) {
      let bytes = try FileBytes.read(state.path, limit: 1 << 28)
      recorder?.reload(bytes)
      state.reload(bytes)
      adopt(bytes, FileBytes.mark(of: state.path), isWritten: isOwnEdit)
      state.isStranger = state.isStranger || !ownership.isOwn(bytes, at: state.path)
      state.savedChanges = state.changes
    } catch {
      state.message = "not reloaded: \(error.message)"
    }
  }

  /// Saves before the next key; what went wrong, if anything.
  package func saveNow() -> String? {
    runner.finishSaving()
    _ = receive()
    while state.awaitsRecord {
      runner.mailbox.wait(milliseconds: 20)
      _ = receive()
    }
    let bytes = state.document()
    recovery?.noteSaving(bytes)
    recovery?.flush()
    defer { recovery?.saving = [] }
    if let problem = EffectRunner.save(bytes, state.path, isCopy: false) { return problem }
    adopt(bytes, FileBytes.mark(of: state.path), isWritten: true)
    state.savedChanges = state.changes
    return nil
  }

  /// The journal stays when something was neither saved nor let go.
  package func end() {
    note()
    runner.finishSaving()
    _ = receive()
    recorder?.end(state)
    // What could be undone in a lesson may be its own cells, which a history does not know.
    if !state.isReadOnly, state.taught == nil { UndoHistory.keep(state) }
    Recollection.keep(state.history)
    if isUndecided || (state.isModified && !state.isDiscarded) {
      recovery?.flush()
    } else {
      recovery?.end()
    }
  }

  /// Brings back what could be undone in the last session.
  package func recallUndo() {
    if state.taught == nil { UndoHistory.recall(&state) }
    state.history = Recollection.texts
    Recollection.noteOpened(state.path)
  }

  /// The journal stays, as it is, for the session that opens the file next.
  package func abandon() { recovery?.flush() }
}

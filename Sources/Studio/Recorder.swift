import Files
import Notebooks
import Terminal
import Training

/// Writes a session down while it goes on.
package final class Recorder {
  package private(set) var recording: Recording
  private let clock: () -> Double
  private let file: AppendedFile?
  private var unwritten = ""
  private var lives: [Key: Live] = [:]
  private var size: (columns: Int, rows: Int) = (0, 0)

  private struct Key: Hashable {
    let number: Int
    let run: Int
  }

  private struct Live: Equatable {
    let step: Int
    let course: Recording.Course
  }

  /// Seconds between two looks at what goes on.
  private static let patience = 0.1
  private var lastLook = 0.0
  private var watched: [Key: Int] = [:]

  /// Records into a file that is not there yet; `clock` gives seconds since the beginning.
  package init(
    _ state: inout StudioState, to path: String?, clock: (() -> Double)? = nil
  ) throws(FileError) {
    let begun = Moment.now
    self.clock = clock ?? { begun.seconds }
    // What only this user's earlier sessions have is no part of it.
    (state.history, state.done, state.undone) = ([], [], [])
    recording = Recording(
      name: state.name, keys: state.keys.file, page: state.document(), state.beginning)
    file = try path.map { path throws(FileError) in try AppendedFile(creating: path) }
    unwritten = recording.head
    flush()
  }

  private func add(_ event: Recording.Event) {
    let time = max(recording.duration, Int(clock() * 1000))
    let moment = Recording.Moment(time: time, event: event)
    recording.moments.append(moment)
    unwritten += Recording.line(moment)
  }

  func press(_ key: Terminal.Key, _ state: StudioState) {
    noteSize(state)
    noteLives(state)
    add(.key(key))
  }

  func rest(_ state: StudioState) {
    noteSize(state)
    add(.rest)
  }

  func reload(_ bytes: [UInt8]) { add(.reloaded(bytes)) }

  func ask(theirs: [UInt8]) { add(.changed(theirs)) }

  func find(_ found: Found) { add(.found(found)) }

  func receive(_ message: Message) {
    switch message {
    case .saved(let changes, let path, let isCopy, let problem):
      add(.saved(changes: changes, isCopy: isCopy, path: path, problem: problem))
    case .settled(let number, _, let record):
      for (run, entry) in record.runs.enumerated() { note(entry.events, number, run) }
      add(.answer(message.word))
    case .progressNotKept(let why): add(.unkept(why))
    case .evaluated, .lookedBack, .shapes, .completions, .verified, .checked:
      add(.answer(message.word))
    }
  }

  private func note(_ events: [SteeringEvent], _ number: Int, _ run: Int) {
    for event in events { add(.steered(number: number, run: run, event)) }
  }

  private func noteSize(_ state: StudioState) {
    guard state.size != size else { return }
    size = state.size
    add(.size(columns: size.columns, rows: size.rows))
  }

  /// Notes how far runs have come, now and then.
  func watch(_ state: StudioState) {
    let now = clock()
    guard now - lastLook >= Recorder.patience else { return }
    lastLook = now
    noteLives(state, betweenKeys: true)
  }

  private func noteLives(_ state: StudioState, betweenKeys: Bool = false) {
    for cell in state.cells where cell.hasRuns {
      guard let evaluated = cell.evaluated else { continue }
      for (run, object) in evaluated.result.runs.map(\.run).enumerated() {
        let (step, status) = (object.job.step, object.job.status)
        let key = Key(number: evaluated.number, run: run)
        if status.isOver, betweenKeys || lives[key] == nil { continue }
        let live = Live(
          step: step, course: status.isOver ? .ended : status == .paused ? .paused : .moves)
        if betweenKeys {
          // Where a run pauses or ends is told by what was done to it.
          guard live.course == .moves, watched[key] != step else { continue }
          watched[key] = step
          add(.progress(number: key.number, run: run, step: step))
          continue
        }
        guard lives[key] != live else { continue }
        lives[key] = status.isOver ? nil : live
        add(.live(number: key.number, run: run, step: step, live.course))
      }
    }
  }

  /// Brings what was recorded to the file; what goes wrong.
  @discardableResult
  func flush() -> String? {
    guard let file, !unwritten.isEmpty else { return nil }
    guard file.append(Array(unwritten.utf8)) else {
      return "the recording stands still, the disk takes nothing"
    }
    unwritten = ""
    return nil
  }

  /// Ends it; runs that still go on are recorded as far as they came.
  func end(_ state: StudioState) {
    for cell in state.cells where cell.evaluated?.record == nil && cell.hasRuns {
      guard let evaluated = cell.evaluated else { continue }
      for (run, object) in evaluated.result.runs.map(\.run).enumerated() {
        note(object.job.events, evaluated.number, run)
      }
    }
    flush()
    file?.close()
  }
}

extension Message {
  /// The word by which a recording knows an answer again.
  var word: String {
    switch self {
    case .evaluated(let number, _, _): "evaluated \(number)"
    case .settled(let number, _, _): "settled \(number)"
    case .lookedBack(let step, _): "back \(step)"
    case .shapes: "shapes"
    case .completions: "completions"
    case .verified: "verified"
    case .checked(let check, _, _): "checked \(check.key)"
    case .progressNotKept: "unkept"
    case .saved: "saved"
    }
  }
}

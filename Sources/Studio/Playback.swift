import Notebooks
import Terminal
import Training

/// A recorded session done again: nothing is a film, every cell is evaluated and every run trained, so
/// that whoever watches can take the keyboard over at any moment, and come back.
package final class Playback {
  package let recording: Recording
  package private(set) var state: StudioState
  /// Milliseconds of the recording that have gone by.
  package private(set) var time = 0.0
  /// Whether it stands still until something is computed.
  package private(set) var isHeld = false
  /// Whether the viewer has the keyboard.
  package private(set) var isTaken = false
  /// Whether the viewer has a page of his own from before.
  package var hasBranch: Bool { branch != nil }
  private var runner = EffectRunner(mailbox: Mailbox())
  private let steering: [Int: [[SteeringEvent]]]
  private let courses: RunCourses
  private var next = 0
  /// Answers that came before their turn, and how many are to come.
  private var early: [Message] = []
  private var unanswered = 0
  private var saving: [[UInt8]] = []
  private var marks: [Mark] = []
  /// Where it is on the way to.
  private var goal: Double?
  /// Whether runs go on from the moment that was gone to.
  private var isLed = true
  private var branch: StudioState?
  private var takenAt = 0.0

  /// A moment at which nothing was under way, so that it can be gone back to.
  private struct Mark {
    let next: Int
    let time: Double
    let state: StudioState
  }

  /// Why it cannot go on.
  package struct Problem: Error, Sendable, Equatable {
    package let message: String
  }

  private static let mostMarks = 128

  /// `folder` is where the files of the notebook lie.
  package init(_ recording: Recording, folder: String) {
    self.recording = recording
    steering = recording.steering
    courses = RunCourses(recording)
    let path = folder == "." ? recording.name : folder + "/" + recording.name
    state = StudioState(path: path, notebook: Notebook(recording.page))
    state.fileBytes = recording.page
    state.keys = Keymaps(recording.keys)
    state.prepare(.max)
    if let beginning = recording.beginning { state.begin(as: beginning) }
    state.refresh()
    marks = [Mark(next: 0, time: 0, state: state)]
  }

  package var isAtEnd: Bool { next == recording.moments.count && goal == nil && !isTaken }

  /// Readable when an answer waits.
  package var descriptor: Int32 { runner.mailbox.descriptor }

  /// Whether something is drawn live.
  package var isLive: Bool { state.isLive }

  // MARK: Playing

  /// Plays so many milliseconds on. Where the recording had an answer that is not there yet, its clock
  /// waits for it.
  package func advance(by milliseconds: Double) throws(Problem) {
    collect()
    state.tick += 1
    guard !isTaken else { return state.refresh() }
    if goal == nil, !isLed, milliseconds > 0 { lead() }
    let until = min(goal ?? (time + milliseconds), Double(recording.duration))
    while next < recording.moments.count, Double(recording.moments[next].time) <= until {
      let moment = recording.moments[next]
      time = max(time, Double(moment.time))
      isHeld = try !apply(moment.event)
      guard !isHeld else { return state.refresh() }
      next += 1
      if goal == nil, moment.event.tellsOfRuns { lead() }
      state.refresh()
      keepMark()
      collect()
    }
    time = max(time, until)
    if goal != nil {
      goal = nil
      isLed = false
    }
    state.refresh()
  }

  /// Goes to a moment, computing again what lies between it and the last one that is remembered; it is
  /// there when `isAt` says so.
  package func seek(to milliseconds: Double) {
    let wanted = max(0, min(milliseconds, Double(recording.duration)))
    if wanted < time || isTaken {
      leave()
      let mark = marks.last { $0.time <= wanted } ?? marks[0]
      (state, next, time) = (mark.state, mark.next, mark.time)
      state.refresh()
    }
    goal = wanted
    lead()
  }

  /// Lets runs go as far as they had come when the recording tells of them next, which is a tenth of a
  /// second away, so that they are computed while time goes by; on the way to a moment, as far as they
  /// had come there.
  private func lead() {
    isLed = goal == nil
    for cell in state.cells where !cell.activeRuns.isEmpty {
      guard let evaluated = cell.evaluated else { continue }
      for (run, object) in evaluated.result.runs.map(\.run).enumerated() {
        object.job.leash = courses.step(of: evaluated.number, run, after: next, from: goal ?? 0)
      }
    }
  }

  /// Whether it is on its way to a moment that was asked for.
  package var isSeeking: Bool { goal != nil }

  /// The same at once: waits until it is there, or until the viewer does not want to wait.
  package func goTo(_ milliseconds: Double, isInterrupted: () -> Bool = { false }) throws(Problem) {
    seek(to: milliseconds)
    while isSeeking, !isInterrupted() {
      try advance(by: 0)
      if isSeeking { runner.mailbox.wait(milliseconds: 20) }
    }
  }

  /// Waits a little for an answer.
  package func wait(milliseconds: Int) { runner.mailbox.wait(milliseconds: milliseconds) }

  /// Does what was recorded; false when it has to wait.
  private func apply(_ event: Recording.Event) throws(Problem) -> Bool {
    switch event {
    case .key(let key): perform(state.press(key))
    case .rest: perform(state.rest())
    case .size(let columns, let rows): state.size = (columns, rows)
    case .answer(let word):
      guard let at = early.firstIndex(where: { $0.word == word }) else {
        guard unanswered > 0 else {
          throw Problem(
            message: "at \(Int(time)) ms the recording tells of an answer (\(word)) that does not "
              + "come: it was not made with this page or this version")
        }
        return false
      }
      perform(state.update(early.remove(at: at)))
    case .saved(let changes, let isCopy, let path, let problem):
      if !isCopy, !saving.isEmpty {
        let bytes = saving.removeFirst()
        if problem == nil { state.fileBytes = bytes }
      }
      perform(
        state.update(.saved(changes: changes, path: path, isCopy: isCopy, problem: problem)))
    case .reloaded(let bytes):
      state.reload(bytes)
      (state.fileBytes, state.savedChanges) = (bytes, state.changes)
    case .changed(let theirs):
      if !saving.isEmpty { saving.removeLast() }
      state.mode = .ask(.changed(theirs: theirs))
      state.quitsWhenSaved = false
    case .live(let number, let run, let step, let course):
      guard let job = job(number, run), !job.status.isOver else { return true }
      switch course {
      case .moves: return job.step >= step
      case .paused: return job.step > step || job.status == .paused
      case .ended: return false
      }
    case .progress(let number, let run, let step):
      // Who goes to a moment wants to see that moment and no other.
      if let goal, goal - time > 1000 { return true }
      guard let job = job(number, run), !job.status.isOver else { return true }
      return job.step >= step || job.status == .paused
    case .found(let found): perform(state.take(found, keptWith: nil))
    case .unkept(let why): perform(state.update(.progressNotKept(why)))
    case .steered: break
    }
    return true
  }

  private func job(_ number: Int, _ run: Int) -> TrainingJob? {
    let evaluated = state.cells.first { $0.evaluated?.number == number }?.evaluated
    guard let runs = evaluated?.result.runs, runs.indices.contains(run) else { return nil }
    return runs[run].run.job
  }

  private func perform(_ effects: [Effect]) {
    for effect in effects {
      switch effect {
      case .evaluate(var evaluation):
        evaluation.recorded = steering[evaluation.number] ?? evaluation.recorded
        evaluation.isLed = true
        evaluation.leashes = courses.steps(of: evaluation.number, after: next, from: goal ?? 0)
        unanswered += 2
        runner.start(.evaluate(evaluation), changes: state.changes)
      case .readShapes, .complete, .lookBack, .verify, .check:
        unanswered += 1
        runner.start(effect, changes: state.changes)
      case .save(_, let bytes, let isCopy): if !isCopy { saving.append(bytes) }
      case .adopt(let bytes): state.fileBytes = bytes
      case .interrupt, .stop: runner.start(effect, changes: state.changes)
      case .reload, .editOutside, .toClipboard, .suspend, .detach, .mouse, .keepProgress,
        .showLessons, .showScoreboard, .showReview, .open:
        break
      }
    }
  }

  /// Takes in what has arrived: the viewer's at once, that of the recording in its turn.
  private func collect() {
    for message in runner.mailbox.drain() {
      if case .saved = message {} else { unanswered -= 1 }
      if isTaken { live(state.update(message)) } else { early.append(message) }
    }
  }

  /// Remembers this moment if nothing is under way; now and then, or because it will be asked for.
  private func keepMark(always: Bool = false) {
    guard unanswered == 0, early.isEmpty, saving.isEmpty,
      let before = marks.lastIndex(where: { $0.time <= time }),
      always || before == marks.count - 1 && time >= marks[before].time + 1000,
      !state.cells.indices.contains(where: { state.isBusy($0) })
    else { return }
    marks.insert(Mark(next: next, time: time, state: state), at: before + 1)
    if marks.count > Playback.mostMarks {
      marks = marks.enumerated().filter { $0.offset % 2 == 0 }.map(\.element)
    }
  }

  /// Ends what is under way.
  private func leave() {
    for cell in state.cells {
      if case .evaluating(let number) = cell.activity {
        runner.start(.interrupt(number), changes: 0)
      }
      for run in cell.activeRuns {
        run.job.isLed = false
        run.job.resume()
        run.job.stop()
      }
    }
    runner = EffectRunner(mailbox: Mailbox())
    (early, unanswered, saving, goal, isHeld, isTaken) = ([], 0, [], nil, false, false)
  }

  // MARK: The viewer's hand

  /// Gives the keyboard to the viewer, in the state of this moment or in that which was left before.
  /// What is saved from now on goes into the file `path`.
  package func takeOver(path: String, size: (columns: Int, rows: Int), branch wanted: Bool = false)
  {
    guard !isTaken else { return }
    takenAt = time
    keepMark(always: true)
    if wanted, let branch {
      leave()
      state = branch
    } else {
      goal = nil
    }
    isTaken = true
    for cell in state.cells { for run in cell.activeRuns { run.job.isLed = false } }
    let came = early
    early = []
    for message in came { live(state.update(message)) }
    (state.path, state.size, saving) = (path, size, [])
    state.lesson?.savesItself = false
    state.message = "the keyboard is yours; Ctrl-G goes back to the recording"
    state.refresh()
  }

  /// A key of the viewer.
  package func press(_ key: Key) {
    guard isTaken else { return }
    live(state.press(key))
    state.refresh()
  }

  package func resize(columns: Int, rows: Int) {
    guard isTaken, state.size != (columns, rows) else { return }
    state.size = (columns, rows)
    state.refresh()
  }

  /// Nobody types for a moment.
  package func rest() { if isTaken { live(state.rest()) } }

  /// Goes back to the recording, to where it was left; what the viewer made is kept.
  package func giveBack() {
    guard isTaken else { return }
    state.exitStatus = nil
    if case .ask = state.mode { state.mode = .navigate }
    for at in state.cells.indices where state.cells[at].activity != .idle {
      state.cells[at].activity = .idle
    }
    branch = state
    seek(to: takenAt)
  }

  /// Does at once what the viewer asks for.
  private func live(_ effects: [Effect]) {
    for effect in effects {
      switch effect {
      case .evaluate: unanswered += 2
      case .readShapes, .complete, .lookBack, .verify, .check: unanswered += 1
      case .keepProgress: continue
      case .showLessons, .showScoreboard, .showReview, .open:
        state.message = "a recording has no other pages; Ctrl-G goes back to it"
        continue
      case .adopt(let bytes): state.fileBytes = bytes
      case .interrupt, .save, .stop, .reload, .editOutside, .toClipboard, .suspend, .detach,
        .mouse:
        break
      }
      runner.start(effect, changes: state.changes)
    }
  }
}

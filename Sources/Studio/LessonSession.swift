import Files
import Glibc
import Lessons

extension StudioSession {
  /// Days since 1970.
  package static var today: Int { Int(time(nil)) / 86_400 }

  /// Makes the page a lesson at work when its file is one. `place` is the lesson that comes with the
  /// program when the page is the learner's copy of it.
  package func beginLesson(
    _ learner: LearnerFolder?, copyOf place: LessonShelf.Place? = nil, today: Int
  ) {
    guard let lesson = state.taught else { return }
    let (known, problem) = learner?.progress() ?? (Progress(), nil)
    state.begin(
      LessonPage(
        lesson, shipped: place?.lesson, progress: known, learner: learner, today: today,
        savesItself: place != nil && !state.isReadOnly))
    let due = known.due(on: today).count
    if let problem {
      state.message = problem
    } else if due > 0 {
      state.message += "; \(due) question\(due == 1 ? " comes" : "s come") back today: :review"
    }
  }

  /// Looks for what a command wants from outside of the page.
  func found(for effect: Effect) -> Found? {
    switch effect {
    case .showLessons: return lessons
    case .showScoreboard:
      let known = LearnerFolder.ofUser()?.progress().progress ?? Progress()
      return .scoreboard(LessonShelf.shipped()?.scoreboard(known) ?? [])
    case .showReview: return review
    case .open(let destination): return LessonShelf.refusal(of: destination) ?? .leave(destination)
    case .evaluate, .interrupt, .save, .stop, .readShapes, .complete, .verify, .mouse, .lookBack,
      .adopt, .reload, .editOutside, .toClipboard, .suspend, .detach, .check, .keepProgress:
      return nil
    }
  }

  private var lessons: Found {
    let shelf = LessonShelf.shipped()
    let known = LearnerFolder.ofUser()?.progress().progress ?? Progress()
    let lines = (shelf?.lessons ?? []).map { place in
      let row = LessonShelf.row(place, known)
      return LessonLine(
        name: "\(place.lesson.number)",
        columns: [
          row.tick, "\(place.lesson.number)  \(place.lesson.title)", "\(row.past)/\(row.all)",
          "\(place.lesson.minutes) min",
        ])
    }
    let at = shelf?.lessons.firstIndex { $0.lesson.id == state.lesson?.lesson.id }
    return .lessons(lines, at: at ?? 0)
  }

  private var review: Found {
    guard let shelf = LessonShelf.shipped(), let learner = LearnerFolder.ofUser() else {
      return LessonShelf.isMissing
    }
    let (all, today) = (learner.progress().progress, StudioSession.today)
    let asked = Set(all.due(on: today).map(\.lesson))
    var known = Progress()
    known.lessons = all.lessons.filter { asked.contains($0.key) }
    let texts = shelf.lessons.filter { asked.contains($0.lesson.id) }
      .compactMap { try? FileBytes.read($0.path) }
    return .review(lessons: texts, progress: known.written, today: today)
  }
}

extension LessonShelf {
  fileprivate static let isMissing = Found.nothing(
    "no lessons are found; GRADUS_LESSONS=FOLDER names their folder")

  /// Why a lesson cannot be gone to.
  fileprivate static func refusal(of destination: Effect.Destination) -> Found? {
    guard case .lesson(let name) = destination else { return nil }
    guard let shelf = shipped() else { return isMissing }
    return name.isEmpty || shelf.lesson(named: name) != nil
      ? nil : .nothing("no lesson is called \(name); :lessons lists them")
  }
}

extension StudioState {
  /// Ends the page; asks when something would be lost.
  mutating func leave(for destination: Effect.Destination?) -> [Effect] {
    self.destination = destination
    let isBusy = cells.contains { $0.isBusy }
    if lesson?.savesItself == true, isModified, !isBusy {
      let effects = save()
      quitsWhenSaved = !effects.isEmpty
      return effects
    }
    if isModified || isBusy {
      mode = .ask(.quit)
    } else {
      exitStatus = 0
    }
    return []
  }
}

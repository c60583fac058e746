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

  func showLessons() {
    let shelf = LessonShelf.shipped()
    let known = LearnerFolder.ofUser()?.progress().progress ?? Progress()
    state.shelf = (shelf?.lessons ?? []).map { place in
      let row = LessonShelf.row(place, known)
      return LessonLine(
        name: "\(place.lesson.number)",
        columns: [
          row.tick, "\(place.lesson.number)  \(place.lesson.title)", "\(row.past)/\(row.all)",
          "\(place.lesson.minutes) min",
        ])
    }
    let at = shelf?.lessons.firstIndex { $0.lesson.id == state.lesson?.lesson.id }
    state.mode = .panel(.lessons, choice: at ?? 0)
  }

  func showScoreboard() {
    let known = LearnerFolder.ofUser()?.progress().progress ?? Progress()
    let lines = LessonShelf.shipped()?.scoreboard(known) ?? []
    state.mode = .pager(
      Pager(
        title: "what was reached: ✓ goal reached, · begun",
        lines: lines.isEmpty ? ["no lesson was begun yet"] : lines))
  }

  func showReview() {
    guard let shelf = LessonShelf.shipped(), let learner = LearnerFolder.ofUser() else {
      state.message = "no lessons are found; GRADUS_LESSONS=FOLDER names their folder"
      return
    }
    guard
      let sitting = ReviewSitting(
        shelf, learner.progress().progress, learner, today: StudioSession.today)
    else {
      state.message = "nothing comes back today"
      return
    }
    state.mode = .review(sitting)
  }

  /// Ends this page for another; asks when something would be lost.
  func leave(for destination: Effect.Destination) -> [Effect] {
    if case .lesson(let name) = destination {
      guard let shelf = LessonShelf.shipped() else {
        state.message = "no lessons are found; GRADUS_LESSONS=FOLDER names their folder"
        return []
      }
      guard name.isEmpty || shelf.lesson(named: name) != nil else {
        state.message = "no lesson is called \(name); :lessons lists them"
        return []
      }
    }
    return state.leave(for: destination)
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

import ArgumentParser
import Glibc
import Language
import Lessons
import Studio
import Terminal

/// A lesson line by line, after the missed questions that are due.
enum LessonTalk {
  static func begin(
    _ place: LessonShelf.Place, of shelf: LessonShelf, onlyReview: Bool = false
  ) throws {
    let learner = LearnerFolder.ofUser()
    var progress = learner?.progress().progress ?? Progress()
    InterruptKey.watch(staysAlive: isatty(0) == 1)
    let reader = LineReader()
    defer { reader.close() }
    let run = LessonRun(place.lesson, folder: shelf.folder)
    run.onEvaluation = { InterruptKey.ends($0) }
    let voice = voice(reader)
    let today = StudioSession.today
    let due = LessonReview(
      shelf, progress, today: today, most: onlyReview ? .max : LessonReview.most, voice)
    if onlyReview, due.count == 0 { return print("nothing is due today") }
    let stays = due.ask(&progress)
    if due.count > 0 { try? learner?.save(progress) }
    if onlyReview || !stays { return }
    let isDone = DeepStack.run {
      var dialogue = LessonDialogue(place, run, learner: learner, today: today, voice)
      return dialogue.begin()
    }
    if !isDone, isatty(0) == 0 { throw ExitCode(1) }
  }

  private static func voice(_ reader: LineReader) -> LessonDialogue.Voice {
    LessonDialogue.Voice(
      width: min(TerminalReport().size?.columns ?? 80, 100),
      say: {
        print(visible($0))
        fflush(nil)
      }, show: { Printer.show($0) },
      ask: { prompt in
        while true {
          switch reader.read(prompt: prompt, complete: { _ in [] }) {
          case .line(let line):
            reader.remember(line)
            return line
          case .cancelled: continue
          case .end: return nil
          }
        }
      })
  }
}

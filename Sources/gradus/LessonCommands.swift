import ArgumentParser
import Files
import Glibc
import Language
import Lessons
import Notebooks
import Terminal

struct LessonsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "lessons", abstract: "Lists the lessons and how far they are done.")

  func run() throws {
    let shelf = try LessonFiles.shelf()
    let known = LearnerFolder.ofUser()?.progress()
    if let problem = known?.problem { complain("note: " + problem) }
    for line in shelf.list(known?.progress ?? Progress()) { print(visible(line)) }
    print("\ngradus learn NUMBER opens one; gradus learn goes on with the next.")
  }
}

struct LearnCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "learn", abstract: "Goes through a lesson, line by line.")

  @ArgumentParser.Argument(help: "A lesson's number or name; the next one when left out.")
  var name: String?
  @Flag(help: "Asks all missed questions that are due, and no lesson.") var review = false

  func run() throws {
    let shelf = try LessonFiles.shelf()
    let learner = LearnerFolder.ofUser()
    var progress = learner?.progress().progress ?? Progress()
    let place: LessonShelf.Place
    if let name {
      guard let found = shelf.lesson(named: name) else {
        throw ValidationError("no lesson is called \(name); gradus lessons lists them")
      }
      place = found
    } else {
      guard let next = shelf.next(progress) else {
        throw ValidationError("there are no lessons in \(shelf.folder)")
      }
      place = next
    }
    InterruptKey.watch(staysAlive: isatty(0) == 1)
    let reader = LineReader()
    defer { reader.close() }
    let run = LessonRun(place.lesson, folder: shelf.folder)
    run.onEvaluation = { InterruptKey.ends($0) }
    let voice = LessonDialogue.Voice(
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
    let due = LessonReview(
      shelf, progress, today: LessonFiles.today, most: review ? .max : LessonReview.most, voice)
    if review, due.count == 0 { return print("nothing is due today") }
    let stays = due.ask(&progress)
    if due.count > 0 { try? learner?.save(progress) }
    if review || !stays { return }
    let isDone = DeepStack.run {
      var dialogue = LessonDialogue(
        place, run, learner: learner, today: LessonFiles.today, voice)
      return dialogue.begin()
    }
    if !isDone, isatty(0) == 0 { throw ExitCode(1) }
  }
}

struct CheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check", abstract: "Checks the answers in a lesson's file, without a screen.")

  @ArgumentParser.Argument(help: "A lesson with the exercises filled in, name.grd.md.")
  var file: String

  func run() throws {
    let lesson = Lesson(try LessonFiles.bytes(file))
    guard !lesson.exercises.isEmpty else {
      throw ValidationError("\(file) has no exercises; gradus verify checks notebooks")
    }
    InterruptKey.watch()
    let run = LessonRun(lesson, folder: NotebookFile.folder(of: file))
    run.onEvaluation = { InterruptKey.ends($0) }
    var passed = 0
    var lines: [String] = []
    DeepStack.run {
      for step in lesson.steps {
        switch step {
        case .cell(let cell):
          if let error = run.run(cell).error {
            lines.append(
              "\(file):\(cell.line): cell #\(cell.id)\n" + error.rendered(source: cell.code))
          }
        case .prediction(let question): _ = run.reveal(question)
        case .exercise(let exercise):
          let verdict = run.judge(exercise, exercise.starter)
          if verdict.isPassed { passed += 1 }
          lines.append(LessonFiles.line(exercise, verdict))
        case .frame, .why, .goal: break
        }
      }
    }
    for line in lines { print(visible(line)) }
    let missing = DeepStack.run { run.missingForGoal() }
    print("\(passed) of \(lesson.exercises.count) right")
    print(
      missing.map { "goal not reached: " + visible($0) } ?? "goal reached: \(visible(lesson.goal))")
    if passed < lesson.exercises.count || missing != nil { throw ExitCode(1) }
  }
}

struct LintCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "lint",
    abstract: "Does lessons as a learner would, and says what is wrong with them.")

  @ArgumentParser.Argument(help: "Lessons, name.grd.md.") var files: [String]
  @Option(help: "On how many seeds each lesson is done.") var seeds: UInt64 = 3

  func run() throws {
    var isClean = true
    for file in files {
      let lesson = Lesson(try LessonFiles.bytes(file))
      let lint = DeepStack.run {
        LessonLint(lesson, folder: NotebookFile.folder(of: file), seeds: 0..<seeds)
      }
      for finding in lint.findings { print(visible("\(file):\(finding.line): \(finding.message)")) }
      isClean = isClean && lint.findings.isEmpty
      let most = lint.seconds.max() ?? 0
      let tenths = Int((most * 10).rounded())
      print(
        "\(file): \(lint.findings.count) findings, \(lesson.exercises.count) exercises, "
          + "at most \(tenths / 10).\(tenths % 10) s of processor time")
    }
    if !isClean { throw ExitCode(1) }
  }
}

/// What the commands of lessons share.
enum LessonFiles {
  static func shelf() throws -> LessonShelf {
    guard let shelf = LessonShelf.shipped() else {
      throw ValidationError(
        "the folder notebooks/lessons is not found here, above, or above the program; "
          + "GRADUS_LESSONS=FOLDER names it")
    }
    return shelf
  }

  static func bytes(_ file: String) throws -> [UInt8] {
    do throws(FileError) { return try FileBytes.read(file) } catch {
      throw ValidationError(error.message)
    }
  }

  /// Days since 1970.
  static var today: Int { Int(time(nil)) / 86_400 }

  static func line(_ exercise: Lesson.Exercise, _ verdict: LessonRun.Verdict) -> String {
    switch verdict {
    case .passed: "✓ #\(exercise.id)"
    case .empty: "· #\(exercise.id)  not answered yet"
    case .wrong(let text, _), .late(let text): "✗ #\(exercise.id)  \(text)"
    case .broken(let text): "✗ #\(exercise.id)\n\(text)"
    }
  }
}

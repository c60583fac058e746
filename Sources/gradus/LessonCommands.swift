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

struct MapCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "map", abstract: "Shows the topics of deep learning as a tree that opens them.")

  @Flag(help: "As lines of text.") var plain = false

  func run() throws {
    if !plain, isatty(0) == 1, isatty(1) == 1, !TerminalDevice.isDumb {
      return try ScreenTour().begin(.page(.map))
    }
    for line in TopicMap.shipped().lines() { print(visible(line)) }
  }
}

struct LearnCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "learn",
    abstract: "Goes through a lesson: in the studio, or line by line without a full screen.")

  @ArgumentParser.Argument(help: "A lesson's number or name; the next one when left out.")
  var name: String?
  @Flag(help: "Asks all missed questions that are due, and no lesson.") var review = false
  @Flag(help: "Line by line, for screen readers and terminals that only print.") var plain = false
  @Option(help: "Records the lesson into a new file, name.grd.rec; gradus play shows it.")
  var record: String?

  func run() throws {
    if !plain, !review, isatty(0) == 1, isatty(1) == 1, !TerminalDevice.isDumb {
      if let record, FileBytes.exists(record) {
        throw ValidationError("\(record) is there already; a recording needs a name of its own")
      }
      return try ScreenTour(recording: record).begin(.page(.lesson(name ?? "")))
    }
    if record != nil { throw ValidationError("a recording is of a lesson on the full screen") }
    let shelf = try LessonFiles.shelf()
    try LessonTalk.begin(
      try LessonFiles.place(named: name ?? "", on: shelf), of: shelf, onlyReview: review)
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

  /// A lesson by its number or name; the next one when that is empty.
  static func place(named name: String, on shelf: LessonShelf? = nil) throws -> LessonShelf.Place {
    let shelf = try shelf ?? LessonFiles.shelf()
    if name.isEmpty {
      let known = LearnerFolder.ofUser()?.progress().progress ?? Progress()
      guard let next = shelf.next(known) else {
        throw ValidationError("there are no lessons in \(shelf.folder)")
      }
      return next
    }
    guard let found = shelf.lesson(named: name) else {
      throw ValidationError("no lesson is called \(name); gradus lessons lists them")
    }
    return found
  }

  /// The lesson of which a file is the learner's copy; nil for any other file.
  static func origin(of path: String) -> LessonShelf.Place? {
    guard let learner = LearnerFolder.ofUser(), let real = FileBytes.realPath(path),
      let folder = FileBytes.realPath(learner.path), real.hasPrefix(folder + "/")
    else { return nil }
    return LessonShelf.shipped()?.lessons.first { real == folder + "/" + $0.name }
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

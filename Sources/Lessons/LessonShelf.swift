import Files
import Glibc
import Notebooks

/// The lessons that come with the program.
package struct LessonShelf: Sendable {
  package struct Place: Sendable {
    package let path: String
    package let lesson: Lesson

    package init(path: String, lesson: Lesson) { (self.path, self.lesson) = (path, lesson) }

    /// The file's name, without its folder.
    package var name: String { String(path.split(separator: "/").last ?? "") }
  }

  package let folder: String
  package let lessons: [Place]

  /// Lessons that lie in no folder.
  package init(texts: [[UInt8]]) {
    folder = ""
    lessons = texts.map { Place(path: "", lesson: Lesson($0)) }
  }

  /// The lessons in a folder, by their numbers.
  package init(_ folder: String) {
    self.folder = folder
    lessons = FileBytes.names(in: folder).filter { $0.hasSuffix(".grd.md") }
      .compactMap { name -> Place? in
        let path = folder + "/" + name
        guard let bytes = try? FileBytes.read(path) else { return nil }
        let lesson = Lesson(bytes)
        return lesson.number > 0 ? Place(path: path, lesson: lesson) : nil
      }
      .sorted { ($0.lesson.number, $0.name) < ($1.lesson.number, $1.name) }
  }

  /// Those that are shipped; nil when their folder is not found.
  package static func shipped() -> LessonShelf? {
    ShippedFolder.find("notebooks/lessons", variable: "GRADUS_LESSONS").map(LessonShelf.init)
  }

  /// A lesson by its number, its id, or the beginning of one.
  package func lesson(named name: String) -> Place? {
    lessons.first { "\($0.lesson.number)" == name || $0.lesson.id == name }
      ?? lessons.first { $0.lesson.id.hasPrefix(name) && !name.isEmpty }
  }

  /// The first lesson whose goal was not reached yet, else the first.
  package func next(_ progress: Progress) -> Place? {
    lessons.first { progress.lessons[$0.lesson.id]?.done == nil } ?? lessons.first
  }

  /// A line for each lesson: tick, number, title, how far it is.
  package func list(_ progress: Progress) -> [String] {
    lessons.map { place in
      let lesson = place.lesson
      let row = LessonShelf.row(place, progress)
      let number = lesson.number < 10 ? " \(lesson.number)" : "\(lesson.number)"
      let title = lesson.title + String(repeating: " ", count: max(1, 38 - lesson.title.count))
      return "\(row.tick) \(number)  \(title)\(row.past)/\(row.all)  \(lesson.minutes) min"
    }
  }

  /// A tick, and how many of the steps of a lesson are behind the learner.
  package static func row(_ place: Place, _ progress: Progress) -> (
    tick: String, past: Int, all: Int
  ) {
    let lesson = place.lesson
    let blocks = Set(lesson.questions.map(\.key) + lesson.exercises.map(\.id))
    let record = progress.lessons[lesson.id]
    let past = blocks.count { record?.blocks[$0].map { $0.state != .tried } ?? false }
    return (record?.done != nil ? "✓" : past > 0 ? "·" : " ", past, blocks.count)
  }
}

/// Where a learner's own work is kept, by the settings of the system.
extension LearnerFolder {
  /// XDG_DATA_HOME/gradus/lessons; nil without a home.
  package static func ofUser() -> LearnerFolder? {
    if let data = getenv("XDG_DATA_HOME"), data.pointee != 0 {
      return LearnerFolder(String(cString: data) + "/gradus/lessons")
    }
    return getenv("HOME").map {
      LearnerFolder(String(cString: $0) + "/.local/share/gradus/lessons")
    }
  }

  /// The learner's copy of a lesson.
  package func copy(of place: LessonShelf.Place) -> String { path + "/" + place.name }

  /// The learner's copy, made where it is missing. A copy of an older text is put aside, and its answers
  /// are taken over.
  package func makeCopy(of place: LessonShelf.Place) throws(FileError) -> String {
    let path = copy(of: place)
    let shipped = try FileBytes.read(place.path)
    var hasher = SHA256()
    hasher.update(String(decoding: shipped, as: UTF8.self))
    let hash = hasher.finishShort()
    var record = progress().progress.lessons[place.lesson.id] ?? Progress.Record()
    if FileBytes.exists(path), record.text == hash { return path }
    FileBytes.makeFolder(self.path)
    if FileBytes.exists(path) {
      let aside = path.replacing(".grd.md", with: ".before.grd.md")
      try FileBytes.writeAtomically(FileBytes.read(path), to: aside)
    }
    let filled = Lesson.filled(String(decoding: shipped, as: UTF8.self), answers(to: place))
    try FileBytes.writeAtomically(LearnerFolder.withoutOutputs(filled), to: path)
    record.text = hash
    try keep(record, of: place.lesson.id)
    return path
  }

  /// What cells show is for the learner to find out.
  private static func withoutOutputs(_ text: String) -> [UInt8] {
    var notebook = Notebook(Array(text.utf8))
    for id in notebook.cells.map({ notebook.id(of: $0) }) {
      notebook.setOutput(of: id, info: [], body: nil)
    }
    notebook.setLedger(nil)
    return notebook.bytes()
  }

  /// The answers in a learner's copy, by exercise; those that are still as the lesson gives them are left
  /// out.
  package func answers(to place: LessonShelf.Place) -> [String: String] {
    guard let bytes = try? FileBytes.read(copy(of: place)) else { return [:] }
    let given = Dictionary(
      place.lesson.exercises.map { ($0.id, $0.starter) }, uniquingKeysWith: { a, _ in a })
    var answers: [String: String] = [:]
    for exercise in Lesson(bytes).exercises where given[exercise.id] != exercise.starter {
      answers[exercise.id] = exercise.starter
    }
    return answers
  }

  /// Writes the lesson with these answers in place of its starters.
  package func save(_ answers: [String: String], to place: LessonShelf.Place) throws(FileError) {
    let path = try makeCopy(of: place)
    let text = String(decoding: try FileBytes.read(path), as: UTF8.self)
    try FileBytes.writeAtomically(Array(Lesson.filled(text, answers).utf8), to: path)
  }
}

extension Lesson {
  /// The text of a lesson with answers in place of the starters of its exercises.
  package static func filled(_ text: String, _ answers: [String: String]) -> String {
    var lines: [Substring] = []
    var rest = text.split(separator: "\n", omittingEmptySubsequences: false)[...]
    while let line = rest.popFirst() {
      lines.append(line)
      let words = line.split(separator: " ")
      guard let fence = words.first, fence.hasSuffix("```exercise") else { continue }
      let ticks = fence.prefix { $0 == "`" }
      let id = words.first { $0.hasPrefix("#") }?.dropFirst() ?? ""
      guard let answer = answers[String(id)] else { continue }
      while let old = rest.first, !old.hasPrefix(ticks) {
        _ = old
        rest.removeFirst()
      }
      lines += answer.split(separator: "\n", omittingEmptySubsequences: false)
    }
    return lines.joined(separator: "\n")
  }
}

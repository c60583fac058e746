import Files
import Lessons

extension Recording {
  /// How a page stood when its recording began.
  package struct Beginning: Sendable, Equatable {
    /// Somebody else made the notebook.
    var isStranger = false
    var isReadOnly = false
    var changes = 0
    var savedChanges = 0
    var focus = 0
    var message = ""
    var lesson: Taught?

    package init() {}
  }

  /// What was known of the learner when a lesson began.
  package struct Taught: Sendable, Equatable {
    var today = 0
    var savesItself = false
    /// Of this lesson alone.
    var progress = Progress()
    /// How the lesson gives its exercises, by name.
    var starters: [String: String] = [:]
  }
}

extension Recording.Beginning {
  /// The lines of a recording that tell of it.
  var lines: String {
    func coded(_ text: String) -> String { "=" + Base64.text(Array(text.utf8)) }
    let first =
      "begins \(isStranger ? "stranger" : "own") \(isReadOnly ? "locked" : "free") \(changes) "
      + "\(savedChanges) \(focus) \(coded(message))\n"
    guard let lesson else { return first }
    let starters = lesson.starters.sorted { $0.key < $1.key }
      .map { " \(coded($0.key)) \(coded($0.value))" }.joined()
    return first + "lesson \(lesson.today) \(lesson.savesItself ? "copy" : "page") "
      + coded(lesson.progress.written) + starters + "\n"
  }

  /// Reads what `lines` wrote, and how many lines that are.
  static func read(_ lines: ArraySlice<Substring>) -> (Recording.Beginning?, count: Int) {
    let words = (lines.first ?? "").split(separator: " ")
    guard words.count == 7, words[0] == "begins", let changes = Int(words[3]),
      let saved = Int(words[4]), let focus = Int(words[5]), let message = decoded(words[6])
    else { return (nil, 0) }
    var beginning = Recording.Beginning()
    (beginning.isStranger, beginning.isReadOnly) = (words[1] == "stranger", words[2] == "locked")
    (beginning.changes, beginning.savedChanges) = (changes, saved)
    (beginning.focus, beginning.message) = (focus, message)
    beginning.lesson = lines.dropFirst().first.flatMap { Recording.Taught($0) }
    return (beginning, beginning.lesson == nil ? 1 : 2)
  }

  fileprivate static func decoded(_ word: Substring) -> String? {
    guard word.hasPrefix("=") else { return nil }
    if word.count == 1 { return "" }
    return Base64.bytes(word.dropFirst()).map { String(decoding: $0, as: UTF8.self) }
  }
}

extension Recording.Taught {
  fileprivate init?(_ line: Substring) {
    let words = line.split(separator: " ")
    let texts = words.dropFirst(3).compactMap { Recording.Beginning.decoded($0) }
    guard words.count >= 4, words.count % 2 == 0, words[0] == "lesson", let today = Int(words[1]),
      texts.count == words.count - 3, let progress = try? Progress(parsing: Array(texts[0].utf8))
    else { return nil }
    (self.today, savesItself, self.progress) = (today, words[2] == "copy", progress)
    for at in stride(from: 1, to: texts.count, by: 2) { starters[texts[at]] = texts[at + 1] }
  }
}

extension StudioState {
  /// How the page stands, for a recording that begins now.
  var beginning: Recording.Beginning {
    var now = Recording.Beginning()
    (now.isStranger, now.isReadOnly) = (isStranger, isReadOnly)
    (now.changes, now.savedChanges) = (changes, savedChanges)
    (now.focus, now.message) = (focus, message)
    now.lesson = lesson.map { page in
      Recording.Taught(
        today: page.today, savesItself: page.savesItself, progress: page.progress,
        starters: page.starters)
    }
    return now
  }

  /// Brings a page that was just read to where a recording began. Nobody's progress is touched.
  mutating func begin(as beginning: Recording.Beginning) {
    if let taught, let then = beginning.lesson { begin(LessonPage(taught, then)) }
    (isStranger, isReadOnly) = (beginning.isStranger, beginning.isReadOnly)
    (changes, savedChanges) = (beginning.changes, beginning.savedChanges)
    focus = cells.indices.contains(beginning.focus) ? beginning.focus : focus
    message = beginning.message
  }
}

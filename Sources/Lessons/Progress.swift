import Files
import Formats

/// What a learner has done of all lessons; kept in a file beside the copies that are worked in.
package struct Progress: Sendable, Equatable {
  package enum State: String, Sendable {
    /// Seen, and not answered rightly yet.
    case tried
    case passed
    /// The solution was looked at first.
    case revealed
    case skipped
  }

  /// What became of one question or exercise.
  package struct Block: Sendable, Equatable {
    package var state: State
    package var tries: Int
    package var hints: Int
    /// Whether the first answer to a question was right.
    package var first: Bool?
    /// Which interval a missed question has come to, and the day on which it comes back.
    package var box: Int?
    package var due: Int?

    package init(state: State = .tried, tries: Int = 0, hints: Int = 0) {
      (self.state, self.tries, self.hints) = (state, tries, hints)
    }
  }

  package struct Record: Sendable, Equatable {
    /// The day on which the goal was reached first.
    package var done: Int?
    /// The best value of what the goal is about.
    package var best: Double?
    /// The hash of the text from which the learner's copy was made.
    package var text: String?
    package var blocks: [String: Block] = [:]

    package init() {}
  }

  package var lessons: [String: Record] = [:]

  package init() {}

  /// Days after which a missed question comes back.
  private static let intervals = [1, 3, 7, 21]

  package subscript(lesson: String, block: String) -> Block? {
    get { lessons[lesson]?.blocks[block] }
    set { lessons[lesson, default: Record()].blocks[block] = newValue }
  }

  package subscript(lesson: String, block: String, default known: Block) -> Block {
    get { self[lesson, block] ?? known }
    set { self[lesson, block] = newValue }
  }

  /// Notes an answer to a question. A wrong one puts it into the review of the next day.
  package mutating func answered(_ lesson: String, _ block: String, isRight: Bool, today: Int) {
    var known = self[lesson, block] ?? Block()
    known.tries += 1
    if known.first == nil { known.first = isRight }
    if isRight {
      if known.state == .tried { known.state = .passed }
    } else {
      (known.box, known.due) = (0, today + Self.intervals[0])
    }
    self[lesson, block] = known
  }

  /// Notes an answer in a review: right ones come back later and later, wrong ones tomorrow.
  package mutating func reviewed(_ lesson: String, _ block: String, isRight: Bool, today: Int) {
    guard var known = self[lesson, block] else { return }
    let box = isRight ? (known.box ?? 0) + 1 : 0
    if Self.intervals.indices.contains(box) {
      (known.box, known.due) = (box, today + Self.intervals[box])
    } else {
      (known.box, known.due) = (nil, nil)
    }
    self[lesson, block] = known
  }

  /// Questions that come back today, the longest waiting first.
  package func due(on today: Int) -> [(lesson: String, block: String)] {
    lessons.flatMap { name, record in
      record.blocks.compactMap { block, known in
        known.due.flatMap { $0 <= today ? (name, block, $0) : nil }
      }
    }
    .sorted { ($0.2, $0.0, $0.1) < ($1.2, $1.0, $1.1) }
    .map { (lesson: $0.0, block: $0.1) }
  }

  // MARK: The file

  private static let version = 1

  /// Reads the text of a progress file; parts that are not understood are left out.
  package init(parsing bytes: [UInt8]) throws(FormatError) {
    let json = try JSON(parsing: bytes)
    for lesson in json["lessons"]?.fields ?? [] {
      var record = Record()
      record.done = lesson.value["done"]?.integer
      record.text = lesson.value["text"]?.text
      record.best = lesson.value["best"]?.number
      for field in lesson.value["blocks"]?.fields ?? [] {
        var block = Block()
        block.state = field.value["state"]?.text.flatMap(State.init) ?? .tried
        block.tries = field.value["tries"]?.integer ?? 0
        block.hints = field.value["hints"]?.integer ?? 0
        block.first = field.value["first"]?.boolean
        block.box = field.value["box"]?.integer
        block.due = field.value["due"]?.integer
        record.blocks[field.name] = block
      }
      lessons[lesson.name] = record
    }
  }

  package var written: String {
    let all = lessons.sorted { $0.key < $1.key }.map { name, record in
      var fields: [JSON.Field] = []
      if let done = record.done { fields.append(JSON.Field("done", .integer(done))) }
      let blocks = record.blocks.sorted { $0.key < $1.key }.map { id, block in
        var parts = [
          JSON.Field("state", .text(block.state.rawValue)),
          JSON.Field("tries", .integer(block.tries)),
        ]
        if block.hints > 0 { parts.append(JSON.Field("hints", .integer(block.hints))) }
        if let first = block.first { parts.append(JSON.Field("first", .boolean(first))) }
        if let box = block.box { parts.append(JSON.Field("box", .integer(box))) }
        if let due = block.due { parts.append(JSON.Field("due", .integer(due))) }
        return JSON.Field(id, .object(parts))
      }
      if let best = record.best { fields.append(JSON.Field("best", .number(best))) }
      if let text = record.text { fields.append(JSON.Field("text", .text(text))) }
      fields.append(JSON.Field("blocks", .object(blocks)))
      return JSON.Field(name, .object(fields))
    }
    return JSON.object([
      JSON.Field("version", .integer(Self.version)), JSON.Field("lessons", .object(all)),
    ]).written + "\n"
  }
}

/// Where a learner's work lies.
package struct LearnerFolder: Sendable {
  package let path: String

  package init(_ path: String) { self.path = path }

  package var progressPath: String { path + "/progress.json" }

  /// What was done so far. A file that cannot be read is put aside, never overwritten; `problem` says so.
  package func progress() -> (progress: Progress, problem: String?) {
    guard FileBytes.exists(progressPath) else { return (Progress(), nil) }
    do {
      return (try Progress(parsing: FileBytes.read(progressPath)), nil)
    } catch {
      let aside = progressPath + ".unreadable"
      do {
        try FileBytes.writeAtomically(FileBytes.read(progressPath), to: aside)
        return (
          Progress(),
          "\(progressPath) cannot be read; it is kept as \(aside), and progress starts anew"
        )
      } catch {
        return (Progress(), "\(progressPath) cannot be read, and progress starts anew")
      }
    }
  }

  /// Keeps what is known of one lesson beside what others have kept meanwhile.
  package func keep(_ record: Progress.Record, of lesson: String) throws(FileError) {
    var all = progress().progress
    var record = record
    record.text = record.text ?? all.lessons[lesson]?.text
    all.lessons[lesson] = record
    try save(all)
  }

  package func save(_ progress: Progress) throws(FileError) {
    FileBytes.makeFolder(path)
    try FileBytes.writeAtomically(Array(progress.written.utf8), to: progressPath)
  }
}

import Files
import Terminal
import Training

/// A session as it went: the page it began with, every key with its moment, and the order in which
/// answers came. Doing the same again gives the same state at every moment.
package struct Recording: Sendable, Equatable {
  package enum Event: Sendable, Equatable {
    case key(Key)
    /// Nobody typed for a moment.
    case rest
    case size(columns: Int, rows: Int)
    /// An answer came; the word tells which one.
    case answer(String)
    case saved(changes: Int, isCopy: Bool, path: String, problem: String?)
    /// The page was read again from these bytes.
    case reloaded([UInt8])
    /// Another program had written these bytes, and the user was asked.
    case changed([UInt8])
    /// How far a run had come: the number of the evaluation that started it, and which of its runs it is.
    case live(number: Int, run: Int, step: Int, isPaused: Bool)
    /// What was done to a run at a step.
    case steered(number: Int, run: Int, SteeringEvent)
  }

  package struct Moment: Sendable, Equatable {
    /// Milliseconds since the beginning.
    package let time: Int
    package let event: Event
  }

  /// The file name of the notebook.
  package let name: String
  /// The keys file of who recorded it.
  package let keys: String
  package let page: [UInt8]
  package var moments: [Moment] = []

  package init(name: String, keys: String, page: [UInt8]) {
    (self.name, self.keys, self.page) = (name, keys, page)
  }

  /// Milliseconds from the beginning to the last event.
  package var duration: Int { moments.last?.time ?? 0 }

  /// What was done to the runs of each evaluation, in their order.
  package var steering: [Int: [[SteeringEvent]]] {
    var found: [Int: [[SteeringEvent]]] = [:]
    for case .steered(let number, let run, let event) in moments.map(\.event) {
      while found[number, default: []].count <= run { found[number, default: []].append([]) }
      found[number]?[run].append(event)
    }
    return found
  }

  // MARK: Text

  private static let mark = "gradus recording 1"

  /// The lines that begin a recording.
  package var head: String {
    """
    \(Recording.mark)
    name \(Base64.text(Array(name.utf8)))
    keys \(Base64.text(Array(keys.utf8)))
    page \(Base64.text(page))

    """
  }

  package static func line(_ moment: Moment) -> String {
    "\(moment.time) \(moment.event.text)\n"
  }

  package var text: String { head + moments.map(Recording.line).joined() }

  /// Why a text is no recording.
  package struct Problem: Error, Sendable, Equatable {
    package let line: Int
    package let message: String
  }

  /// Reads what `text` writes. A last line that is torn is left out.
  package init(_ bytes: [UInt8]) throws(Problem) {
    let lines = String(decoding: bytes, as: UTF8.self)
      .split(separator: "\n", omittingEmptySubsequences: false)
    guard lines.first.map(String.init) == Recording.mark else {
      throw Problem(line: 1, message: "a recording begins with `\(Recording.mark)`")
    }
    func field(_ at: Int, _ name: String) throws(Problem) -> [UInt8] {
      guard lines.count > at + 1, lines[at].hasPrefix(name + " "),
        let bytes = Base64.bytes(lines[at].dropFirst(name.count + 1))
      else { throw Problem(line: at + 1, message: "here stands `\(name)` and base64") }
      return bytes
    }
    name = String(decoding: try field(1, "name"), as: UTF8.self)
    keys = String(decoding: try field(2, "keys"), as: UTF8.self)
    page = try field(3, "page")
    var last = 0
    // What follows the last line end was torn off by a crash.
    for (at, line) in lines.enumerated().dropLast().dropFirst(4) where !line.isEmpty {
      let words = line.split(separator: " ", maxSplits: 1)
      guard words.count == 2, let time = Int(words[0]), time >= last, let event = Event(words[1])
      else {
        throw Problem(line: at + 1, message: "this is no event of a recording: \(line.prefix(60))")
      }
      moments.append(Moment(time: time, event: event))
      last = time
    }
  }
}

extension Recording.Event {
  fileprivate var text: String {
    func coded(_ text: String) -> String { Base64.text(Array(text.utf8)) }
    switch self {
    case .key(let key): return "key " + RecordedKey.text(key)
    case .rest: return "rest -"
    case .size(let columns, let rows): return "size \(columns) \(rows)"
    case .answer(let word): return "answer \(word)"
    case .saved(let changes, let isCopy, let path, let problem):
      return "saved \(changes) \(isCopy ? "copy" : "file") =\(coded(path)) =\(coded(problem ?? ""))"
    case .reloaded(let bytes): return "reloaded =" + Base64.text(bytes)
    case .changed(let bytes): return "changed =" + Base64.text(bytes)
    case .live(let number, let run, let step, let isPaused):
      return "live \(number) \(run) \(step) \(isPaused ? "paused" : "moves")"
    case .steered(let number, let run, let event):
      return "steered \(number) \(run) \(event.step) \(event.kind.line)"
    }
  }

  fileprivate init?(_ text: Substring) {
    let words = text.split(separator: " ", maxSplits: 1)
    guard words.count == 2 else { return nil }
    let rest = words[1]
    let parts = rest.split(separator: " ")
    func number(_ at: Int) -> Int? { parts.indices.contains(at) ? Int(parts[at]) : nil }
    func bytes(_ at: Int) -> [UInt8]? {
      guard parts.indices.contains(at), parts[at].hasPrefix("=") else { return nil }
      return parts[at].count == 1 ? [] : Base64.bytes(parts[at].dropFirst())
    }
    switch words[0] {
    case "key":
      guard let key = RecordedKey.key(rest) else { return nil }
      self = .key(key)
    case "rest": self = .rest
    case "size":
      guard let columns = number(0), let rows = number(1), (1...1000).contains(columns),
        (1...1000).contains(rows)
      else { return nil }
      self = .size(columns: columns, rows: rows)
    case "answer": self = .answer(String(rest))
    case "saved":
      guard parts.count == 4, let changes = number(0), let path = bytes(2), let problem = bytes(3)
      else { return nil }
      self = .saved(
        changes: changes, isCopy: parts[1] == "copy", path: String(decoding: path, as: UTF8.self),
        problem: problem.isEmpty ? nil : String(decoding: problem, as: UTF8.self))
    case "reloaded":
      guard let bytes = bytes(0) else { return nil }
      self = .reloaded(bytes)
    case "changed":
      guard let bytes = bytes(0) else { return nil }
      self = .changed(bytes)
    case "live":
      guard parts.count == 4, let cell = number(0), let run = number(1), let step = number(2) else {
        return nil
      }
      self = .live(number: cell, run: run, step: step, isPaused: parts[3] == "paused")
    case "steered":
      let fields = rest.split(separator: " ", maxSplits: 3)
      guard fields.count == 4, let cell = number(0), let run = number(1),
        (0..<10_000).contains(run),
        let step = number(2), let kind = SteeringEvent.Kind(line: fields[3])
      else { return nil }
      self = .steered(number: cell, run: run, SteeringEvent(step: step, kind))
    default: return nil
    }
  }
}

/// A key as words of a line.
private enum RecordedKey {
  static func text(_ key: Key) -> String {
    func coded(_ text: String) -> String { Base64.text(Array(text.utf8)) }
    switch key {
    case .character(let c) where c != " " && c.isASCII: return "type \(c)"
    case .character(let c): return "text \(coded(String(c)))"
    case .control(let c): return "control \(c)"
    case .alt(let c): return "alt \(coded(String(c)))"
    case .paste(let text): return "paste =\(coded(text))"
    case .click(let column, let row): return "click \(column) \(row)"
    default: return "named \(KeyScript.name(of: key) ?? "other")"
    }
  }

  static func key(_ text: Substring) -> Key? {
    let words = text.split(separator: " ", maxSplits: 1)
    guard words.count == 2 else { return nil }
    let rest = words[1]
    func decoded(_ text: Substring) -> String? {
      if text.isEmpty { return "" }
      return Base64.bytes(text).map { String(decoding: $0, as: UTF8.self) }
    }
    switch words[0] {
    case "type": return rest.count == 1 ? .character(rest[rest.startIndex]) : nil
    case "text":
      return decoded(rest).flatMap { $0.count == 1 ? $0.first.map { .character($0) } : nil }
    case "control": return rest.count == 1 ? .control(rest[rest.startIndex]) : nil
    case "alt": return decoded(rest).flatMap { $0.count == 1 ? $0.first.map { .alt($0) } : nil }
    case "paste": return rest.hasPrefix("=") ? decoded(rest.dropFirst()).map { .paste($0) } : nil
    case "click":
      let place = rest.split(separator: " ").compactMap { Int($0) }
      return place.count == 2 ? .click(column: place[0], row: place[1]) : nil
    case "named": return rest == "other" ? .other : KeyScript.key(named: String(rest))
    default: return nil
    }
  }
}

import Files
import Terminal
import Training

/// Events as lines of text.
extension Recording.Event {
  var text: String {
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
    case .live(let number, let run, let step, let course):
      return "live \(number) \(run) \(step) \(course.rawValue)"
    case .progress(let number, let run, let step): return "progress \(number) \(run) \(step)"
    case .found(let found): return found.recorded
    case .unkept(let why): return "unkept =\(coded(why))"
    case .steered(let number, let run, let event):
      return "steered \(number) \(run) \(event.step) \(event.kind.line)"
    }
  }

  init?(_ text: Substring) {
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
      guard parts.count == 4, let cell = number(0), let run = number(1), let step = number(2),
        let course = Recording.Course(rawValue: String(parts[3]))
      else { return nil }
      self = .live(number: cell, run: run, step: step, course)
    case "progress":
      guard let cell = number(0), let run = number(1), let step = number(2) else { return nil }
      self = .progress(number: cell, run: run, step: step)
    case "unkept":
      guard let bytes = bytes(0) else { return nil }
      self = .unkept(String(decoding: bytes, as: UTF8.self))
    case "lessons", "board", "review", "nothing", "leave":
      guard let found = Found(String(words[0]), parts) else { return nil }
      self = .found(found)
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

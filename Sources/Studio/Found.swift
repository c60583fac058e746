import Files
import Lessons

/// What a command found outside of the page.
package enum Found: Sendable, Equatable {
  /// The lessons, and which of them is chosen.
  case lessons([LessonLine], at: Int)
  case scoreboard([String])
  /// Questions that come back today: the texts of their lessons, and what is known of those.
  case review(lessons: [[UInt8]], progress: String, today: Int)
  /// Why there is nothing to show.
  case nothing(String)
  /// The page ends for another.
  case leave(Effect.Destination)
}

extension StudioState {
  /// Shows what was found. What is answered to questions that come back is kept with `learner`.
  mutating func take(_ found: Found, keptWith learner: LearnerFolder?) -> [Effect] {
    switch found {
    case .lessons(let lines, let at):
      shelf = lines
      mode = .panel(.lessons, choice: at)
    case .scoreboard(let lines):
      mode = .pager(
        Pager(
          title: "what was reached: ✓ goal reached, · begun",
          lines: lines.isEmpty ? ["no lesson was begun yet"] : lines))
    case .review(let texts, let known, let today):
      let progress = (try? Progress(parsing: Array(known.utf8))) ?? Progress()
      guard let sitting = ReviewSitting(LessonShelf(texts: texts), progress, learner, today: today)
      else {
        message = "nothing comes back today"
        break
      }
      mode = .review(sitting)
    case .nothing(let why): message = why
    case .leave(let destination): return leave(for: destination)
    }
    return []
  }
}

// As a line of a recording.
extension Found {
  var recorded: String {
    func coded(_ bytes: [UInt8]) -> String { " =" + Base64.text(bytes) }
    func coded(_ text: String) -> String { coded(Array(text.utf8)) }
    switch self {
    case .lessons(let lines, let at):
      return "lessons \(at)"
        + lines.map { coded(([$0.name] + $0.columns).joined(separator: "\n")) }.joined()
    case .scoreboard(let lines): return "board -" + lines.map { coded($0) }.joined()
    case .review(let lessons, let progress, let today):
      return "review \(today)" + coded(progress) + lessons.map { coded($0) }.joined()
    case .nothing(let why): return "nothing -" + coded(why)
    case .leave(.file(let path)): return "leave file" + coded(path)
    case .leave(.lesson(let name)): return "leave lesson" + coded(name)
    case .leave(.map): return "leave map"
    }
  }

  init?(_ word: String, _ parts: [Substring]) {
    guard let first = parts.first else { return nil }
    var rest: [[UInt8]] = []
    for part in parts.dropFirst() {
      guard part.hasPrefix("="),
        let bytes = part.count == 1 ? [] : Base64.bytes(part.dropFirst())
      else { return nil }
      rest.append(bytes)
    }
    let texts = rest.map { String(decoding: $0, as: UTF8.self) }
    switch (word, texts.count) {
    case ("lessons", _):
      guard let at = Int(first), at >= 0, at == 0 || at < texts.count else { return nil }
      let lines = texts.map {
        $0.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
      }
      self = .lessons(
        lines.map { LessonLine(name: $0[0], columns: Array($0.dropFirst())) }, at: at)
    case ("board", _): self = .scoreboard(texts)
    case ("review", 1...):
      guard let today = Int(first) else { return nil }
      self = .review(lessons: Array(rest.dropFirst()), progress: texts[0], today: today)
    case ("nothing", 1): self = .nothing(texts[0])
    case ("leave", 1) where first == "file": self = .leave(.file(texts[0]))
    case ("leave", 1) where first == "lesson": self = .leave(.lesson(texts[0]))
    case ("leave", 0) where first == "map": self = .leave(.map)
    default: return nil
    }
  }
}

/// Fenced blocks of a text; in those of a lesson what a reader should find alone is folded away.
enum LessonHTML {
  static func block(_ info: String, _ lines: [String]) -> String {
    switch info.split(separator: " ").first {
    case "predict": question(lines)
    case "hint": folded("a hint", lines)
    case "solution": folded("one way to do it", lines)
    case "mistake": folded("a mistake that many make", lines)
    default: shown(lines)
    }
  }

  private static func shown(_ lines: [String]) -> String {
    "<pre>\(MarkdownHTML.escaped(lines.joined(separator: "\n")))</pre>\n"
  }

  private static func folded(_ summary: String, _ lines: [String]) -> String {
    "<details><summary>\(summary)</summary>\n\(shown(lines))</details>\n"
  }

  /// The question with its choices; which one is right is folded, and all of them where they stand in
  /// the order that is asked for, or are numbers.
  private static func question(_ lines: [String]) -> String {
    let answers = lines.firstIndex { $0.hasPrefix("- ") } ?? lines.count
    let asked = lines[..<answers].filter {
      !["order", "curve"].contains($0) && !$0.hasPrefix("number ")
    }
    guard answers < lines.count else { return shown(asked) }
    let isOpen = asked.count == answers || lines[..<answers].contains("curve")
    let choices = lines[answers...].filter { $0.hasPrefix("- ") }.map { line in
      line.firstRange(of: " ::").map { String(line[..<$0.lowerBound]) } ?? line
    }
    return shown(asked + (isOpen ? choices : [])) + folded("the answer", Array(lines[answers...]))
  }
}

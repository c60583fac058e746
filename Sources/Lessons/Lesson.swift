/// A lesson: a page that asks, lets make, and checks, step by step.
package struct Lesson: Sendable {
  /// One thing after the other, as on the page.
  package enum Step: Sendable {
    /// A piece of text.
    case frame(String, line: Int)
    case cell(Cell)
    /// A question about code that has not run yet.
    case prediction(Question)
    case exercise(Exercise)
    /// A question about why something is as it is.
    case why(Question)
    /// What the lesson wants to reach: a program of checks.
    case goal(String, line: Int)
  }

  package struct Cell: Sendable {
    package let id: String
    package let code: String
    package let flags: [String]
    package let line: Int
    /// Whether it runs without being shown.
    package var isHidden: Bool { flags.contains("hidden") || flags.contains("setup") }
  }

  package struct Exercise: Sendable {
    package let id: String
    package let starter: String
    package let line: Int
    package internal(set) var check = ""
    package internal(set) var mistakes: [Mistake] = []
    package internal(set) var hints: [String] = []
    package internal(set) var solution = ""
    /// Lines on which its check and solution begin.
    package internal(set) var checkLine = 0
    package internal(set) var solutionLine = 0
  }

  /// A likely wrong answer: the condition that tells it, and the reply.
  package struct Mistake: Sendable {
    package let condition: String
    package let reply: String
    /// A wrong answer that must be met by this reply; empty when none is given.
    package let example: String
    package let line: Int

    /// Whether a text is the reply, with any values in place of what stands between `{` and `}`.
    func isReply(_ text: String) -> Bool {
      let parts = reply.split(separator: "{", omittingEmptySubsequences: false).enumerated().map {
        $0 == 0 ? $1 : $1.drop { $0 != "}" }.dropFirst()
      }
      guard parts.count > 1 else { return text == reply }
      var rest = text[...]
      for part in parts {
        guard let at = part.isEmpty ? rest.startIndex..<rest.startIndex : rest.firstRange(of: part)
        else { return false }
        rest = rest[at.upperBound...]
      }
      return text.hasPrefix(parts[0])
    }
  }

  package internal(set) var number = 0
  package internal(set) var id = ""
  package internal(set) var title = ""
  package internal(set) var needs: [String] = []
  package internal(set) var data: [String] = []
  package internal(set) var minutes = 0
  package internal(set) var goal = ""
  package internal(set) var seed: UInt64 = 0
  package internal(set) var steps: [Step] = []
  /// What is wrong with the file, each with its line.
  package internal(set) var problems: [(line: Int, message: String)] = []

  package var exercises: [Exercise] {
    steps.compactMap { if case .exercise(let exercise) = $0 { exercise } else { nil } }
  }
  package var questions: [Question] {
    steps.compactMap {
      switch $0 {
      case .prediction(let question), .why(let question): question
      default: nil
      }
    }
  }
  package var goalCheck: (code: String, line: Int)? {
    steps.lazy.compactMap { if case .goal(let code, let line) = $0 { (code, line) } else { nil } }
      .first
  }
}

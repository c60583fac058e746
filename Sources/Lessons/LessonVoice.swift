import Language

// What the dialogue of a lesson says, and how.
extension LessonDialogue {
  /// How the dialogue speaks and listens.
  package struct Voice {
    package let say: (String) -> Void
    package let show: ([OutputItem]) -> Void
    /// A line of the learner; nil when there are no more.
    package let ask: (_ prompt: String) -> String?
    /// Columns that a line of prose may take.
    let width: Int

    package init(
      width: Int = 80, say: @escaping (String) -> Void, show: @escaping ([OutputItem]) -> Void,
      ask: @escaping (_ prompt: String) -> String?
    ) {
      (self.say, self.show, self.ask, self.width) = (say, show, ask, width)
    }

    /// Says prose in lines that fit.
    func tell(_ text: String) {
      say(Prose.wrapped(text, width: width).joined(separator: "\n"))
    }
  }

  /// Says a question and its choices.
  static func pose(_ question: Question, _ voice: Voice) {
    voice.tell(question.heading)
    if question.place == .prediction { voice.say(indented(question.body)) }
    for (at, choice) in question.shown.enumerated() {
      let text = "  \(at + 1)  " + question.drawn(question.choices[choice])
      for line in Prose.broken(text, width: voice.width, indent: 5) { voice.say(line) }
    }
  }

  static func indented(_ text: String) -> String {
    text.split(separator: "\n", omittingEmptySubsequences: false).map { "    " + $0 }
      .joined(separator: "\n")
  }

  static let help = """
    :hint gives the next hint, :solution shows one way, :skip goes on, :reset shows the cell again,
    :try PROGRAM runs something without handing it in, :quit leaves; what is done is kept.
    """
}

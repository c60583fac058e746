import Language

extension Lesson.Exercise {
  /// Names that its check, its solution and the conditions of mistakes read.
  package var readsOfCheck: [String] {
    let codes = [check, solution] + mistakes.map(\.condition)
    var known: Set<String> = []
    return codes.flatMap { CellNames(of: $0).reads }.filter { known.insert($0).inserted }
  }
}

/// An answer that ran without a mistake, and what its exercise says of it.
package struct AnswerCheck: Sendable {
  private let exercise: Lesson.Exercise
  private let source: String
  private let before: Names
  private let after: Names
  private let value: Value

  /// What a check has seen; no fault when the answer is right.
  package struct Finding: Sendable {
    package var fault: String?
    /// Conditions and replies of mistakes that could not be worked out.
    var brokenParts: [String] = []
    /// Whether the reply that was given could not be worked out.
    var isReplyBroken = false
  }

  /// Seconds of its own work that an answer, and that a check may take.
  package static let answerLimit = 60.0
  private static let checkLimit = 10.0

  static func tooLate(_ excess: Allowance.Excess) -> String {
    switch excess {
    case .work:
      "it did not end within \(Int(answerLimit)) seconds of work, so it was stopped"
    case .rest:
      "it did nothing for \(Int(answerLimit)) seconds, so it was stopped: what does it wait for?"
    }
  }

  /// `value` is what the answer shows, else what it binds last.
  package init(
    _ exercise: Lesson.Exercise, source: String, before: Names, after: Names, value: Value
  ) {
    (self.exercise, self.source) = (exercise, source)
    (self.before, self.after, self.value) = (before, after, value)
  }

  /// What to say of an answer that cannot be run yet; nil when it can.
  package static func isMissing(in source: String) -> String? {
    if source.allSatisfy(\.isWhitespace) { return "type your answer first" }
    return CellNames(of: source).reads.contains("___")
      ? "fill in the blank: `___` stands for your part" : nil
  }

  package func finding(_ evaluation: LessonEvaluation) -> Finding {
    var world = after
    world["answer"] = value
    world["source"] = .text(source)
    let check = CellNames(of: exercise.check)
    let conditions = exercise.mistakes.map { CellNames(of: $0.condition) }
    if ([check] + conditions).contains(where: { $0.reads.contains("solution") }) {
      world["solution"] =
        evaluation.evaluate(
          exercise.solution, in: before, id: exercise.id, limit: Self.answerLimit
        ).value
    }
    let verdict = self.evaluate(exercise.check, in: world, evaluation)
    guard verdict.error != nil || verdict.value.isFalse else { return Finding() }
    var finding = Finding()
    // Names that the check makes are there for those who ask for them.
    if conditions.contains(where: { $0.reads.contains(where: check.binds.contains) })
      || exercise.mistakes.contains(where: { $0.reply.contains("{") })
    {
      world = namesOfCheck(in: world, evaluation)
    }
    for mistake in exercise.mistakes {
      let found = self.evaluate(mistake.condition, in: world, evaluation)
      if let error = found.error {
        finding.brokenParts.append("the condition `\(mistake.condition)`: \(error.message)")
      } else if case .boolean(true) = found.value {
        finding.fault = reply(of: mistake, in: world, evaluation, &finding)
        return finding
      }
    }
    finding.fault = Self.missing(
      verdict.error, value: verdict.value, code: exercise.check, names: world,
      excess: verdict.excess, otherwise: "this is not it yet")
    return finding
  }

  private func evaluate(
    _ code: String, in names: Names, _ evaluation: LessonEvaluation
  ) -> LessonRun.Outcome {
    evaluation.evaluate(code, in: names, id: exercise.id, limit: Self.checkLimit, judged: source)
  }

  /// The names behind as many lines of the check as run: what fails binds nothing.
  private func namesOfCheck(in world: Names, _ evaluation: LessonEvaluation) -> Names {
    let lines = exercise.check.split(separator: "\n", omittingEmptySubsequences: false)
    for count in lines.indices.dropFirst().reversed() {
      let begin = evaluate(lines[..<count].joined(separator: "\n"), in: world, evaluation)
      if begin.error == nil { return begin.names }
      if begin.excess != nil { break }
    }
    return world
  }

  /// The reply to a mistake with the values of what stands between `{` and `}`.
  private func reply(
    of mistake: Lesson.Mistake, in world: Names, _ evaluation: LessonEvaluation,
    _ finding: inout Finding
  ) -> String {
    guard mistake.reply.contains("{") else { return mistake.reply }
    let told = evaluate(Self.literal(mistake.reply), in: world, evaluation)
    if case .text(let text) = told.value { return text }
    finding.isReplyBroken = true
    finding.brokenParts.append(
      "the reply `\(mistake.reply)`: \(told.error?.message ?? "it is no text")")
    return mistake.reply
  }

  /// A text of the language that holds this one; what stands between `{` and `}` is left as it is.
  private static func literal(_ text: String) -> String {
    var result = "\""
    var depth = 0
    for character in text {
      if character == "{" { depth += 1 }
      if depth > 0 {
        result.append(character)
      } else {
        switch character {
        case "\"", "\\": result += "\\" + String(character)
        case "\n": result += "\\n"
        default: result.append(character)
        }
      }
      if character == "}" { depth = max(0, depth - 1) }
    }
    return result + "\""
  }

  /// What is missing for the goal of a lesson; nil when it is reached.
  package static func missingForGoal(
    _ code: String, _ names: Names, _ evaluation: LessonEvaluation
  ) -> String? {
    let outcome = evaluation.evaluate(code, in: names, id: "goal", limit: answerLimit)
    return missing(
      outcome.error, value: outcome.value, code: code, names: names, excess: outcome.excess,
      otherwise: "the goal is not reached yet")
  }

  /// What is missing when a check has ended like this, for a learner who did not write it; nil when
  /// nothing is.
  private static func missing(
    _ error: LanguageError?, value: Value, code: String, names: Names, excess: Allowance.Excess?,
    otherwise: String
  ) -> String? {
    guard let error else { return value.isFalse ? otherwise : nil }
    switch error.code {
    case "user": return error.message
    case "interrupted":
      switch excess {
      case .work?:
        return
          "the check did not end within \(Int(checkLimit)) seconds of work: is your answer very slow?"
      case .rest?:
        return "the check waited for \(Int(checkLimit)) seconds: is there a run that never ends?"
      case nil: break
      }
    case "name":
      let missing = CellNames(of: code).reads.filter { names[$0] == nil }
      if let name = missing.first(where: { error.message.contains("`\($0)`") }) {
        return "nothing is called `\(name)` yet: the exercise asks you to make it"
      }
    default: break
    }
    return "your answer could not be used as the check does: " + error.message
  }
}

extension Value {
  fileprivate var isFalse: Bool { if case .boolean(false) = self { true } else { false } }
}

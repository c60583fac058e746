/// A change of a program: other text at one place.
package struct Repair: Sendable, Equatable {
  package let span: SourceSpan
  package let text: String

  init(_ span: SourceSpan, _ text: String) {
    self.span = span
    self.text = text
  }

  /// Mistakes that another name mends.
  fileprivate static let ofNames: Set<String> = ["habit", "name", "field"]

  /// Where the new text stands once it is written.
  package var place: SourceSpan { SourceSpan(span.start, span.start + text.utf8.count) }

  /// The program with the change.
  package func applied(to source: String) -> String {
    var bytes = Array(source.utf8)
    guard span.start <= span.end, span.end <= bytes.count else { return source }
    bytes.replaceSubrange(span.start..<span.end, with: Array(text.utf8))
    return String(decoding: bytes, as: UTF8.self)
  }

  /// The changed line, as it would read.
  func line(in source: String) -> String {
    let changed = Array(applied(to: source).utf8)
    let at = min(span.start, changed.count)
    let start = (changed[..<at].lastIndex(of: 10) ?? -1) + 1
    let end = changed[at...].firstIndex(of: 10) ?? changed.count
    let line = String(decoding: changed[start..<end], as: UTF8.self).drop { $0 == " " }
    if line.count <= 100 { return String(line) }
    // Of a long line only the change and what stands around it.
    let column = String(decoding: changed[start..<at], as: UTF8.self).count
    return "… " + String(line.dropFirst(max(0, column - 30)).prefix(96)) + " …"
  }
}

extension Interpreter {
  /// The first change that could be meant and that, when tried, makes the program run.
  func repair(of error: LanguageError, in source: String, _ names: Names) -> Repair? {
    guard let rule = outlineRule, let span = error.span, source.utf8.count < 1 << 14 else {
      return nil
    }
    let trials = Trials(self, names, rule)
    let isSeen = trials.reading(of: source).mistake?.message == error.message
    // Other values must be seen to fit; where signs or names were wrong, the change says it all.
    let isOfValues = !Repair.ofNames.contains(error.code) && (try? Parser.program(source)) != nil
    let all = RepairCandidates(error, span, source).all
    for candidate in all.prefix(12) {
      let changed = candidate.applied(to: source)
      if changed == source { continue }
      let reading = trials.reading(of: changed, watching: isOfValues ? candidate.place : nil)
      if reading.mistake != nil { continue }
      if isSeen, !isOfValues || reading.isKnown { return candidate }
      if trials.runs(changed) { return candidate }
    }
    return nil
  }
}

/// Programs tried without leaving anything behind.
private struct Trials {
  let interpreter: Interpreter
  let names: Names
  let rule: OutlineRule

  init(_ interpreter: Interpreter, _ names: Names, _ rule: @escaping OutlineRule) {
    (self.interpreter, self.names, self.rule) = (interpreter, names, rule)
  }

  /// What is wrong with a program as far as shapes tell, and whether they tell what stands at a place
  /// and what is made of it.
  func reading(of source: String, watching place: SourceSpan? = nil)
    -> (mistake: LanguageError?, isKnown: Bool)
  {
    let around = place.flatMap { place in
      (try? Parser.program(source)).map { SyntaxPath(to: place, in: $0).expressions.suffix(2) }
    }
    let trial = Trial(rule: rule, steps: 4000, watched: (around ?? []).map(\.span))
    let readings = interpreter.shapes(of: source, in: names, trial)
    return (readings.lazy.compactMap(\.diagnosis).first, trial.knowsWatched == true)
  }

  /// Words that start, wait, or reach outside: a program with them is not run to try it.
  private static let outside: Set<String> = [
    "train", "spawn", "await", "load", "save", "load_into", "import", "time", "runs", "peek",
    "set", "pause", "resume", "stop",
  ]

  /// Whether a program that shapes say nothing against runs to its end, in a few steps.
  func runs(_ source: String) -> Bool {
    guard Trials.outside.isDisjoint(with: CellNames(of: source).reads) else { return false }
    let context = EvaluationContext(
      stream: interpreter.context.stream, interruption: interpreter.context.interruption,
      folder: interpreter.context.folder)
    context.steps = 20_000
    let other = interpreter.forAnotherThread(context)
    other.outlineRule = nil
    return (try? other.evaluate(source, in: names, context)) != nil
  }
}

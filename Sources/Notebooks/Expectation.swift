import Language
import Library

/// A block of expressions that have to be true after their cell.
package struct Expectation: Sendable {
  package let id: String
  package let line: Int
  /// What does not hold; nil when all of it does.
  package let problem: String?

  init(
    of id: String, _ segment: Notebook.Segment, in names: Names, _ interpreter: Interpreter,
    _ context: EvaluationContext
  ) {
    self.id = id
    line = segment.line
    let outcome = CellEvaluation.run(segment.body, in: names, context, interpreter)
    problem = outcome.error ?? Expectation.firstUntrue(context.output, segment.body)
  }

  private static func firstUntrue(_ output: [OutputItem], _ source: String) -> String? {
    let values = output.compactMap { if case .value(let value) = $0 { value } else { nil } }
    guard !values.isEmpty else { return "it says nothing that is true or false" }
    guard let at = values.firstIndex(where: { !isTrue($0) }) else { return nil }
    let lines = source.split(whereSeparator: \.isNewline).filter { line in
      !line.allSatisfy(\.isWhitespace) && !line.hasPrefix("#")
    }
    let text = lines.count == values.count ? "`\(lines[at])`" : "number \(at + 1)"
    return "\(text) gives \(values[at].text(width: 60)), not true"
  }

  private static func isTrue(_ value: Value) -> Bool {
    switch value {
    case .boolean(let flag): flag
    case .tensor(let x):
      x.value.dtype == .bool && x.value.array(of: Double.self).allSatisfy { $0 != 0 }
    case .none, .integer, .number, .text, .parameter, .list, .record, .range, .function, .builtin,
      .object:
      false
    }
  }
}

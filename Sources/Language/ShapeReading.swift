import Tensors

/// What is known of a top-level expression or binding before it runs.
package struct ShapeReading: Sendable {
  package let span: SourceSpan
  /// The names it binds; none for an expression.
  package let names: [String]
  /// Kind and shape, such as `f32 [32, 10]`; `value` when only running can tell.
  package let text: String
  /// The mistake that running it is certain to make.
  package let diagnosis: LanguageError?
}

extension Interpreter {
  /// Tries a program on shapes alone: nothing is trained, read, drawn at random or changed.
  ///
  /// Each top-level statement gets its kind and shape, or its mistake. A statement behind a mistake is
  /// still tried, with what the mistaken one binds unknown.
  package func shapes(of source: String, in names: Names, rule: @escaping OutlineRule)
    -> [ShapeReading]
  {
    shapes(of: source, in: names, Trial(rule: rule, steps: 4000))
  }

  func shapes(of source: String, in names: Names, _ trial: Trial) -> [ShapeReading] {
    let program: [Syntax.Statement]
    do { program = try Parser.program(source) } catch {
      return [
        ShapeReading(
          span: error.span ?? SourceSpan(0, 0), names: [], text: "value", diagnosis: error)
      ]
    }
    var stream = RandomStream(seed: 0)
    stream.isBlank = true
    let context = EvaluationContext(
      stream: stream, interruption: context.interruption, folder: context.folder)
    let other = forAnotherThread(context)
    other.adopt(names)
    other.source = Array(source.utf8)
    other.trial = trial
    other.markStack()
    return program.map { other.reading(of: $0) }
  }

  /// What a layer or a function makes of a value of which only the shape is known; `anything` where
  /// only running can tell, nil when it does not take such values.
  package func outline(of f: Value, given: Value, rule: @escaping OutlineRule) -> Outline? {
    var stream = RandomStream(seed: 0)
    stream.isBlank = true
    let other = forAnotherThread(
      EvaluationContext(
        stream: stream, interruption: context.interruption, folder: context.folder))
    other.trial = Trial(rule: rule, steps: 1000)
    other.stackTop = stackTop
    do { return try other.apply(f, [given]).outlined ?? Outline(.anything) } catch {
      let isRefused = (error as? LanguageError).map {
        !["interrupted", "recursion", "memory"].contains($0.code)
      }
      return isRefused ?? (error is any Diagnosable) ? nil : Outline(.anything)
    }
  }

  private func reading(of statement: Syntax.Statement) -> ShapeReading {
    var collected = NameCollector()
    collected.visit([statement])
    var bound = collected.binds
    if case .value = statement.kind { bound = [] }
    func reading(_ text: String, _ error: LanguageError? = nil) -> ShapeReading {
      ShapeReading(span: statement.span, names: bound, text: text, diagnosis: error)
    }
    do {
      let value = try located(statement.span) { try run(statement, nil) }
      if case .value = statement.kind {
        globals["ans"] = value
        return reading(value.shapeText)
      }
      // What a loop or an attempt leaves unbound is no part of it.
      bound = bound.filter { globals[$0] != nil }
      return reading(bound.compactMap { globals[$0]?.shapeText }.joined(separator: ", "))
    } catch {
      for name in collected.binds { globals[name] = Outline.anything }
      globals["ans"] = Outline.anything
      if let error = error as? LanguageError, error.code != "interrupted",
        error.code != "recursion",
        error.code != "memory"
      {
        return reading("value", error)
      }
      return reading("value")
    }
  }
}

extension Value {
  /// Kind and shape on one line.
  package var shapeText: String {
    switch self {
    case .tensor(let x), .parameter(let x): return "\(x.dtype.name) \(x.dims)"
    case .record(let record) where !record.fields.isEmpty:
      let fields = record.fields.prefix(8).map { field in
        (field.name.map { $0 + "=" } ?? "") + field.value.shapeText
      }
      return "(" + fields.joined(separator: ", ") + (record.fields.count > 8 ? ", …)" : ")")
    case .list(let items): return "list of \(items.count)"
    case .object(let object) where object is Outline: return object.text(width: 72)
    default: return kindName
    }
  }
}

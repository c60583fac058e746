import Language
import Library
import Tensors

/// What has to hold for every text, whatever stands in it.
package struct ProgramCheck {
  /// Evaluations that a program may take.
  package static let steps = 20_000
  private let names: Names
  private let folder: String

  /// Programs find their files in a folder.
  package init(folder: String = ".") {
    self.folder = folder
    let context = EvaluationContext(stream: RandomStream(seed: 1))
    let result = try? StandardLibrary.interpreter().evaluate(
      ProgramGenerator.prologue, in: Names(), context)
    names = result?.names ?? Names()
  }

  /// What does not hold; none when all is well.
  package func faults(
    of source: String, interruption: Interruption = Interruption()
  ) -> [String] {
    Self.formatFaults(of: source) + Self.treeFaults(of: source) + runFaults(source, interruption)
  }

  /// A tree that is written and read again is the same, and the layout does not change it.
  package static func treeFaults(of source: String) -> [String] {
    guard let once = try? SyntaxText.of(source) else { return [] }
    do {
      let twice = try SyntaxText.of(once)
      if once != twice { return ["written and read, \(once)\nis \(twice)"] }
    } catch {
      // With all its parentheses it may be nested deeper than is allowed.
      return error.code == "nesting" ? [] : ["written, it is no program any more: \(once)"]
    }
    guard let formatted = try? SourceFormat.formatted(source), !source.hasPrefix("?") else {
      return []
    }
    if (try? SyntaxText.of(formatted)) != once {
      return ["the layout changes the tree of \(source)"]
    }
    return []
  }

  /// Formatting is done at once, and changes nothing that counts.
  package static func formatFaults(of source: String) -> [String] {
    guard let once = try? SourceFormat.formatted(source) else { return [] }
    guard let twice = try? SourceFormat.formatted(once) else {
      return ["formatted, it is no program any more: \(once)"]
    }
    if once != twice { return ["formatting is not done at once: \(once)\n--\n\(twice)"] }
    if normalisedSource(once) != normalisedSource(source) { return ["formatting changes \(once)"] }
    return []
  }

  /// Statements run one after the other, and agree with what was told of them before.
  private func runFaults(_ source: String, _ interruption: Interruption) -> [String] {
    let interpreter = StandardLibrary.interpreter()
    // Repairs run a program many times; a few are enough.
    if source.utf8.count % 16 != 0 { interpreter.outlineRule = nil }
    let context = EvaluationContext(
      stream: RandomStream(seed: 1), interruption: interruption, folder: folder)
    context.steps = Self.steps
    defer { for case let run as Run in context.started { run.job.stop() } }
    let readings = StandardLibrary.shapes(of: source, in: names)
    let bytes = Array(source.utf8)
    var before = names
    for reading in readings {
      guard reading.span.start <= reading.span.end, reading.span.end <= bytes.count else {
        return ["a place lies outside: \(reading.span)"]
      }
      // What cannot be read is one reading of the whole.
      let isWhole = readings.count == 1 && reading.diagnosis != nil
      let text =
        isWhole
        ? source : String(decoding: bytes[reading.span.start..<reading.span.end], as: UTF8.self)
      context.output = []
      do {
        let result = try interpreter.evaluate(text, in: before, context)
        before = result.names
        if let error = reading.diagnosis, !text.hasPrefix("?") {
          return ["\(text)\nruns, but was told: \(error.message)"]
        }
        var values = reading.names.compactMap { before[$0] }
        if reading.names.isEmpty {
          guard case .value(let value)? = context.output.last else { continue }
          values = [value]
        }
        let shown = values.map(\.shapeText).joined(separator: ", ")
        // Names that a branch may bind are not bound for certain.
        let isBound = reading.names.isEmpty || values.count == reading.names.count
        if isBound, values.count < 8, !Self.describes(reading.text, shown) {
          return ["\(text)\nis \(shown), was told to be \(reading.text)"]
        }
        for value in values { _ = value.text() }
      } catch {
        return Self.errorFaults(error, in: text)
          + repairFaults(error, in: text, before, interruption)
      }
    }
    return []
  }

  /// What is offered as a change that works does; what is wrong elsewhere may come to light after it.
  /// Other signs and names are offered where nothing is known against them, which is less.
  private func repairFaults(
    _ error: LanguageError, in source: String, _ names: Names, _ interruption: Interruption
  ) -> [String] {
    guard let repair = error.repair, !["name", "habit", "field"].contains(error.code),
      (try? SyntaxText.of(source)) != nil
    else { return [] }
    let repaired = repair.applied(to: source)
    let interpreter = StandardLibrary.interpreter()
    interpreter.outlineRule = nil
    let context = EvaluationContext(
      stream: RandomStream(seed: 1), interruption: interruption, folder: folder)
    context.steps = Self.steps
    defer { for case let run as Run in context.started { run.job.stop() } }
    do { _ = try interpreter.evaluate(repaired, in: names, context) } catch {
      if ["interrupted", "memory"].contains(error.code) { return [] }
      let place = repair.place
      guard let span = error.span, place.start <= span.start, span.end <= place.end else {
        return []
      }
      return ["\(source)\nwas told to be mended by\n\(repaired)\nwhich fails: \(error.message)"]
    }
    return []
  }

  private static func errorFaults(_ error: LanguageError, in source: String) -> [String] {
    var faults: [String] = []
    if error.code == "internal" || Diagnosis.page(of: error.code) == nil {
      faults.append("the code \(error.code) has no page: \(error.message)")
    }
    if error.message.isEmpty { faults.append("nothing is said") }
    if let span = error.span, span.start > span.end || span.end > source.utf8.count {
      faults.append("the place \(span) lies outside")
    }
    if error.rendered(source: source).isEmpty { faults.append("nothing is shown") }
    if let repair = error.repair, (try? SyntaxText.of(repair.applied(to: source))) == nil {
      faults.append("the repair is no program: \(repair.applied(to: source))")
    }
    return faults
  }

  /// Whether a reading, in which `value` stands for anything, describes a text.
  package static func describes(_ reading: String, _ text: String) -> Bool {
    let parts = reading.split(separator: "value", omittingEmptySubsequences: false)
    guard parts.count > 1 else { return reading == text }
    var rest = Substring(text)
    for (index, part) in parts.enumerated() {
      if index == 0 {
        guard rest.hasPrefix(part) else { return false }
        rest = rest.dropFirst(part.count)
      } else if part.isEmpty {
        continue
      } else {
        guard let range = rest.firstRange(of: part) else { return false }
        rest = rest[range.upperBound...]
      }
    }
    return true
  }
}

/// Every word called with edge values: whatever comes, a result or a diagnosis.
package struct EdgeCalls {
  package static let sources = [
    "none", "true", "false", "0", "1", "-1", "2", "3", "1000000", "9223372036854775807",
    "-9223372036854775807 - 1", "0.5", "-0.0", "1e-300", "1e308", "inf", "-inf", "nan", "\"\"",
    "\"a\"", "\"é\u{202E}\"", "[]", "[1, 2]", "[1.5, -2.0]", "[[1, 2], [3, 4]]", "zeros(0)",
    "zeros(2, 0)", "zeros(1, 1, 1)", "ones(2, 3, 4)", "ones(1, 2, 4, 4)", "[true, false]",
    "[\"a\", \"b\"]", "[nan, inf]", "()", "(1,)", "(a=1, b=[1, 2])",
    "(x=ones(4, 2), y=[0, 1, 0, 1])", "range(3)", "range(0)", "range(1000000000000)", "x => x",
    "sum", "Linear(2, 2)", "SGD(0.1)",
  ]
  private let interpreter: Interpreter
  package let values: [Value]

  package init() {
    interpreter = StandardLibrary.interpreter()
    let maker = StandardLibrary.interpreter()
    values = Self.sources.compactMap { source in
      let context = EvaluationContext(stream: RandomStream(seed: 1))
      _ = try? maker.evaluate(source, in: Names(), context)
      if case .value(let value)? = context.output.last { return value }
      return source == "none" ? Value.none : nil
    }
  }

  /// Words that start threads, wait or go through folders are left to tests of their own.
  package static let words = StandardLibrary.words.filter {
    !["train", "spawn", "datasets", "time", "save", "save_run", "load", "import"].contains(
      $0.entry.name)
  }

  /// Calls a word with values at the given positions of the list; a fault when no page knows its error.
  package func fault(of word: Builtin, _ positions: [Int]) -> String? {
    let context = EvaluationContext(stream: RandomStream(seed: 1))
    context.steps = 10_000
    interpreter.context = context
    interpreter.markStack()
    do {
      let value = try interpreter.apply(.builtin(word), positions.map { values[$0] })
      _ = value.inline
      return nil
    } catch let error as LanguageError {
      return error.code == "internal" || Diagnosis.page(of: error.code) == nil
        ? "\(error.code): \(error.message)" : nil
    } catch let error as any Diagnosable {
      return Diagnosis.page(of: error.code) == nil ? "\(error.code): \(error.message)" : nil
    } catch { return "\(error)" }
  }

  package func text(of word: Builtin, _ positions: [Int]) -> String {
    word.entry.name + "(" + positions.map { Self.sources[$0] }.joined(separator: ", ") + ")"
  }
}

import Autograd
import Tensors
import Vocabulary

/// A mistake that can say itself in one sentence.
package protocol Diagnosable: Error {
  var code: String { get }
  var message: String { get }
  var hint: String? { get }
}

extension TensorError: Diagnosable {
  package var code: String {
    switch self {
    case .cannotMultiply: "shape-mm"
    case .cannotBroadcast: "shape-broadcast"
    case .cannotReshape: "shape-reshape"
    case .shapesDiffer, .maskShape: "shape-equal"
    case .windowTooLarge: "shape-window"
    case .axisOutOfRange: "axis"
    case .overBudget, .sizeOverflow: "memory"
    case .indexOutOfRange, .tooManyIndices: "index"
    case .emptyReduction: "empty"
    case .divisionByZero: "zero"
    case .integerOverflow: "overflow"
    case .wrongKind: "kind"
    case .invalid, .negativeSize: "value"
    }
  }
}

extension AutogradError: Diagnosable {
  package var code: String { "grad" }
}

/// Evaluates programs. One interpreter serves one thread; runs make their own.
package final class Interpreter {
  package let words: Catalog<Builtin>
  /// Definitions in the language itself, by name; parsed when first used.
  let prelude: [String: Definition]
  private var preludeValues: [String: Value] = [:]
  private var constants: [String: Value] = [:]
  /// What `f >> g` means.
  let composer: @Sendable (Value, Value, Interpreter) throws -> Value
  /// The names of the page.
  package internal(set) var globals = Names()
  package var context = EvaluationContext()
  /// The text that is being evaluated.
  var source: [UInt8] = []
  /// What is typed for things that are known by a name but are no words, such as data sets.
  package var meanings: [String: String] = [:]
  /// What words do to shapes alone: what repairs are tried with; nil to suggest none.
  package var outlineRule: OutlineRule?
  /// Set while a program is only tried on shapes.
  var trial: Trial?
  var stackTop: UInt = 0
  /// Evaluations so far, to look at the memory now and then.
  private var turns: UInt32 = 0
  /// Bytes of stack that evaluation may take: less than any thread has.
  package var stackBudget = 5 << 20

  package init(
    words: Catalog<Builtin>, prelude: [String: Definition],
    composer: @escaping @Sendable (Value, Value, Interpreter) throws -> Value
  ) {
    self.words = words
    self.prelude = prelude
    self.composer = composer
  }

  /// An interpreter with the same words and names for another thread.
  package func forAnotherThread(_ context: EvaluationContext) -> Interpreter {
    let other = Interpreter(words: words, prelude: prelude, composer: composer)
    other.globals = globals
    other.context = context
    other.meanings = meanings
    return other
  }

  /// Runs a program in `names`. On an error nothing has changed but what `context` notes.
  package func evaluate(_ source: String, in names: Names, _ context: EvaluationContext)
    throws(LanguageError) -> Evaluation
  {
    if source.first == "?" {
      context.output.append(try help(source, in: names))
      return Evaluation(
        output: context.output, names: names, bound: [], notes: [], started: [], hasReadClock: false
      )
    }
    let program: [Syntax.Statement]
    do { program = try Parser.program(source) } catch { throw repaired(error, source, names) }
    let (oldNames, oldContext) = (globals, self.context)
    defer { (globals, self.context) = (oldNames, oldContext) }
    globals = names
    self.context = context
    self.source = Array(source.utf8)
    markStack()
    var bound = NameCollector()
    bound.visit(program)
    do {
      for statement in program {
        let value = try located(statement.span) {
          try context.interruption.work.during { try run(statement, nil) }
        }
        try checkInterrupted(statement.span)
        if statement.isQuiet { continue }
        // A loop whose body gave nothing shows nothing.
        if case .value(let e) = statement.kind, e.isLoop, case .list(let items) = value,
          items.isEmpty
        {
          continue
        }
        if case .none = value { continue }
        if case .value = statement.kind {
          context.output.append(.value(value))
          globals["ans"] = value
        }
      }
    } catch let flow as Flow {
      throw flow.misplaced
    } catch {
      throw repaired(diagnosed(error, at: nil), source, names)
    }
    return Evaluation(
      output: context.output, names: globals, bound: bound.binds, notes: context.notes,
      started: context.started, hasReadClock: context.hasReadClock)
  }

  /// The error with a change of the program that was tried and makes it run.
  private func repaired(_ error: LanguageError, _ source: String, _ names: Names) -> LanguageError {
    guard trial == nil, error.code != "interrupted" else { return error }
    var told = error
    told.repair = repair(of: error, in: source, names)
    return told
  }

  /// The piece of the program at a place; nil when the place lies elsewhere.
  package func written(_ span: SourceSpan?) -> String? {
    guard let span, span.start < span.end, span.end <= source.count else { return nil }
    return String(validating: source[span.start..<span.end], as: UTF8.self)
  }

  // MARK: Bounds

  /// Remembers where the stack of this thread stands now.
  package func markStack() { stackTop = Interpreter.stackPointer() }

  @inline(never)
  private static func stackPointer() -> UInt {
    var marker: UInt8 = 0
    return withUnsafeMutablePointer(to: &marker) { UInt(bitPattern: $0) }
  }

  func checkInterrupted(_ span: SourceSpan?) throws {
    if context.interruption.isRequested {
      throw LanguageError("interrupted", "interrupted", at: span)
    }
  }

  func checkBounds(_ span: SourceSpan?) throws {
    context.steps -= 1
    if context.steps < 0 {
      throw LanguageError("interrupted", "this took all the steps it was given", at: span)
    }
    try checkInterrupted(span)
    turns &+= 1
    if turns & 1023 == 0 { try located(span) { try MemoryBudget.checkProcess() } }
    if let trial {
      trial.steps -= 1
      if trial.steps < 0 { throw Flow.undetermined }
    }
    if stackTop == 0 { markStack() }
    let here = Interpreter.stackPointer()
    if stackTop > here, stackTop - here > UInt(stackBudget) {
      throw LanguageError(
        "recursion", "functions call each other too deeply", at: span,
        hint: "a loop, or an end to the recursion")
    }
  }

  // MARK: Names

  func lookUp(_ name: String, _ frame: Frame?, at span: SourceSpan?) throws -> Value {
    if let value = find(name, frame) { return value }
    if let foreign = foreignModule(name, at: span) { throw foreign }
    if let foreign = ForeignName.byName[name] { throw foreign.unknown(at: span) }
    if name == "help" { throw helpAsked(at: span) }
    if let meant = meanings[name] {
      throw LanguageError("name", "nothing is called `\(name)`", at: span, hint: meant)
    }
    var known = globals.order + prelude.keys.sorted() + words.names
    if let frame { known = frame.locals.keys.sorted() + frame.captured.keys.sorted() + known }
    throw LanguageError(
      "name", "nothing is called `\(name)`", at: span,
      hint: Suggestion.nearest(to: name, among: known))
  }

  func find(_ name: String, _ frame: Frame?) -> Value? {
    if let frame {
      if let value = frame.locals[name] ?? frame.captured[name] { return value }
      if let own = frame.function {
        if own.syntax.name == name, own.home != .page || globals[name] == nil {
          return .function(own)
        }
        if own.home == .library { return word(name) }
        if case .file(let file) = own.home { return file[name] ?? word(name) }
      }
    }
    return globals[name] ?? word(name)
  }

  /// What a name means as long as the page does not use it otherwise.
  private func word(_ name: String) -> Value? {
    if let value = preludeValues[name] { return value }
    if let definition = prelude[name] { return load(name, definition.source) }
    if let word = words[name] { return .builtin(word) }
    switch name {
    case "pi": return .number(.pi)
    case "inf": return .number(.infinity)
    case "nan": return .number(.nan)
    case "f32", "f64", "i64", "bool": return .text(name)
    default: return nil
    }
  }

  private func load(_ name: String, _ source: String) -> Value? {
    guard let program = try? Parser.program(source), let first = program.first,
      case .define(_, let syntax) = first.kind
    else { preconditionFailure("the prelude's \(name) is not a definition") }
    let value = Value.function(Function(syntax, captured: [], home: .library))
    preludeValues[name] = value
    return value
  }

  /// The value of a default in an entry, such as `(0.9, 0.999)`.
  func constant(_ source: String) throws -> Value {
    if let known = constants[source] { return known }
    let value = try eval(Parser.embedded(source, offset: 0, nesting: 0), nil)
    constants[source] = value
    return value
  }

  // MARK: Errors

  /// Gives an error a place and a sentence.
  func diagnosed(_ error: any Error, at span: SourceSpan?) -> LanguageError {
    // What was stopped half way may complain of anything.
    if context.interruption.isRequested {
      return LanguageError("interrupted", "interrupted", at: span)
    }
    switch error {
    case var known as LanguageError:
      if known.span == nil { known.span = span }
      return known
    case let known as any Diagnosable:
      return LanguageError(known.code, known.message, at: span, hint: known.hint)
    default: return LanguageError("internal", "\(error)", at: span)
    }
  }

  /// Runs something that may fail on the user's values; its error gets a place.
  func located<R>(_ span: SourceSpan?, _ body: () throws -> R) throws -> R {
    do { return try body() } catch let flow as Flow { throw flow } catch {
      throw diagnosed(error, at: span)
    }
  }
}

/// How a block ends early.
package enum Flow: Error {
  case leave(SourceSpan)
  case next(SourceSpan)
  case result(Value, SourceSpan)
  /// Only running can tell: a trial on shapes ends here.
  case undetermined

  package var misplaced: LanguageError {
    switch self {
    case .leave(let span): LanguageError("flow", "break stands outside a loop", at: span)
    case .next(let span): LanguageError("flow", "continue stands outside a loop", at: span)
    case .undetermined: LanguageError("internal", "this needs to run")
    case .result(_, let span): LanguageError("flow", "return stands outside a function", at: span)
    }
  }
}

/// The names of one call.
final class Frame {
  var locals: [String: Value]
  let captured: [String: Value]
  let function: Function?

  init(locals: [String: Value], captured: [String: Value], function: Function?) {
    self.locals = locals
    self.captured = captured
    self.function = function
  }
}

extension Interpreter {
  /// Takes over the names of a page.
  package func adopt(_ names: Names) { globals = names }
}

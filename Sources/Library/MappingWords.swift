import Autograd
import Language
import Tensors
import Training
import Vocabulary

extension StandardLibrary {
  private static let xs = Argument("xs", .list, "A list, tensor, range or record.")
  private static func entry(
    _ name: String, _ family: String, _ arguments: [Argument], _ summary: String,
    _ example: Example, details: String = ""
  ) -> Entry {
    Entry(
      name, family: family, arguments, summary: summary, details: details, examples: [example])
  }

  /// The element of a list where a function is best.
  private static func extreme(
    _ name: String, _ summary: String, _ example: Example,
    _ isBetter: @escaping @Sendable (Double, Double) -> Bool
  ) -> Builtin {
    Builtin(
      entry(
        name, "Lists and text", [xs, Argument("f", .function, "A number for an element.")], summary,
        example)
    ) { call, interpreter in
      var best: (value: Value, key: Double)?
      for element in try call.elements("xs", interpreter) {
        let result = try interpreter.apply(call["f"], [element])
        guard let key = result.asNumber else {
          throw call.error("the function should return a number", at: "f")
        }
        if best.map({ isBetter(key, $0.key) }) ?? true { best = (element, key) }
      }
      guard let best else { throw call.error("there are no elements", at: "xs") }
      return best.value
    }
  }

  static let mappingWords: [Builtin] = [
    Builtin(
      entry(
        "vmap", "Gradients",
        [
          Argument("f", .function, "Of one example."),
          Argument("axis", .integer, "The axis that counts examples.", default: "0"),
        ], "The function that does with every example of a batch what f does with one.",
        Example("vmap(x => sum(x^2))([[1, 2], [3, 4]])", prints: "[5, 25]"))
    ) { call, _ in
      let axis = try call.integer("axis")
      return derived("vmap", of: try call.function("f")) { f, arguments, interpreter in
        let inputs = try arguments.map { value in
          guard let x = value.variable, x.rank > 0 else {
            throw LanguageError(
              "kind", "a function made by vmap takes tensors, this is \(value.withArticle)",
              details: [value.brief])
          }
          return try x.moved(from: x.shape.axis(axis), to: 0)
        }
        guard let count = inputs.first?.dims[0], inputs.allSatisfy({ $0.dims[0] == count }) else {
          throw LanguageError(
            "shape-equal", "vmap: the arguments have different numbers of examples",
            details: inputs.map { "\($0.dims)" })
        }
        let results = try (0..<count).map { i in
          try interpreter.apply(f, inputs.map { try Value($0.indexed([.index(i)])) })
        }
        return try gatheredTrees(results, interpreter)
      }
    },
    Builtin(
      entry(
        "chunk", "Shape",
        [
          Argument("x", .tensor, "Any shape."), Argument("n", .integer, "How many pieces."),
          Argument("axis", .integer, "The axis that is cut.", default: "-1"),
        ], "Equal pieces along an axis, as a list.",
        Example("chunk([1, 2, 3, 4], 2)", prints: "[[1, 2], [3, 4]]"))
    ) { call, _ in
      let x = try call.variable("x")
      let axis = try x.shape.axis(call.integer("axis"))
      let n = try call.integer("n")
      guard n > 0, x.dims[axis] % n == 0 else {
        throw call.error("an axis of \(x.dims[axis]) does not split into \(n) pieces", at: "n")
      }
      try MemoryBudget.check([n], bytes: 256)
      let size = x.dims[axis] / n
      let before = [IndexItem](repeating: .range(nil, nil, 1), count: axis)
      return .list(
        try (0..<n).map { i in
          .tensor(try x.indexed(before + [.range(i * size, (i + 1) * size, 1)]))
        })
    },
    extreme(
      "min_by", "The element for which a function is smallest.",
      Example("min_by([-3, 1, 2], x => x^2)", prints: "1")
    ) { $0 < $1 },
    extreme(
      "max_by", "The element for which a function is largest.",
      Example("max_by([\"a\", \"abc\"], len)", prints: "abc")
    ) { $0 > $1 },
    Builtin(
      entry(
        "replace", "Lists and text",
        [
          Argument("s", .text, "A text."), Argument("a", .text, "What is looked for."),
          Argument("b", .text, "What takes its place."),
        ], "A text with every a replaced by b.",
        Example("replace(\"abab\", \"b\", \"c\")", prints: "acac"))
    ) { call, _ in
      let a = try call.text("a")
      guard !a.isEmpty else { throw call.error("there is nothing to look for", at: "a") }
      let (s, b) = (try call.text("s"), try call.text("b"))
      let (most, overflow) = (s.utf8.count / a.utf8.count).multipliedReportingOverflow(
        by: b.utf8.count)
      try Value.checkText(overflow ? .max : most.addingReportingOverflow(s.utf8.count).partialValue)
      return .text(s.replacing(a, with: b))
    },
    Builtin(
      entry(
        "find", "Lists and text",
        [Argument("s", .text, "A text."), Argument("t", .text, "What is looked for.")],
        "The position at which t begins in s, none when it does not.",
        Example("find(\"hello\", \"l\")", prints: "2"))
    ) { call, _ in
      let s = try call.text("s")
      guard let range = s.firstRange(of: try call.text("t")) else { return .none }
      return .integer(s.distance(from: s.startIndex, to: range.lowerBound))
    },
    Builtin(
      entry(
        "time", "Checking", [Argument("f", .function, "Without arguments.")],
        "The seconds that a call of f takes.",
        Example("time(() => sum(ones(10))) < 60", prints: "true"))
    ) { call, interpreter in
      interpreter.context.hasReadClock = true
      let clock = ContinuousClock()
      let start = clock.now
      _ = try interpreter.apply(call["f"], [])
      let (seconds, attoseconds) = (clock.now - start).components
      return .number(Double(seconds) + Double(attoseconds) / 1e18)
    },
    Builtin(
      entry(
        "peak_memory", "Checking", [Argument("f", .function, "Without arguments.")],
        "The most bytes that tensors made during a call of f took at one time.",
        Example("peak_memory(() => zeros(1024))", prints: "4096"))
    ) { call, interpreter in
      .integer(try MemoryBudget.peak { _ = try interpreter.apply(call["f"], []) })
    },
    Builtin(
      entry(
        "bernoulli", "Random",
        [
          Argument("p", .number, "The chance of true."),
          Argument("sizes", .integer, "Sizes one by one, or as one list.", variadic: true),
        ], "True with a given chance.", Example("bernoulli(1, 3)", prints: "[true, true, true]"))
    ) { call, interpreter in
      let p = try call.number("p")
      guard p >= 0, p <= 1 else { throw call.error("a chance lies between 0 and 1", at: "p") }
      var stream = interpreter.context.stream.split()
      let draws = try stream.uniform(Shape(checking: call.sizes("sizes", interpreter)))
      return try Value(draws.compare(.less, .number(p, .float32)))
    },
  ]

  /// Results of one kind as one: tensors are stacked, records field by field.
  private static func gatheredTrees(_ results: [Value], _ interpreter: Interpreter) throws -> Value
  {
    guard case .record(let first)? = results.first else {
      return try interpreter.gathered(results, nil)
    }
    let records = results.compactMap { value -> Record? in
      if case .record(let record) = value, record.names == first.names { record } else { nil }
    }
    guard records.count == results.count else { return .list(results) }
    return .record(
      Record(
        try first.fields.indices.map { at in
          (
            first.fields[at].name,
            try gatheredTrees(records.map { $0.fields[at].value }, interpreter)
          )
        }))
  }
}

import Autograd
import Language
import Tensors
import Vocabulary

extension StandardLibrary {
  private static let xs = Argument("xs", .list, "A list, tensor, range or record.")
  private static func entry(
    _ name: String, _ arguments: [Argument], _ summary: String, _ example: Example
  ) -> Entry {
    Entry(name, family: "Lists and text", arguments, summary: summary, examples: [example])
  }

  static let listWords: [Builtin] = [
    Builtin(
      entry(
        "len", [Argument("x", .any, "Anything with parts.")], "How many elements (rows) there are.",
        Example("len([1, 2, 3])", prints: "3"))
    ) { call, _ in
      switch call["x"] {
      case .text(let text): return .integer(text.count)
      case .record(let record): return .integer(record.rows ?? record.fields.count)
      case .object(let object): if let count = object.count { return .integer(count) }
      default: if let rows = call["x"].rowCount { return .integer(rows) }
      }
      throw call.wrong("x", expected: "something with parts")
    },
    Builtin(
      entry(
        "map", [xs, Argument("f", .function, "Of one element.")],
        "The results of a function for each element.",
        Example("map([1, 2], x => x^2)", prints: "[1, 4]"))
    ) { call, interpreter in
      try interpreter.gathered(
        call.elements("xs", interpreter).map { try interpreter.apply(call["f"], [$0]) }, call.span)
    },
    Builtin(
      entry(
        "filter", [xs, Argument("f", .function, "Of one element.")],
        "The elements for which a function is true.",
        Example("filter([1, 5, 2], x => x > 1)", prints: "[5, 2]"))
    ) { call, interpreter in
      try interpreter.gathered(
        call.elements("xs", interpreter).filter { element in
          guard case .boolean(let flag) = try interpreter.apply(call["f"], [element]) else {
            throw call.error("the function should return true or false", at: "f")
          }
          return flag
        }, call.span)
    },
    Builtin(
      entry(
        "fold",
        [
          xs, Argument("start", .any, "The first result."),
          Argument("f", .function, "Of result and element."),
        ],
        "One value from many, from left to right.",
        Example("fold([1, 2, 3], 0, (a, x) => a + x)", prints: "6"))
    ) { call, interpreter in
      try call.elements("xs", interpreter).reduce(call["start"]) {
        try interpreter.apply(call["f"], [$0, $1])
      }
    },
    Builtin(
      entry(
        "zip", [Argument("lists", .list, "Lists of one length.", variadic: true)],
        "Records of elements at the same position.",
        Example("[a * b for a, b in zip([1, 2], [3, 4])]", prints: "[3, 8]"))
    ) { call, interpreter in
      let lists = try call.elements("lists", interpreter).map { value in
        guard let all = try interpreter.elements(of: value) else {
          throw call.wrong("lists", expected: "lists")
        }
        return all
      }
      let count = lists.map(\.count).min() ?? 0
      return .list((0..<count).map { i in .record(Record(lists.map { (nil, $0[i]) })) })
    },
    Builtin(
      entry(
        "enumerate", [xs], "Records (position, element).",
        Example("[i for i, x in enumerate([7, 8])]", prints: "[0, 1]"))
    ) { call, interpreter in
      .list(
        try call.elements("xs", interpreter).enumerated().map {
          .record(Record([(nil, .integer($0)), (nil, $1)]))
        })
    },
    Builtin(
      entry(
        "keys", [Argument("r", .record, "A record.")], "The names of a record's fields.",
        Example("keys((a=1, b=2))", prints: "[\"a\", \"b\"]"))
    ) { call, _ in .list(try call.record("r").names.map { .text($0) }) },
    Builtin(
      entry(
        "values", [Argument("r", .record, "A record.")], "The values of a record's fields.",
        Example("values((a=1, b=2))", prints: "[1, 2]"))
    ) { call, interpreter in
      try interpreter.gathered(call.record("r").fields.map(\.value), call.span)
    },
  ]

  static let textWords: [Builtin] = [
    Builtin(
      entry(
        "str", [Argument("x", .any, "Any value.")], "A value as the text that is printed.",
        Example("str(1.50)", prints: "1.5"))
    ) { call, _ in .text(call["x"].text()) },
    Builtin(
      entry(
        "join", [xs, Argument("sep", .text, "Between the parts.", default: "\"\"")],
        "Texts one after the other.",
        Example("join([\"a\", \"b\"], \"-\")", prints: "a-b"))
    ) { call, interpreter in
      let sep = try call.text("sep")
      var total = 0
      let parts = try call.elements("xs", interpreter).map { item in
        let text = item.text()
        total += text.utf8.count + sep.utf8.count
        try Value.checkText(total)
        return text
      }
      return .text(parts.joined(separator: sep))
    },
    Builtin(
      entry(
        "words", [Argument("s", .text, "A text.")], "The pieces of a text between blanks.",
        Example("words(\"a b\")", prints: "[\"a\", \"b\"]"))
    ) { call, _ in
      try MemoryBudget.check(call.text("s").utf8.count * 24)
      return .list(
        try call.text("s").split { $0 == " " || $0.isNewline || $0 == "\t" }.map {
          .text(String($0))
        })
    },
    Builtin(
      entry(
        "lines", [Argument("s", .text, "A text.")], "The lines of a text.",
        Example("len(lines(\"a\\nb\"))", prints: "2"))
    ) { call, _ in
      try MemoryBudget.check(call.text("s").utf8.count * 24)
      return .list(
        try call.text("s").split(omittingEmptySubsequences: false) { $0.isNewline }.map {
          .text(String($0))
        })
    },
    Builtin(
      entry(
        "lower", [Argument("s", .text, "A text.")], "A text in small letters.",
        Example("lower(\"Ab\")", prints: "ab"))
    ) { call, _ in .text(try call.text("s").lowercased()) },
    Builtin(
      entry(
        "int", [Argument("x", .any, "A number, tensor or text.")], "Whole numbers, towards zero.",
        Example("int(2.9)", prints: "2"))
    ) { call, _ in
      if case .text(let text) = call["x"] {
        guard let n = Int(text) else { throw call.wrong("x", expected: "a whole number as text") }
        return .integer(n)
      }
      let x = try call.tensor("x")
      guard
        x.dtype != .float64 || x.count != 1
          || Int(exactly: (x.item ?? .nan).rounded(.towardZero)) != nil
      else { throw call.error("this number does not fit into 64 bits", at: "x") }
      return try Value(x.cast(.int64))
    },
    Builtin(
      entry(
        "float", [Argument("x", .any, "A number, tensor or text.")], "Numbers with a fraction.",
        Example("float(\"1.5\")", prints: "1.5"))
    ) { call, _ in
      if case .text(let text) = call["x"] {
        guard let x = Double(text) else { throw call.wrong("x", expected: "a number as text") }
        return .number(x)
      }
      let x = try call.variable("x")
      return try Value(x.cast(x.rank == 0 ? .float64 : .float32))
    },
    Builtin(
      entry(
        "print", [Argument("xs", .any, "Values.", variadic: true)], "Shows values on one line.",
        Example("print(1, \"a\")"))
    ) { call, interpreter in
      let line = try call.elements("xs", interpreter).map { $0.text() }.joined(separator: " ")
      interpreter.context.output.append(.text(line))
      return .none
    },
    Builtin(
      entry(
        "typeof", [Argument("x", .any, "Any value.")], "The kind of a value.",
        Example("typeof([1, 2])", prints: "tensor"))
    ) { call, _ in .text(call["x"].kindName) },
  ]

  static let checkingWords: [Builtin] = [
    Builtin(
      Entry(
        "assert", family: "Checking",
        [
          Argument("c", .boolean, "A condition."),
          Argument(
            "message", .text, "Said when it is false.", default: "\"the assertion does not hold\""),
        ], summary: "Fails unless a condition holds.", examples: [Example("assert(1 < 2)")])
    ) { call, _ in
      guard try call.boolean("c") else {
        throw LanguageError("assert", try call.text("message"), at: call.span(of: "c"))
      }
      return .none
    },
    Builtin(
      Entry(
        "error", family: "Checking", [Argument("message", .text, "What is wrong.")],
        summary: "Fails with a message.",
        examples: [Example("try { error(\"no\") } else e { e }", prints: "no")])
    ) { call, _ in throw LanguageError("user", try call.text("message"), at: call.span) },
    Builtin(
      Entry(
        "same", family: "Checking",
        [Argument("a", .any, "A value."), Argument("b", .any, "A value.")],
        summary: "Whether two values are equal as a whole.",
        examples: [Example("same([1, 2], [1, 2])", prints: "true")])
    ) { call, interpreter in .boolean(interpreter.same(call["a"], call["b"])) },
    Builtin(
      Entry(
        "close", family: "Checking",
        [
          Argument("a", .any, "Numbers, or records, lists and models of them."),
          Argument("b", .any, "The same with other numbers."),
          Argument(
            "tol", .number, "The largest difference, absolute or relative.", default: "1e-5"),
        ], summary: "Whether all numbers agree within a tolerance.",
        examples: [
          Example("close([1.0, 2.0], [1.0, 2.000001])", prints: "true"),
          Example("{ m = Linear(2, 3); close(m, 1.01 * m) }", prints: "false"),
        ])
    ) { call, interpreter in
      let tolerance = try call.number("tol")
      return .boolean(
        try pairs(call, interpreter).allSatisfy { a, b in
          guard a.dims == b.dims else {
            throw TensorError.shapesDiffer(operation: "close", left: a.dims, right: b.dims)
          }
          return zip(a.array(of: Double.self), b.array(of: Double.self)).allSatisfy { x, y in
            x == y || abs(x - y) <= tolerance * max(1, abs(y))
          }
        })
    },
  ]
}

extension StandardLibrary {
  /// The tensors of two values side by side: the values themselves, or the leaves of two trees of the
  /// same structure.
  private static func pairs(_ call: Call, _ interpreter: Interpreter) throws -> [(Tensor, Tensor)] {
    func isTree(_ name: String) -> Bool { call[name].variable == nil }
    guard isTree("a"), isTree("b") else { return [(try call.tensor("a"), try call.tensor("b"))] }
    func leaves(_ name: String) throws -> [Tree.Leaf] {
      let value = interpreter.asModel(call[name])
      let found = Tree.leaves(of: value, Tree.choice(for: value))
      guard !found.isEmpty else { throw call.wrong(name, expected: "numbers, or a tree of them") }
      return found
    }
    let (a, b) = (try leaves("a"), try leaves("b"))
    if let odd = zip(a, b).first(where: { $0.path != $1.path }) {
      throw call.error(
        "the first has `\(odd.0.path)` where the second has `\(odd.1.path)`", at: "b")
    }
    guard a.count == b.count else {
      throw call.error("the first holds \(a.count) tensors, the second \(b.count)", at: "b")
    }
    return zip(a, b).map { ($0.variable.value, $1.variable.value) }
  }
}

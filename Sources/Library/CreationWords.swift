import Autograd
import Language
import Tensors
import Vocabulary

extension StandardLibrary {
  static let sizesToMake = Argument(
    "sizes", .integer, "Sizes one by one, or as one list.", variadic: true)

  private static func filled(_ name: String, _ value: Double, _ summary: String, _ example: Example)
    -> Builtin
  {
    Builtin(Entry(name, family: "Create", [sizesToMake], summary: summary, examples: [example])) {
      call, interpreter in
      try Value(Tensor.full(Shape(checking: call.sizes("sizes", interpreter)), value))
    }
  }

  static let creationWords: [Builtin] = [
    filled("zeros", 0, "A tensor of zeros.", Example("zeros(2)", prints: "[0, 0]")),
    filled("ones", 1, "A tensor of ones.", Example("ones(2)", prints: "[1, 1]")),
    Builtin(
      Entry(
        "full", family: "Create",
        [
          Argument("shape", .shape, "A list of sizes."), Argument("value", .number, "The element."),
        ],
        summary: "A tensor of one number.", examples: [Example("full([2], 7)", prints: "[7, 7]")])
    ) { call, interpreter in
      let dims = try call.elements("shape", interpreter).map { value in
        guard let n = value.asInteger else {
          throw call.wrong("shape", expected: "a list of sizes")
        }
        return n
      }
      let value = call["value"]
      let isInteger =
        value.asInteger != nil && { if case .integer = value { true } else { false } }()
      return try Value(
        Tensor.full(Shape(checking: dims), call.number("value"), isInteger ? .int64 : .float32))
    },
    Builtin(
      Entry(
        "eye", family: "Create", [Argument("n", .integer, "Rows and columns.")],
        summary: "The identity matrix.", examples: [Example("eye(2)[0]", prints: "[1, 0]")])
    ) { call, _ in try Value(Tensor.eye(call.integer("n"))) },
    Builtin(
      Entry(
        "range", family: "Create",
        [
          Argument("a", .integer, "The start, or the end when it is alone."),
          Argument("b", .any, "The end, excluded.", default: "none"),
          Argument("step", .integer, "The distance.", default: "1"),
        ], summary: "Whole numbers from a start to an end, the end excluded.",
        examples: [Example("sum(range(5))", prints: "10")])
    ) { call, _ in
      let step = try call.integer("step")
      guard step != 0 else { throw call.error("the step cannot be 0", at: "step") }
      let a = try call.integer("a")
      return .range(
        call.isNone("b")
          ? IntegerRange(start: 0, end: a, step: step)
          : IntegerRange(start: a, end: try call.integer("b"), step: step))
    },
    Builtin(
      Entry(
        "arange", family: "Create",
        [
          Argument("a", .number, "The start, or the end when it is alone."),
          Argument("b", .any, "The end, excluded.", default: "none"),
          Argument("step", .number, "The distance.", default: "1"),
        ], summary: "Numbers from a start to an end as a tensor.",
        examples: [Example("arange(0, 1, 0.25)", prints: "[0, 0.25, 0.5, 0.75]")])
    ) { call, _ in
      let (a, step) = (try call.number("a"), try call.number("step"))
      let (from, to) = call.isNone("b") ? (0, a) : (a, try call.number("b"))
      let exact = ((to - from) / step).rounded(.up)
      guard step != 0, exact.isFinite, abs(exact) < 1e12 else {
        throw call.error("the step should lead from the start to the end", at: "step")
      }
      let count = max(0, Int(exact))
      if let start = Int(exactly: from), let stride = Int(exactly: step) {
        return try Value(Tensor.arange(start, count: count, step: stride))
      }
      _ = try Shape(checking: [count])
      try MemoryBudget.check(count * 8)
      return try Value(Tensor((0..<count).map { Float(from + Double($0) * step) }))
    },
    Builtin(
      Entry(
        "linspace", family: "Create",
        [
          Argument("a", .number, "The first."), Argument("b", .number, "The last."),
          Argument("n", .integer, "How many."),
        ], summary: "Numbers evenly spaced from the first to the last, both included.",
        examples: [Example("linspace(0, 1, 3)", prints: "[0, 0.5, 1]")])
    ) { call, _ in
      try Value(Tensor.linspace(call.number("a"), call.number("b"), count: call.integer("n")))
    },
    Builtin(
      Entry(
        "tensor", family: "Create",
        [
          Argument("x", .any, "Numbers."),
          Argument("dtype", .text, "As for cast.", default: "\"f32\""),
        ], summary: "Numbers as a tensor of a kind.",
        examples: [Example("tensor([1, 2], dtype=\"f64\").dtype", prints: "f64")])
    ) { call, interpreter in
      var value = call["x"]
      if case .list = value, let all = try interpreter.elements(of: value) {
        value = try interpreter.gathered(all, call.span)
      }
      guard let x = value.variable else { throw call.wrong("x", expected: "numbers") }
      return .tensor(try x.cast(kind(call, "dtype")))
    },
    Builtin(
      Entry(
        "cast", family: "Elementwise",
        [
          Argument("x", .any, "Any shape; of a record or model, all tensors of floats."),
          Argument("dtype", .text, kinds + "."),
        ], summary: "The same numbers as another kind.",
        details: """
          Floats become integers towards zero. "f16" and "bf16" take two bytes for a number, "i8" one, \
          and only hold numbers: the nearest that they have, ties to the even one. A number beyond \
          65504 is inf as f16, one beyond -128 to 127 does not fit i8 and is refused.

          Arithmetic of them takes place in f32, and the result is rounded to f16 (bf16) where all \
          tensors of floats are of that kind. Beside f32, and f16 beside bf16, it is f32; a single \
          number takes the tensor's kind. Sums, means and losses that are one number are not rounded. \
          i8 counts as whole numbers: i8 with i8 is i64, with floats a float. What only moves elements \
          keeps the kind.

          The gradient of a cast between floats is the gradient as the other kind, so \
          grad(w => loss(cast(w, "f16"))) moves f32 weights by what f16 made of them.
          """,
        examples: [
          Example("cast([1.7, -1.7], \"i64\")", prints: "[1, -1]"),
          Example("cast([0.1, 70000], \"f16\")", prints: "[0.0999756, inf]"),
          Example("cast(Linear(2, 3), \"bf16\").weight.dtype", prints: "bf16"),
        ])
    ) { call, interpreter in
      let target = try kind(call, "dtype")
      if let x = call["x"].variable { return try Value(x.cast(target)) }
      let value = interpreter.asModel(call["x"])
      return try Tree.map(value, Tree.choice(for: value)) { _, leaf in
        leaf.rank > 0 && leaf.dtype.isFloat ? try leaf.cast(target) : nil
      }
    },
    Builtin(
      Entry(
        "one_hot", family: "Create",
        [
          Argument("y", .tensor, "Whole numbers."),
          Argument(
            "n", .any, "How many classes; one more than the largest when none.", default: "none"),
        ], summary: "Rows of zeros with a one at each label.",
        examples: [Example("one_hot([1, 0], 3)[0]", prints: "[0, 1, 0]")])
    ) { call, _ in
      let y = try call.tensor("y")
      guard y.dtype.isFloat == false || y.array(of: Double.self).allSatisfy({ $0 == $0.rounded() })
      else { throw call.error("labels are whole numbers", at: "y") }
      let largest = y.count == 0 ? -1 : try y.reduce(.max).item ?? -1
      guard abs(largest) < 1e15 else {
        throw call.error("there is no room for label \(shortNumber(largest))", at: "y")
      }
      let top = Int(largest) + 1
      return try Value(
        Tensor.oneHot(y, classes: call.isNone("n") ? max(top, 0) : call.integer("n")))
    },
    Builtin(
      Entry(
        "record", family: "Create",
        [Argument("keys", .list, "Texts."), Argument("values", .list, "As many values.")],
        summary: "A record of named values.",
        examples: [Example("record([\"a\", \"b\"], [1, 2])", prints: "(a=1, b=2)")])
    ) { call, interpreter in
      let (keys, values) = (
        try call.elements("keys", interpreter), try call.elements("values", interpreter)
      )
      guard keys.count == values.count else {
        throw call.error("\(keys.count) keys for \(values.count) values", at: "values")
      }
      return .record(
        Record(
          try zip(keys, values).map { key, value in
            guard case .text(let name) = key else {
              throw call.wrong("keys", expected: "a list of texts")
            }
            return (name, value)
          }))
    },
  ]

  /// The kinds of elements, as text: "f32", "f64" … or "bool".
  private static let kinds: String = {
    let names = DType.allCases.reversed().map { "\"\($0.name)\"" }
    return names.dropLast().joined(separator: ", ") + " or " + (names.last ?? "")
  }()

  static func kind(_ call: Call, _ name: String) throws -> DType {
    guard let kind = DType(name: try call.text(name)) else {
      throw call.wrong(name, expected: kinds)
    }
    return kind
  }
}

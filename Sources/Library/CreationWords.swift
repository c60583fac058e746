import Autograd
import Language
import Tensors
import Vocabulary

extension StandardLibrary {
  private static let sizes = Argument(
    "sizes", .integer, "Sizes one by one, or as one list.", variadic: true)

  private static func filled(_ name: String, _ value: Double, _ summary: String, _ example: Example)
    -> Builtin
  {
    Builtin(Entry(name, family: "Create", [sizes], summary: summary, examples: [example])) {
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

  static let randomWords: [Builtin] = [
    Builtin(
      Entry(
        "seed", family: "Random", [Argument("n", .integer, "Any whole number.")],
        summary: "Starts the cell's random numbers anew.",
        examples: [Example("seed(1)")])
    ) { call, interpreter in
      interpreter.context.stream = RandomStream(
        seed: UInt64(bitPattern: Int64(try call.integer("n"))))
      return .none
    },
    Builtin(
      Entry(
        "rand", family: "Random", [sizes], summary: "Uniform numbers from 0 to 1.",
        examples: [Example("rand(3).shape", prints: "(3,)")])
    ) { call, interpreter in
      var stream = interpreter.context.stream.split()
      return try Value(stream.uniform(Shape(checking: call.sizes("sizes", interpreter))))
    },
    Builtin(
      Entry(
        "randn", family: "Random", [sizes], summary: "Standard normal numbers.",
        examples: [Example("randn(2, 3).shape", prints: "(2, 3)")])
    ) { call, interpreter in
      var stream = interpreter.context.stream.split()
      return try Value(stream.normal(Shape(checking: call.sizes("sizes", interpreter))))
    },
    Builtin(
      Entry(
        "randint", family: "Random",
        [
          Argument("lo", .integer, "The smallest."),
          Argument("hi", .integer, "One above the largest."), sizes,
        ],
        summary: "Whole numbers from lo up to, not including, hi.",
        examples: [Example("randint(0, 10, 4).shape", prints: "(4,)")])
    ) { call, interpreter in
      var stream = interpreter.context.stream.split()
      let shape = try Shape(checking: call.sizes("sizes", interpreter))
      return try Value(stream.integers(call.integer("lo"), call.integer("hi"), shape))
    },
    Builtin(
      Entry(
        "shuffle", family: "Random", [Argument("x", .any, "A tensor, a list or a data set.")],
        summary: "The same rows in random order.",
        examples: [Example("sum(shuffle([1, 2, 3]))", prints: "6")])
    ) { call, interpreter in
      var stream = interpreter.context.stream.split()
      guard let rows = try rows(of: call["x"]) else {
        throw call.wrong("x", expected: "a tensor, a list or a data set")
      }
      return try choosing(stream.permutation(rows), from: call["x"])
    },
    Builtin(
      Entry(
        "categorical", family: "Random",
        [
          Argument("p", .tensor, "Chances [..., k], each row not necessarily adding up to 1."),
          Argument("n", .any, "How many draws of each row; one when none.", default: "none"),
        ], summary: "Positions drawn with the given chances, for each row of them.",
        details: "Raw scores become chances by softmax.",
        examples: [
          Example("categorical([0, 1, 0])", prints: "1"),
          Example("categorical([[0, 1, 0], [1, 0, 0]])", prints: "[1, 0]"),
        ])
    ) { call, interpreter in
      let x = try call.tensor("p")
      if x.rank > 1 { return try drawn(rows: x, call, interpreter) }
      let p = try call.tensor("p").array(of: Double.self)
      let total = p.reduce(0, +)
      guard total > 0, total.isFinite, p.allSatisfy({ $0 >= 0 }) else {
        throw call.error("chances are at least 0 and not all 0", at: "p")
      }
      var stream = interpreter.context.stream.split()
      func draw() -> Int64 {
        var rest = stream.nextUniform() * total
        for (i, chance) in p.enumerated() {
          rest -= chance
          if rest < 0 { return Int64(i) }
        }
        return Int64(p.lastIndex { $0 > 0 } ?? 0)
      }
      if call.isNone("n") { return .integer(Int(draw())) }
      let n = try call.integer("n")
      guard n >= 0, n < 1 << 30 else { throw call.error("n should be a count", at: "n") }
      return try Value(
        Tensor(
          (0..<n).map { i in
            if i & 0xFFFF == 0 { try WorkStop.check() }
            return draw()
          }))
    },
  ]

  /// One draw, or n of them, for each row of chances.
  private static func drawn(rows x: Tensor, _ call: Call, _ interpreter: Interpreter) throws
    -> Value
  {
    let (leading, width) = (Array(x.dims.dropLast()), x.dims[x.rank - 1])
    let rows = leading.reduce(1, *)
    let n = call.isNone("n") ? nil : try call.integer("n")
    if let n, n < 0 { throw call.error("n should be a count", at: "n") }
    let shape = try Shape(checking: leading + (n.map { [$0] } ?? []))
    try MemoryBudget.check(shape.dims + [8])
    let p = x.array(of: Double.self)
    // The sums up to each position; the first that exceeds a uniform number is drawn.
    var sums = p
    for row in 0..<rows {
      if row & 0xFFF == 0 { try WorkStop.check() }
      var total = 0.0
      for at in row * width..<(row + 1) * width {
        guard p[at] >= 0 else {
          throw call.error("chances are at least 0", at: "p", hint: "softmax(…)")
        }
        total += p[at]
        sums[at] = total
      }
      guard total > 0, total.isFinite else {
        throw call.error("the chances of row \(row) are all 0, or not finite", at: "p")
      }
    }
    var stream = interpreter.context.stream.split()
    var drawn: [Int64] = []
    drawn.reserveCapacity(shape.count)
    for row in 0..<rows {
      let own = sums[row * width..<(row + 1) * width]
      let last = p[row * width..<(row + 1) * width].lastIndex { $0 > 0 } ?? row * width
      for i in 0..<(n ?? 1) {
        if i & 0xFFF == 0 { try WorkStop.check() }
        let place = stream.nextUniform() * sums[(row + 1) * width - 1]
        var (low, high) = (own.startIndex, last)
        while low < high {
          let middle = (low + high) / 2
          if own[middle] > place { high = middle } else { low = middle + 1 }
        }
        drawn.append(Int64(low - row * width))
      }
    }
    return try Value(Tensor(drawn, shape: shape))
  }

  /// Rows along the first axis of a tensor, list or data set.
  ///
  /// Throws when a list of their positions would not fit into memory, as of a huge range.
  static func rows(of value: Value) throws -> Int? {
    var found = value.rowCount
    if case .record(let record) = value { found = record.rows }
    guard let count = found else { return nil }
    let (bytes, overflow) = count.multipliedReportingOverflow(by: 16)
    try MemoryBudget.check(overflow ? Int.max : bytes)
    return count
  }

  /// The chosen rows of a tensor, list, or of every field of a data set that is as long as its first.
  /// The tensors that a batch of some data is cut from, in order; nil when it is cut from other
  /// things too.
  static func tables(of data: Value) -> [Tensor]? {
    switch data {
    case .tensor(let x): return [x.value]
    case .record(let record):
      guard let rows = record.rows else { return nil }
      var tables: [Tensor] = []
      for field in record.fields where field.value.rowCount == rows {
        guard case .tensor(let x) = field.value else { return nil }
        tables.append(x.value)
      }
      return tables
    default: return nil
    }
  }

  /// The data with other tensors in place of its tables.
  static func replacing(tablesOf data: Value, with tables: [Tensor]) -> Value {
    guard case .record(let record) = data else { return .tensor(Variable(tables[0])) }
    var next = 0
    return .record(
      Record(
        record.fields.map { field in
          guard field.value.rowCount == record.rows else { return field }
          defer { next += 1 }
          return (field.name, .tensor(Variable(tables[next])))
        }))
  }

  static func choosing(_ order: [Int], from value: Value) throws -> Value {
    switch value {
    case .tensor(let x), .parameter(let x): return .tensor(try x.taking(order))
    case .list(let items): return .list(order.map { items[$0] })
    case .range(let range): return try Value(Tensor(order.map { Int64(range[$0]) }))
    case .record(let record):
      let rows = record.rows
      return .record(
        Record(
          try record.fields.map { field in
            field.value.rowCount == rows && rows != nil
              ? (field.name, try choosing(order, from: field.value)) : field
          }))
    default: return value
    }
  }
}

import Autograd
import Language
import Tensors
import Vocabulary

extension StandardLibrary {
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
        "rand", family: "Random", [sizesToMake], summary: "Uniform numbers from 0 to 1.",
        examples: [Example("rand(3).shape", prints: "(3,)")])
    ) { call, interpreter in
      var stream = interpreter.context.stream.split()
      return try Value(stream.uniform(Shape(checking: call.sizes("sizes", interpreter))))
    },
    Builtin(
      Entry(
        "randn", family: "Random", [sizesToMake], summary: "Standard normal numbers.",
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
          Argument("hi", .integer, "One above the largest."), sizesToMake,
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
}

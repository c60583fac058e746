import Autograd
import Language
import Tensors
import Vocabulary

extension StandardLibrary {
  private static let pattern = Argument(
    "pattern", .text, "Axes before -> axes after; (a b) is one axis made of two.")
  private static let sizes = Argument(
    "sizes", .record, "Sizes of named axes, such as h=4.", variadic: true)

  private static func given(_ call: Call) throws -> [String: Int] {
    var sizes: [String: Int] = [:]
    guard case .record(let record) = call["sizes"] else { return sizes }
    for field in record.fields {
      guard let name = field.name, let n = field.value.asInteger, n >= 0 else {
        throw call.error("sizes are whole numbers given by name", at: "sizes", hint: "h=4")
      }
      sizes[name] = n
    }
    return sizes
  }

  /// The tensor with one axis for each name of the left side.
  private static func taken(_ call: Call) throws -> (
    x: Variable, left: AxisPattern, right: AxisPattern, sizes: [String: Int]
  ) {
    let x = try call.variable("x")
    let (left, right) = try AxisPattern.sides(call.text("pattern"), call)
    let given = try given(call)
    for name in given.keys.sorted() where !left.names.contains(name) && !right.names.contains(name)
    {
      throw call.error("the pattern has no axis `\(name)`", at: "sizes")
    }
    let sizes = try left.sizes(of: x.dims, given: given, call)
    return (try x.reshaped(left.names.map { sizes[$0] ?? 1 }), left, right, sizes)
  }

  private static func arranged(
    _ x: Variable, _ names: [String], _ right: AxisPattern, _ sizes: [String: Int]
  ) throws -> Variable {
    let order = right.names.compactMap { names.firstIndex(of: $0) }
    let turned = order == Array(names.indices) ? x : try x.transposed(order)
    return try turned.reshaped(
      right.axes.map { parts in parts.reduce(1) { $0 * (sizes[$1] ?? 1) } })
  }

  static let patternWords: [Builtin] = [
    Builtin(
      Entry(
        "rearrange", family: "Shape", [Argument("x", .tensor, "Any shape."), pattern, sizes],
        summary: "Axes split, reordered and joined as a pattern says.",
        examples: [
          Example(
            "rearrange(zeros(2, 10, 64), \"b t (h e) -> b h t e\", h=4).shape",
            prints: "(2, 4, 10, 16)"),
          Example("rearrange([[1, 2], [3, 4]], \"i j -> (j i)\")", prints: "[1, 3, 2, 4]"),
        ])
    ) { call, _ in
      let (x, left, right, sizes) = try taken(call)
      guard Set(left.names) == Set(right.names) else {
        let odd = Set(left.names).symmetricDifference(right.names).sorted()
        throw call.error(
          "`\(odd.joined(separator: "`, `"))` stands on one side only", at: "pattern",
          hint: "reduce(x, pattern, mean), to take the mean over an axis")
      }
      return try Value(arranged(x, left.names, right, sizes))
    },
    Builtin(
      Entry(
        "reduce", family: "Shape",
        [
          Argument("x", .tensor, "Any shape."), pattern,
          Argument("how", .function, "sum, mean, max or min, or another word with an axis."), sizes,
        ], summary: "Axes that the right side leaves out are summed, averaged or the like.",
        examples: [
          Example(
            "reduce(ones(2, 4, 4), \"c (i a) (j b) -> c i j\", sum, a=2, b=2)[0]",
            prints: "f32 [2, 2]\n  4  4\n  4  4")
        ])
    ) { call, interpreter in
      var (x, left, right, sizes) = try taken(call)
      if let extra = right.names.first(where: { !left.names.contains($0) }) {
        throw call.error("`\(extra)` stands on the right side only", at: "pattern")
      }
      var names = left.names
      while let at = names.lastIndex(where: { !right.names.contains($0) }) {
        let result = try interpreter.apply(call["how"], [.tensor(x), .integer(at)])
        guard let next = result.variable, next.rank == x.rank - 1 else {
          throw call.wrong("how", expected: "sum, mean, max, min or another word with an axis")
        }
        x = next
        names.remove(at: at)
      }
      return try Value(arranged(x, names, right, sizes))
    },
  ]
}

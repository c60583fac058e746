import Autograd
import Language
import Tensors
import Vocabulary

extension StandardLibrary {
  private static let f = Argument("f", .function, "A function whose result is one number.")
  private static let wrt = Argument("wrt", .integer, "Which argument is varied.", default: "0")

  /// A function of the same arguments that does something else with them.
  static func derived(
    _ name: String, onOutlines: Bool = false,
    _ body: @escaping @Sendable ([Value], Interpreter) throws -> Value
  ) -> Value {
    .object(DerivedFunction(name: name, takesOutlines: onOutlines, of: []) { try body($1, $2) })
  }

  /// A function made of another one, whose parameters are its own.
  static func derived(
    _ name: String, of f: Value, onOutlines: Bool = false,
    _ body: @escaping @Sendable (Value, [Value], Interpreter) throws -> Value
  ) -> Value {
    .object(
      DerivedFunction(name: name, takesOutlines: onOutlines, of: [f]) { try body($0[0], $1, $2) })
  }

  /// Value, extra and gradient of f at the arguments, the gradient with the structure of argument `wrt`.
  static func differentiate(
    _ f: Value, _ arguments: [Value], wrt: Int, aux: Bool, _ interpreter: Interpreter
  ) throws -> (value: Value, extra: Value, gradient: Value) {
    guard arguments.indices.contains(wrt) else {
      throw LanguageError(
        "argument", "there is no argument \(wrt) to differentiate: \(arguments.count) were given")
    }
    let target = interpreter.asModel(arguments[wrt])
    let choice = Tree.choice(for: target)
    let leaves = Tree.leaves(of: target, choice)
    var starts = leaves.map(\.variable)
    // Tensors of whole numbers are varied too when they are the argument itself.
    if starts.isEmpty, let x = target.variable { starts = [x] }
    guard !starts.isEmpty else {
      throw LanguageError(
        "grad", "there is nothing to differentiate in \(target.withArticle)",
        details: [target.brief])
    }
    let isPlain = leaves.isEmpty
    var varied = target
    let (value, extra, gradients) = try Gradients.of(starts) { traced -> (Variable, Value) in
      var all = arguments
      all[wrt] =
        isPlain
        ? try Value(traced[0]) : try Tree.replacing(target, choice, with: traced, training: true)
      varied = all[wrt]
      var result = try interpreter.apply(f, all)
      var extra = Value.none
      if aux {
        guard case .record(let pair) = result, pair.fields.count == 2 else {
          throw LanguageError("grad", "with aux=true the function returns (loss, extra)")
        }
        (result, extra) = (pair.fields[0].value, pair.fields[1].value)
      }
      guard let number = result.variable else {
        throw LanguageError(
          "grad", "grad needs one number, this function returned \(result.withArticle)",
          details: [result.brief])
      }
      return (number, extra)
    }
    let gradient =
      isPlain
      ? try Value(gradients[0])
      : try LayerMemory.settled(Tree.replacing(varied, choice, with: gradients))
    return (try Value(value), extra, gradient)
  }

  static let gradientWords: [Builtin] = [
    Builtin(
      Entry(
        "grad", family: "Gradients", [f, wrt],
        summary: "The function that gives the gradient of f for one of its arguments.",
        examples: [
          Example("grad(x => x^2)(3)", prints: "6"),
          Example("grad(x => sum(x^3))([1, 2])", prints: "[3, 12]"),
        ])
    ) { call, _ in
      let wrt = try call.integer("wrt")
      return derived("grad", of: try call.function("f")) { f, arguments, interpreter in
        try differentiate(f, arguments, wrt: wrt, aux: false, interpreter).gradient
      }
    },
    Builtin(
      Entry(
        "value_and_grad", family: "Gradients",
        [f, wrt, Argument("aux", .boolean, "f returns (loss, extra).", default: "false")],
        summary: "The function that gives f's value and its gradient.",
        examples: [Example("value_and_grad(x => x^2)(3)", prints: "(9, 6)")])
    ) { call, _ in
      let (wrt, aux) = (try call.integer("wrt"), try call.boolean("aux"))
      return derived("value_and_grad", of: try call.function("f")) { f, arguments, interpreter in
        let (value, extra, gradient) = try differentiate(
          f, arguments, wrt: wrt, aux: aux, interpreter)
        return .record(
          Record(
            aux
              ? [(nil, value), (nil, extra), (nil, gradient)] : [(nil, value), (nil, gradient)]))
      }
    },
    Builtin(
      Entry(
        "stop_grad", family: "Gradients", [Argument("x", .tensor, "Any value.")],
        summary: "The same value, a constant for gradients.",
        examples: [Example("grad(x => x * stop_grad(x))(3)", prints: "3")])
    ) { call, _ in try Value(call.variable("x").detached()) },
    Builtin(
      Entry(
        "numeric_grad", family: "Gradients",
        [
          f, Argument("x", .tensor, "Where."),
          Argument("h", .number, "Half the distance of the two points compared.", default: "1e-3"),
        ], summary: "The gradient by differences, to check the exact one.",
        details: "(f(x + h) - f(x - h)) / 2h for each element, in double precision.",
        examples: [
          Example("close(numeric_grad(x => sum(x^2), [1.0, 2.0]), [2, 4])", prints: "true")
        ])
    ) { call, interpreter in
      let x = try call.tensor("x").cast(.float64)
      let h = try call.number("h")
      var slopes: [Double] = []
      let start = x.array(of: Double.self)
      for i in start.indices {
        func value(_ shift: Double) throws -> Double {
          var moved = start
          moved[i] += shift
          let point = try Value(Tensor(moved, shape: x.shape))
          guard let y = try interpreter.apply(call["f"], [point]).asNumber else {
            throw call.error("the function should return one number", at: "f")
          }
          return y
        }
        slopes.append((try value(h) - value(-h)) / (2 * h))
      }
      return try Value(Tensor(slopes, shape: x.shape).cast(.float32))
    },
  ]
}

/// A function made from others.
struct DerivedFunction: LanguageObject {
  let name: String
  /// Whether it was made while a program is only tried on shapes.
  let takesOutlines: Bool
  private let functions: [Value]
  /// Those of the functions that hold parameters, which are its own.
  let children: [(name: String, value: Value)]
  private let body: @Sendable ([Value], [Value], Interpreter) throws -> Value

  init(
    name: String, takesOutlines: Bool, of functions: [Value],
    _ body: @escaping @Sendable ([Value], [Value], Interpreter) throws -> Value
  ) {
    (self.name, self.takesOutlines, self.functions) = (name, takesOutlines, functions)
    self.body = body
    let holds = functions.contains { !Tree.leaves(of: $0, .parameters).isEmpty }
    children = holds ? functions.enumerated().map { ($0 == 0 ? "f" : "f\($0)", $1) } : []
  }

  var kindName: String { "function" }
  func text(width: Int) -> String { "\(name)(f)" }
  func call(_ arguments: [Value], _ interpreter: Interpreter) throws -> Value? {
    interpreter.isTrial && !takesOutlines
      ? Outline.anything : try body(functions, arguments, interpreter)
  }

  private func of(_ functions: [Value]) -> DerivedFunction {
    DerivedFunction(name: name, takesOutlines: takesOutlines, of: functions, body)
  }

  func replacingChildren(_ values: [Value]) -> any LanguageObject { of(values) }

  func remembering(_ remembered: (Value) -> Value?) -> (any LanguageObject)? {
    let known = functions.map(remembered)
    guard known.contains(where: { $0 != nil }) else { return nil }
    return of(zip(functions, known).map { $1 ?? $0 })
  }
}

import Autograd
import Language
import Tensors
import Vocabulary

extension StandardLibrary {
  private static let wrt = Argument("wrt", .integer, "Which argument is varied.", default: "0")

  /// All derivatives of a function for one of its arguments: [result…, argument…].
  private static func derivatives(
    _ word: String, _ arguments: [Value], wrt: Int,
    _ f: ([Value]) throws -> Value
  ) throws -> Value {
    guard arguments.indices.contains(wrt) else {
      throw LanguageError(
        "argument", "there is no argument \(wrt) to differentiate: \(arguments.count) were given")
    }
    guard let x = arguments[wrt].variable else {
      throw LanguageError(
        "kind", "\(word) varies a tensor or a number, this is \(arguments[wrt].withArticle)",
        details: [arguments[wrt].brief], hint: "grad, for records and models")
    }
    return try Value(
      Gradients.jacobian(x) { traced in
        var all = arguments
        all[wrt] = try Value(traced)
        let result = try f(all)
        guard let y = result.variable else {
          throw LanguageError(
            "kind", "\(word) needs a tensor, this function returned \(result.withArticle)",
            details: [result.brief])
        }
        return y
      })
  }

  /// f with its derivative taken from `rule(x…, y, dy)`.
  private static func custom(
    _ f: Value, _ rule: Value, _ arguments: [Value], _ interpreter: Interpreter
  ) throws -> Value {
    let inputs = try arguments.map { value in
      guard let x = value.variable else {
        throw LanguageError(
          "kind", "a function made by custom_grad takes tensors, this is \(value.withArticle)",
          details: [value.brief])
      }
      return x
    }
    let result = try interpreter.apply(f, inputs.map { try Value($0.detached()) })
    guard inputs.contains(where: \.isTraced) else { return result }
    guard let y = result.variable else {
      throw LanguageError(
        "grad", "custom_grad needs a tensor, this function returned \(result.withArticle)",
        details: [result.brief])
    }
    // A tape is walked on the thread that recorded it, so the interpreter stays on its own.
    nonisolated(unsafe) let owner = interpreter
    return try Value(
      y.value.recorded(from: inputs) { context in
        let given = try (context.inputs + [context.output, context.upstream]).map { try Value($0) }
        let slope = try owner.apply(rule, given)
        var parts = [slope]
        if context.inputs.count > 1 {
          guard let all = try owner.elements(of: slope), all.count == context.inputs.count else {
            throw LanguageError(
              "grad",
              "the derivative of custom_grad should be \(context.inputs.count) values, one for "
                + "each argument, it is \(slope.withArticle)", details: [slope.brief])
          }
          parts = all
        }
        return try zip(parts, context.inputs).map { try gradient($0, like: $1) }
      })
  }

  private static func gradient(_ value: Value, like x: Variable) throws -> Variable {
    guard let slope = value.variable, slope.dims == x.dims else {
      throw LanguageError(
        "grad", "the derivative of custom_grad should have the shape of its argument, \(x.dims)",
        details: [value.brief])
    }
    return slope.dtype == x.dtype || !x.dtype.isFloat ? slope : try slope.cast(x.dtype)
  }

  static let derivativeWords: [Builtin] = [
    Builtin(
      Entry(
        "jacobian", family: "Gradients",
        [Argument("f", .function, "A function whose result is a tensor."), wrt],
        summary: "The function that gives all derivatives of f's result.",
        details: "For x [n] and f(x) [m] a matrix [m, n]; in general [result…, argument…].",
        examples: [Example("jacobian(x => x * [1, 2])([3.0, 4.0])[1]", prints: "[0, 2]")])
    ) { call, _ in
      let wrt = try call.integer("wrt")
      return derived("jacobian", of: try call.function("f")) { f, arguments, interpreter in
        try derivatives("jacobian", arguments, wrt: wrt) { try interpreter.apply(f, $0) }
      }
    },
    Builtin(
      Entry(
        "hessian", family: "Gradients",
        [Argument("f", .function, "A function whose result is one number."), wrt],
        summary: "The function that gives all second derivatives of f.",
        details: "For x [n] a matrix [n, n]; in general [argument…, argument…].",
        examples: [Example("hessian(x => sum(x^3))([1.0, 2.0])[1]", prints: "[0, 12]")])
    ) { call, _ in
      let wrt = try call.integer("wrt")
      return derived("hessian", of: try call.function("f")) { f, arguments, interpreter in
        try derivatives("hessian", arguments, wrt: wrt) { varied in
          try differentiate(f, varied, wrt: wrt, aux: false, interpreter).gradient
        }
      }
    },
    Builtin(
      Entry(
        "custom_grad", family: "Gradients",
        [
          Argument("f", .function, "A function of tensors; what it remembers counts as constant."),
          Argument(
            "vjp", .function, "(x, y, dy) => dx: from the gradient of y = f(x) to that of x."),
        ], summary: "The function f with a derivative of your own.",
        details:
          "A function of several arguments gets (x1, x2, …, y, dy) and returns (dx1, dx2, …).",
        examples: [Example("grad(custom_grad(round, (x, y, dy) => dy))(1.7)", prints: "1")])
    ) { call, _ in
      let (f, rule) = (try call.function("f"), try call.function("vjp"))
      return derived("custom_grad") { arguments, interpreter in
        try custom(f, rule, arguments, interpreter)
      }
    },
  ]
}

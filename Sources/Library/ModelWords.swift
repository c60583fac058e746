import Autograd
import Language
import Tensors
import Vocabulary

extension StandardLibrary {
  private static let m = Argument("m", .model, "A model.")

  /// The parameters of the model of a call, with a note where they cannot be found.
  private static func parameters(_ call: Call, _ interpreter: Interpreter) -> [Tree.Leaf] {
    let model = interpreter.asModel(call["m"])
    if let maker = Suspicions.madeAnew(by: model) { interpreter.note(Suspicions.anew(maker)) }
    return Tree.leaves(of: model, .parameters)
  }

  static let modelWords: [Builtin] = [
    Builtin(
      Entry(
        "Input", family: "Layers",
        [Argument("shape", .any, "The shape of one sample as a list, or data with a field x.")],
        summary: "The start of a chain that knows the shape of a sample.",
        examples: [Example("count_params(Input([4]) >> Linear(3))", prints: "15")])
    ) { call, interpreter in
      if case .record(let record) = call["shape"], let x = record["x"]?.variable, x.rank > 0 {
        return .object(InputObject(sample: Array(x.dims.dropFirst()), isInteger: !x.dtype.isFloat))
      }
      let dims = try call.elements("shape", interpreter).map { value in
        guard let n = value.asInteger, n > 0 else {
          throw call.wrong("shape", expected: "a list of sizes, or data")
        }
        return n
      }
      return .object(InputObject(sample: dims, isInteger: false))
    },
    Builtin(
      Entry(
        "param", family: "Models", [Argument("x", .tensor, "Where it starts.")],
        summary: "A tensor that training moves.",
        examples: [Example("count_params((w=param(zeros(2, 3))))", prints: "6")])
    ) { call, _ in
      let x = try call.variable("x")
      return .parameter(try x.dtype.isFloat ? x : x.cast(.float32))
    },
    Builtin(
      Entry(
        "params", family: "Models", [m], summary: "A model's parameters by their path.",
        examples: [Example("keys(params(Linear(2, 3)))", prints: "[\"weight\", \"bias\"]")])
    ) { call, interpreter in
      .record(Record(parameters(call, interpreter).map { ($0.path, .tensor($0.variable)) }))
    },
    Builtin(
      Entry(
        "count_params", family: "Models", [m],
        summary: "How many numbers training moves in a model.",
        examples: [Example("count_params(Linear(2, 3))", prints: "9")])
    ) { call, interpreter in
      .integer(parameters(call, interpreter).reduce(0) { $0 + $1.variable.shape.count })
    },
    Builtin(
      Entry(
        "map_params", family: "Models",
        [m, Argument("f", .function, "w => w, or (name, w) => w.")],
        summary: "A model whose parameters went through a function.",
        examples: [Example("map_params(Linear(2, 2), w => 0 * w).bias", prints: "[0, 0]")])
    ) { call, interpreter in
      var takesName = false
      if case .function(let function) = call["f"] { takesName = function.parameterCount == 2 }
      return try Tree.map(interpreter.asModel(call["m"]), .parameters) { path, x in
        let arguments: [Value] = takesName ? [.text(path), .tensor(x)] : [.tensor(x)]
        guard let result = try interpreter.apply(call["f"], arguments).variable,
          result.dims == x.dims
        else {
          throw call.error("the function should return a tensor of the same shape", at: "f")
        }
        return result
      }
    },
    Builtin(
      Entry(
        "training", family: "Models",
        [m, Argument("on", .boolean, "Whether it is in training mode.", default: "true")],
        summary: "A model in training mode, in which dropout drops.",
        examples: [Example("training(Dropout(0.5))([0, 0])", prints: "[0, 0]")])
    ) { call, _ in
      try Tree.map(call["m"], .parameters, training: call.boolean("on")) { _, _ in nil }
    },
  ]
}

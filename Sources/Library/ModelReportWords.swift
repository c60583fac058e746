import Autograd
import Language
import Layers
import Tensors
import Vocabulary

/// A model as it is: nothing in it is trained, and its layers behave as in evaluation.
struct FrozenObject: LanguageObject {
  let model: Value

  var kindName: String { "model" }
  var fieldNames: [String] { ["model"] }
  func field(_ name: String, _ interpreter: Interpreter) throws -> Value? {
    try name == "model" ? model : interpreter.ownField(model, name)
  }
  func call(_ arguments: [Value], _ interpreter: Interpreter) throws -> Value? {
    try interpreter.apply(model, arguments)
  }
  func text(width: Int) -> String { "freeze(\(Model.label(model)))" }
}

/// Words that tell of a model what can be known without data.
extension StandardLibrary {
  private static let m = Argument("m", .model, "A model.")
  private static let shape = Argument("shape", .shape, "The shape of a batch, as a list.")

  /// The parts of a model in order, with what each gives for a batch of zeros.
  private static func walked(_ call: Call, _ interpreter: Interpreter) throws
    -> [(part: Value, result: Variable)]
  {
    let model = interpreter.asModel(call["m"])
    var parts = [model]
    if case .object(let object) = model, let chain = object as? Model {
      parts = chain.parts.filter {
        if case .object(let object) = $0 { !(object is InputObject) } else { true }
      }
    }
    let dims = try call.elements("shape", interpreter).map { value in
      guard let n = value.asInteger, n >= 0 else {
        throw call.wrong("shape", expected: "a list of sizes")
      }
      return n
    }
    var takesTokens = false
    if case .object(let object)? = parts.first, let layer = (object as? LayerObject)?.layer {
      takesTokens = layer.kind.entry.name == "Embedding"
    }
    var value = Value.tensor(
      Variable(try Tensor.zeros(Shape(checking: dims), takesTokens ? .int64 : .float32)))
    return try parts.map { part in
      value = try interpreter.apply(part, [value])
      guard let result = value.variable else {
        throw call.error("`\(Model.label(part))` gives \(value.withArticle), not a tensor", at: "m")
      }
      return (part, result)
    }
  }

  static let modelReportWords: [Builtin] = [
    Builtin(
      Entry(
        "freeze", family: "Models",
        [
          Argument("m", .any, "A model; or a run."),
          Argument(
            "layer", .text, "Of a run: its name as dashboard(r) shows it, or its path.",
            default: "\"\""),
        ],
        summary: "The same model, of which training moves nothing; or stops a layer of a run.",
        details:
          "A file of a model that holds it has only what training moves. freeze(r, \"0\") keeps "
          + "layer 0 of a run as it is from its next step on, unfreeze(r, \"0\") lets it move again.",
        examples: [Example("count_params(freeze(Linear(2, 3)) >> Linear(3, 1))", prints: "4")])
    ) { call, interpreter in
      if case .object(let object) = call["m"], let run = object as? Run {
        try run.job.steer(.freeze(layer: call.text("layer")))
        return .none
      }
      return .object(FrozenObject(model: interpreter.asModel(call["m"])))
    },
    Builtin(
      Entry(
        "shapes", family: "Models", [m, shape],
        summary: "What each layer of a chain gives for a batch of a shape.",
        examples: [
          Example(
            "shapes(Linear(4, 3) >> relu, [32, 4])[1]", prints: "(layer=\"relu\", shape=(32, 3))")
        ])
    ) { call, interpreter in
      .list(
        try walked(call, interpreter).map { part, result in
          .record(
            Record([
              ("layer", .text(Model.label(part))),
              ("shape", .record(Record(result.dims.map { (nil, .integer($0)) }))),
            ]))
        })
    },
    Builtin(
      Entry(
        "summary", family: "Models", [m],
        summary: "The layers of a model and how many weights each has, as a text.",
        examples: [Example("lines(summary(Linear(4, 3) >> relu))[-1]", prints: "total          15")]
      )
    ) { call, interpreter in
      let model = interpreter.asModel(call["m"])
      if case .object(let object) = model, object is Model { return .text(object.text(width: 72)) }
      return .text(Model(parts: [model], sample: nil).text(width: 72))
    },
    Builtin(
      Entry(
        "flops", family: "Models",
        [
          m, shape,
          Argument(
            "macs", .boolean, "Only products with their sums, as papers count them.",
            default: "false"),
        ], summary: "About how many multiplications and additions a batch of a shape takes.",
        details:
          "Twice each weight of a matrix for every place it is used at; one for an element else.",
        examples: [Example("flops(Linear(4, 3) >> relu, [1, 4])", prints: "27")])
    ) { call, interpreter in
      let (count, earlier) = (OperationCount(), interpreter.context.watch)
      interpreter.context.watch = count
      defer { interpreter.context.watch = earlier }
      _ = try walked(call, interpreter)
      return .integer(try call.boolean("macs") ? count.products : count.total)
    },
  ]
}

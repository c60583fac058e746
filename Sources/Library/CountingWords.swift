import Autograd
import Language
import Tensors
import Vocabulary

extension StandardLibrary {
  static let countingWords: [Builtin] = [
    Builtin(
      Entry(
        "count_built", family: "Models",
        [Argument("f", .function, "A function without arguments that builds a model.")],
        summary: "How many numbers training would move in a model; its weights are not drawn.",
        details: "Networks of hundreds of millions of weights are counted in a moment.",
        examples: [Example("count_built(() => Linear(1000, 1000))", prints: "1001000")])
    ) { call, interpreter in
      let stream = interpreter.context.stream
      interpreter.context.stream = .blank
      defer { interpreter.context.stream = stream }
      let model = interpreter.asModel(try interpreter.apply(call["f"], []))
      return .integer(
        Tree.leaves(of: model, .parameters).reduce(0) { $0 + $1.variable.shape.count })
    }
  ]
}

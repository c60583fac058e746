import Language
import Tensors

/// What every learner of the language shares: the names of the page as they were at the start.
struct LearningScene: Sendable {
  private let words: @Sendable (EvaluationContext) -> Interpreter
  private let interruption: Interruption

  init(_ interpreter: Interpreter) {
    let (catalog, prelude, names) = (interpreter.words, Prelude.definitions, interpreter.globals)
    interruption = interpreter.context.interruption
    words = { context in
      let own = Interpreter(words: catalog, prelude: prelude, composer: Model.composed)
      own.adopt(names)
      own.context = context
      own.markStack()
      return own
    }
  }

  func interpreter(_ stream: RandomStream) -> Interpreter {
    words(EvaluationContext(stream: stream, interruption: interruption))
  }

  func interpreter(_ context: EvaluationContext) -> Interpreter {
    words(context)
  }
}

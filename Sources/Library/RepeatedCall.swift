import Autograd
import Language
import Tensors

/// A function of the language applied to the same tensor again and again, without being interpreted
/// once its course is known.
package final class RepeatedCall {
  private let plan = StepPlan()
  private let function: Value
  private let input: Tensor
  private let interpreter: Interpreter
  package let parameterCount: Int

  package init(
    of function: String, with input: String, in names: Names, _ interpreter: Interpreter
  ) throws {
    guard let body = names[function], let x = names[input]?.variable else {
      throw LanguageError("name", "the program names no function \(function) of \(input)")
    }
    (self.function, self.input, self.interpreter) = (body, x.value, interpreter)
    interpreter.adopt(names)
    parameterCount = names.order.reduce(0) { sum, name in
      names[name].map { Tree.leaves(of: $0, .parameters) }?
        .reduce(sum) { $0 + $1.variable.shape.count } ?? sum
    }
  }

  /// Applies the function once more.
  @discardableResult
  package func step() throws -> Tensor {
    try plan.slopes([input], RandomStream(seed: 0)) { _ in
      guard let result = try interpreter.apply(function, [.tensor(Variable(input))]).variable else {
        throw LanguageError("value", "the function gives no tensor")
      }
      return (StepPlan.Slopes(result.value, []), isOpen: false)
    }.value
  }
}

/// The value of a function and its gradients at the same tensors again and again, without the tape
/// once its course is known: as a training takes its steps.
package final class RepeatedGradient {
  private let plan = StepPlan()
  private let places: [Tensor]
  private let body: ([Variable]) throws -> Variable

  package init(at places: [Tensor], of body: @escaping ([Variable]) throws -> Variable) {
    (self.places, self.body) = (places, body)
  }

  /// The value, then the gradients; valid until the next step.
  @discardableResult
  package func step() throws -> [Tensor] {
    let slopes = try plan.slopes(places, RandomStream(seed: 0)) { _ in
      let (value, gradients) = try Gradients.of(places.map { Variable($0) }, body)
      return (StepPlan.Slopes(value.value, gradients.map(\.value)), isOpen: false)
    }
    return [slopes.value] + slopes.gradients
  }
}

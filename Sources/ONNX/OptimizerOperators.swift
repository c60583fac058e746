import Glibc
import Tensors

extension GraphOperators {
  private static let training = "ai.onnx.preview.training"

  /// One step for each of several tensors: the inputs are the rate, the step's number, then lists of
  /// tensors, gradients and states; the outputs are the lists of new tensors and states.
  private static func optimizer(
    _ name: String, states: Int,
    _ step:
      @escaping @Sendable (NodeCall, Double, Int, Double, Double, [Double]) -> (
        Double, [Double]
      )
  ) -> GraphOperator {
    GraphOperator(many: name, domain: training) { call in
      let (rate, time) = (try call.operand(0).real(), try call.operand(1).integer())
      let lists = states + 2
      let count = (call.inputs.count - 2) / lists
      guard count > 0, count * lists + 2 == call.inputs.count else {
        throw GraphError.invalid("\(call.inputs.count) inputs")
      }
      let decay = call.real("norm_coefficient", 0)
      var outputs = [[Operand]](repeating: [], count: states + 1)
      for k in 0..<count {
        let (x, g) = (try call.operand(2 + k), try call.operand(2 + count + k))
        let memory = try (0..<states).map { try call.operand(2 + (2 + $0) * count + k) }
        guard g.dims == x.dims, memory.allSatisfy({ $0.dims == x.dims }) else {
          throw GraphError.invalid("a gradient of \(g.dims) for \(x.dims)")
        }
        let (values, gradients) = (try x.reals(), try g.reals())
        let kept = try memory.map { try $0.reals() }
        var fresh = [[Double]](repeating: values, count: states + 1)
        for i in values.indices {
          let gradient = gradients[i] + decay * values[i]
          let (value, next) = step(call, rate, time, values[i], gradient, kept.map { $0[i] })
          fresh[0][i] = value
          for s in 0..<states { fresh[s + 1][i] = next[s] }
        }
        for s in 0...states {
          outputs[s].append(try Operand(reals: fresh[s], x.dims, x.type))
        }
      }
      return outputs.flatMap { $0 }.map { .tensor($0) }
    }
  }

  static let optimizers: [GraphOperator] = [
    optimizer("Momentum", states: 1) { call, rate, time, x, gradient, state in
      let (alpha, beta) = (call.real("alpha", 0), call.real("beta", 0))
      let velocity = alpha * state[0] + (time > 0 ? beta : 1) * gradient
      let isNesterov = call.text("mode") == "nesterov"
      return (x - rate * (isNesterov ? gradient + alpha * velocity : velocity), [velocity])
    },
    optimizer("Adagrad", states: 1) { call, rate, time, x, gradient, state in
      let squares = state[0] + gradient * gradient
      let now = rate / (1 + Double(time) * call.real("decay_factor", 0))
      return (x - now * gradient / (squares.squareRoot() + call.real("epsilon", 1e-6)), [squares])
    },
    optimizer("Adam", states: 2) { call, rate, time, x, gradient, state in
      let (alpha, beta) = (call.real("alpha", 0.9), call.real("beta", 0.999))
      let velocity = alpha * state[0] + (1 - alpha) * gradient
      let squares = beta * state[1] + (1 - beta) * gradient * gradient
      let t = Double(time)
      let now =
        time > 0 ? rate * (1 - pow(beta, t)).squareRoot() / (1 - pow(alpha, t)) : rate
      let value = x - now * velocity / (squares.squareRoot() + call.real("epsilon", 1e-6))
      return ((1 - call.real("norm_coefficient_post", 0)) * value, [velocity, squares])
    },
  ]
}

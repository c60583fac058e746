import Glibc
import Tensors

extension GraphOperators {
  /// The negative log probabilities of the right classes: [N, C, ...] and labels [N, ...].
  private static func likelihood(_ call: NodeCall, _ scores: Operand) throws -> Operand {
    let labels = try call.operand(1)
    let x = try scores.ranked(2...)
    let (batch, classes) = (x.dims[0], x.dims[1])
    let inner = x.dims[2...].reduce(1, *)
    guard labels.dims == [batch] + Array(x.dims[2...]) else {
      throw GraphError.invalid("labels \(labels.dims) for scores \(x.dims)")
    }
    let weights = try call.optional(2)?.reals()
    guard weights.map({ $0.count == classes }) ?? true else {
      throw GraphError.invalid("\(weights?.count ?? 0) weights for \(classes) classes")
    }
    let ignored = call.integer("ignore_index")
    let (values, targets) = (try x.reals(), try labels.integers())
    var (losses, shares): ([Double], [Double]) = ([], [])
    for (i, label) in targets.enumerated() {
      if label == ignored {
        losses.append(0)
        shares.append(0)
        continue
      }
      let at = try index(label, classes, axis: 1)
      let share = weights?[at] ?? 1
      losses.append(-values[(i / inner * classes + at) * inner + i % inner] * share)
      shares.append(share)
    }
    switch call.text("reduction", "mean") {
    case "none": return try Operand(reals: losses, labels.dims, x.type)
    case "sum": return try Operand(reals: [losses.reduce(0, +)], [], x.type)
    default:
      return try Operand(reals: [losses.reduce(0, +) / shares.reduce(0, +)], [], x.type)
    }
  }

  static let losses: [GraphOperator] = [
    GraphOperator("NegativeLogLikelihoodLoss") { try likelihood($0, $0.operand(0)) },
    GraphOperator(many: "SoftmaxCrossEntropyLoss") { call in
      let x = try call.operand(0).ranked(2...)
      let logs = try mapped(x, axis: 1) { row in
        let sum = logSumExp(row)
        return row.map { $0 - sum }
      }
      return [.tensor(try likelihood(call, logs)), .tensor(logs)]
    },
  ]
}

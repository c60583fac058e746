import Autograd
import Language
import Layers

/// Counts multiplications and additions while a model answers once, in chains and in functions alike.
final class OperationCount: EvaluationWatch {
  private(set) var total = 0
  /// Those of matrices and windows alone, each multiplication with its addition, as papers count them.
  private(set) var products = 0

  func look(
    at result: Value, of name: String, from given: [Value], by object: (any LanguageObject)?
  ) {
    guard let result = result.variable else { return }
    if let object {
      // What else can be called is made of layers and words, which are seen by themselves.
      if let layer = (object as? LayerObject)?.layer {
        let all = OperationCount.of(layer, given.first?.variable, result)
        add(all.count, isProduct: all.isProduct)
      }
      return
    }
    let inputs = given.compactMap(\.variable)
    switch name {
    case "@", "matmul": add(result.shape.count, 2 * (inputs.first?.dims.last ?? 1), isProduct: true)
    default: add(result.shape.count)
    }
  }

  private func add(_ count: Int, _ times: Int = 1, isProduct: Bool = false) {
    let all = count.multiplied(times)
    total = total.added(all)
    if isProduct { products = products.added(all / 2) }
  }

  /// Those of a layer: its matrices once for each place, or one for an element of what it gives.
  private static func of(_ layer: Layer, _ given: Variable?, _ result: Variable) -> (
    count: Int, isProduct: Bool
  ) {
    let weights = layer.parameters.map(\.value).filter { $0.rank > 1 }
    let name = layer.kind.entry.name
    if weights.isEmpty || name == "Embedding" { return (result.shape.count, false) }
    // Windows are used at each place of what they give, channels at axis 1; matrices at each place of
    // what they take, numbers at the last axis: a recurrent layer may give its last state alone.
    let isImage = name.hasPrefix("Conv") && result.rank > 1
    let places =
      if isImage { result.shape.count / max(1, result.dims[1]) } else {
        (given ?? result).shape.count / max(1, (given ?? result).dims.last ?? 1)
      }
    let all = weights.reduce(0) { $0 + $1.shape.count }.multiplied(2 * places)
    guard name == "Attention", let given, given.rank == 3 else { return (all, true) }
    // Each place with each: once for the scores, once for the mean of the values.
    return (all.added(given.shape.count.multiplied(4 * given.dims[1])), true)
  }
}

extension Int {
  /// As far as whole numbers reach.
  fileprivate func multiplied(_ other: Int) -> Int {
    let (product, isOver) = multipliedReportingOverflow(by: other)
    return isOver ? .max : product
  }

  fileprivate func added(_ other: Int) -> Int {
    let (sum, isOver) = addingReportingOverflow(other)
    return isOver ? .max : sum
  }
}

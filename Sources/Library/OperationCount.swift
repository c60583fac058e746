import Autograd
import Language
import Layers

/// Counts multiplications and additions while a model answers once, in chains and in functions alike.
final class OperationCount: EvaluationWatch {
  private(set) var total = 0

  func look(
    at result: Value, of name: String, from given: [Value], by object: (any LanguageObject)?
  ) {
    guard let result = result.variable else { return }
    if let object {
      // What else can be called is made of layers and words, which are seen by themselves.
      if let layer = (object as? LayerObject)?.layer {
        add(OperationCount.of(layer, given.first?.variable, result))
      }
      return
    }
    let inputs = given.compactMap(\.variable)
    switch name {
    case "@", "matmul": add(result.shape.count, 2 * (inputs.first?.dims.last ?? 1))
    default: add(result.shape.count)
    }
  }

  private func add(_ count: Int, _ times: Int = 1) {
    let (all, isOver) = count.multipliedReportingOverflow(by: times)
    let (sum, overflows) = total.addingReportingOverflow(isOver ? .max : all)
    total = overflows ? .max : sum
  }

  /// Those of a layer: its matrices once for each place, or one for an element of what it gives.
  private static func of(_ layer: Layer, _ given: Variable?, _ result: Variable) -> Int {
    let weights = layer.parameters.map(\.value).filter { $0.rank > 1 }
    if weights.isEmpty || layer.kind.entry.name == "Embedding" { return result.shape.count }
    // Windows are used at each place of what they give, channels at axis 1; matrices at each place of
    // what they take, numbers at the last axis: a recurrent layer may give its last state alone.
    let isImage = layer.kind.entry.name.hasPrefix("Conv") && result.rank > 1
    let places =
      if isImage { result.shape.count / max(1, result.dims[1]) } else {
        (given ?? result).shape.count / max(1, (given ?? result).dims.last ?? 1)
      }
    let (all, overflow) = weights.reduce(0) { $0 + $1.shape.count }
      .multipliedReportingOverflow(by: 2 * places)
    return overflow ? .max : all
  }
}

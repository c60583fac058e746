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
      if let layer = (object as? LayerObject)?.layer { add(OperationCount.of(layer, result)) }
      return
    }
    let inputs = given.compactMap(\.variable)
    switch name {
    case "@", "matmul": add(result.shape.count, 2 * (inputs.first?.dims.last ?? 1))
    case "attention" where inputs.count > 1 && inputs[1].rank > 1:
      // Queries with keys, then weights with values.
      let keys = 2 * inputs[1].dims[inputs[1].rank - 2]
      add(inputs[0].shape.count, keys)
      add(result.shape.count, keys)
    default: add(result.shape.count)
    }
  }

  private func add(_ count: Int, _ times: Int = 1) {
    let (all, isOver) = count.multipliedReportingOverflow(by: times)
    let (sum, overflows) = total.addingReportingOverflow(isOver ? .max : all)
    total = overflows ? .max : sum
  }

  /// Those of a layer that gives `result`: its matrices once for each place, or one for an element.
  private static func of(_ layer: Layer, _ result: Variable) -> Int {
    let weights = layer.parameters.map(\.value).filter { $0.rank > 1 }
    if weights.isEmpty || layer.kind.entry.name == "Embedding" { return result.shape.count }
    // Images have their channels at axis 1, all else at the last.
    let isImage = layer.kind.entry.name.hasPrefix("Conv")
    let width = isImage && result.rank > 1 ? result.dims[1] : result.dims.last ?? 1
    let places = result.shape.count / max(1, width)
    let (all, overflow) = weights.reduce(0) { $0 + $1.shape.count }
      .multipliedReportingOverflow(by: 2 * places)
    return overflow ? .max : all
  }
}

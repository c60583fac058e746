import Autograd
import Tensors

/// Looks on while a step is run again, for the first number that is not finite.
package final class FiniteWatch: EvaluationWatch {
  private var layers: [String] = []
  /// Made from finite numbers alone.
  private var born: String?
  /// Not a number, made from numbers some of which were infinite.
  private var spoiled: String?

  package init(rows: Int? = nil) { rowCount = rows }

  package func enter(_ layer: String) { layers.append(layer) }
  package func leave() { layers.removeLast() }

  /// Notes the result of an operation, or of a layer called by itself.
  package func look(
    at result: Value, of name: String, from given: [Value], by object: (any LanguageObject)?
  ) {
    let isLayer = object != nil
    guard born == nil, let kind = FiniteWatch.kind(of: result) else { return }
    let inputs = given.compactMap(FiniteWatch.kind)
    let own = isLayer && (layers.last?.contains(name) ?? true) ? "" : "`\(name)`"
    let layer = layers.last ?? (isLayer ? "`\(name)`" : "")
    let parts = [layer, own].filter { !$0.isEmpty }.joined(separator: ", ")
    let row = rowCount.flatMap { FiniteWatch.row(of: result, among: $0) }
    let place = row.map { " in row \($0)" } ?? ""
    let sentence = "\(parts) gave the first \(kind)\(place)\(FiniteWatch.range(of: given))"
    if inputs.isEmpty {
      (born, self.row) = (sentence, row)
    } else if kind == "nan", !inputs.contains("nan"), spoiled == nil {
      spoiled = sentence
      self.row = row
    }
  }

  /// The row of the batch in which it came up, where the result still had rows.
  package private(set) var row: Int?
  /// How many rows the batch has.
  private let rowCount: Int?

  /// What was found, from the cause: infinity comes before the nan that is made of it.
  package var sentence: String? { born ?? spoiled }

  /// The first field of a batch with numbers that are not finite, in words.
  package func broken(in batch: Value) -> String? {
    if case .record(let record) = batch {
      for (name, field) in zip(record.names, record.fields) {
        if let kind = FiniteWatch.kind(of: field.value) { return "\(kind) in `\(name)`" }
      }
      return nil
    }
    return FiniteWatch.kind(of: batch)
  }

  private static func kind(of value: Value) -> String? {
    switch value {
    case .number(let x): return x.isFinite ? nil : x.isNaN ? "nan" : "inf"
    case .list(let items): return items.lazy.compactMap(kind).first
    case .record(let record): return record.fields.lazy.compactMap { kind(of: $0.value) }.first
    default: return value.variable.flatMap { kind(of: $0.value) }
    }
  }

  /// "nan" or "inf" when a tensor holds one.
  package static func kind(of tensor: Tensor) -> String? {
    guard tensor.dtype.isFloat else { return nil }
    var hasInfinity = false
    for x in tensor.array(of: Double.self) where !x.isFinite {
      if x.isNaN { return "nan" }
      hasInfinity = true
    }
    return hasInfinity ? "inf" : nil
  }

  /// The first row with a number that is not finite, in a result that has so many rows.
  private static func row(of value: Value, among rows: Int) -> Int? {
    guard rows > 1, let x = value.variable?.value, x.rank > 0, x.dims[0] == rows else { return nil }
    let numbers = x.array(of: Double.self)
    return numbers.firstIndex { !$0.isFinite }.map { $0 / max(1, numbers.count / rows) }
  }

  /// The numbers it was made from, as ranges.
  private static func range(of given: [Value]) -> String {
    let ranges = given.compactMap { value -> String? in
      guard let x = value.variable?.value, x.dtype.isFloat else { return nil }
      let numbers = x.array(of: Double.self)
      guard let low = numbers.min(), let high = numbers.max() else { return nil }
      return low == high ? shortNumber(low) : "between \(shortNumber(low)) and \(shortNumber(high))"
    }
    guard !ranges.isEmpty, ranges.count <= 3 else { return "" }
    return " from numbers " + ranges.joined(separator: ", and ")
  }
}

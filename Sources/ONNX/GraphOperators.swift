/// Every operator that models may use, by domain and name.
package enum GraphOperators {
  static let all: [GraphOperator] =
    unary + binary + comparisons + casts + moving + cutting + gathering + scattering + reductions
    + sortings + products + convolutions + poolings + normalizations + quantizations + resizings
    + recurrences + attentions + losses + signals + control + sequences + texts + creations
    + detections + optimizers + trees + pictures

  static let table: [String: GraphOperator] = Dictionary(
    uniqueKeysWithValues: all.map { ($0.domain + "." + $0.name, $0) })

  /// The names of the operators, with their domain when it is not the standard one.
  package static var names: [String] {
    all.map { $0.domain.isEmpty ? $0.name : $0.domain + "." + $0.name }.sorted()
  }
}

import Language
import Library
import Tensors

/// One cell run in the names that the cell above it left.
package struct CellEvaluation {
  /// The names after the cell; those before it when it failed.
  package let names: Names
  /// Names the cell bound, with their values, in order.
  package let bound: [(name: String, value: Value)]
  package let error: String?
  /// The cell with the change that its mistake offers.
  package let change: String?
  package let notes: [String]

  /// The random numbers of a cell depend on the notebook's seed and its own id alone.
  package static func stream(seed: UInt64, cell id: String) -> RandomStream {
    let number = id.utf8.reduce(0xcbf2_9ce4_8422_2325 as UInt64) {
      ($0 ^ UInt64($1)) &* 0x100_0000_01b3
    }
    return RandomStream(seed: seed, cell: number)
  }

  /// What is shown, and which runs start, is left in `context`. Runs of a failing cell are stopped.
  package static func run(
    _ source: String, in names: Names, _ context: EvaluationContext, _ interpreter: Interpreter,
    overrides: [String: String] = [:]
  ) -> CellEvaluation {
    do {
      let evaluation = try interpreter.evaluate(source, in: names, context)
      var after = evaluation.names
      for (name, value) in overrides.sorted(by: { $0.key < $1.key })
      where evaluation.bound.contains(name) {
        let before = after[name]
        after = try interpreter.evaluate("\(name) = \(value)", in: after, context).names
        try checkKind(name, before, after[name])
      }
      return CellEvaluation(
        names: after, bound: evaluation.bound.compactMap { name in after[name].map { (name, $0) } },
        error: nil, change: nil, notes: evaluation.notes)
    } catch {
      for object in context.started { (object as? Run)?.job.stop() }
      return CellEvaluation(
        names: names, bound: [], error: error.rendered(source: source),
        change: error.repair?.applied(to: source), notes: context.notes)
    }
  }

  /// A value given from outside is of the kind of the one it stands in for.
  private static func checkKind(_ name: String, _ before: Value?, _ after: Value?)
    throws(LanguageError)
  {
    func kind(_ value: Value) -> String {
      switch value {
      case .integer, .number: "a number"
      default: value.withArticle
      }
    }
    guard let before, let after, kind(before) != kind(after) else { return }
    if case .none = before { return }
    throw LanguageError(
      "params", "`\(name)` is \(kind(before)), \(after.inline) is \(kind(after))",
      hint: "a value of the kind that the notebook gives it")
  }
}

/// Someone who looks on while a program runs: at operations, at words, at layers.
package protocol EvaluationWatch: AnyObject {
  /// A layer of a chain begins, and ends.
  func enter(_ layer: String)
  func leave()
  /// Something was computed from values; by a layer or another object, or by a word.
  func look(
    at result: Value, of name: String, from given: [Value], by object: (any LanguageObject)?)
}

extension EvaluationWatch {
  package func enter(_ layer: String) {}
  package func leave() {}
}

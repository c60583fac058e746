import Vocabulary

/// A fixed piece of work that is timed: a training of the language, step by step, or a model applied
/// to the same input again and again.
package struct Workload: Sendable {
  package let entry: Entry
  /// What one step handles, such as 64 samples.
  package let items: Int
  package let unit: String
  /// Floating-point operations of a step: products alone, forward and backward.
  package let operations: Double
  /// A program that ends in `train(…, steps=0)`: the learner that is then moved; or one that names
  /// a function `f` and its input `x`.
  let program: String

  init(
    _ name: String, _ summary: String, items: Int, _ unit: String = "samples",
    operations: Int, _ program: String
  ) {
    entry = Entry(name, family: "Benchmarks", summary: summary, examples: [])
    self.items = items
    self.unit = unit
    self.operations = Double(operations)
    self.program = program
  }
}

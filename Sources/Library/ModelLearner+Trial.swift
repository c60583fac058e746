import Autograd
import Language
import Tensors

extension ModelLearner {
  /// Runs the loss on one batch, so that mistakes show before the run starts; gives `notes` and what
  /// is suspicious besides.
  func tried(before notes: [String], batch size: Int) throws -> [String] {
    let context = EvaluationContext(stream: RandomStream(seed: 0))
    context.notes = notes
    let interpreter = scene.interpreter(context)
    if !isObjective, case .record(let record) = data, let x = record["x"]?.rowCount {
      try ModelLearner.checkRows(x, record["y"]?.rowCount)
    }
    let count = min(size, exampleCount)
    var batch = try StandardLibrary.choosing(Array(0..<count), from: data)
    if let variation {
      batch = try variation.tried(Array(0..<count), of: data, interpreter)
    }
    let choice = Tree.Choice.parameters
    let leaves = Tree.leaves(of: model, choice)
    let (_, gradients) = try Gradients.of(leaves.map(\.variable)) { traced in
      try loss(
        of: Tree.replacing(model, choice, with: traced, training: true), on: batch, interpreter)
    }
    if let held {
      let rows = try StandardLibrary.rows(of: held) ?? 0
      _ = try loss(
        of: model, on: StandardLibrary.choosing(Array(0..<min(2, rows)), from: held), interpreter)
    }
    try Suspicions.note(self, leaves, gradients, on: batch, interpreter)
    return context.notes
  }

  /// Prediction and target come row by row.
  static func checkRows(_ x: Int, _ y: Int?) throws {
    guard let y, x != y else { return }
    throw LanguageError(
      "data", "x has \(x) rows but y has \(y)", hint: "as many targets as examples")
  }
}

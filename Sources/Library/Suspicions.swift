import Autograd
import Language
import Tensors
import Vocabulary

/// Notes for programs that are legal and most likely wrong.
enum Suspicions {
  /// The same word, with a note where its arguments are suspicious.
  static func watching(_ word: Builtin) -> Builtin {
    let note: @Sendable (Call, Interpreter) throws -> String?
    switch word.entry.name {
    case "cross_entropy":
      note = { call, _ in try ofScores(call.variable("logits"), call.variable("y")) }
    case "bce": note = { call, _ in try ofChances(call.variable("prediction")) }
    default: return word
    }
    return Builtin(word.entry) { call, interpreter in
      let result = try word.run(call, interpreter)
      if !interpreter.isTrial, let text = try note(call, interpreter) { interpreter.note(text) }
      return result
    }
  }

  /// A word by which a function that is used as a model makes new parameters at each call.
  static func madeAnew(by model: Value) -> String? {
    switch model {
    case .function(let function):
      if function.isOfLibrary { return nil }
      return function.syntax.mentions.first { makers.contains($0) }
    case .object(let object):
      return object.children.lazy.compactMap { madeAnew(by: $0.value) }.first
    default: return nil
    }
  }

  private static let makers: Set<String> = [
    "param", "Linear", "Conv", "Embedding", "RNN", "GRU", "LSTM", "Attention",
  ]

  /// What is wrong with parameters that are made anew.
  static func anew(_ word: String) -> String {
    "`\(word)` in this model makes new numbers at each call, which nothing remembers; make them "
      + "outside of it: f() = { W = param(…); x => … }"
  }

  private static let most = 1 << 14

  /// Rows (or columns) of chances where raw scores are expected.
  private static func ofScores(_ scores: Variable, _ labels: Variable) throws -> String? {
    guard !scores.isTraced, scores.rank == 2, scores.shape.count <= most, scores.dims[0] > 0,
      scores.dims[1] > 1, scores.dtype.isFloat
    else { return nil }
    let x = scores.value.array(of: Double.self)
    guard x.allSatisfy({ $0 >= 0 && $0 <= 1 }) || x.allSatisfy({ $0 <= 0 }) else { return nil }
    let (rows, columns) = (scores.dims[0], scores.dims[1])
    func isOne(_ sum: Double) -> Bool { abs(sum - 1) < 1e-3 }
    let row = (0..<rows).map { i in x[(i * columns)..<((i + 1) * columns)] }
    if row.allSatisfy({ isOne($0.reduce(0, +)) }) {
      return "cross_entropy takes raw scores and applies softmax itself; "
        + "these rows are chances that sum to 1 already"
    }
    let sums = (0..<columns).map { j in row.reduce(0) { $0 + $1[$1.startIndex + j] } }
    if rows > 1, sums.allSatisfy(isOne) {
      return
        "cross_entropy takes raw scores; these columns sum to 1, as behind softmax along axis 0"
    }
    return nil
  }

  private static func ofChances(_ scores: Variable) throws -> String? {
    guard !scores.isTraced, (16...most).contains(scores.shape.count), scores.dtype.isFloat else {
      return nil
    }
    let x = scores.value.array(of: Double.self)
    // A model that starts with zeros gives the same score everywhere.
    guard x.allSatisfy({ $0 >= 0 && $0 <= 1 }), x.contains(where: { $0 > 0 && $0 < 1 }),
      x.contains(where: { $0 != x[0] })
    else { return nil }
    return "bce takes raw scores and applies sigmoid itself; these all lie between 0 and 1: "
      + "if they are chances already, leave the sigmoid out"
  }

  /// What is suspicious in the first batch of a training.
  static func note(
    _ learner: ModelLearner, _ leaves: [Tree.Leaf], _ gradients: [Variable], on batch: Value,
    _ interpreter: Interpreter
  ) throws {
    for (leaf, slope) in zip(leaves, gradients)
    where slope.value.array(of: Double.self).allSatisfy({ $0 == 0 }) {
      interpreter.note(
        "`\(leaf.path)` gets no gradient from the first batch, so that training does not move it")
    }
    guard case .record(let record) = learner.data else { return }
    for (name, field) in zip(record.names, record.fields) {
      guard let x = field.value.variable, x.dtype.isFloat, x.shape.count > 0 else { continue }
      let broken = x.value.array(of: Double.self).count { !$0.isFinite }
      if broken > 0 {
        interpreter.note(
          "`\(name)` of the data holds \(broken) number\(broken == 1 ? "" : "s") that "
            + "\(broken == 1 ? "is" : "are") nan or inf")
      }
    }
    if let y = record["y"]?.variable, y.dtype == .int64, y.shape.count > 1 {
      let labels = y.value.array(of: Int64.self)
      if labels.allSatisfy({ $0 == labels[0] }) {
        interpreter.note("all labels of the data are \(labels[0])")
      }
    }
    if let held = learner.held, interpreter.same(held, learner.data) {
      interpreter.note("val is the training data itself: it cannot tell what was learned by heart")
    }
    guard !learner.isObjective, let x = (batch.record)?["x"], let y = batch.record?["y"]?.variable
    else { return }
    // The loss is asked once more with a prediction that is no part of a gradient.
    let last = LastWord()
    interpreter.context.watch = last
    defer { interpreter.context.watch = nil }
    guard case .builtin(let word) = learner.loss,
      let p = try interpreter.apply(learner.model, [x]).variable
    else { return }
    switch word.entry.name {
    case "cross_entropy": if let text = try ofScores(p, y) { interpreter.note(text) }
    // Raw scores of one batch may all lie between 0 and 1; those that sigmoid made are none.
    case "bce" where last.name == "sigmoid":
      interpreter.note(
        "bce takes raw scores and applies sigmoid itself; this model ends in sigmoid")
    default: break
    }
  }
}

/// The word that made the answer of a model, but for those that only move its elements.
private final class LastWord: EvaluationWatch {
  private(set) var name = ""
  private static let moving: Set<String> = ["reshape", "flatten", "squeeze", "transpose", "[…]"]

  func look(
    at result: Value, of name: String, from given: [Value], by object: (any LanguageObject)?
  ) {
    if object is Model || LastWord.moving.contains(name) { return }
    self.name = name
  }
}

extension Value {
  fileprivate var record: Record? { if case .record(let record) = self { record } else { nil } }
}

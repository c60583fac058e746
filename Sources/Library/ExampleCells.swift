import Autograd
import Language
import Plots
import Tensors

/// The examples behind a confusion matrix, each with what the model said and its loss.
package struct ExampleCells: Sendable {
  package struct Example: Sendable {
    /// Its row in the data.
    package let row: Int
    package let label: Int
    package let answer: Int
    package let loss: Double
  }

  package let names: [String]
  package let counts: [[Int]]
  /// Largest loss first.
  private let all: [Example]
  package let inputs: Tensor
  private let model: Value
  private let scene: LearningScene

  init(_ model: Value, _ data: Value, names: [String], _ interpreter: Interpreter) throws {
    guard case .record(let record) = data, let x = record["x"]?.variable?.value,
      let y = record["y"]?.variable?.value, y.rank == 1, !y.dtype.isFloat, x.rank > 0,
      x.dims[0] == y.count, y.count > 0
    else {
      throw LanguageError(
        "data", "a confusion matrix needs data (x=…, y=…) with a whole number as label of each row")
    }
    let scores = try interpreter.apply(model, [.tensor(Variable(x))]).variable
    guard let scores, scores.rank == 2, scores.dims[0] == y.count, scores.dims[1] <= 1000 else {
      throw LanguageError(
        "shape", "the model should give a row of at most 1000 scores for each example",
        details: [scores.map { "it gives \($0.shape)" } ?? "it gives no tensor"])
    }
    let chances = try Operations.logSoftmax(scores, ["axis": .integer(-1)]).value
      .array(of: Double.self)
    let (labels, width) = (y.array(of: Int64.self).map { Int($0) }, scores.dims[1])
    guard labels.allSatisfy({ (0..<1000).contains($0) }) else {
      throw LanguageError("data", "labels are numbers from 0 to 999")
    }
    let kinds = max(width, (labels.max() ?? 0) + 1, names.count)
    var counts = [[Int]](repeating: [Int](repeating: 0, count: kinds), count: kinds)
    all = labels.enumerated().map { row, label in
      let own = chances[(row * width)..<((row + 1) * width)]
      var answer = 0
      for place in 0..<width where own[row * width + place] > own[row * width + answer] {
        answer = place
      }
      counts[label][answer] += 1
      let loss = label < width ? -own[row * width + label] : .infinity
      return Example(row: row, label: label, answer: answer, loss: loss)
    }.sorted { $0.loss != $1.loss ? $0.loss > $1.loss : $0.row < $1.row }
    self.counts = counts
    self.names = (0..<kinds).map { $0 < names.count ? names[$0] : "\($0)" }
    (inputs, self.model) = (x, model)
    scene = LearningScene(interpreter)
  }

  /// The examples of one cell.
  package func examples(label: Int, answer: Int) -> [Example] {
    all.filter { $0.label == label && $0.answer == answer }
  }

  /// An example as grey pixels; nil when it is no image.
  package func pixels(_ row: Int) -> [[Double]]? {
    (try? inputs.indexed([.index(row)])).flatMap(ExampleCells.pixels)
  }

  private static func pixels(_ x: Tensor) -> [[Double]]? {
    var dims = x.dims
    while dims.count > 2, dims[0] == 1 { dims.removeFirst() }
    if dims.count == 1, dims[0] >= 16 {
      // A square that was laid out in a row.
      let side = Int(Double(dims[0]).squareRoot().rounded())
      guard side * side == dims[0] else { return nil }
      dims = [side, side]
    }
    guard dims.count == 2, dims[0] > 1, dims[1] > 1, dims[1] <= 200 else { return nil }
    let all = x.array(of: Double.self)
    return (0..<dims[0]).map { Array(all[($0 * dims[1])..<(($0 + 1) * dims[1])]) }
  }

  /// An example as numbers in words.
  package func text(_ row: Int) -> String {
    guard let x = try? inputs.indexed([.index(row)]) else { return "" }
    let all = x.array(of: Double.self)
    let shown = all.prefix(12).map { shortNumber($0, digits: 3) }.joined(separator: ", ")
    return "[" + shown + (all.count > 12 ? ", …]" : "]")
  }

  /// How much each number of an example speaks for a class: input times gradient of its score.
  package func saliency(_ row: Int, for kind: Int) -> [Double]? {
    guard let x = try? inputs.indexed([.range(row, row + 1, 1)]), x.dtype.isFloat else {
      return nil
    }
    let interpreter = scene.interpreter(RandomStream(seed: 0))
    let found = try? Gradients.of([Variable(x)]) { traced in
      guard let scores = try interpreter.apply(model, [.tensor(traced[0])]).variable else {
        throw TensorError.emptyReduction(operation: "saliency")
      }
      return try scores.indexed([.index(0), .index(kind)])
    }
    guard let slope = found?.gradients.first else { return nil }
    return zip(x.array(of: Double.self), slope.value.array(of: Double.self)).map { abs($0 * $1) }
  }

  /// The same as pixels.
  package func saliencyPixels(_ row: Int, for kind: Int) -> [[Double]]? {
    guard let values = saliency(row, for: kind), let shape = pixels(row), let width = shape.first
    else { return nil }
    let columns = width.count
    guard values.count == shape.count * columns else { return nil }
    return shape.indices.map { Array(values[($0 * columns)..<(($0 + 1) * columns)]) }
  }
}

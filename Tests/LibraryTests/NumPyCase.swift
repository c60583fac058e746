import Autograd
import Files
import Language
import Library
import Tensors

/// One call with its inputs and what NumPy gives for it, from `Tests/Fixtures/numpy`.
///
/// `Tests/Fixtures/make_numpy_fixtures.py` writes the files and describes their format.
struct NumPyCase {
  let expression: String
  let inputs: Names
  let shape: [Int]
  let want: [Double]

  static func all(in file: String) throws -> [NumPyCase] {
    var folder = Substring(#filePath)
    for _ in 0..<2 { folder = folder[..<(folder.lastIndex(of: "/") ?? folder.startIndex)] }
    let text = String(
      decoding: try FileBytes.read("\(folder)/Fixtures/numpy/\(file).txt"), as: UTF8.self)
    var cases: [NumPyCase] = []
    var expression = ""
    var inputs = Names()
    for line in text.split(separator: "\n") {
      if line.hasPrefix("case ") {
        expression = String(line.dropFirst(5))
        continue
      }
      let halves = line.split(separator: ":", maxSplits: 1)
      let head = halves[0].split(separator: " ")
      let shape = head.dropFirst().compactMap { Int($0) }
      let numbers =
        halves.count < 2 ? [] : halves[1].split(separator: " ").compactMap { Double($0) }
      if head[0] == "want" {
        cases.append(
          NumPyCase(expression: expression, inputs: inputs, shape: shape, want: numbers))
      } else {
        let x = try Tensor(numbers.map { Float($0) }, shape: Shape(checking: shape))
        inputs[String(head[0])] = .tensor(Variable(x))
      }
    }
    return cases
  }

  /// What the library gives, and its shape.
  func result() throws -> (shape: [Int], values: [Double])? {
    let context = EvaluationContext(stream: RandomStream(seed: 1))
    let evaluation = try StandardLibrary.interpreter().evaluate(
      "result = \(expression)", in: inputs, context)
    guard let x = evaluation.names["result"]?.variable else { return nil }
    return (x.dims, x.value.array(of: Double.self))
  }
}

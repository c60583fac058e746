import Autograd
import Formats
import Language
import ONNX
import Tensors

extension GraphError: Diagnosable {
  package var code: String { "onnx" }
}

/// A model from an ONNX file: called with tensors, it runs its graph.
struct GraphObject: LanguageObject {
  private let runner: GraphRunner

  init(_ model: ONNXModel) { runner = GraphRunner(model) }

  private var graph: ONNXGraph { runner.model.graph }
  /// The inputs that a caller gives: those that are no constants.
  private var ports: [ONNXPort] {
    let constants = Set(graph.constants.map(\.name))
    return graph.inputs.filter { !constants.contains($0.name) }
  }

  var kindName: String { "model" }
  var fieldNames: [String] { graph.constants.map(\.name) }

  func field(_ name: String, _ interpreter: Interpreter) throws -> Value? {
    guard let constant = graph.constants.first(where: { $0.name == name }) else { return nil }
    return try GraphObject.value(of: .tensor(Operand(constant)))
  }

  func call(_ arguments: [Value], _ interpreter: Interpreter) throws -> Value? {
    let ports = ports
    guard arguments.count == ports.count else {
      throw LanguageError(
        "argument", "\(text(width: 72)) takes \(ports.count) inputs, not \(arguments.count)",
        details: ports.map(\.name))
    }
    let inputs = try zip(ports, arguments).map { port, value -> GraphValue? in
      guard let x = value.variable else {
        throw LanguageError(
          "argument", "the input `\(port.name)` is a tensor, this is \(value.withArticle)")
      }
      guard !x.isTraced else {
        throw LanguageError(
          "grad", "a model from an ONNX file has no derivative",
          hint: "write the layers that should learn in the language")
      }
      return .tensor(try Operand(x.value, as: port))
    }
    let outputs = try runner.run(inputs)
    if outputs.count == 1 { return try GraphObject.value(of: outputs[0]) }
    return .record(
      Record(try zip(graph.outputs, outputs).map { ($0.name, try GraphObject.value(of: $1)) }))
  }

  private static func value(of value: GraphValue?) throws -> Value {
    switch value {
    case nil, .nothing: return .none
    case .sequence(let values): return .list(try values.map { try GraphObject.value(of: $0) })
    case .tensor(let operand):
      if let texts = operand.textContent { return .list(texts.map { .text($0) }) }
      return try Value(Variable(operand.carrier()))
    }
  }

  func text(width: Int) -> String {
    let inputs = ports.map(\.name).joined(separator: ", ")
    let outputs = graph.outputs.map(\.name).joined(separator: ", ")
    return "onnx(\(inputs)) -> \(outputs), \(graph.nodes.count) nodes"
  }
}

import Formats
import Tensors

/// One node about to be computed: its inputs, its settings, and the names around it.
struct NodeCall {
  let node: ONNXNode
  let inputs: [GraphValue?]
  /// The version of the node's operators.
  let version: Int
  let runner: GraphRunner
  /// What the bodies of control nodes can see besides their own names.
  let names: [String: GraphValue]

  var outputCount: Int { node.outputs.count }

  func has(_ i: Int) -> Bool { i < inputs.count && inputs[i] != nil }

  /// Whether output `i` is asked for.
  func wants(_ i: Int) -> Bool { i < node.outputs.count && !node.outputs[i].isEmpty }

  func value(_ i: Int) throws -> GraphValue {
    guard i < inputs.count, let value = inputs[i] else {
      throw GraphError.invalid("input \(i) is missing")
    }
    return value
  }

  func operand(_ i: Int) throws -> Operand {
    guard case .tensor(let operand) = try value(i) else {
      throw GraphError.invalid("input \(i) should be a tensor")
    }
    return operand
  }

  func optional(_ i: Int) throws -> Operand? { has(i) ? try operand(i) : nil }

  /// Two operands; before version 7 the second could be laid along an axis of the first.
  func pair() throws -> (Operand, Operand) {
    let (a, b) = (try operand(0), try operand(1))
    guard version < 7, let axis = integer("axis"), axis >= 0, axis + b.rank < a.rank else {
      return (a, b)
    }
    return (a, try b.reshaped(b.dims + [Int](repeating: 1, count: a.rank - axis - b.rank)))
  }

  func operands() throws -> [Operand] { try inputs.indices.map { try operand($0) } }

  func sequence(_ i: Int) throws -> [GraphValue] {
    guard case .sequence(let values) = try value(i) else {
      throw GraphError.invalid("input \(i) should be a sequence")
    }
    return values
  }

  func integer(_ name: String) -> Int? { node.attributes[name]?.integer }
  func integer(_ name: String, _ standard: Int) -> Int { integer(name) ?? standard }
  func flag(_ name: String, _ standard: Bool = false) -> Bool {
    integer(name).map { $0 != 0 } ?? standard
  }

  func real(_ name: String, _ standard: Double) -> Double {
    node.attributes[name]?.float.map { Double($0) } ?? standard
  }

  func text(_ name: String, _ standard: String = "") -> String {
    node.attributes[name]?.text ?? standard
  }

  func integers(_ name: String) -> [Int]? {
    node.attributes[name].flatMap { $0.isIntegers ? $0.integers : nil }
  }

  func graph(_ name: String) throws -> ONNXGraph {
    guard let graph = node.attributes[name]?.graph else {
      throw GraphError.invalid("the body `\(name)` is missing")
    }
    return graph
  }

  func required(_ name: String) throws -> Int {
    guard let value = integer(name) else {
      throw GraphError.invalid("the setting `\(name)` is missing")
    }
    return value
  }

  /// The axes of an input (newer versions) or of a setting (older ones).
  func axes(input: Int, setting: String = "axes") throws -> [Int]? {
    if let given = try optional(input) { return try given.integers() }
    return integers(setting)
  }

  /// The element type that a setting names.
  func type(_ name: String) throws -> ElementType? {
    guard let code = integer(name), code != 0 else { return nil }
    guard let type = ElementType(rawValue: code) else {
      throw GraphError.unsupported("element type \(code)")
    }
    return type
  }
}

/// A row of the table of operators.
struct GraphOperator: Sendable {
  let name: String
  let domain: String
  let run: @Sendable (NodeCall) throws -> [GraphValue]

  /// An operator with any number of results.
  init(
    many name: String, domain: String = "",
    _ run: @escaping @Sendable (NodeCall) throws -> [GraphValue]
  ) {
    self.name = name
    self.domain = domain
    self.run = run
  }

  /// An operator with one tensor as its result.
  init(
    _ name: String, domain: String = "", _ run: @escaping @Sendable (NodeCall) throws -> Operand
  ) {
    self.init(many: name, domain: domain) { [.tensor(try run($0))] }
  }
}

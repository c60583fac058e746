import Formats
import Tensors

/// Runs a model, node after node.
package struct GraphRunner: Sendable {
  package let model: ONNXModel
  private let versions: [String: Int]
  private let functions: [String: ONNXFunction]
  private var depth = 0

  package init(_ model: ONNXModel) {
    self.model = model
    versions = model.versions
    functions = Dictionary(
      model.functions.map { ($0.domain + "." + $0.name, $0) },
      uniquingKeysWith: { first, _ in first }
    )
  }

  private init(_ runner: GraphRunner, versions: [String: Int]) {
    model = runner.model
    self.versions = versions.isEmpty ? runner.versions : versions
    functions = runner.functions
    depth = runner.depth
  }

  /// The results of the model's graph for inputs in the order of its ports; ports that are constants
  /// too may be left out at the end.
  package func run(_ inputs: [GraphValue?]) throws -> [GraphValue?] {
    let constants = Set(model.graph.constants.map(\.name))
    var names: [String: GraphValue] = [:]
    let ports = model.graph.inputs.filter { !constants.contains($0.name) }
    for (port, value) in zip(inputs.count > ports.count ? model.graph.inputs : ports, inputs) {
      names[port.name] = value
    }
    return try run(model.graph, names)
  }

  /// Runs a graph or the body of a node with the names it can see.
  func run(_ graph: ONNXGraph, _ outer: [String: GraphValue]) throws -> [GraphValue?] {
    let inner = try deeper()
    var names = outer
    for constant in graph.constants where names[constant.name] == nil || depth > 0 {
      names[constant.name] = .tensor(try Operand(constant))
    }
    for node in graph.nodes { try inner.run(node, &names) }
    return graph.outputs.map { names[$0.name] }
  }

  /// Runs a body with values for its inputs, in order; every output must be there.
  func run(body: ONNXGraph, _ inputs: [GraphValue], _ outer: [String: GraphValue]) throws
    -> [GraphValue]
  {
    guard inputs.count <= body.inputs.count else {
      throw GraphError.invalid("the body takes \(body.inputs.count) inputs, not \(inputs.count)")
    }
    var names = outer
    for (port, value) in zip(body.inputs, inputs) { names[port.name] = value }
    return try run(body, names).map { value in
      guard let value else { throw GraphError.invalid("the body does not compute its output") }
      return value
    }
  }

  private func deeper() throws -> GraphRunner {
    guard depth < 64 else { throw GraphError.invalid("graphs call each other too deeply") }
    var inner = self
    inner.depth += 1
    return inner
  }

  private func run(_ node: ONNXNode, _ names: inout [String: GraphValue]) throws {
    do {
      let inputs = try node.inputs.map { name -> GraphValue? in
        if name.isEmpty { return nil }
        guard let value = names[name] else {
          throw GraphError.invalid("its input `\(name)` is not there")
        }
        return value
      }
      let results = try results(of: node, inputs, names)
      for (name, value) in zip(node.outputs, results) where !name.isEmpty { names[name] = value }
    } catch {
      throw GraphError.node(operation: node.operation, name: node.name, GraphRunner.reason(error))
    }
  }

  private func results(
    of node: ONNXNode, _ inputs: [GraphValue?], _ names: [String: GraphValue]
  ) throws -> [GraphValue?] {
    if let function = functions[node.domain + "." + node.operation] {
      return try call(function, node, inputs)
    }
    guard let row = GraphOperators.table[node.domain + "." + node.operation] else {
      let domain = node.domain.isEmpty ? "" : " of \(node.domain)"
      throw GraphError.unsupported("there is no operator \(node.operation)\(domain)")
    }
    return try row.run(
      NodeCall(
        node: node, inputs: inputs, version: versions[node.domain] ?? 1, runner: self, names: names)
    )
  }

  private func call(_ function: ONNXFunction, _ node: ONNXNode, _ inputs: [GraphValue?]) throws
    -> [GraphValue?]
  {
    let inner = GraphRunner(try deeper(), versions: function.versions)
    var names: [String: GraphValue] = [:]
    for (name, value) in zip(function.inputs, inputs) { names[name] = value }
    for step in function.nodes {
      try inner.run(step.bound(to: node.attributes, defaults: function.defaults), &names)
    }
    return function.outputs.map { names[$0] }
  }

  /// Any error as one of a graph.
  private static func reason(_ error: any Error) -> GraphError {
    switch error {
    case let error as GraphError: error
    case let error as TensorError: .invalid(error.message)
    case let error as FormatError: .invalid(error.message)
    default: .invalid("\(error)")
    }
  }
}

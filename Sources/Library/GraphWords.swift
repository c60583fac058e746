import Autograd
import Language
import Plots
import Tensors
import Vocabulary

/// Notes which layer's answer goes into which while a model answers once.
private final class GraphTrace: EvaluationWatch {
  /// A tensor by where it lies and its shape; all of them are kept, so that no place is used twice.
  private struct Key: Hashable {
    let place: UnsafeRawPointer?
    let dims: [Int]
  }

  private var kept: [Variable] = []
  private var makers: [Key: Int] = [:]
  private var counted: Set<Key> = []
  private(set) var nodes: [ModelGraph.Node] = []
  private static let limit = 5000

  init(_ input: Variable, _ label: String) { add(label, [], input) }

  private static func key(_ x: Variable) -> Key {
    Key(place: x.value.withBytes { $0.baseAddress }, dims: x.dims)
  }

  private static func shape(_ x: Variable) -> String { "\(x.dtype.name) \(x.dims)" }

  private func add(_ label: String, _ inputs: [Int], _ result: Variable, weights: Int = 0) {
    guard nodes.count < GraphTrace.limit else { return }
    makers[GraphTrace.key(result)] = nodes.count
    kept.append(result)
    nodes.append(
      .init(label, inputs: inputs, shape: GraphTrace.shape(result), weights: weights))
  }

  /// How many weights come into play here for the first time.
  private func fresh(_ parameters: [Variable]) -> Int {
    parameters.reduce(0) { sum, x in
      kept.append(x)
      return counted.insert(GraphTrace.key(x)).inserted ? sum + x.shape.count : sum
    }
  }

  func look(
    at result: Value, of name: String, from given: [Value], by object: (any LanguageObject)?
  ) {
    // A chain is its parts.
    guard let result = result.variable, !(object is Model), !(object is InputObject) else { return }
    var inputs: [Int] = []
    for value in given {
      for x in GraphTrace.tensors(value) {
        if let maker = makers[GraphTrace.key(x)], !inputs.contains(maker) { inputs.append(maker) }
      }
    }
    guard !inputs.isEmpty else { return }
    let own: [Variable]
    if let object {
      own = Tree.leaves(of: .object(object), .parameters).map(\.variable)
    } else {
      own = given.compactMap { if case .parameter(let x) = $0 { x } else { nil } }
    }
    add(name, inputs, result, weights: fresh(own))
  }

  private static func tensors(_ value: Value) -> [Variable] {
    if case .list(let items) = value { return items.flatMap(tensors) }
    return value.variable.map { [$0] } ?? []
  }

  /// The nodes that have a part in the result, renumbered.
  func leading(to result: Variable) -> [ModelGraph.Node] {
    guard let last = makers[GraphTrace.key(result)] else { return [] }
    var wanted: Set<Int> = []
    var open = [last]
    while let next = open.popLast() {
      if wanted.insert(next).inserted { open += nodes[next].inputs }
    }
    let order = wanted.sorted()
    let places = Dictionary(uniqueKeysWithValues: order.enumerated().map { ($1, $0) })
    return order.map { index in
      let node = nodes[index]
      return .init(
        node.label, inputs: node.inputs.compactMap { places[$0] }, shape: node.shape,
        weights: node.weights)
    }
  }
}

extension StandardLibrary {
  static let graphWords: [Builtin] = [
    Builtin(
      plotEntry(
        "graph",
        [
          Argument("m", .model, "A model."),
          Argument(
            "x", .any, "What it is given: a tensor, or data with a field x; none behind an Input.",
            default: "none"),
        ],
        "A model's layers in order with shapes and weights, and rails where branches skip ahead.",
        "graph(Linear(2, 8) >> residual(relu), ones(1, 2))")
    ) { call, interpreter in
      let input: Variable
      if let x = call["x"].variable {
        input = x
      } else if case .record(let data) = call["x"], let x = data["x"]?.variable, x.rank > 0,
        x.dims[0] > 0
      {
        input = try x.indexed([.range(0, 1, 1)])
      } else if case .object(let object) = call["m"], let chain = object as? Model,
        case .object(let first)? = chain.parts.first, let start = first as? InputObject
      {
        let zeros = try Tensor.zeros(Shape(checking: [1] + start.sample), .float32)
        input = Variable(start.isInteger ? try zeros.cast(.int64) : zeros)
      } else {
        throw call.error(
          "the shape of its input is open", at: "x", hint: "graph(m, zeros(1, 28, 28))")
      }
      let trace = GraphTrace(input, "input")
      let earlier = interpreter.context.watch
      interpreter.context.watch = trace
      defer { interpreter.context.watch = earlier }
      guard let result = try interpreter.apply(call["m"], [.tensor(input)]).variable else {
        throw call.error("the model should give a tensor", at: "m")
      }
      let nodes = trace.leading(to: result)
      guard !nodes.isEmpty else {
        throw call.error("what it gives does not depend on what it is given", at: "m")
      }
      return .object(PlotObject { ModelGraph(nodes) })
    }
  ]
}

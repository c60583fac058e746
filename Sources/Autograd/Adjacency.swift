import Tensors
import Vocabulary

/// The edges of a graph as two lists of nodes.
package struct Edges: Sendable {
  package private(set) var sources: [Int] = []
  package private(set) var targets: [Int] = []

  /// From pairs [E, 2]; each counts both ways unless `directed`. With `loops` every node has one edge
  /// to itself.
  package init(
    _ pairs: Tensor, nodes: Int, directed: Bool, loops: Bool = true, _ operation: String
  ) throws {
    guard pairs.rank == 2, pairs.dims[1] == 2, !pairs.dtype.isFloat else {
      throw TensorError.invalid(
        operation: operation,
        reason: "needs edges [E, 2] of whole numbers, found \(pairs.dtype.name) \(pairs.dims)",
        hint: nil)
    }
    let flat = pairs.array(of: Int64.self)
    for edge in 0..<pairs.dims[0] {
      let (a, b) = (Int(flat[2 * edge]), Int(flat[2 * edge + 1]))
      for node in [a, b] where node < 0 || node >= nodes {
        throw TensorError.invalid(
          operation: operation,
          reason: "edge \(edge) joins \(a) and \(b), but the nodes run from 0 to \(nodes - 1)",
          hint: nil)
      }
      if a == b, loops { continue }
      sources.append(a)
      targets.append(b)
      if !directed, a != b {
        sources.append(b)
        targets.append(a)
      }
    }
    if loops {
      sources += 0..<nodes
      targets += 0..<nodes
    }
  }

  /// Weights by how many edges the nodes have: 1 / sqrt(from to), 1 / to, or 1.
  package func shares(nodes: Int, _ scale: String) throws -> [Double] {
    var degree = [Double](repeating: 0, count: nodes)
    for node in targets { degree[node] += 1 }
    switch scale {
    case "symmetric":
      // A source that nobody points to counts as one with a single edge.
      return zip(sources, targets).map {
        1 / (Swift.max(1, degree[$0]) * degree[$1]).squareRoot()
      }
    case "mean": return targets.map { 1 / degree[$0] }
    case "sum": return targets.map { _ in 1 }
    default:
      throw TensorError.invalid(
        operation: "adjacency", reason: "there is no scale \"\(scale)\"",
        hint: "\"symmetric\", \"mean\" or \"sum\"")
    }
  }
}

extension Operations {
  package static let adjacency: TensorOperation = TensorOperation(
    Entry(
      "adjacency", family: "Linear algebra",
      [
        Argument("edges", .tensor, "Pairs of node numbers [E, 2]."),
        Argument("nodes", .integer, "How many nodes."),
        Argument(
          "directed", .boolean, "Edges count only from first to second.", default: "false"),
        Argument("loops", .boolean, "Every node has an edge to itself.", default: "true"),
        Argument(
          "scale", .text, "\"symmetric\": 1 / sqrt(degrees), \"mean\": 1 / degree, or \"sum\": 1.",
          default: "\"symmetric\""),
      ], summary: "The matrix of a graph in compressed rows, for sparse_matmul.",
      details: "Row i holds what node i receives; the parts are starts, columns and values.",
      examples: [Example("adjacency([[0, 1]], 2).values", prints: "[0.5, 0.5, 0.5, 0.5]")]),
    results: ["starts", "columns", "values"], samples: [], isDifferentiable: false
  ) { inputs, a in
    let nodes = a.integer("nodes", default: 0)
    _ = try Shape(checking: [nodes, 4])
    try MemoryBudget.check(nodes * 32)
    let edges = try Edges(
      inputs[0].value, nodes: nodes, directed: a.boolean("directed", default: false),
      loops: a.boolean("loops", default: true), "adjacency")
    let (pattern, places) = SparsePattern.gathered(
      rows: nodes, width: nodes, targets: edges.targets, sources: edges.sources)
    var values = [Float](repeating: 0, count: places.count)
    let shares = try edges.shares(nodes: nodes, a.text("scale") ?? "symmetric")
    for (share, at) in zip(shares, places) { values[at] = Float(share) }
    return [
      Variable(try Tensor(pattern.starts.map { Int64($0) })),
      Variable(try Tensor(pattern.columns.map { Int64($0) })), Variable(try Tensor(values)),
    ]
  }
}

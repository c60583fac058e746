import Formats
import Glibc

/// A forest of decision trees whose leaves add to targets.
private struct Forest {
  private let roots: [Int]
  private let features: [Int]
  private let modes: [Int]
  private let splits: [Double]
  private let trueNodes: [Int]
  private let falseNodes: [Int]
  private let trueLeaves: [Int]
  private let falseLeaves: [Int]
  private let missing: [Int]
  /// For nodes that ask for membership: their values.
  private let members: [[Double]]
  let targets: [Int]
  let weights: [Double]

  init(_ call: NodeCall) throws {
    func list(_ name: String) throws -> [Int] {
      guard let values = call.integers(name) else { throw GraphError.invalid("no \(name)") }
      return values
    }
    func tensor(_ name: String) throws -> Operand? {
      try call.node.attributes[name]?.tensor.map { try Operand($0) }
    }
    roots = try list("tree_roots")
    features = try list("nodes_featureids")
    modes = try tensor("nodes_modes")?.integers() ?? []
    splits = try tensor("nodes_splits")?.reals() ?? []
    trueNodes = try list("nodes_truenodeids")
    falseNodes = try list("nodes_falsenodeids")
    trueLeaves = try list("nodes_trueleafs")
    falseLeaves = try list("nodes_falseleafs")
    missing = call.integers("nodes_missing_value_tracks_true") ?? []
    targets = try list("leaf_targetids")
    weights = try tensor("leaf_weights")?.reals() ?? []
    let count = features.count
    guard
      [modes.count, splits.count, trueNodes.count, falseNodes.count, trueLeaves.count]
        .allSatisfy({ $0 == count }), falseLeaves.count == count, weights.count == targets.count
    else { throw GraphError.invalid("lists of several lengths") }
    // The values of each node that asks for membership end with NaN.
    let values = try tensor("membership_values")?.reals() ?? []
    var groups = values.split(omittingEmptySubsequences: false) { $0.isNaN }.map { Array($0) }[...]
    members = modes.map { $0 == 6 ? groups.popFirst() ?? [] : [] }
  }

  /// The leaf that a row falls into, for each tree.
  func leaves(_ row: ArraySlice<Double>) throws -> [Int] {
    try roots.map { root in
      var node = root
      for _ in 0...features.count {
        guard node >= 0, node < features.count, features[node] >= 0, features[node] < row.count
        else { throw GraphError.invalid("a tree names node \(node)") }
        let x = row[row.startIndex + features[node]]
        let isTrue = try holds(node, x) || (x.isNaN && missing.count > node && missing[node] == 1)
        let next = isTrue ? trueNodes[node] : falseNodes[node]
        if (isTrue ? trueLeaves[node] : falseLeaves[node]) == 1 {
          guard next >= 0, next < targets.count else {
            throw GraphError.invalid("a tree names leaf \(next)")
          }
          return next
        }
        node = next
      }
      throw GraphError.invalid("a tree runs in a circle")
    }
  }

  private func holds(_ node: Int, _ x: Double) throws -> Bool {
    let split = splits[node]
    switch modes[node] {
    case 0: return x <= split
    case 1: return x < split
    case 2: return x >= split
    case 3: return x > split
    case 4: return x == split
    case 5: return x != split
    case 6: return members[node].contains(x)
    default: throw GraphError.unsupported("node mode \(modes[node])")
    }
  }
}

extension GraphOperators {
  private static let learned = "ai.onnx.ml"

  static let trees: [GraphOperator] = [
    GraphOperator("TreeEnsemble", domain: learned) { call in
      let x = try call.operand(0).ranked(2...2)
      let forest = try Forest(call)
      let count = try call.required("n_targets")
      let (rows, width) = (x.dims[0], x.dims[1])
      let rule = call.integer("aggregate_function", 1)
      guard call.integer("post_transform", 0) == 0, (0...3).contains(rule) else {
        throw GraphError.unsupported("transforms of the results")
      }
      let values = try x.reals()
      var result = [Double](repeating: 0, count: try places([rows, count]))
      for row in 0..<rows {
        var found = [[Double]](repeating: [], count: count)
        for leaf in try forest.leaves(values[row * width..<(row + 1) * width]) {
          let target = try index(forest.targets[leaf], count)
          found[target].append(forest.weights[leaf])
        }
        for (target, weights) in found.enumerated() where !weights.isEmpty {
          let sum = weights.reduce(0, +)
          let pick = rule == 2 ? weights.min() ?? 0 : weights.max() ?? 0
          result[row * count + target] =
            rule == 1 ? sum : rule == 0 ? sum / Double(weights.count) : pick
        }
      }
      return try Operand(reals: result, [rows, count], x.type)
    },
    GraphOperator("Binarizer", domain: learned) { call in
      let x = try call.operand(0)
      let threshold = call.real("threshold", 0)
      return try Operand(reals: x.reals().map { $0 > threshold ? 1 : 0 }, x.dims, x.type)
    },
  ]

  static let pictures: [GraphOperator] = [
    GraphOperator("ImageDecoder") { call in
      let bytes = try call.operand(0).whole().map { UInt8(truncatingIfNeeded: $0) }
      guard bytes.starts(with: [0x89, 0x50, 0x4E, 0x47]) else {
        throw GraphError.unsupported("pictures other than PNG")
      }
      let image = try PNGImage(bytes)
      let scale = image.maximum / 255
      let format = call.text("pixel_format", "RGB")
      var result: [Int64] = []
      for pixel in 0..<image.width * image.height {
        let samples = (0..<image.channels).map {
          Int64(image.samples[pixel * image.channels + $0]) / Int64(scale)
        }
        let isGrey = image.channels < 3
        let colour = isGrey ? [samples[0], samples[0], samples[0]] : Array(samples[..<3])
        switch format {
        case "RGB": result += colour
        case "BGR": result += colour.reversed()
        default:
          result.append(
            isGrey ? samples[0] : (299 * colour[0] + 587 * colour[1] + 114 * colour[2]) / 1000)
        }
      }
      let depth = format == "Grayscale" ? 1 : 3
      return try Operand(whole: result, [image.height, image.width, depth], .uint8)
    }
  ]
}

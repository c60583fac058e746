import Autograd
import Language
import Tensors

/// The mean of models, or of records of tensors, of one structure: leaf by leaf.
enum TreeMean {
  /// nil when these are no trees but numbers or tensors.
  static func of(_ trees: [Value], _ interpreter: Interpreter) throws -> Value? {
    guard let first = trees.first.map({ interpreter.asModel($0) }), first.variable == nil else {
      return nil
    }
    let choice = Tree.choice(for: first)
    let share = 1 / Double(trees.count)
    var sums = Tree.leaves(of: first, choice).map(\.variable)
    guard !sums.isEmpty else { return nil }
    for tree in trees.dropFirst() {
      let leaves = Tree.leaves(of: interpreter.asModel(tree), choice).map(\.variable)
      guard leaves.map(\.dims) == sums.map(\.dims) else {
        throw LanguageError("structure", "mean needs models of one structure")
      }
      sums = try zip(sums, leaves).map { try $0 + $1 }
    }
    let mean = try Tree.replacing(first, choice, with: sums.map { try $0 * share })
    return try LayerMemory.mean(of: trees.map { interpreter.asModel($0) }, into: mean)
  }
}

extension LayerMemory {
  /// `target` whose layers know the mean of what the trees' layers know; counts stay.
  fileprivate static func mean(of trees: [Value], into target: Value) throws -> Value {
    let known = trees.map(buffers)
    guard let first = known.first, first.contains(where: { !$0.isEmpty }) else { return target }
    var mean = first
    for layer in mean.indices {
      for at in mean[layer].indices where mean[layer][at].value.dtype.isFloat {
        let all = known.compactMap { tree in
          tree.indices.contains(layer) && tree[layer].indices.contains(at)
            ? tree[layer][at].value : nil
        }
        var sum = all[0]
        for other in all.dropFirst() { sum = try sum.binary(.add, other) }
        mean[layer][at].value = try sum.binary(.divide, .number(Double(all.count)))
      }
    }
    return replacing(mean, in: target)
  }
}

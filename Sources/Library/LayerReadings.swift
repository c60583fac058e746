import Autograd
import Language
import Tensors
import Training

/// Which parameters of a model belong to which layer, and what those layers do in a step.
struct LayerReadings: Sendable {
  private struct Group: Sendable {
    let name: String
    var members: [Int] = []
    /// The place in a chain, when the layer is a part of one.
    let part: Int?
  }
  private let groups: [Group]
  /// For each part of a chain that is relu, the group before it.
  private let activations: [Int: Int]
  /// Examples whose answers are looked at for dead units.
  private static let examples = 256
  /// Models of more layers are not read.
  private static let layers = 64

  private static func groups(_ model: Value) -> [Group] {
    var groups: [Group] = []
    let leaves = Tree.leaves(of: model, .parameters)
    let chain = model.chain
    for (index, leaf) in leaves.enumerated() {
      let steps = leaf.path.split(separator: ".")
      let path = steps.dropLast().joined(separator: ".")
      let part = chain == nil ? nil : steps.first.flatMap { Int($0) }
      let name: String
      if let chain, let part, chain.parts.indices.contains(part), steps.count == 2 {
        name = Model.label(chain.parts[part])
      } else {
        name = path.isEmpty ? leaf.path : path
      }
      // Layers of one kind are told apart by their places.
      let full = part.map { "\($0) \(name)" } ?? name
      if groups.last?.name == full {
        groups[groups.count - 1].members.append(index)
      } else {
        groups.append(Group(name: full, members: [index], part: part))
      }
    }
    return groups
  }

  /// The layers of a model by the names that its readings have.
  static func names(of model: Value) -> [String] { groups(model).map(\.name) }

  /// The parameters of a layer: by the name that its readings have, with or without its place, or by
  /// a path such as `0` or `encoder.1`.
  static func members(of layer: String, in model: Value) -> [Int] {
    let groups = groups(model)
    if let group = groups.first(where: { $0.name == layer }) { return group.members }
    let paths = Tree.leaves(of: model, .parameters).map(\.path)
    let beneath = paths.indices.filter { paths[$0] == layer || paths[$0].hasPrefix(layer + ".") }
    if !beneath.isEmpty { return beneath }
    let kinds = groups.filter { $0.name.split(separator: " ", maxSplits: 1).last ?? "" == layer }
    return kinds.flatMap(\.members)
  }

  init(_ model: Value) {
    let (groups, chain) = (LayerReadings.groups(model), model.chain)
    self.groups = groups.count > LayerReadings.layers ? [] : groups
    var activations: [Int: Int] = [:]
    for (at, part) in (chain?.parts ?? []).enumerated() {
      guard case .builtin(let word) = part, word.entry.name == "relu" else { continue }
      if let group = groups.lastIndex(where: { $0.part ?? .max < at }) { activations[at] = group }
    }
    self.activations = activations
  }

  /// `before` and `after` are the parameters around the step.
  func readings(
    before: [Tensor], after: [Tensor], gradients: [Double], dead: [Int: Double]
  ) -> [LayerReading] {
    groups.enumerated().map { index, group in
      func root(_ of: (Int) -> Double) -> Double {
        group.members.reduce(0) { $0 + of($1) }.squareRoot()
      }
      // The size of a layer is that of its matrices: biases begin at 0.
      let matrices = group.members.filter { before[$0].rank > 1 }
      let sized = matrices.isEmpty ? group.members : matrices
      return LayerReading(
        group.name, gradient: root { gradients[$0] },
        weight: sized.reduce(0) { $0 + before[$1].sumOfSquares() }.squareRoot(),
        update: sized.reduce(0) { $0 + after[$1].sumOfSquares(minus: before[$1]) }.squareRoot(),
        count: group.members.reduce(0) { $0 + before[$1].count }, dead: dead[index])
    }
  }

  /// What a chain answers to the first examples: by layer the share of units behind its relu that are
  /// always 0.
  func deadUnits(_ model: Value, on data: Value, _ interpreter: Interpreter) throws -> [Int: Double]
  {
    guard let chain = model.chain, case .record(let record) = data,
      let x = record["x"]?.variable, x.rank > 0, x.dims[0] > 0, let last = activations.keys.max()
    else { return [:] }
    var value = Value.tensor(
      try x.indexed([.range(0, min(x.dims[0], LayerReadings.examples), 1)]).detached())
    var found: [Int: Double] = [:]
    for (at, part) in chain.parts.prefix(last + 1).enumerated() {
      value = try interpreter.apply(part, [value])
      guard let group = activations[at], let answers = value.variable?.value, answers.rank > 1
      else { continue }
      let axes = [0] + (answers.rank > 2 ? Array(2..<answers.rank) : [])
      let largest = try answers.reduce(.max, axes: axes).array(of: Double.self)
      found[group] = Double(largest.count { $0 <= 0 }) / Double(max(1, largest.count))
    }
    return found
  }

  /// The share of the first examples whose label has less than a quarter of the probability while
  /// another class has most of it. A model that has learned something, and is no surer than it may be,
  /// leaves few such examples where the labels are right: classes that are hard to tell share the
  /// probability. Nil for a model that has learned little, and where the answers are no class scores.
  static func contradicted(_ model: Value, on data: Value, _ interpreter: Interpreter) throws
    -> Double?
  {
    guard case .record(let record) = data, let x = record["x"]?.variable, x.rank > 0,
      let y = record["y"]?.variable?.value, y.rank == 1, !y.dtype.isFloat, y.count == x.dims[0],
      y.count > 0
    else { return nil }
    let some = try x.indexed([.range(0, min(x.dims[0], examples), 1)]).detached()
    guard let scores = try interpreter.apply(model, [.tensor(some)]).variable, scores.rank == 2,
      scores.dims[1] > 1
    else { return nil }
    let chances = try Operations.softmax(scores, ["axis": .integer(-1)]).value.array(
      of: Double.self)
    let (labels, kinds) = (y.array(of: Int64.self), scores.dims[1])
    var right = 0
    let wrong = (0..<scores.dims[0]).count { row in
      let own = chances[(row * kinds)..<((row + 1) * kinds)]
      let label = Int(labels[row])
      guard label >= 0, label < kinds else { return false }
      let best = own.max() ?? 0
      if own[row * kinds + label] == best { right += 1 }
      return own[row * kinds + label] < 0.25 && best > 0.6
    }
    guard wrong >= 5 || scores.dims[0] < 5, 20 * right >= 11 * scores.dims[0] else {
      return 20 * right >= 11 * scores.dims[0] ? 0 : nil
    }
    return Double(wrong) / Double(scores.dims[0])
  }

  /// What is wrong with the numbers of the data before anything is learned from them.
  static func doubts(_ data: Value) -> [TrainingWatch.Doubt] {
    guard case .record(let record) = data, let x = record["x"]?.variable?.value, x.dtype.isFloat,
      x.rank > 1, x.count > 0
    else { return [] }
    let all = x.array(of: Double.self)
    let lost = all.count { !$0.isFinite }
    if lost > 0 {
      return [
        .init(
          .nonfinite,
          "`x` of the data holds \(lost) number\(lost == 1 ? "" : "s") that no step can use",
          advice: "filter or fill those rows: where(isnan(x), 0, x)")
      ]
    }
    let columns = x.rank == 2 ? x.dims[1] : 1
    let rows = all.count / columns
    var largest = 0.0
    for column in 0..<columns {
      var sum = 0.0
      for row in 0..<rows { sum += all[row * columns + column] * all[row * columns + column] }
      largest = max(largest, (sum / Double(rows)).squareRoot())
    }
    guard largest > 30 else { return [] }
    return [
      .init(
        .inputs,
        "the inputs reach \(shortNumber(largest, digits: 3)) in the root of the mean square",
        advice: "standardize(x), with the mean and deviation of the training data")
    ]
  }
}

extension Value {
  /// The value as a chain of layers.
  fileprivate var chain: Model? {
    if case .object(let object) = self { object as? Model } else { nil }
  }
}

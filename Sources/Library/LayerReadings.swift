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
        count: group.members.reduce(0) { $0 + before[$1].count }, dead: dead[index],
        isSized: !matrices.isEmpty)
    }
  }

  /// What a model answers to the first examples: by layer the share of units behind its relu that are
  /// always 0, and of the labels the share that it contradicts. Of `held` examples, which it has not
  /// learned by heart, the labels tell more.
  func look(
    at model: Value, on data: Value, held: Value?, isScored: Bool, _ interpreter: Interpreter
  ) -> (dead: [Int: Double], contradicted: Double?) {
    guard let (x, y) = LayerReadings.first(of: data) else { return ([:], nil) }
    let isShared = isScored && held == nil
    var dead: [Int: Double] = [:]
    var scores: Variable?
    if let chain = model.chain, let last = activations.keys.max() {
      var value = Value.tensor(x)
      for (at, part) in chain.parts.prefix(isShared ? .max : last + 1).enumerated() {
        guard let next = try? interpreter.apply(part, [value]) else { return (dead, nil) }
        value = next
        if let group = activations[at], let answers = value.variable?.value, answers.rank > 1 {
          dead[group] = LayerReadings.shareDead(answers)
        }
      }
      scores = value.variable
    } else if isShared {
      scores = (try? interpreter.apply(model, [.tensor(x)]))?.variable
    }
    guard isScored else { return (dead, nil) }
    if let held {
      guard let (x, y) = LayerReadings.first(of: held) else { return (dead, nil) }
      scores = (try? interpreter.apply(model, [.tensor(x)]))?.variable
      return (dead, scores.flatMap { try? LayerReadings.contradicted($0, x.value, y) })
    }
    return (dead, scores.flatMap { try? LayerReadings.contradicted($0, x.value, y) })
  }

  /// The first examples of data, and what belongs to them.
  private static func first(of data: Value) -> (x: Variable, y: Tensor?)? {
    guard case .record(let record) = data, let x = record["x"]?.variable, x.rank > 0,
      x.dims[0] > 0, let some = try? x.indexed([.range(0, min(x.dims[0], examples), 1)])
    else { return nil }
    return (some.detached(), record["y"]?.variable?.value)
  }

  /// The share of units, which lie along the second axis, that are above 0 for no example.
  static func shareDead(_ answers: Tensor) -> Double {
    let (rows, units) = (answers.dims[0], answers.dims[1])
    let size = answers.dims.dropFirst(2).reduce(1, *)
    guard units > 0 else { return 0 }
    var silent = Array(0..<units)
    func hear<E: BinaryFloatingPoint>(_: E.Type) {
      answers.withBytes { bytes in
        let x = bytes.bindMemory(to: E.self)
        // Most units answer to one of the first examples: only those that have not are looked for.
        for row in 0..<rows where !silent.isEmpty {
          silent.removeAll { unit in
            let start = (row * units + unit) * size
            return (start..<(start + size)).contains { x[$0] > 0 }
          }
        }
      }
    }
    guard let answers = try? answers.unpacked() else { return 0 }
    switch answers.dtype {
    case .float32: hear(Float.self)
    case .float64: hear(Double.self)
    case .bool, .int8, .int64, .float16, .bfloat16: return 0
    }
    return Double(silent.count) / Double(units)
  }

  /// The share of the first examples whose label has less than a quarter of the probability while
  /// another class has most of it, while the examples most like it do not bear that label either:
  /// where they do, it is the model that has not learned yet. A model that has learned something, and is no surer than it may be,
  /// leaves few such examples where the labels are right: classes that are hard to tell share the
  /// probability. Nil for a model that has learned little, and where the answers are no class scores.
  static func contradicted(_ scores: Variable, _ x: Tensor, _ y: Tensor?) throws -> Double? {
    guard let y, y.rank == 1, !y.dtype.isFloat, scores.rank == 2, scores.dims[1] > 1,
      y.count >= scores.dims[0]
    else { return nil }
    let chances = try Operations.softmax(scores, ["axis": .integer(-1)]).value.array(
      of: Double.self)
    let (labels, kinds) = (y.array(of: Int64.self), scores.dims[1])
    var right = 0
    let wrong = (0..<scores.dims[0]).filter { row in
      let own = chances[(row * kinds)..<((row + 1) * kinds)]
      guard let label = Int(exactly: labels[row]), label >= 0, label < kinds else { return false }
      let best = own.max() ?? 0
      if own[row * kinds + label] == best { right += 1 }
      return own[row * kinds + label] < 0.25 && best > 0.6
    }
    guard 20 * right >= 11 * scores.dims[0] else { return nil }
    let odd = wrong.count { !isAmongItsLike($0, x, labels, scores.dims[0]) }
    guard odd >= 5 || scores.dims[0] < 5 else { return 0 }
    return Double(odd) / Double(scores.dims[0])
  }

  /// Whether most of the three examples that are nearest to one, of the first `count`, bear its label.
  private static func isAmongItsLike(_ row: Int, _ x: Tensor, _ labels: [Int64], _ count: Int)
    -> Bool
  {
    guard x.dtype == .float32, count > 3 else { return false }
    let size = x.count / max(1, x.dims[0])
    return x.withBytes { bytes in
      let all = bytes.bindMemory(to: Float.self)
      let distances = (0..<count).filter { $0 != row }.map { other in
        var sum: Float = 0
        for i in 0..<size {
          let difference = all[row * size + i] - all[other * size + i]
          sum += difference * difference
        }
        return (distance: sum, row: other)
      }
      let near = distances.sorted { ($0.distance, $0.row) < ($1.distance, $1.row) }.prefix(3)
      return near.count { labels[$0.row] == labels[row] } >= 2
    }
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

import Tensors
import Vocabulary

// Losses of sequences whose labels are shorter than they are.
extension Operations {
  /// -log of the chance of each example's labels [N], for logarithms of chances [T, N, classes].
  ///
  /// `isNormalised` adds to the gradient the part that vanishes when the chances of each place add up
  /// to 1, as PyTorch has it.
  package static func alignmentLosses(
    _ logs: Variable, labels: [[Int]], lengths: [Int], blank: Int, zeroInfinity: Bool = false,
    isNormalised: Bool = false
  ) throws -> Variable {
    try checkAlignment(logs, labels, lengths, blank)
    if Gradients.isNested, !isNormalised {
      return try composedAlignment(logs, labels, lengths, blank, zeroInfinity)
    }
    let found = try Alignment(logs.value, labels: labels, lengths: lengths, blank: blank)
    let isLost = found.losses.map { $0 == .infinity && zeroInfinity }
    let losses = zip(found.losses, isLost).map { $1 ? 0 : $0 }
    return try Tensor(losses).cast(logs.dtype).recorded(from: [logs]) { c in
      var slope = try Variable(found.shares).negated()
      if isNormalised { slope = try Operations.exp(c.inputs[0].detached()) + slope }
      let (steps, batch) = (c.inputs[0].dims[0], c.inputs[0].dims[1])
      let counts = try Tensor.positions([steps, batch, 1]) {
        $0[0] < lengths[$0[1]] && !isLost[$0[1]] ? 1 : 0
      }
      let isOut = Variable(try counts.compare(.equal, .integer(0)))
      slope = try slope * c.upstream.reshaped([1, batch, 1])
      return [try Variable.where(isOut, .number(0, slope.dtype), slope)]
    }
  }

  private static func checkAlignment(
    _ logs: Variable, _ labels: [[Int]], _ lengths: [Int], _ blank: Int
  ) throws {
    func wrong(_ reason: String) -> TensorError {
      .invalid(operation: "ctc_loss", reason: reason, hint: nil)
    }
    guard logs.rank == 3 else {
      throw wrong("needs scores of sequences with three axes, found \(logs.dims)")
    }
    let (steps, batch, classes) = (logs.dims[0], logs.dims[1], logs.dims[2])
    guard labels.count == batch, lengths.count == batch else {
      throw wrong(
        "\(batch) sequences, but \(labels.count) lists of labels and \(lengths.count) lengths")
    }
    guard blank >= 0, blank < classes else {
      throw wrong("the blank is \(blank), the classes run from 0 to \(classes - 1)")
    }
    for length in lengths where length < 0 || length > steps {
      throw wrong("a length is \(length), the sequences have \(steps) places")
    }
    for label in labels.joined() where label < 0 || label >= classes || label == blank {
      throw wrong(
        "label \(label) is \(label == blank ? "the blank" : "not between 0 and \(classes - 1)")")
    }
  }

  /// The same made of operations, for gradients of higher order.
  private static func composedAlignment(
    _ x: Variable, _ labels: [[Int]], _ lengths: [Int], _ blank: Int, _ zeroInfinity: Bool
  ) throws -> Variable {
    let (steps, batch, classes) = (x.dims[0], x.dims[1], x.dims[2])
    let widest = 2 * (labels.map(\.count).max() ?? 0) + 1
    func label(_ n: Int, _ s: Int) -> Int {
      s % 2 == 0 || s / 2 >= labels[n].count ? blank : labels[n][s / 2]
    }
    let low = -1e30
    let bottom = try Variable.number(low, x.dtype)
    func flags(_ body: (Int, Int) -> Bool) throws -> Variable {
      let all = (0..<batch).flatMap { n in (0..<widest).map { body(n, $0) } }
      return Variable(try Tensor(all, shape: Shape(checking: [batch, widest])))
    }
    let emitted = try x.picked(
      Tensor.positions([steps, batch, widest]) { p in
        (p[0] * batch + p[1]) * classes + label(p[1], p[2])
      })
    let mayStart = try flags { n, s in s == 0 || (s == 1 && !labels[n].isEmpty) }
    let maySkip = try flags { n, s in s % 2 == 1 && s >= 2 && label(n, s) != label(n, s - 2) }
    func shifted(_ a: Variable, _ by: Int) throws -> Variable {
      try a.padded([by, -by], mode: "constant", value: low)
    }
    var history: [Variable] = []
    for t in 0..<steps {
      let here = try emitted.indexed([.index(t)])
      guard let old = history.last else {
        history.append(try Variable.where(mayStart, here, bottom))
        continue
      }
      let stay = try Operations.logAddExp([old, shifted(old, 1)])
      let skip = try Variable.where(maySkip, shifted(old, 2), bottom)
      history.append(try Operations.logAddExp([stay, skip]) + here)
    }
    guard !history.isEmpty else {
      let ends = labels.map { $0.isEmpty || zeroInfinity ? 0 : Double.infinity }
      return Variable(try Tensor(ends).cast(x.dtype))
    }
    let all = try Variable.stack(history, axis: 0)
    func last(_ back: Int) throws -> Variable {
      let at = try Tensor.positions([batch]) { p in
        let s = 2 * labels[p[0]].count - back
        return s < 0 || lengths[p[0]] == 0
          ? -1 : ((lengths[p[0]] - 1) * batch + p[0]) * widest + s
      }
      let isNone = Variable(try at.compare(.less, .integer(0)))
      return try Variable.where(isNone, bottom, all.picked(at))
    }
    let losses = try Operations.logAddExp([last(0), last(1)]).negated()
    let isEmpty = zip(labels, lengths).map { $0.isEmpty && $1 == 0 }
    let known = try Variable.where(Variable(Tensor(isEmpty)), .number(0, x.dtype), losses)
    let isInfinite = Variable(try known.value.test { $0 > 1e29 })
    return try Variable.where(isInfinite, .number(zeroInfinity ? 0 : .infinity, x.dtype), known)
  }

  private static let scores = [0.5, -1.2, 2.0, 0.7, 1.9, -0.3, 0.1, 0.8, -0.6, 1.1, 0.2, -0.5]

  package static let alignmentLoss: TensorOperation = .composed(
    "ctc_loss", "Losses",
    [
      Argument("scores", .tensor, "Raw scores [N, T, classes]."),
      Argument("y", .tensor, "Labels [N, S]; those from the first -1 on do not count."),
      Argument("lengths", .any, "Places of each sequence; T when none.", default: "none"),
      Argument("blank", .integer, "The class that stands for nothing.", default: "0"),
      Argument(
        "zero_infinity", .boolean, "Labels that do not fit their sequence count as loss 0.",
        default: "false"), reductionArgument,
    ], "-log of the chance of labels, summed over all their alignments to a longer sequence.",
    details: "Graves and others 2006. The mean divides each loss by the number of labels first, as "
      + "PyTorch does.",
    "ctc_loss(zeros(1, 2, 2), [[1]])", "0.287682",
    samples: [
      .init([scores, [1, 2]], [[1, 4, 3], [1, 2]], varying: [0]),
      .init(
        [scores, [1, -1, 2, 2]], [[2, 2, 3], [2, 2]],
        ["reduction": .text("sum"), "zero_infinity": .boolean(true)], varying: [0]),
      .init([scores, [2]], [[1, 4, 3], [1, 1]], ["lengths": .integers([3])], varying: [0]),
    ]
  ) { inputs, a in
    let (x, y) = (try inputs[0].floating(), try inputs[1].value.cast(.int64))
    guard x.rank == 3, y.rank == 2, y.dims[0] == x.dims[0] else {
      throw TensorError.invalid(
        operation: "ctc_loss",
        reason: "needs scores [N, T, classes] and labels [N, S], found \(x.dims) and \(y.dims)",
        hint: x.rank == 2 ? "x[none] and y[none] for one sequence" : nil)
    }
    let (batch, steps, width) = (x.dims[0], x.dims[1], y.dims[1])
    let flat = y.array(of: Int64.self)
    let labels = (0..<batch).map { n in
      flat[n * width..<(n + 1) * width].prefix { $0 != -1 }.map { Int($0) }
    }
    let losses = try alignmentLosses(
      logSoftmax(x).transposed([1, 0, 2]), labels: labels,
      lengths: a.integers("lengths") ?? Array(repeating: steps, count: batch),
      blank: a.integer("blank", default: 0),
      zeroInfinity: a.boolean("zero_infinity", default: false))
    guard (a.text("reduction") ?? "mean") == "mean" else {
      return try reduced(losses, a.text("reduction"))
    }
    let counts = try Tensor(labels.map { Double(Swift.max($0.count, 1)) }).cast(x.dtype)
    return try Operations.mean(losses / Variable(counts))
  }

  static let sequenceLosses: [TensorOperation] = [alignmentLoss]
}

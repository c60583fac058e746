import Autograd
import Glibc
import Language
import Plots
import Tensors
import Vocabulary

/// Words for pictures of many numbers at once.
extension StandardLibrary {
  /// Named groups of numbers: a record, a list of tensors, or the rows of a matrix.
  private static func groups(_ call: Call, _ interpreter: Interpreter) throws -> (
    names: [String], values: [[Double]]
  ) {
    let value = call["groups"]
    let given = try names(call, "names", interpreter)
    func values(_ value: Value) throws -> [Double] {
      guard let x = value.variable?.value else {
        throw call.wrong("groups", expected: "groups of numbers: a record, a list or a matrix")
      }
      return x.array(of: Double.self)
    }
    if case .record(let record) = value {
      return (
        record.names.enumerated().map { given.indices.contains($0) ? given[$0] : $1 },
        try record.fields.map { try values($0.value) }
      )
    }
    var groups: [[Double]]
    if let x = value.variable?.value, x.rank <= 1 {
      groups = [x.array(of: Double.self)]
    } else {
      groups = try call.elements("groups", interpreter).map(values)
    }
    guard groups.count <= 1000 else {
      throw call.error("at most 1000 groups can be drawn", at: "groups")
    }
    let labels = groups.indices.map { given.indices.contains($0) ? given[$0] : "\($0)" }
    return (labels, groups)
  }

  private static let groupArguments = [
    Argument("groups", .any, "A record of tensors, a list of them, or the rows of a matrix."),
    Argument("names", .any, "A name for each group.", default: "none"), titleArgument,
  ]

  static let distributionWords: [Builtin] = [
    Builtin(
      plotEntry(
        "box", groupArguments,
        "Groups of numbers as boxes: median, quartiles, whiskers, and the values beyond.",
        "box((a=[1, 2, 3, 4, 9], b=[2, 3, 3, 4]))")
    ) { call, interpreter in
      let (names, values) = try groups(call, interpreter)
      let plot = BoxPlot(names, values, title: try call.text("title"))
      return .object(PlotObject { plot })
    },
    Builtin(
      plotEntry(
        "ridges", groupArguments,
        "Distributions above each other over one axis, such as a layer's weights as training goes on.",
        "ridges([[1, 2, 2, 3], [2, 3, 3, 4]])")
    ) { call, interpreter in
      let (names, values) = try groups(call, interpreter)
      let plot = Ridges(names, values, title: try call.text("title"))
      return .object(PlotObject { plot })
    },
    Builtin(
      plotEntry(
        "density",
        [
          Argument("values", .tensor, "Numbers of any shape."),
          Argument(
            "width", .any, "The spread of a value; none for Silverman's rule.", default: "none"),
          titleArgument,
        ], "A smooth curve of how densely values lie: a sum of bells (Rosenblatt 1956).",
        "density([1.0, 1.5, 1.7, 2.2, 3.9])")
    ) { call, _ in
      let all = try call.tensor("values").array(of: Double.self)
      let known = all.filter(\.isFinite)
      guard let low = known.min(), let high = known.max() else {
        throw call.error("there is no finite value", at: "values")
      }
      let mean = known.reduce(0, +) / Double(known.count)
      let variance = known.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(known.count)
      var width =
        call.isNone("width")
        ? 1.06 * variance.squareRoot() * pow(Double(known.count), -0.2) : try call.number("width")
      guard width >= 0, width.isFinite else {
        throw call.error("the width should be above 0", at: "width")
      }
      if width == 0 { width = max(abs(low) * 0.01, 1e-3) }
      // Values are counted into narrow bins first, so that the cost does not grow with their number.
      let bins = 512
      let (start, end) = (low - 3 * width, high + 3 * width)
      let step = (end - start) / Double(bins - 1)
      guard step > 0, step.isFinite else {
        throw call.error("the values lie too far apart", at: "values")
      }
      var counts = [Double](repeating: 0, count: bins)
      for value in known { counts[min(bins - 1, max(0, Int((value - start) / step)))] += 1 }
      let scale = 1 / (Double(known.count) * width * (2 * Double.pi).squareRoot())
      let xs = (0..<bins).map { start + (Double($0) + 0.5) * step }
      let ys = (0..<bins).map { i in
        (0..<bins).reduce(0.0) { sum, j in
          guard counts[j] > 0 else { return sum }
          let distance = Double(i - j) * step / width
          return abs(distance) > 6 ? sum : sum + counts[j] * exp(-0.5 * distance * distance) * scale
        }
      }
      let plot = LinePlot([.init("", x: xs, y: ys)], title: try call.text("title"))
      return .object(PlotObject { plot })
    },
    Builtin(
      plotEntry(
        "reliability",
        [
          Argument("p", .tensor, "Probabilities [n, k], or [n] of the class 1."),
          Argument("y", .tensor, "The classes [n]."),
          Argument("bins", .integer, "How many stretches of confidence.", default: "10"),
          titleArgument,
        ], "How often predictions of each confidence are right.",
        "reliability([0.9, 0.8, 0.3, 0.2], [1, 0, 0, 0])")
    ) { call, _ in
      let (p, y) = (try call.tensor("p"), try call.tensor("y"))
      let bins = try call.integer("bins")
      guard (2...50).contains(bins) else {
        throw call.error("bins should be from 2 to 50", at: "bins")
      }
      guard p.rank == 1 || p.rank == 2, y.rank == 1, p.dims[0] == y.dims[0], p.count > 0 else {
        throw TensorError.shapesDiffer(operation: "reliability", left: p.dims, right: y.dims)
      }
      let (all, labels) = (p.array(of: Double.self), y.array(of: Double.self))
      guard all.allSatisfy({ $0.isNaN || ($0 >= -1e-6 && $0 <= 1 + 1e-6) }) else {
        throw call.error("probabilities lie between 0 and 1", at: "p", hint: "softmax(logits)")
      }
      let kinds = p.rank == 2 ? p.dims[1] : 1
      var confidences: [Double] = []
      var right: [Bool] = []
      for (row, label) in labels.enumerated() {
        let own = Array(all[(row * kinds)..<((row + 1) * kinds)])
        if kinds == 1 {
          confidences.append(max(own[0], 1 - own[0]))
          right.append((own[0] >= 0.5) == (label == 1))
        } else {
          let best = own.indices.max { own[$0] < own[$1] } ?? 0
          confidences.append(own[best])
          right.append(Double(best) == label)
        }
      }
      let plot = ReliabilityDiagram(
        confidences, right: right, bins: bins, title: try call.text("title"))
      return .object(PlotObject { plot })
    },
    Builtin(
      plotEntry(
        "parallel",
        [
          Argument(
            "rows", .any, "A list of records, or a record of columns; the last one is the result."),
          titleArgument,
        ], "Settings and results of runs as lines over parallel axes.",
        "parallel([(lr=0.1, acc=0.9), (lr=0.2, acc=0.7)])")
    ) { call, interpreter in
      var names: [String] = []
      var columns: [[Value]] = []
      if case .record(let record) = call["rows"] {
        names = record.names
        columns = try record.fields.map { field in
          guard let all = try interpreter.elements(of: field.value) else {
            throw call.wrong("rows", expected: "a list of records, or a record of columns")
          }
          return all
        }
      } else {
        let rows = try call.elements("rows", interpreter).map { value -> Record in
          guard case .record(let record) = value else {
            throw call.wrong("rows", expected: "a list of records, or a record of columns")
          }
          return record
        }
        names = rows.first?.names ?? []
        columns = names.map { name in rows.map { $0[name] ?? .none } }
      }
      guard names.count <= 12 else { throw call.error("at most 12 axes can be drawn", at: "rows") }
      let axes = zip(names, columns).map { name, values -> ParallelCoordinates.Axis in
        let numbers = values.map(\.asNumber)
        if zip(values, numbers).allSatisfy({ $1 != nil || $0.isNothing }) {
          return .init(name, numbers.map { $0 ?? .nan })
        }
        let texts = values.map { $0.text() }
        let kinds = Set(texts).sorted()
        return .init(
          name, texts.map { Double(kinds.firstIndex(of: $0) ?? 0) }, texts: kinds)
      }
      let plot = ParallelCoordinates(axes, title: try call.text("title"))
      return .object(PlotObject { plot })
    },
  ]
}

extension Value {
  fileprivate var isNothing: Bool { if case .none = self { true } else { false } }
}

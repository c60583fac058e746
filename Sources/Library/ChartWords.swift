import Autograd
import Language
import Plots
import Tensors
import Vocabulary

extension StandardLibrary {
  /// x and y of the points of a call: two vectors, or the columns of one matrix [n, 2].
  private static func points(_ call: Call) throws -> (x: [Double], y: [Double]) {
    guard call.isNone("y") else {
      if let points = call["points"].variable, points.rank == 2, points.dims[1] == 2 {
        throw call.error(
          "points [n, 2] have their y already; labels=… tells the class of each", at: "y")
      }
      let (x, y) = (try numbers(call, "points"), try numbers(call, "y"))
      guard x.count == y.count else {
        throw TensorError.shapesDiffer(operation: "scatter", left: [x.count], right: [y.count])
      }
      return (x, y)
    }
    let points = try call.tensor("points")
    guard points.rank == 2, points.dims[1] == 2 else {
      throw call.wrong(
        "points", expected: "points [n, 2], or x [n] with y [n]",
        hint: points.rank == 2 && points.dims[1] > 2 ? "two of its columns: x[:, :2]" : nil)
    }
    let all = points.array(of: Double.self)
    return (
      stride(from: 0, to: all.count, by: 2).map { all[$0] },
      stride(from: 1, to: all.count, by: 2).map { all[$0] }
    )
  }

  /// The class of each of `count` points and the classes' names, whole numbers in their order.
  private static func classes(_ call: Call, _ count: Int, _ interpreter: Interpreter) throws -> (
    classes: [Int], names: [String]
  ) {
    guard !call.isNone("labels") else { return ([], []) }
    let labels = try call.elements("labels", interpreter)
    guard labels.count == count else {
      throw call.error("\(count) points need \(count) labels, not \(labels.count)", at: "labels")
    }
    let texts = labels.map { $0.text() }
    var kinds: [String] = []
    var positions: [String: Int] = [:]
    for (text, label) in zip(texts, labels) where positions[text] == nil {
      guard kinds.count < 30 else {
        throw call.error("at most 30 classes can be told apart", at: "labels")
      }
      positions[text] = label.asInteger ?? kinds.count
      kinds.append(text)
    }
    if labels.allSatisfy({ $0.asInteger != nil }) {
      kinds.sort { (positions[$0] ?? 0) < (positions[$1] ?? 0) }
    }
    let given = try names(call, "names", interpreter)
    let shown = kinds.map { kind in
      guard let at = Int(kind), given.indices.contains(at) else { return kind }
      return given[at]
    }
    for (position, kind) in kinds.enumerated() { positions[kind] = position }
    return (texts.map { positions[$0] ?? 0 }, shown)
  }

  static let chartWords: [Builtin] = [
    Builtin(
      plotEntry(
        "scatter",
        [
          Argument("points", .tensor, "Points [n, 2], or their x [n] when y is given too."),
          Argument("y", .any, "The points' y [n].", default: "none"),
          Argument("labels", .any, "The class of each point: numbers or texts.", default: "none"),
          Argument("names", .any, "Names of the classes 0, 1, ….", default: "none"),
          titleArgument,
          Argument(
            "join", .boolean, "A line through the points of each class in their order.",
            default: "false"),
        ], "Points in the plane, each class with a mark of its own.",
        "scatter([[1, 2], [2, 1], [3, 3]], labels=[\"a\", \"b\", \"a\"])")
    ) { call, interpreter in
      let (x, y) = try points(call)
      let (classes, names) = try classes(call, x.count, interpreter)
      let (title, isJoined) = (try call.text("title"), try call.boolean("join"))
      return .object(
        PlotObject {
          ScatterPlot(
            x: x, y: y, classes: classes, names: names, title: title, isJoined: isJoined)
        })
    },
    Builtin(
      plotEntry(
        "hist",
        [
          Argument("values", .tensor, "Numbers of any shape."),
          Argument(
            "bins", .any, "How many equal stretches; none for stretches with round ends.",
            default: "none"),
          titleArgument,
        ], "How many of the values fall in each stretch of the line.",
        "hist([1.0, 1.5, 1.7, 2.2, 3.9], bins=3)")
    ) { call, _ in
      let values = try call.tensor("values").array(of: Double.self)
      let bins = call.isNone("bins") ? nil : try call.integer("bins")
      guard (1...1000).contains(bins ?? 1) else {
        throw call.error("bins should be from 1 to 1000", at: "bins")
      }
      let histogram = Histogram(values, bins: bins, title: try call.text("title"))
      return .object(PlotObject { histogram })
    },
    Builtin(
      plotEntry(
        "bars",
        [
          Argument(
            "labels", .any,
            "Names, a list or a text of words; or the numbers, as a record or a vector."),
          Argument("values", .any, "A number for each name.", default: "none"),
          titleArgument,
        ], "Named numbers as horizontal bars.", "bars([\"cat\", \"dog\"], [3, -1.5])")
    ) { call, interpreter in
      let title = try call.text("title")
      let labels: [String]
      let values: [Double]
      if !call.isNone("values") {
        (labels, values) = (try names(call, "labels", interpreter), try numbers(call, "values"))
        guard labels.count == values.count else {
          throw call.error(
            "\(values.count) values need \(values.count) labels, not \(labels.count)", at: "labels")
        }
      } else if case .record(let record) = call["labels"] {
        labels = record.names
        values = try record.fields.map { field in
          guard let x = field.value.asNumber else {
            throw call.wrong("labels", expected: "a record of numbers")
          }
          return x
        }
      } else {
        values = try numbers(call, "labels")
        labels = values.indices.map { "\($0)" }
      }
      return .object(PlotObject { BarPlot(labels, values, title: title) })
    },
  ]
}

import Autograd
import Drawing
import Language
import Plots
import Tensors
import Training
import Vocabulary

/// A picture as a value: drawn anew each time, so that it follows the runs it shows.
package struct PlotObject: LanguageObject {
  package let runs: [Run]
  private let make: @Sendable () -> any Picture

  init(runs: [Run] = [], _ make: @escaping @Sendable () -> any Picture) {
    self.runs = runs
    self.make = make
  }

  package var kindName: String { "plot" }
  package var picture: any Picture { make() }

  /// The canonical picture, without colour; that of a run is drawn when the run has ended.
  package func text(width: Int) -> String {
    for run in runs { try? run.job.wait { false } }
    return make().draw(width: width, height: nil, depth: .none).plainText()
  }
}

extension StandardLibrary {
  static func plotEntry(
    _ name: String, _ arguments: [Argument], _ summary: String, _ example: String
  ) -> Entry {
    Entry(name, family: "Plots", arguments, summary: summary, examples: [Example(example)])
  }

  private static func matrix(_ call: Call, _ name: String) throws -> [[Double]] {
    var x = try call.tensor(name)
    while x.rank > 2, x.dims[0] == 1 { x = try x.indexed([.index(0)]) }
    guard x.rank == 2 else {
      throw call.wrong(name, expected: "a matrix")
    }
    guard x.dims[0] <= 2000, x.dims[1] <= 2000 else {
      throw call.error("a matrix of at most 2000 x 2000 can be drawn", at: name)
    }
    let all = x.array(of: Double.self)
    return (0..<x.dims[0]).map { Array(all[($0 * x.dims[1])..<(($0 + 1) * x.dims[1])]) }
  }

  /// Names given as a list, a tensor, or a text of words; empty for none.
  static func names(_ call: Call, _ argument: String, _ interpreter: Interpreter) throws
    -> [String]
  {
    switch call[argument] {
    case .none: return []
    case .text(let text): return text.split(separator: " ").map(String.init)
    default: return try call.elements(argument, interpreter).map { $0.text() }
    }
  }

  /// The numbers of a vector.
  static func numbers(_ call: Call, _ argument: String) throws -> [Double] {
    let x = try call.tensor(argument)
    guard x.rank == 1 else { throw call.wrong(argument, expected: "a vector of numbers") }
    return x.array(of: Double.self)
  }

  static let titleArgument = Argument("title", .text, "A line above it.", default: "\"\"")

  /// The losses of a run; of several, means, so that none hides behind another's noise.
  private static func lines(of run: Run, named name: String) -> [LinePlot.Line] {
    let outlines = run.job.outlines
    let chosen = outlines.filter { $0.name.hasSuffix("loss") || outlines.count == 1 }
    return chosen.map { outline in
      let series = name.isEmpty && chosen.count == 1 ? outline.envelope : outline.means
      return LinePlot.Line(
        [name, series.name].filter { !$0.isEmpty }.joined(separator: " "),
        x: series.steps.map(Double.init), y: series.values.map(Double.init), total: outline.total)
    }
  }

  /// Mean and standard deviation over curves at each place that all of them have.
  private static func bandLine(of curves: [LinePlot.Line], isLogarithmic: Bool) -> LinePlot.Line {
    let count = curves.map(\.y.count).min() ?? 0
    let share = 1 / Double(max(1, curves.count))
    var (means, spreads) = ([Double](), [Double]())
    for at in 0..<count {
      let values = curves.map { $0.y[at] }
      let mean = values.reduce(0) { $0 + $1 * share }
      means.append(mean)
      spreads.append(values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) * share }.squareRoot())
    }
    return LinePlot.Line(
      "mean of \(curves.count)", x: curves.first.map { Array($0.x.prefix(count)) }, y: means,
      spread: spreads)
  }

  static let plotWords: [Builtin] =
    chartWords + tableWords + planeWords + distributionWords + attentionWords + dashboardWords
    + graphWords + [
      Builtin(
        plotEntry(
          "plot",
          [
            Argument("y", .any, "Numbers, a run or several runs; or x when y is given too."),
            Argument("more", .any, "Numbers over the first ones.", default: "none"),
            Argument("log", .boolean, "A logarithmic vertical axis.", default: "false"),
            titleArgument,
            Argument("logx", .boolean, "A logarithmic horizontal axis.", default: "false"),
          ], "Curves as text: of numbers, or of the losses of runs, live.", "plot([1, 4, 9, 16])")
      ) { call, interpreter in
        let (isLogarithmic, title) = (try call.boolean("log"), try call.text("title"))
        let isLogarithmicAcross = try call.boolean("logx")
        @Sendable func drawn(_ lines: [LinePlot.Line]) -> LinePlot {
          LinePlot(
            lines, title: title, isLogarithmic: isLogarithmic,
            isLogarithmicAcross: isLogarithmicAcross)
        }
        let given = call["y"]
        var values = [given]
        if case .list(let items) = given { values = items }
        let runs = values.compactMap { value -> Run? in
          if case .object(let object) = value { object as? Run } else { nil }
        }
        if !runs.isEmpty, runs.count == values.count {
          return .object(
            PlotObject(runs: runs) {
              drawn(
                runs.enumerated().flatMap { lines(of: $1, named: runs.count > 1 ? "\($0)" : "") })
            })
        }
        if !call.isNone("more") {
          let (x, y) = (try call.tensor("y"), try call.tensor("more"))
          guard x.rank == 1, x.dims == y.dims else {
            throw TensorError.shapesDiffer(operation: "plot", left: x.dims, right: y.dims)
          }
          let line = LinePlot.Line("", x: x.array(of: Double.self), y: y.array(of: Double.self))
          return .object(PlotObject { drawn([line]) })
        }
        let curves: [LinePlot.Line]
        if let y = given.variable?.value, y.rank <= 1 {
          curves = [LinePlot.Line("", y: y.array(of: Double.self))]
        } else if let y = given.variable?.value, y.rank == 2, y.dims[0] <= 20 {
          curves = try matrix(call, "y").enumerated().map { LinePlot.Line("\($0)", y: $1) }
        } else {
          throw call.wrong("y", expected: "a vector, up to 20 rows of numbers, or runs")
        }
        return .object(PlotObject { drawn(curves) })
      },
      Builtin(
        plotEntry(
          "band",
          [
            Argument(
              "ys", .any, "Runs of one length, such as of several seeds, or the rows of a matrix."),
            Argument("log", .boolean, "A logarithmic vertical axis.", default: "false"),
            titleArgument,
          ], "The mean of several curves, and one standard deviation around it.",
          "band([[1, 2, 3], [3, 2, 4]])")
      ) { call, interpreter in
        let (isLogarithmic, title) = (try call.boolean("log"), try call.text("title"))
        let values = try call.elements("ys", interpreter)
        let runs = values.compactMap { value -> Run? in
          if case .object(let object) = value { object as? Run } else { nil }
        }
        @Sendable func drawn(_ curves: [LinePlot.Line]) -> LinePlot {
          LinePlot(
            [bandLine(of: curves, isLogarithmic: isLogarithmic)], title: title,
            isLogarithmic: isLogarithmic)
        }
        if !runs.isEmpty, runs.count == values.count {
          return .object(
            PlotObject(runs: runs) { drawn(runs.compactMap { lines(of: $0, named: "run").first }) })
        }
        let curves = try matrix(call, "ys").map { LinePlot.Line("", y: $0) }
        return .object(PlotObject { drawn(curves) })
      },
      Builtin(
        plotEntry(
          "heatmap",
          [
            Argument("m", .tensor, "A matrix."),
            Argument(
              "labels", .any, "Names of rows and columns: a list, or a text of words.",
              default: "none"),
          ],
          "A matrix as shades; whole-number counts with labels as a confusion matrix.",
          "heatmap([[1.0, 2.0], [3.0, 4.0]])")
      ) { call, interpreter in
        let (rows, labels) = (try matrix(call, "m"), try names(call, "labels", interpreter))
        let isCounts =
          try call.tensor("m").dtype == .int64 && rows.count == rows.first?.count
          && rows.joined().allSatisfy { $0 >= 0 && $0 < 1e15 }
        if isCounts, labels.count == rows.count {
          let counts = rows.map { $0.map { Int($0) } }
          return .object(PlotObject { ConfusionMatrix(counts, labels: labels) })
        }
        return .object(PlotObject { Heatmap(rows, labels: labels) })
      },
      Builtin(
        plotEntry(
          "image",
          [
            Argument("x", .tensor, "A grey image [H, W], or [1, H, W]."),
            titleArgument,
          ], "Grey pixels as text.", "image(eye(4))")
      ) { call, _ in
        let (pixels, title) = (try matrix(call, "x"), try call.text("title"))
        return .object(PlotObject { ImagePicture(pixels, title: title) })
      },
      Builtin(
        plotEntry(
          "describe", [Argument("p", .plot, "A plot.")], "A plot in one sentence.",
          "describe(plot([3, 1, 2]))")
      ) { call, _ in
        guard case .object(let object) = call["p"], let plot = object as? PlotObject else {
          throw call.wrong("p", expected: "a plot")
        }
        for run in plot.runs { try? run.job.wait { false } }
        return .text(plot.picture.description)
      },
      Builtin(
        plotEntry(
          "show", [Argument("p", .any, "Any value.")], "Shows a value inside a loop or function.",
          "show(plot([1, 2]))")
      ) { call, interpreter in
        interpreter.context.output.append(.value(call["p"]))
        return .none
      },
    ]
}

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
  private let make: @Sendable ([Run]) -> any Picture
  /// What lies behind it, to be looked into.
  package private(set) var examples: ExampleCells?

  /// A confusion matrix with its examples.
  init(_ cells: ExampleCells) {
    self.init { ConfusionMatrix(cells.counts, labels: cells.names) }
    examples = cells
  }

  /// A picture of runs, which are given to it when it is drawn.
  init(runs: [Run], _ make: @escaping @Sendable ([Run]) -> any Picture) {
    self.runs = runs
    self.make = make
  }

  init(_ make: @escaping @Sendable () -> any Picture) {
    self.init(runs: []) { _ in make() }
  }

  /// A picture of pictures; each of them keeps its own runs.
  init(
    together plots: [PlotObject], _ make: @escaping @Sendable ([any Picture]) -> any Picture
  ) {
    self.init(runs: plots.flatMap(\.runs)) { runs in
      var rest = runs[...]
      return make(
        plots.map { plot in
          defer { rest = rest.dropFirst(plot.runs.count) }
          return plot.of(Array(rest.prefix(plot.runs.count))).picture
        })
    }
  }

  package var kindName: String { "plot" }
  package var picture: any Picture { make(runs) }

  /// The same picture of other runs, or of other moments of its runs.
  package func of(_ runs: [Run]) -> PlotObject { PlotObject(runs: runs, make) }

  /// The canonical picture, without colour; that of a run is drawn when the run has ended.
  package func text(width: Int) -> String {
    for run in runs { try? run.wait() }
    return picture.draw(width: width, height: nil, depth: .none).plainText()
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
  ///
  /// A branch of one of the others begins where it left it.
  static func lines(of run: Run, named name: String, among others: [Run] = []) -> [LinePlot.Line] {
    let chosen = Run.losses(run.outlines)
    return chosen.map { outline in
      var series = name.isEmpty && chosen.count == 1 ? outline.envelope : outline.means
      if let trunk = run.trunk, others.contains(where: { $0.job === trunk.run.job }) {
        series = series.from(trunk.step)
      }
      return LinePlot.Line(
        [name, series.name].filter { !$0.isEmpty }.joined(separator: " "),
        x: series.steps.map(Double.init), y: series.values.map(Double.init), total: outline.total,
        best: outline.name.hasPrefix("val ") ? outline.best : nil)
    }
  }

  /// Where runs are looked at, when that is not their end; `curves` gives those of whole runs.
  static func crosshair(_ runs: [Run], _ curves: ([Run]) -> [LinePlot.Line])
    -> LinePlot.Crosshair?
  {
    guard let moment = runs.compactMap(\.moment).max() else { return nil }
    let beyond = curves(runs.map(\.whole)).map { $0.from(Double(moment)) }
    return LinePlot.Crosshair(x: Double(moment), label: "step \(moment)", beyond: beyond)
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
            Argument(
              "y", .any,
              "Numbers, rows or a record of them, a schedule, runs; or x when more is given."
            ),
            Argument(
              "more", .any, "Numbers over the first ones, rows of them, or a function.",
              default: "none"),
            Argument("log", .boolean, "A logarithmic vertical axis.", default: "false"),
            titleArgument,
            Argument("logx", .boolean, "A logarithmic horizontal axis.", default: "false"),
            Argument(
              "smooth", .number, "A running mean over the faint curve, from 0 to less than 1.",
              default: "0"),
            Argument(
              "names", .any, "Of the curves: a list, or a text of words.", default: "none"),
          ], "Curves as text: of numbers, or of the losses of runs, live.", "plot([1, 4, 9, 16])")
      ) { call, interpreter in
        let (isLogarithmic, title) = (try call.boolean("log"), try call.text("title"))
        let isLogarithmicAcross = try call.boolean("logx")
        let smoothing = try call.number("smooth")
        guard smoothing >= 0, smoothing < 1 else {
          throw call.error("smooth lies between 0 and less than 1", at: "smooth")
        }
        @Sendable func drawn(_ lines: [LinePlot.Line]) -> LinePlot {
          LinePlot(
            lines, title: title, isLogarithmic: isLogarithmic,
            isLogarithmicAcross: isLogarithmicAcross, smoothing: smoothing)
        }
        let given = call["y"]
        var whole = given
        if case .object = given { whole = .list([given]) }
        if let all = labelled(whole) {
          let given = try CurveReading(call, interpreter).given(for: all.count)
          let names = given.isEmpty ? labels(all.map(\.settings)) : given
          let isNamed = all.count > 1 || !given.isEmpty
          let steady = SteadyRanges { StepTimes.now }
          return .object(
            PlotObject(runs: all.map(\.run)) { runs in
              func curves(_ runs: [Run]) -> [LinePlot.Line] {
                runs.enumerated().flatMap { index, run in
                  lines(of: run, named: isNamed ? names[index] : "", among: runs)
                }
              }
              return LinePlot(
                curves(runs), title: title, isLogarithmic: isLogarithmic,
                isLogarithmicAcross: isLogarithmicAcross,
                events: runs.count == 1 ? runs[0].marks : [], smoothing: smoothing,
                crosshair: crosshair(runs, curves),
                steady: runs.contains(where: \.isGrowing) ? steady : nil)
            })
        }
        let curves = try CurveReading(call, interpreter).lines()
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
        let runs = labelled(call["ys"])?.map(\.run) ?? []
        @Sendable func drawn(_ curves: [LinePlot.Line]) -> LinePlot {
          LinePlot(
            [bandLine(of: curves, isLogarithmic: isLogarithmic)], title: title,
            isLogarithmic: isLogarithmic)
        }
        if !runs.isEmpty {
          return .object(
            PlotObject(runs: runs) { runs in
              drawn(runs.compactMap { lines(of: $0, named: "run").first })
            })
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
          "confusion_matrix",
          [
            Argument("m", .model, "A classifier."),
            Argument("d", .data, "Data (x=…, y=…) with labels."),
            Argument(
              "labels", .any, "Names of classes: a list, or a text of words.", default: "none"),
          ],
          "What a model says of each class, with its examples behind every cell.",
          "confusion_matrix(Linear(2, 2), moons(40))")
      ) { call, interpreter in
        let names = try names(call, "labels", interpreter)
        return try .object(
          PlotObject(
            ExampleCells(interpreter.asModel(call["m"]), call["d"], names: names, interpreter)))
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
        for run in plot.runs { try? run.wait() }
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
